"""An entry as one sentence for people. Pure; every kind has its words, an unknown one is still readable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from core.journal.agent_wording import AGENT_WORDS
from core.journal.folding import readable
from core.journal.model import Subject
from core.journal.planned_wording import PLANNED_WORDS
from core.journal.redacted import is_redaction, redacted_words
from core.journal.review_wording import REVIEW_WORDS
from core.journal.run_wording import RUN_TEMPLATES
from core.journal.security_wording import SECURITY_TEMPLATES, SECURITY_WORDS
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.model import Entry

_LABELS = {
    "incident": "I-", "request": "R-", "action": "A-", "problem": "P-", "finding": "F-", "scan": "S-", "run": "PR-", "message": "M-",
    "grant": "G-", "review": "RV-", "access_request": "AQ-", "signal": "SG-", "suppression": "SU-", "reading": "RD-",
    "mail": "ML-", "training": "TR-", "override": "OV-", "handover": "HO-", "window": "W-",
}  # fmt: skip
MOST_DIGITS: Final = 9
"""So many digits the number of a subject has at most: longer ones were never given, and could not be looked up everywhere."""
_KINDS = {sign: kind for kind, sign in _LABELS.items()}


def label(kind: str, subject_id: str) -> str:
    """Returns how people name a subject: I-207, A-118, PR-31, or its own id."""
    return f"{_LABELS.get(kind, '')}{subject_id}"


def subject_called(name: str) -> Subject | None:
    """Returns the subject that people call so (I-207, or I-0207), the reverse of `label`; None for any other word."""
    letter, dash, number = name.partition("-")
    kind = _KINDS.get(letter.upper() + dash)
    return Subject(kind, str(int(number))) if kind and is_number(number) else None


def is_number(text: str) -> bool:
    """Tells whether a text can be the number of a subject, as any database looks it up."""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def number_in(name: str) -> int | None:
    """Returns the number in what people call a subject (207 in I-207), whatever stands before it; None where none does."""
    number = name.partition("-")[2]
    return int(number) if is_number(number) else None


def sentence(entry: Entry, *, goes_on: bool = False) -> str:
    """Returns what happened, with the subject's name first, and the first line of its note.

    With `goes_on` the rest of the note is shown behind it, and nothing says that there is more.
    """
    name = label(*entry.subject)
    verb = entry.kind.split(".", 1)[-1].replace("_", " ")
    words = redacted_words if is_redaction(entry.kind) else _WORDS.get(entry.kind)
    text = readable(words, name, entry) if words else None
    if text is None:
        template = _TEMPLATES.get(entry.kind, "{name} " + verb)
        values = {field: str(pair[1]) for field, pair in entry.changes.items()}
        text = template.format_map(_Written(values | {"name": name})).strip(" :")
    if not entry.note or entry.kind in _NOTE_SAID:
        return text
    said = entry.note.partition("\n")[0] if goes_on else first_line(entry.note)
    return f"{text}: {said}"


def first_line(text: str) -> str:
    """Returns the first line of a note, with a sign that there is more."""
    line, _, rest = text.partition("\n")
    return f"{line} …" if rest.strip() else line


class _Written(dict[str, str]):
    """What an entry wrote, by field; a field it did not write is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _component(name: str, entry: Entry) -> str:
    state, summary = entry.after("state"), entry.after("summary")
    if state:
        soft = "" if entry.after("confirmed", True) else " (not confirmed yet)"
        text = f"{name} is {state}{soft}{_flapping(entry)}"
    elif "confirmed" in entry.changes:
        was_confirmed = "confirmed" if entry.after("confirmed") else "is to be confirmed anew"
        text = f"{name} {was_confirmed}{_flapping(entry)}"
    elif "flapping" in entry.changes:
        text = f"{name} is flapping" if entry.after("flapping") else f"{name} is no longer flapping"
    else:
        text = f"{name} says now"
    return f"{text}: {summary}" if summary else text


def _flapping(entry: Entry) -> str:
    """Returns what an entry about more says of flapping; a component that was not known before ends none."""
    before, now = entry.changes.get("flapping", (None, None))
    return ", and flapping" if now else ", no longer flapping" if before else ""


def _affected(name: str, entry: Entry) -> str:
    behind = json.loads(entry.after("affected", "[]"))
    return f"{name} affects {', '.join(behind)}" if behind else f"{name} affects nothing else any more"


