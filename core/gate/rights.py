"""Who may do what: the one table. Screens show it, commands check it, the shared database enforces it.

A role includes what the roles below it may. Every kind of entry names the roles that may write it: so
whoever can reach the database, by whatever program, changes nothing that their role does not allow.
"""

from __future__ import annotations

from typing import Final

from core.gate.roles import INCLUDES, PEOPLE, WORDS, Role, includes, own_role, role_words
from core.gate.writes import OWN, WRITES

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
    "incident.attach": Role.OPERATOR,
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
    "redact": Role.ADMIN,
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
