"""What a step of an import leaves a finding with: the columns that are set. Pure."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from core.security.findings.matching import Step, What
from core.security.findings.model import (
    NOTHING_KNOWN,
    Due,
    Exploited,
    FindingState,
    Severity,
    due_again,
    due_of,
)
from core.security.findings.reports.model import Verdict
from core.timekeeping import NEVER, day_of, from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from core.security.findings.kept_list import KeptList
    from core.security.findings.preparing import Prepared
    from core.security.findings.reports.model import Reported

_S = FindingState
_DECIDES = ("severity", "is_listed", "listed_due")
EPSS_MOVED = 0.05
"""A probability that moved by less is told otherwise only where it passes what counts as used."""


class By(NamedTuple):
    """Who imports, when, and as which report (S-7): what a row names."""

    now: datetime
    actor: str = ""
    proof: str = ""


def effect(prepared: Prepared, step: Step, row: Any, by: By) -> dict[str, Any]:
    """Returns what is to be set of a finding, whose row as it stands is `row` (None: it is new); nothing where it stands so."""
    if step.known is None:
        assert step.line is not None
        return _new(prepared, step, step.line, by)
    wanted = _listed(prepared, step, row, by) if step.line is not None else _absent(prepared, step, row, by)
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def in_time(due: str, corrected_at: int) -> int | None:
    """Returns whether something corrected at an instant (microseconds UTC) was so by its day; None where it has none."""
    day = day_of(due)
    return None if day is None else int(from_micros(corrected_at).date() <= day)


def use_of(row: Any) -> Exploited:
    """Returns what a finding's row says of how its vulnerability is used."""
    return Exploited(bool(row.is_listed), day_of(row.listed_due), row.epss, row.percentile)


def use_when_back(kept: KeptList, row: Any) -> dict[str, Any]:
    """Returns the columns of whether it is on the list, for a finding that was ended and is open again."""
    named = kept.of(row.vulnerability, json.loads(row.aliases))
    return _list_values(kept.over(None, use_of(row), named, is_back=True))


def due_values(due: Due) -> dict[str, str]:
    """Returns the columns of a day."""
    return {"due": due.day.isoformat() if due.day else NEVER, "due_rule": due.rule}


def not_accepted() -> dict[str, Any]:
    """Returns the columns of an acceptance, as they are where there is none."""
    return {"accepted_until": "", "accepted_owner": "", "restarts": 0}


def back(state: FindingState = _S.REOPENED) -> dict[str, Any]:
    """Returns the columns of a finding that is open again, corrected by nobody."""
    return {
        "state": state, "closed_at": None, "corrected_at": None, "corrected_by": "", "in_time": None, "proof": "",
        "justification": "",
    }  # fmt: skip


def _absent(prepared: Prepared, step: Step, row: Any, by: By) -> dict[str, Any]:
    if step.what is What.UNSEEN:
        return {"seen_in": json.dumps([each for each in json.loads(row.seen_in) if each != prepared.series])}
    at = row.corrected_at or to_micros(prepared.scanned_at)
    return {
        "state": _S.VERIFIED, "seen_in": "[]", "closed_at": to_micros(by.now), "proof": by.proof, "corrected_at": at,
        "in_time": in_time(row.due, at), **not_accepted(),
    }  # fmt: skip


def _listed(prepared: Prepared, step: Step, row: Any, by: By) -> dict[str, Any]:
    line, what = step.line, step.what
    assert line is not None
    if what is What.NOT_AFFECTED:
        return {
            "state": _S.NOT_AFFECTED, **_not_affected(line), "closed_at": to_micros(by.now), **not_accepted(),
        }  # fmt: skip
    if what is What.CORRECTED:
        at = to_micros(by.now)
        return {
            "state": _S.CORRECTED, "corrected_at": at, "corrected_by": by.actor, "in_time": in_time(row.due, at), "why": "",
            **not_accepted(),
        }  # fmt: skip
    if what is What.CONFIRM:
        return {"state": _S.CONFIRMED}
    if what is What.USED:
        return _due_as_told(prepared, row, _list_values(line.exploited), by)
    if what is What.AFFECTED:
        use = use_when_back(prepared.kept, row)
        return back() | {"why": line.said} | _due_as_told(prepared, row, use, by)
    if not prepared.opened.report.is_scan or (row.state == _S.VERIFIED and what is What.SEEN):
        return {}  # a statement without effect; a report from before it was shown to be gone
    told = _told(prepared, row, line, by, is_back=what is What.REOPEN)
    if what is What.REOPEN:
        start = prepared.scanned_at.date()
        due = _due(prepared, row, start, told)
        seen_in = json.dumps([prepared.series])
        return told | back() | {"start": start.isoformat(), **due_values(due), "seen_in": seen_in}
    return told | back() if what is What.STILL_THERE else told