def _command(name: str, entry: Entry) -> str:
    """Returns what changed in who does what in a major incident, and how often who waits is told."""
    said = [f"{entry.after('commander')} commands"] if "commander" in entry.changes else []
    if "roles" in entry.changes:
        before, now = (json.loads(text or "{}") for text in entry.changes["roles"])
        changed = [role for role in {**before, **now} if before.get(role) != now.get(role)]
        said += [f"{role} is {now[role]}" if role in now else f"nobody has {role}" for role in changed]
    if "update_every_s" in entry.changes:
        said.append(f"who waits is told every {entry.after('update_every_s') // 60} min")
    return f"{name} {'; '.join(said)}"


def _threshold(name: str, entry: Entry) -> str:
    """Returns by what a threshold is judged from now on, and until when: what did not change is not said."""
    said = [
        f"{field.replace('_clear', ' clears at').replace('_', ' ')} {entry.after(field) or 'none'}"
        for field in ("warning", "warning_clear", "critical", "critical_clear")
        if field in entry.changes and any(entry.changes[field])
    ]
    text = f"{name} is judged by {', '.join(said)}" if said else f"{name} goes on as revised"
    until = entry.after("ends_at", None)
    return text + (f" until {from_micros(until):%Y-%m-%d %H:%M}Z" if until is not None else "")


def _waits(name: str, entry: Entry) -> str:
    until = entry.after("wait_until", None)
    end = f" until {from_micros(until):%Y-%m-%d %H:%M}Z" if until is not None else ""
    whom = entry.after("waiting_for")
    return f"{name} waits{end}" if whom == "until" else f"{name} waits on {whom or 'the same'}{end}"


def _at_risk(name: str, entry: Entry) -> str:
    return f"{name} is at risk: to {entry.after('clock')} by {_clock_due(entry)}"


def _breached(name: str, entry: Entry) -> str:
    return f"{name} broke its promise: to {entry.after('clock')} by {_clock_due(entry)}"


def _escalated(name: str, entry: Entry) -> str:
    told = ", ".join(str(each) for each in entry.after("escalation_told", []))
    return f"{name} escalated to {told} ({_escalation_step(entry)})"


def _nobody_told(name: str, entry: Entry) -> str:
    return f"{name} found NOBODY to tell ({_escalation_step(entry)})"


def _escalation_step(entry: Entry) -> str:
    turn = entry.after("escalation_round", 0)
    again = f", round {turn + 1}" if turn else ""
    return f"step {entry.after('escalation_step')} of {entry.after('escalation_policy')}{again}"


def _override_made(name: str, entry: Entry) -> str:
    begin, end = (f"{from_micros(entry.after(key)):%a %d %b %H:%M}Z" for key in ("from_at", "until_at"))
    return f"{name} {entry.after('person')} is on call in {entry.after('rota')} from {begin} to {end}: {entry.after('reason')}"


def _clock_due(entry: Entry) -> str:
    """Returns when a promise was due, and under which agreement."""
    return f"{from_micros(entry.after('clock_due')):%a %d %b %H:%M:%S}Z ({entry.after('clock_agreement')})"


def _snoozed(name: str, entry: Entry) -> str:
    return f"{name} out of sight until {from_micros(entry.after('snoozed_until')):%Y-%m-%d %H:%M}Z"


def _watched(name: str, entry: Entry) -> str:
    who = ", ".join(field.partition(" ")[2] for field in entry.changes)
    return (
        f"{name} is watched by {who}"
        if entry.kind.endswith(".watched")
        else f"{name} is no longer watched by {who}"
    )


def _approval(name: str, entry: Entry) -> str:
    """Returns of whom an approval is asked, and by when."""
    whom = ", ".join(json.loads(entry.after("approvers", "[]")))
    until = entry.after("approval_expires_at", None)
    by = f", by {from_micros(until):%Y-%m-%d %H:%M}Z" if until is not None else ""
    if entry.kind.endswith("_voided"):
        return f"{name} is to be approved anew: what is asked for changed{by}"
    return f"{name} is to be approved{f' by {whom}' if whom else ''}{by}"


def _approved(name: str, entry: Entry) -> str:
    return f"{name} approved" if entry.after("state") else f"{name} approved, and waits for more"


