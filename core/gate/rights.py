"""Who may do what: the one table. Screens show it, commands check it, the shared database enforces it.

A role includes what the roles below it may. Every kind of entry names the roles that may write it: so
whoever can reach the database, by whatever program, changes nothing that their role does not allow.
"""

from __future__ import annotations

from typing import Final

from core.gate.roles import INCLUDES, PEOPLE, WORDS, Role, includes, own_role, role_words

__all__ = [
    "ALSO", "INCLUDES", "KEEPING", "NEEDED", "OWN", "PEOPLE", "STATE_RIGHTS", "WORDS", "WRITES", "Role", "includes", "may",
    "needed_for", "own_role", "role_words", "subject_of", "why_role_may_not",
]  # fmt: skip

_ON_ITEMS: Final = (
    "request.link", "request.unlink", "incident.link", "incident.unlink", "request.merge", "request.unmerge", "request.split",
    "request.hand_over", "request.watch", "request.snooze", "request.wake", "request.approve", "request.decline",
    "request.change", "request.check", "request.tick",
)  # fmt: skip

NEEDED: Final = {
    "operate.unlock": Role.OPERATOR,
    "operate.lock": Role.VIEWER,
    "incident.acknowledge": Role.OPERATOR,
    "incident.take": Role.OPERATOR,
    "incident.start": Role.OPERATOR,
    "incident.severity": Role.OPERATOR,
    "incident.note": Role.OPERATOR,
    "incident.tell": Role.OPERATOR,
    "incident.open": Role.OPERATOR,
    "incident.resolve": Role.OPERATOR,
    "incident.close": Role.OPERATOR,
    "incident.reopen": Role.OPERATOR,
    "incident.problem": Role.OPERATOR,
    "incident.declare": Role.OPERATOR,
    "incident.command": Role.OPERATOR,
    "incident.stand_down": Role.OPERATOR,
    "incident.review": Role.OPERATOR,
    "incident.waive_review": Role.LEAD,
    "problem.open": Role.OPERATOR,
    "problem.revise": Role.OPERATOR,
    "problem.note": Role.OPERATOR,
    "problem.known": Role.OPERATOR,
    "problem.solve": Role.OPERATOR,
    "problem.close": Role.OPERATOR,
    "problem.reopen": Role.OPERATOR,
    "incident.escalate": Role.OPERATOR,
    "request.escalate": Role.OPERATOR,
    "override.make": Role.OPERATOR,
    "override.end": Role.OPERATOR,
    "request.new": Role.OPERATOR,
    "request.acknowledge": Role.OPERATOR,
    "request.take": Role.OPERATOR,
    "request.assign": Role.OPERATOR,
    "request.start": Role.OPERATOR,
    "request.grade": Role.OPERATOR,
    "request.note": Role.OPERATOR,
    "request.tell": Role.OPERATOR,
    "request.macro": Role.OPERATOR,
    "request.wait": Role.OPERATOR,
    "request.deliver": Role.OPERATOR,
    "request.close": Role.OPERATOR,
    "request.cancel": Role.OPERATOR,
    "request.reopen": Role.OPERATOR,
    "request.said": Role.OPERATOR,
    "request.survey": Role.OPERATOR,
    "request.refuse": Role.LEAD,
    "request.admit": Role.LEAD,
    **dict.fromkeys(_ON_ITEMS, Role.OPERATOR),
    "message.retry": Role.OPERATOR,
    "message.drop": Role.OPERATOR,
    "handover.begin": Role.OPERATOR,
    "handover.add": Role.OPERATOR,
    "handover.accept": Role.OPERATOR,
    "handover.withdraw": Role.OPERATOR,
    "action.draft": Role.OPERATOR,
    "action.revise": Role.OPERATOR,
    "action.approve": Role.LEAD,
    "action.close": Role.LEAD,
    "action.refute": Role.OPERATOR,
    "action.cancel": Role.LEAD,
    "action.reopen": Role.LEAD,
    "training.record": Role.LEAD,
    "training.withdraw": Role.LEAD,
    "training.import": Role.LEAD,
    "finding.import": Role.OPERATOR,
    "finding.confirm": Role.OPERATOR,
    "finding.start": Role.OPERATOR,
    "finding.correct": Role.OPERATOR,
    "finding.assign": Role.OPERATOR,
    "finding.grade": Role.OPERATOR,
    "finding.note": Role.OPERATOR,
    "finding.verify": Role.OPERATOR,
    "finding.reopen": Role.OPERATOR,
    "signal.acknowledge": Role.OPERATOR,
    "signal.incident": Role.OPERATOR,
    "suppression.end": Role.OPERATOR,
    "signal.suppress": Role.LEAD,
    "finding.accept": Role.LEAD,
    "finding.not_affected": Role.LEAD,
    "review.draft": Role.LEAD,
    "review.open": Role.LEAD,
    "review.decide": Role.REVIEWER,
    "review.write_out": Role.REVIEWER,
    "review.remind": Role.LEAD,
    "review.escalate": Role.LEAD,
    "review.close_stage": Role.LEAD,
    "review.carry_out": Role.LEAD,
    "review.settle": Role.LEAD,
    "review.sign": Role.LEAD,
    "review.cancel": Role.LEAD,
    "access.ask": Role.OPERATOR,
    "access.withdraw": Role.OPERATOR,
    "access.approve": Role.LEAD,
    "access.decline": Role.LEAD,
    "access.end": Role.OPERATOR,
    "grant.import": Role.OPERATOR,
    "grant.list": Role.LEAD,
    "grant.accept": Role.LEAD,
    "grant.end": Role.OPERATOR,
    "grant.ignore": Role.LEAD,
    "grant.assign": Role.OPERATOR,
    "grant.note": Role.OPERATOR,
    "run.begin": Role.OPERATOR,
    "run.stop_component": Role.OPERATOR,
    "run.hold": Role.OPERATOR,
    "run.resume": Role.OPERATOR,
    "run.cancel": Role.OPERATOR,
    "run.tick": Role.OPERATOR,
    "run.skip": Role.OPERATOR,
    "component.check": Role.OPERATOR,
    "component.release": Role.OPERATOR,
    **dict.fromkeys(
        (f"window.{what}" for what in ("plan", "change", "end", "skip", "cancel")), Role.OPERATOR
    ),
    "window.plan_long": Role.LEAD,
    "threshold.revise": Role.OPERATOR,
    "threshold.widen": Role.LEAD,
    "threshold.end": Role.OPERATOR,
    "undo": Role.OPERATOR,
}
"""The least role for each verb of the gate."""

