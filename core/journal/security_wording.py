"""What is said of findings, signals, reviews, requests for access and grants. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.model import Entry


def _listed(name: str, entry: Entry) -> str:
    """Returns what a list grants: of a grant that was known the entry holds only what the list says otherwise."""
    text = f"{name} granted as a list says"
    if "principal" not in entry.changes:
        return text
    who, right, thing, source = (
        entry.after(each) for each in ("principal", "entitlement", "thing", "source")
    )
    return f"{text}: {who} has {right} on {thing} ({source})"


def _suppression(name: str, entry: Entry) -> str:
    rule, source = entry.after("rule"), entry.after("source")
    whom = {"": "", "*": " of anything"}.get(said := entry.after("whom"), f" of {said}")
    until = f"{from_micros(entry.after('ends_at')):%Y-%m-%d %H:%M}Z"
    return f"{name} suppresses {rule}{whom} in {source} until {until}"


def _granted(name: str, entry: Entry) -> str:
    """Returns who granted it: where that was the same person before, no field of the entry tells."""
    return f"{name} granted by {entry.after('granter') or entry.actor}"


SECURITY_WORDS: dict[str, Callable[[str, Entry], str]] = {
    "grant.granted": _granted,
    "grant.listed": _listed,
    "suppression.made": _suppression,
}
"""How each is said, given the name of the subject and the entry; of the others, by the fields of the entry:"""
SECURITY_TEMPLATES = {
    "finding.created": "{name} found: {vulnerability} in {package} of {component} ({severity})",
    "finding.seen": "{name} is told otherwise now",
    "finding.unseen": "{name} is no longer named by one of its sources",
    "finding.verified": "{name} is gone, as {proof} shows",
    "finding.gone": "{name} had been accepted and is gone, as {proof} shows",
    "finding.still_there": "{name} was said to be corrected, and is still there",
    "finding.started": "{name} is being corrected",
    "finding.corrected": "{name} is said to be corrected",
    "finding.assigned": "{name} given to {owner}",
    "finding.graded": "{name} graded {severity}",
    "finding.accepted": "{name} accepted until {accepted_until} by {accepted_owner}",
    "finding.acceptance_over": "{name} is no longer accepted: its day is over",
    "finding.not_affected": "{name} does not affect its component {justification}",
    "signal.seen": "{name} {severity}: {title} ({whom}), {count} in {place}",
    "signal.grew": "{name} has come {told} times",
    "signal.returned": "{name} came again, and is new again",
    "signal.acknowledged": "{name} acknowledged",
    "signal.suppressed": "{name} suppressed",
    "signal.made_incident": "{name} is worked on as I-{incident}",
    "suppression.ended": "{name} is over",
    "scan.imported": "{name} {kind} report {file} of {source}: {created} new, {closed} closed, {reopened} reopened, {refused} refused",
    "review.drafted": "{name} drafted",
    "review.opened": "{name} opened, {drawn} grants are asked about",
    "review.empty": "{name} has nothing to review",
    "review.stepped": "{name} goes by its time",
    "review.reminded": "{name} reviewers reminded",
    "review.escalated": "{name} leads are asked, too",
    "review.item_settled": "{name} a decision is settled",
    "review.stage_closed": "{name} a stage ended",
    "access_request.asked": "{name} {person} asks for {entitlement} on {thing}",
    "access_request.approved": "{name} approved until {ends_on}",
    "access_request.ended": "{name} ended: the access is to be taken away",
    "access_request.expired": "{name} was not answered in time",
    "grant.found": "{name} found, not granted: {principal} has {entitlement} on {thing} ({source})",
    "grant.told": "{name} is told otherwise by its source now",
    "grant.gone": "{name} is gone from its source; nobody had granted it here",
    "grant.missing": "{name} is granted here, and its source no longer shows it",
    "grant.found_again": "{name} is shown by its source again",
    "grant.removed": "{name} was to be removed, and is gone from its source",
    "grant.revoked": "{name} is to be removed from its source by {due}",
    "grant.ended": "{name} ended: its source did not show it any more",
    "grant.ignored": "{name} is left alone until {due}",
    "grant.assigned": "{name} given to {owner}",
    "grant.expired": "{name} is no longer granted: its last day is over",
    "grant.ignored_over": "{name} is no longer left alone: its day is over",
    "reading.taken_in": "{name} {kind} {file} of {source}: {created} new, {gone} gone, {back} found again, {refused} refused",
    "source.failed": "{name} could not be read",
    "source.mended": "{name} can be read again",
}
