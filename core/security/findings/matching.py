"""What a report does to the findings that are known: which are new, seen again, gone, or back. Pure.

A finding is known by its vulnerability, its component and its package: another version, path or severity is the same
finding, told otherwise. What a report does not list is gone only as far as that report looked: for the same source and
scope, in the components that it is about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.security.findings.model import OFF_LIST, STANDING, Exploited, FindingState, Severity
from core.security.findings.reports.model import Reported, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from core.security.findings.model import Finding

_S = FindingState
MOST_JOINED = 300


class Key(NamedTuple):
    """What a finding is known by."""

    component: str
    vulnerability: str
    package: str


class What(StrEnum):
    """What a report does to one finding."""

    CREATE = "create"
    SEEN = "seen"  # known, and as it is told now
    REOPEN = "reopen"  # had been shown to be gone, and is back
    STILL_THERE = "still there"  # was said to be corrected, and is not
    UNSEEN = "unseen"  # one of its sources names it no longer
    CLOSE = "close"  # none of its sources names it any longer
    NOT_AFFECTED = "not affected"  # it is there, and stated to do no harm
    CORRECTED = "corrected"  # stated to be
    CONFIRM = "confirm"  # stated to do harm
    USED = "used"  # the list of exploited vulnerabilities names it, or no longer
    AFFECTED = "affected"  # had been stated to do no harm, and does


class Step(NamedTuple):
    """One thing to be done: to a finding that is known (None: to be created), as a line tells it (None: it is not listed)."""

    what: What
    key: Key
    line: Reported | None
    known: Finding | None


def merged(lines: Iterable[tuple[str, Reported]]) -> dict[Key, Reported]:
    """Returns one line for each key: several places or versions of one package are one finding.

    The gravest severity counts; of several probabilities the highest, with its own percentile; of several days by which a
    listed one is due the first.
    """
    found: dict[Key, Reported] = {}
    for component, line in lines:
        key = Key(component, line.vulnerability, line.package)
        before = found.get(key)
        found[key] = line if before is None else _both(before, line)
    return found


def _both(one: Reported, other: Reported) -> Reported:
    a, b = one.exploited, other.exploited
    days = [day for day in (a.listed_due, b.listed_due) if day is not None]
    higher = b if (b.epss or 0.0) > (a.epss or 0.0) else a
    return replace(
        one,
        package_version=_joined(one.package_version, other.package_version),
        fixed_in=_joined(one.fixed_in, other.fixed_in),
        path=_joined(one.path, other.path),
        severity=_graver(one.severity, other.severity),
        title=one.title or other.title,
        url=one.url or other.url,
        aliases=tuple(sorted({*one.aliases, *other.aliases})),
        exploited=Exploited(
            a.is_listed or b.is_listed, min(days, default=None), higher.epss, higher.percentile
        ),
        verdict=one.verdict if one.verdict is other.verdict else Verdict.AFFECTED,
    )


def _joined(one: str, other: str) -> str:
    parts = [part for part in [*one.split(", "), *other.split(", ")] if part]
    text = ", ".join(dict.fromkeys(parts))
    return text if len(text) <= MOST_JOINED else one


def _graver(one: Severity, other: Severity) -> Severity:
    known = [each for each in (one, other) if each is not Severity.UNKNOWN]
    return min(known, key=lambda each: each.grade, default=Severity.UNKNOWN)


def plan(
    lines: Mapping[Key, Reported], known: Iterable[Finding], series: str, scanned_at: datetime
) -> list[Step]:
    """Returns what is to be done, in the order of the keys.

    `known` are all findings of the components that the report is about; `series` its source and scope, as findings
    keep it in `seen_in`; `scanned_at` when it was made.
    """
    by_key = {Key(each.component, each.vulnerability, each.package): each for each in known}
    steps = [
        Step(_listed(line, by_key.get(key), scanned_at), key, line, by_key.get(key))
        for key, line in lines.items()
    ]
    for key, each in by_key.items():
        if key in lines or series not in each.seen_in or each.state in {_S.NOT_AFFECTED, _S.VERIFIED}:
            continue
        what = What.CLOSE if each.seen_in == (series,) else What.UNSEEN
        steps.append(Step(what, key, None, each))
    return sorted(steps, key=lambda step: step.key)


def used(named: Mapping[str, Reported], known: Iterable[Finding], *, is_whole: bool) -> list[Step]:
    """Returns what the list of exploited vulnerabilities does, in the order of the keys.

    `named` are its lines by vulnerability, in capitals; `is_whole`: every line could be read, so that what it does not name is not on it.
    """
    steps = []
    for each in known:
        lines = [named[name] for name in each.known_as if name in named]
        line = min(lines, key=lambda line: line.exploited.listed_due or date.max, default=None)
        if line is None and is_whole:
            line = Reported(each.vulnerability, each.package, "", said=OFF_LIST)
        if line is not None:
            steps.append(Step(What.USED, Key(each.component, each.vulnerability, each.package), line, each))
    return sorted(steps, key=lambda step: step.key)


def _listed(line: Reported, known: Finding | None, scanned_at: datetime) -> What:
    """Returns what it means that a report lists a finding. Accepted ones, and those that do not affect, no report reopens.

    A report that was made before a finding was corrected, or shown to be gone, says nothing of what came after.
    """
    if known is None:
        return What.CREATE
    if line.verdict is Verdict.NOT_AFFECTED and _S.NOT_AFFECTED in STANDING[known.state].follows:
        return What.NOT_AFFECTED
    if known.state is _S.VERIFIED:
        return What.SEEN if known.closed_at is not None and scanned_at < known.closed_at else What.REOPEN
    if known.state is _S.CORRECTED and known.corrected_at is not None and scanned_at > known.corrected_at:
        return What.STILL_THERE
    return What.SEEN