ALSO: Final = dict.fromkeys(("review.decide", "review.write_out"), Role.OPERATOR)
"""Another role that may, too, where neither includes the other: whom a review asks about a grant may answer."""

KEEPING: Final = {
    "staff.add": (Role.ADMIN, "letting a person in, with a role"),
    "staff.role": (Role.ADMIN, "giving a person another role"),
    "staff.suspend": (Role.ADMIN, "keeping a person out"),
    "staff.resume": (Role.ADMIN, "letting a person in again"),
    "staff.remove": (Role.ADMIN, "taking a person's role away"),
    "staff.password": (Role.VIEWER, "changing one's own password"),
    "journal.key": (Role.ADMIN, "having seals signed with another key"),
    "admin.backup": (Role.VIEWER, "saving a database in a file"),
    "admin.move": (Role.ADMIN, "moving an embedded database to a server"),
    "admin.create": (None, "preparing a server's empty database"),
    "admin.upgrade": (None, "upgrading a server's database"),
    "admin.restore": (None, "making a database of a backup"),
}
"""The least role for what only the command line does, and its words; None where it is for who owns the database."""

_OPERATOR, _LEAD, _AGENT, _ADMIN = (Role.OPERATOR,), (Role.LEAD,), (Role.AGENT,), (Role.ADMIN,)
_BOTH = (Role.OPERATOR, Role.AGENT)
_OF_MESSAGES = {
    "queued": _BOTH, "sent": _AGENT, "delayed": _AGENT, "undelivered": _AGENT, "unknown": _AGENT, "retried": _OPERATOR,
    "cancelled": _OPERATOR,
}  # fmt: skip
_OF_FINDINGS = (
    "created", "seen", "unseen", "verified", "gone", "reopened", "still_there",
    "confirmed", "started", "corrected", "assigned", "graded", "noted", "taken_back",
)  # fmt: skip
WRITES: Final = {
    "operate.unlocked": _OPERATOR,
    "operate.locked": _OPERATOR,
    "incident.acknowledged": _OPERATOR,
    "incident.taken": _OPERATOR,
    "incident.started": _OPERATOR,
    "incident.severity_set": _OPERATOR,
    "incident.noted": _OPERATOR,
    "incident.told": _OPERATOR,
    "incident.resolved": _OPERATOR,
    "incident.closed": _OPERATOR,
    "incident.resolution_rewritten": _OPERATOR,
    "incident.taken_back": _OPERATOR,
    "incident.run_begun": _OPERATOR,
    "incident.run_ended": _BOTH,
    "incident.opened": _BOTH,
    "incident.reopened": _BOTH,
    "incident.failed_again": _AGENT,
    "incident.cause_changed": _AGENT,
    "incident.cleared": _AGENT,
    "incident.affected": _AGENT,
    "incident.judged_otherwise": _BOTH,
    "incident.problem_set": _OPERATOR,
    "incident.problem_cleared": _OPERATOR,
    "incident.declared": _OPERATOR,
    "incident.command_changed": _OPERATOR,
    "incident.stood_down": _OPERATOR,
    "incident.reviewed": _OPERATOR,
    "incident.review_waived": _LEAD,
    "problem.opened": _OPERATOR,
    "problem.revised": _OPERATOR,
    "problem.noted": _OPERATOR,
    "problem.known": _OPERATOR,
    "problem.solved": _OPERATOR,
    "problem.closed": _OPERATOR,
    "problem.reopened": _OPERATOR,
    "problem.taken_back": _OPERATOR,
    "request.opened": _BOTH,
    "request.held": _BOTH,
    "request.turned_away": _BOTH,
    "request.delivery_refused": _OPERATOR,
    "request.approval_refused": _OPERATOR,
    "request.run_refused": _OPERATOR,
    "request.run_begun": _OPERATOR,
    "request.run_ended": _BOTH,
    "staff.refused": (Role.VIEWER,),
    "request.acknowledged": _OPERATOR,
    "request.taken": _OPERATOR,
    "request.assigned": _OPERATOR,
    "request.started": _OPERATOR,
    "request.graded": _OPERATOR,
    "request.noted": _OPERATOR,
    "request.told": _BOTH,
    "request.said": _BOTH,
    "request.waits": _OPERATOR,
    "request.delivered": _OPERATOR,
    "request.closed": _BOTH,
    "request.cancelled": _OPERATOR,
    "request.refused": (Role.LEAD, Role.AGENT),
    "request.admitted": _LEAD,
    "request.reopened": _BOTH,
    "request.taken_back": _OPERATOR,
    "request.survey_asked": _BOTH,
    "request.survey_answered": _BOTH,
    "request.survey_expired": _AGENT,
    "handover.begun": _OPERATOR,
    "handover.line_added": _OPERATOR,
    "handover.line_accepted": _OPERATOR,
    "handover.taken": _OPERATOR,
    "handover.withdrawn": _OPERATOR,
    "action.drafted": _BOTH,
    "request.at_risk": _AGENT,
    "request.breached": _AGENT,
    "request.clocks_mended": _AGENT,
    "request.wait_over": _AGENT,
    **{
        f"{about}.{what}": roles
        for about in ("request", "incident")
        for what, roles in (
            ("linked", _BOTH),
            ("unlinked", _OPERATOR),
            ("linked_from", _BOTH),
            ("unlinked_from", _OPERATOR),
        )
    },
    "request.merged": _OPERATOR,
    "request.merged_in": _OPERATOR,
    "request.unmerged": _OPERATOR,
    "request.unmerged_from": _OPERATOR,
    "request.split": _OPERATOR,
    "request.handed_over": _OPERATOR,
    "request.watched": _OPERATOR,
    "request.unwatched": _OPERATOR,
    "request.snoozed": _OPERATOR,
    "request.woken": _BOTH,
    "request.approval_asked": _BOTH,
    "request.approval_reminded": _AGENT,
    "request.approval_expired": _AGENT,
    "request.approval_voided": _OPERATOR,
    "request.approved": _OPERATOR,
    "request.declined": _OPERATOR,
    "request.changed": _OPERATOR,
    "request.check_added": _BOTH,
    "request.check_removed": _OPERATOR,
    "request.check_ticked": _OPERATOR,
    "request.check_unticked": _OPERATOR,
    "incident.at_risk": _AGENT,
    "incident.breached": _AGENT,
    "incident.clocks_mended": _AGENT,
    **{
        f"{about}.{what}": roles
        for about in ("incident", "request")
        for what, roles in (("escalated", _BOTH), ("nobody_told", _BOTH), ("escalation_mended", _AGENT))
    },
    "override.made": _OPERATOR,
    "override.ended": _OPERATOR,
    **{
        f"{about}.message_{what}": roles
        for about in ("incident", "request", "mail", "action", "review", "access_request")
        for what, roles in _OF_MESSAGES.items()
    },
    "mail.received": _AGENT,
    "incident.said": _AGENT,
    "action.revised": _OPERATOR,
    "action.done": _OPERATOR,
    "action.taken_back": _OPERATOR,
    "action.evidence_added": _OPERATOR,
    "action.not_effective": _OPERATOR,
    "action.recurred": _AGENT,
    "action.approved": _LEAD,
    "action.closed": _LEAD,
    "action.cancelled": _LEAD,
    "action.reopened": _LEAD,
    **{f"finding.{what}": _OPERATOR for what in _OF_FINDINGS},
    "training.recorded": _LEAD,
    "training.withdrawn": _LEAD,
    "finding.accepted": _LEAD,
    "finding.not_affected": _LEAD,
    "finding.acceptance_over": _AGENT,
    "signal.seen": _AGENT,
    "signal.grew": _AGENT,
    "signal.returned": _AGENT,
    "signal.acknowledged": _OPERATOR,
    "signal.made_incident": _OPERATOR,
    "signal.taken_back": _OPERATOR,
    "signal.suppressed": _LEAD,
    "suppression.made": _LEAD,
    "suppression.ended": _BOTH,
    "scan.imported": _OPERATOR,
    **{
        f"review.{what}": (Role.LEAD, Role.AGENT)
        for what in ("drafted", "opened", "reminded", "escalated", "stage_closed")
    },
    "review.empty": _AGENT,
    "review.stepped": _AGENT,
    "review.decided": (Role.OPERATOR, Role.REVIEWER),
    "review.cancelled": _LEAD,
    "review.carried_out": _LEAD,
    "review.item_settled": _LEAD,
    "review.items_gone": _AGENT,
    "review.suspended": _AGENT,
    "review.signed": _LEAD,
    "access_request.asked": _OPERATOR,
    "access_request.approved": _LEAD,
    "access_request.declined": _LEAD,
    "access_request.withdrawn": _OPERATOR,
    "access_request.ended": _BOTH,
    "access_request.expired": _AGENT,
    **{f"grant.{what}": _BOTH for what in ("found", "told", "gone", "missing", "found_again", "removed")},
    "grant.listed": _LEAD,
    "grant.granted": (Role.LEAD, Role.REVIEWER),
    "grant.revoked": (Role.OPERATOR, Role.REVIEWER, Role.AGENT),
    "grant.ended": (Role.OPERATOR, Role.REVIEWER, Role.AGENT),
    "grant.ignored": _LEAD,
    "grant.assigned": _OPERATOR,
    "grant.noted": _OPERATOR,
    "grant.taken_back": _OPERATOR,
    "grant.expired": _AGENT,
    "grant.ignored_over": _AGENT,
    "reading.taken_in": _BOTH,
    "source.failed": _BOTH,
    "source.mended": _BOTH,
    "run.begun": _OPERATOR,
    "run.started": _OPERATOR,
    "run.held": _OPERATOR,
    "run.resumed": _OPERATOR,
    "run.hold_ordered": _OPERATOR,
    "run.resume_ordered": _OPERATOR,
    "run.cancel_ordered": _OPERATOR,
    "run.tick_ordered": _OPERATOR,
    "run.skip_ordered": _OPERATOR,
    "run.step_running": _OPERATOR,
    "run.step_asked": _OPERATOR,
    "run.step_passed": _OPERATOR,
    "run.step_failed": _OPERATOR,
    "run.step_skipped": _OPERATOR,
    "run.step_cancelled": _OPERATOR,
    "run.step_lost": _OPERATOR,
    "run.ended": _BOTH,
    "component.changed": _AGENT,
    "component.forgotten": _AGENT,
    "component.stopped": _OPERATOR,
    "component.released": _BOTH,
    "component.check_asked": _OPERATOR,
    **dict.fromkeys(
        ("component.maintenance_began", "component.maintenance_ended", "window.began", "window.ended"), _BOTH
    ),
    **dict.fromkeys(("window.planned", "window.changed", "window.cancelled", "window.skipped"), _OPERATOR),
    "window.missed": _AGENT,
    "component.run_refused": _OPERATOR,
    "threshold.revised": _OPERATOR,
    "threshold.widened": _LEAD,
    "threshold.ended": _BOTH,
    "threshold.taken_back": _OPERATOR,
    "catalog.loaded": (Role.AGENT, Role.ADMIN),
    "catalog.refused": (Role.AGENT, Role.ADMIN),
    "catalog.mended": (Role.AGENT, Role.ADMIN),
    "lease.taken": _AGENT,
    "lease.given_up": _AGENT,
    "journal.key_replaced": _ADMIN,
    "database.moved": _ADMIN,
    "database.made_to_look_at": _ADMIN,
    "database.taken_back": _ADMIN,
    "staff.added": _ADMIN,
    "staff.changed": _ADMIN,
    "staff.removed": _ADMIN,
    "staff.password_set": (Role.VIEWER, Role.ADMIN),
}
"""Which roles may write an entry of each kind; a role that includes one of them may, too."""
OWN: Final = frozenset(
    (
        ("operate.unlocked", Role.OPERATOR),
        ("operate.locked", Role.OPERATOR),
        ("staff.password_set", Role.VIEWER),
        ("staff.refused", Role.VIEWER),
    )
)
"""What a role may say of oneself only."""
_SUBJECTS: Final = {"operate": "staff"}