def _not_affected(line: Reported) -> dict[str, str]:
    return {
        "justification": line.justification or "impact_statement",
        "why": line.said or line.justification.replace("_", " "),
    }


def _new(prepared: Prepared, step: Step, line: Reported, by: By) -> dict[str, Any]:
    start = prepared.scanned_at.date()
    agreed = prepared.agreed_days(step.key.component, line.severity)
    is_affected = line.verdict is not Verdict.NOT_AFFECTED
    used = line.exploited
    if is_affected:
        used = prepared.kept.over(used, NOTHING_KNOWN, prepared.kept.of(line.vulnerability, line.aliases))
    why = {"why": "", "justification": ""} if is_affected else _not_affected(line)
    return {
        "state": _S.NEW if is_affected else _S.NOT_AFFECTED, "vulnerability": step.key.vulnerability,
        "component": step.key.component, "package": step.key.package, **_attributes(line), "severity": line.severity,
        "is_graded": 0, **_use(used), "found_at": to_micros(by.now), "start": start.isoformat(),
        **due_values(due_of(start, line.severity, used, agreed)), "seen_in": json.dumps([prepared.series]),
        "owner": "", **why, **not_accepted(), "corrected_at": None, "corrected_by": "",
        "closed_at": None if is_affected else to_micros(by.now), "proof": "", "in_time": None,
    }  # fmt: skip


def _told(prepared: Prepared, row: Any, line: Reported, by: By, *, is_back: bool) -> dict[str, Any]:
    """Returns what a line tells of a finding that is known, as far as its source has a say.

    The first of the sources that name it describes it; another adds itself, so that two tools that put the same in
    different words do not overwrite each other each night.
    """
    seen_in = json.loads(row.seen_in)
    after: dict[str, Any] = {}
    if prepared.series not in seen_in:
        after["seen_in"] = json.dumps([*seen_in, prepared.series])
    is_first = not seen_in or seen_in[0] == prepared.series
    if is_first:
        after |= _attributes(line)
    is_told = line.severity is not Severity.UNKNOWN and (is_first or row.severity == Severity.UNKNOWN)
    if is_told and not row.is_graded:
        after["severity"] = line.severity
    before = use_of(row)
    told = line.exploited if prepared.tells_exploited else None
    named = NOTHING_KNOWN
    if row.state != _S.NOT_AFFECTED:  # what does no harm is left alone
        named = prepared.kept.of(row.vulnerability, line.aliases if is_first else json.loads(row.aliases))
    after |= _use_again(before, prepared.kept.over(told, before, named, is_back=is_back))
    return _due_as_told(prepared, row, after, by)


def _due_as_told(prepared: Prepared, row: Any, after: dict[str, Any], by: By) -> dict[str, Any]:
    """Returns the columns `after` with the day that follows, where one of them decides it and is another now."""
    if any(getattr(row, name) != after[name] for name in _DECIDES if name in after):
        wanted = _due(prepared, row, date.fromisoformat(row.start), after)
        after |= due_values(due_again(Due(day_of(row.due), row.due_rule), wanted, by.now.date()))
    return after


def _attributes(line: Reported) -> dict[str, Any]:
    return {
        "package_version": line.package_version, "fixed_in": line.fixed_in, "path": line.path, "title": line.title,
        "aliases": json.dumps(list(line.aliases)), "url": line.url,
    }  # fmt: skip


def _use(exploited: Exploited) -> dict[str, Any]:
    return {"epss": exploited.epss, "percentile": exploited.percentile, **_list_values(exploited)}


def _list_values(exploited: Exploited) -> dict[str, Any]:
    return {
        "is_listed": int(exploited.is_listed),
        "listed_due": exploited.listed_due.isoformat() if exploited.listed_due else "",
    }


def _use_again(before: Exploited, told: Exploited) -> dict[str, Any]:
    """Returns the columns of how it is used, where that is told otherwise now."""
    moved = abs((told.epss or 0.0) - (before.epss or 0.0)) >= EPSS_MOVED
    was, now = ((each.is_listed, each.listed_due, each.is_used, each.epss is None) for each in (before, told))
    return _use(told) if moved or was != now else {}


def _due(prepared: Prepared, row: Any, start: date, after: dict[str, Any]) -> Due:
    severity = Severity(after.get("severity", row.severity))
    exploited = Exploited(
        bool(after.get("is_listed", row.is_listed)), day_of(after.get("listed_due", row.listed_due))
    )
    return due_of(start, severity, exploited, prepared.agreed_days(row.component, severity))