def _link(name: str, entry: Entry) -> str:
    """Returns what an item is to another since, or is no longer."""
    parts = [
        f"is {now} {field.partition(' ')[2]}" if now else f"is no longer {was} {field.partition(' ')[2]}"
        for field, (was, now) in entry.changes.items()
        if field.startswith("link ")
    ]
    return f"{name} {', '.join(parts)}"


def _taken_back(name: str, entry: Entry) -> str:
    """Returns that something was taken back; of a link, what is so now."""
    return (
        _link(name, entry)
        if any(field.startswith("link ") for field in entry.changes)
        else f"{name} taken back"
    )


def _received(name: str, entry: Entry) -> str:
    """Returns what became of a mail that came."""
    kind, number, reason = entry.after("about_kind"), entry.after("about_id"), entry.after("reason")
    about = f" {label(kind, number)}" if number else ""
    words = f"{name} from {entry.after('sender') or 'nobody'}: {entry.after('title')} ({entry.after('verdict')}{about})"
    return f"{words}: {reason}" if reason else words


def _message(what: str) -> Callable[[str, Entry], str]:
    """Returns the words for what became of a message about an item."""

    def words(name: str, entry: Entry) -> str:
        to, number = entry.after("message_recipient"), entry.after("message")
        trouble, title = entry.after("message_trouble"), entry.after("message_title")
        return f"{name} M-{number} to {to} {what}" + (f": {trouble or title}" if trouble or title else "")

    return words