_PEOPLES_STATES = {
    "incident": ("acknowledged", "in progress", "closed"),
    "request": ("waiting", "delivered", "cancelled", "merged"),
    "run": (
        "waiting", "running", "held", "done", "failed", "cancelled",
        "asked", "passed", "skipped",  # of a step, whose entries are its run's
    ),
    "component": ("stopped",),
    "problem": ("open", "known error", "solved", "closed"),
}  # fmt: skip
_SEEN_STATES = ("ok", "warning", "critical", "unknown", "unreachable")

STATE_RIGHTS: Final = {
    **{(what, "*", state): Role.OPERATOR for what, states in _PEOPLES_STATES.items() for state in states},
    **{("component", "*", state): Role.AGENT for state in _SEEN_STATES},
    ("incident", "closed", "*"): Role.OPERATOR,
    ("request", "held", "new"): Role.LEAD,
    ("request", "held", "awaiting approval"): Role.LEAD,
    ("request", "awaiting approval", "new"): Role.OPERATOR,
    ("request", "merged", "*"): Role.OPERATOR,
    # A wait ends by itself, or by what its customer says; into work only people bring it otherwise.
    **{
        ("request", before, after): Role.OPERATOR
        for before in (
            "new",
            "held",
            "awaiting approval",
            "acknowledged",
            "in progress",
            "reopened",
            "delivered",
        )
        for after in ("acknowledged", "in progress")
        if before != after
    },
    ("finding", "*", "accepted"): Role.LEAD,
    ("finding", "*", "not affected"): Role.LEAD,
    ("review", "*", "signed off"): Role.LEAD,
    ("access_request", "*", "approved"): Role.LEAD,
    ("access_request", "*", "declined"): Role.LEAD,
    ("grant", "found, not granted", "granted"): Role.LEAD,
    ("grant", "found, not granted", "granted, not found"): Role.LEAD,
    ("grant", "to be removed", "granted"): Role.LEAD,
    ("grant", "*", "ignored"): Role.LEAD,
    ("action", "*", "closed"): Role.LEAD,
    ("action", "*", "cancelled"): Role.LEAD,
    ("action", "closed", "open"): Role.LEAD,
    ("action", "closed", "done"): Role.LEAD,
    ("action", "closed", "not effective"): Role.AGENT,
    ("action", "cancelled", "*"): Role.LEAD,
}
"""States that only a role may bring a subject into or out of, whatever the entry calls it: (subject, before, after)."""


def subject_of(kind: str) -> str:
    """Returns the kind of subject that an entry of this kind is about."""
    area = kind.partition(".")[0]
    return _SUBJECTS.get(area, area)


def may(role: Role, verb_id: str) -> bool:
    """Tells whether a role may do what a verb of the gate does."""
    return any(includes(role, needed) for needed in needed_for(verb_id))


def needed_for(verb_id: str) -> tuple[Role, ...]:
    """Returns the least roles for what a verb does: each of them, and those that include it, may."""
    also = ALSO.get(verb_id)
    return (NEEDED[verb_id],) if also is None else (NEEDED[verb_id], also)


def why_role_may_not(roles: frozenset[Role] | None, verb_id: str) -> str | None:
    """Returns why who has these roles may not do what a verb does; None where they may, or nothing is known of them."""
    if roles is None or not roles.isdisjoint(needed_for(verb_id)):
        return None
    needed, named = " or ".join(needed_for(verb_id)), own_role(roles)
    return f"your role {named} may not; {needed} may" if named else f"you have no role here; {needed} may"