_OF_MESSAGES = {
    "queued": "is to be sent", "sent": "was sent", "delayed": "could not be sent yet",
    "undelivered": "is undelivered, somebody decides", "unknown": "may have arrived, somebody decides",
    "retried": "is sent again", "cancelled": "is not sent",
}  # fmt: skip
_WORDS: dict[str, Callable[[str, Entry], str]] = {
    **{
        f"{about}.message_{what}": _message(words)
        for about in ("incident", "request", "mail", "action", "review", "access_request")
        for what, words in _OF_MESSAGES.items()
    },
    "mail.received": _received,
    **SECURITY_WORDS,
    **REVIEW_WORDS,
    "component.changed": _component,
    "incident.affected": _affected,
    "threshold.revised": _threshold,
    "threshold.widened": _threshold,
    **{
        f"{about}.{what}": words
        for about in ("incident", "request")
        for what, words in {
            "linked": _link,
            "unlinked": _link,
            "linked_from": _link,
            "unlinked_from": _link,
            "taken_back": _taken_back,
        }.items()
    },
    "request.waits": _waits,
    "request.snoozed": _snoozed,
    "request.approval_asked": _approval,
    "request.approval_voided": _approval,
    "request.approved": _approved,
    "request.watched": _watched,
    "request.unwatched": _watched,
    "incident.command_changed": _command,
    "incident.at_risk": _at_risk,
    "incident.breached": _breached,
    "request.at_risk": _at_risk,
    "request.breached": _breached,
    "incident.escalated": _escalated,
    "request.escalated": _escalated,
    "incident.nobody_told": _nobody_told,
    "request.nobody_told": _nobody_told,
    "override.made": _override_made,
    **PLANNED_WORDS,
    **AGENT_WORDS,
}
_TEMPLATES = {
    "component.stopped": "{name} stopped on purpose",
    "component.released": "{name} is no longer stopped on purpose",
    "incident.opened": "{name} opened: {title}",
    "incident.severity_set": "{name} severity set to {severity}",
    "incident.cleared": "{name} cleared",
    "incident.told": "{name} status told",
    "incident.log_attached": "{name} has a log of what {log_by} did: {log_entries} entries behind {log_after}, up to {log_upto}",
    "request.wait_over": "{name} waits no longer",
    "request.handed_over": "{name} handed over to {owner}",
    "request.declined": "{name} declined",
    "request.approval_reminded": "{name} approvers reminded",
    "request.approval_expired": "{name} not approved in time, a lead decides",
    "request.changed": "{name} asks for something else: {title}",
    "request.check_added": "{name} is to be ticked off, too: {check_text}",
    "request.check_removed": "{name} has less to be ticked off",
    "request.check_ticked": "{name} ticked off: {check_line}",
    "request.check_unticked": "{name} no longer ticked off: {check_line}",
    "request.woken": "{name} back in sight",
    "request.merged": "{name} merged into R-{merged_into}",
    "request.merged_in": "{name} goes on for R-{merged_in}, too",
    "request.unmerged": "{name} goes on by itself again: {state}",
    "request.unmerged_from": "{name} goes on without R-{taken_out}",
    "request.split": "{name} split: R-{split_into} goes on with a part of it",
    "request.clocks_mended": "{name} has its clocks as the journal has them",
    "incident.clocks_mended": "{name} has its clocks as the journal has them",
    "request.escalation_mended": "{name} has its escalation as the journal has it",
    "incident.escalation_mended": "{name} has its escalation as the journal has it",
    "override.ended": "{name} ended: the rota counts again",
    "incident.cause_changed": "{name} has another cause now: {title}",
    "incident.resolved": "{name} resolved: {resolution}",
    "incident.closed": "{name} closed: {resolution}",
    "incident.resolution_rewritten": "{name} resolution rewritten: {resolution}",
    "incident.problem_set": "{name} comes from P-{problem}",
    "incident.problem_cleared": "{name} comes from no known problem",
    "incident.declared": "{name} is a MAJOR INCIDENT, {commander} commands",
    "incident.stood_down": "{name} is no major incident any more; its review is owed by {review_owner} until {review_due}",
    "incident.reviewed": "{name} its review was held: {review_outcome}",
    "incident.review_waived": "{name} its review is waived: {review_outcome}",
    "training.recorded": "{name} {person} completed {training} on {done_on}",
    "training.withdrawn": "{name} withdrawn",
    "problem.opened": "{name} opened: {title}",
    "problem.known": "{name} is a known error: {workaround}",
    "problem.solved": "{name} solved: {solution}",
    "problem.closed": "{name} closed: {outcome}",
    "request.opened": "{name} asked for: {title}",
    "request.held": "{name} held for a lead's decision",
    "request.turned_away": "{name} refused by the agreement",
    "request.approval_refused": "{name} somebody was refused who may not approve it",
    "request.run_refused": "{name} a procedure was not begun for it",
    "request.run_begun": "{name} PR-{run} begun for it",
    "request.run_ended": "{name} PR-{run} {run_state}",
    "component.run_refused": "{name} a procedure was not begun on it",
    "request.delivery_refused": "{name} somebody was refused who may not deliver",
    "request.taken": "{name} taken",
    "request.assigned": "{name} given to {owner}",
    "request.graded": "{name} has priority {priority}",
    "request.told": "{name} its requester was told",
    "request.said": "{name} its requester said",
    "request.delivered": "{name} delivered: {outcome}",
    "request.closed": "{name} closed: {outcome}",
    "request.cancelled": "{name} cancelled: {outcome}",
    "request.refused": "{name} refused: {outcome}",
    "request.admitted": "{name} let in",
    "request.survey_asked": "{name} its requester was asked how satisfied they are",
    "request.survey_answered": "{name} its requester answered {score}",
    "request.survey_expired": "{name} its requester was asked and did not answer",
    "handover.begun": "{name} the shift is handed over",
    "handover.line_added": "{name} has a line more",
    "handover.line_accepted": "{name} a line was accepted",
    "handover.taken": "{name} was taken with its last line",
    "handover.withdrawn": "{name} withdrawn",
    "action.drafted": "{name} drafted: {deviation}",
    "action.closed": "{name} closed: {outcome}",
    "action.cancelled": "{name} cancelled: {outcome}",
    "action.done": "{name} carried out; its check is due {check_on}",
    "action.not_effective": "{name} does not work: {outcome}",
    "action.recurred": "{name} does not work, the same came back",
    **SECURITY_TEMPLATES,
    **RUN_TEMPLATES,
    "staff.refused": "{name} was refused",
    "threshold.ended": "{name} is judged by the catalog again",
    "threshold.taken_back": "{name} revision taken back",
    "incident.judged_otherwise": "{name} is judged otherwise",
    "incident.run_begun": "{name} PR-{run} begun from it",
    "incident.run_ended": "{name} PR-{run} {run_state}",
    "component.check_asked": "{name} is to be looked at now",
    "catalog.mended": "catalog mended: no problems left",
    "journal.found_broken": "the journal was found not to hold",
    "journal.key_replaced": "seals are signed with key {key:.16}… from now on",
    "database.made_to_look_at": "this is a demonstration: nothing in this database ever happened",
    "database.moved": "the database was moved to {to}",
    "database.taken_back": "the database is worked in again",
    "operate.unlocked": "{name} went to OPERATE",
    "operate.locked": "{name} went back to WATCH",
}
_NOTE_SAID = frozenset({"catalog.loaded"})
