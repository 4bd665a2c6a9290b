"""What the import of a report would do, worked out whole before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select

from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import declared_agreements, declared_components
from core.counting import counted
from core.errors import BadInput
from core.printable import printable
from core.security.findings.components import Directory, bare_name
from core.security.findings.kept_list import Change, KeptList, change_of, kept_list
from core.security.findings.matching import Step, What, merged, plan, used
from core.security.findings.model import ENDED, NOTHING_KNOWN
from core.security.findings.queries import to_finding, to_scan
from core.security.findings.reports.model import Reported, Verdict
from core.security.findings.statements import spoken_of
from core.security.findings.tables import finding, scan
from core.security.foreign import Refusal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Agreement, Component
    from core.security.findings.model import Finding
    from core.security.findings.queries import Scan
    from core.security.findings.reports.model import Report
    from core.security.findings.reports.reading import Opened

AHEAD = timedelta(days=1)
"""So far ahead a report's clock may be, in whatever zone it was written."""
AT_ONCE = 500
MOST_KEPT = 200
"""So many refused lines are kept of a report; how many there were is counted."""


class Asked(NamedTuple):
    """What is said beside the file: a component instead of what the report names, a source instead of its tool.

    `is_empty_right`: a report that lists nothing is meant so.
    """

    component: str = ""
    source: str = ""
    is_empty_right: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an import would do: steps in order, the lines that were refused, and what it all is about."""

    opened: Opened
    source: str
    scope: str
    components: tuple[str, ...]
    scanned_at: datetime
    matched: int
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    not_closed: (
        int  # findings that it does not list, and that stay open for what of it was not read or not looked at
    )
    tells_exploited: bool
    agreed: Mapping[str, tuple[Agreement, ...]]
    kept: KeptList  # what the list of exploited vulnerabilities says, as it is kept
    change: Change | None = None  # what a report that is that list changes of it

    @property
    def series(self) -> str:
        """Returns source and scope as findings keep them."""
        return f"{self.source} {self.scope}".strip()

    def agreed_days(self, component: str, severity: str) -> list[tuple[str, int]]:
        """Returns the (agreement, days) that promise a correction of that severity in that component."""
        return [
            (each.id, days)
            for each in self.agreed.get(component, ())
            for name, days in each.correct_days
            if name == severity
        ]


def prepare(connection: Connection, opened: Opened, asked: Asked, now: datetime) -> Prepared:
    """Returns what the import of a report would do. Raises BadInput where it can be none: about nothing, too old, empty."""
    report = opened.report
    if report.is_of_all:
        return _of_all(connection, opened, asked, now)
    components, agreements = _declared(connection)
    _check_component(asked.component, components)
    directory = Directory(components)
    scope = bare_name(report.names[0]) if report.names else ""
    source = printable(asked.source.strip() or report.source, 60).lower()
    matched, unmatched, about = _matched(opened, directory, asked.component, components)
    scanned_at = _scanned_at(opened, now)
    known = _known(connection, about)
    if report.is_scan:
        _check_looked(opened, asked)
        _check_newest(connection, opened, source, scope, about, scanned_at)
        steps = _scanned(matched, known, f"{source} {scope}".strip(), scanned_at)
        wrong: list[Refusal] = []
    else:
        steps, wrong = spoken_of(matched, known, named_by_itself=not asked.component)
    to_do, not_closed = _as_far_as_read(steps, report)
    _check_not_empty(opened, asked, to_do)
    refusals = tuple(sorted((*report.refusals, *unmatched, *wrong), key=_in_file))
    return Prepared(
        opened, source, scope, about, scanned_at, len(matched), tuple(to_do), refusals, not_closed,
        any(line.exploited != NOTHING_KNOWN for line in report.lines), _agreed(about, components, agreements, now),
        kept_list(connection),
    )  # fmt: skip


def _of_all(connection: Connection, opened: Opened, asked: Asked, now: datetime) -> Prepared:
    """Returns what the list of exploited vulnerabilities does to every finding that may still have to be corrected."""
    if asked.component:
        what = "speaks of every component, not of one"
        raise BadInput(what, where=opened.file, next_step="Nothing was changed. Leave --component out")
    report, scanned_at = opened.report, _scanned_at(opened, now)
    source = printable(asked.source.strip() or report.source, 60).lower()
    _check_looked(opened, asked)
    kept, is_whole = kept_list(connection), not report.refusals
    _check_newest_list(opened, kept, scanned_at)
    named = _by_name(report.lines)
    known = _unended(connection, [line.vulnerability for line in report.lines])
    about = tuple(sorted({each.component for each in known}))
    steps = used(named, known, is_whole=is_whole)
    components, agreements = _declared(connection)
    matched = len(named.keys() & {name for each in known for name in each.known_as})
    return Prepared(
        opened, source, "", about, scanned_at, matched, tuple(steps), report.refusals, 0, True,
        _agreed(about, components, agreements, now), kept, change_of(connection, named, is_whole=is_whole),
    )  # fmt: skip


def _by_name(lines: Iterable[Reported]) -> dict[str, Reported]:
    """Returns the lines of the list by name in capitals; of several the one with the first day."""
    found: dict[str, Reported] = {}
    for line in sorted(lines, key=lambda line: line.exploited.listed_due or date.max):
        found.setdefault(line.vulnerability.upper(), line)
    return found


def _unended(connection: Connection, named: Iterable[str]) -> list[Finding]:
    """Returns the findings, neither gone nor ruled out, that may go by one of the names, or were told to be used.

    A finding that goes by a name of its distributor has the numbers that the list knows among its others.
    """
    names, rows = sorted(set(named)), dict[int, Any]()
    may_be_due = finding.c.state.not_in(ENDED)
    parts = [finding.c.vulnerability.in_(names[n : n + AT_ONCE]) for n in range(0, len(names), AT_ONCE)]
    for part in (or_(finding.c.is_listed == 1, finding.c.aliases.icontains("CVE-")), *parts):
        rows |= {row.id: row for row in connection.execute(select(finding).where(may_be_due, part)).all()}
    return [to_finding(row) for _, row in sorted(rows.items())]


def days_agreed(
    connection: Connection, component: str, severity: str, now: datetime
) -> list[tuple[str, int]]:
    """Returns the (agreement, days) in force that promise a correction of that severity in a component."""
    components, agreements = _declared(connection)
    covering = _agreed([component], components, agreements, now).get(component, ())
    return [(each.id, days) for each in covering for name, days in each.correct_days if name == severity]


def _declared(connection: Connection) -> tuple[dict[str, Component], list[Agreement]]:
    return declared_components(connection), list(declared_agreements(connection).values())


def _check_component(wanted: str, components: Mapping[str, Any]) -> None:
    if wanted and wanted not in components:
        raise BadInput(
            f"there is no component {wanted!r}", where="--component",
            next_step=did_you_mean(wanted, components, "Nothing was changed. watchfloor board lists them"),
        )  # fmt: skip


def _matched(
    opened: Opened, directory: Directory, wanted: str, components: Mapping[str, Component]
) -> tuple[list[tuple[str, Reported]], list[Refusal], tuple[str, ...]]:
    """Returns each line with its component, the lines that have none, and every component that the report is about."""
    report = opened.report
    own = (wanted,) if wanted else directory.of(report.names)
    matched: list[tuple[str, Reported]] = []
    refusals: list[Refusal] = []
    found = set(own)
    for line in report.lines:
        where = (
            (wanted,)
            if wanted
            else directory.of(line.names) or (() if line.names and not report.names else own)
        )
        matched += [(component, line) for component in where]
        found.update(where)
        if not where:
            named = listed([printable(name, 60) for name in line.names[:3] or report.names[:3]]) or "nothing"
            refusals.append(Refusal(line.place, f"is in {named}, and no component is scanned as that"))
    if not found:
        names = [*report.names, *(name for line in report.lines for name in line.names)]
        said = listed([printable(name, 80) for name in dict.fromkeys(names)][:3])
        some = next(iter(components), "ID")
        raise BadInput(
            f"names no component of the catalog (it names {said})"
            if said
            else "does not say what it was made over",
            where=opened.file,
            next_step=f"Nothing was changed. Say --component {some}, or declare scanned_as for the component",
        )
    return matched, refusals, tuple(sorted(found))


def _scanned_at(opened: Opened, now: datetime) -> datetime:
    at = opened.report.scanned_at
    if at is not None and at > now + AHEAD:
        what = f"says that it was made on {at:%Y-%m-%d %H:%M}Z, which is still to come"
        raise BadInput(
            what, where=opened.file, next_step="Nothing was changed. Check the clock of where it was made"
        )
    return min(at or now, now)


def _known(connection: Connection, components: Iterable[str]) -> list[Finding]:
    query = select(finding).where(finding.c.component.in_(list(components)))
    return [to_finding(row) for row in connection.execute(query).all()]


def _check_looked(opened: Opened, asked: Asked) -> None:
    if not opened.report.was_looked and not asked.is_empty_right:
        what = "does not say that anything was looked at: a tool that failed writes the same"
        raise BadInput(what, where=opened.file, next_step="Nothing was changed. If it is right, say --empty")


def _check_newest(
    connection: Connection,
    opened: Opened,
    source: str,
    scope: str,
    about: tuple[str, ...],
    at: datetime,
) -> None:
    """Raises BadInput for a report that is older than one of the same source and scope about the same component."""
    query = select(scan).where(
        scan.c.source == source, scan.c.scope == scope, scan.c.scanned_at > to_micros(at)
    )
    for newer in map(to_scan, connection.execute(query.order_by(scan.c.scanned_at.desc()).limit(50)).all()):
        if set(newer.components) & set(about):
            raise _older(opened, at, newer, " of the same source")


def _check_newest_list(opened: Opened, kept: KeptList, at: datetime) -> None:
    """Raises BadInput for a list that is older than the one that is kept, wherever that came from."""
    if kept.newest is not None and kept.newest.scanned_at > at:
        raise _older(opened, at, kept.newest, ", which is the list that is kept")


def _older(opened: Opened, at: datetime, newer: Scan, what: str) -> BadInput:
    return BadInput(
        f"was made on {at:%Y-%m-%d %H:%M}Z, before {newer.label}{what} ({newer.scanned_at:%Y-%m-%d %H:%M}Z)",
        where=opened.file, next_step="Nothing was changed. Import the newest report only",
    )  # fmt: skip


def _scanned(
    matched: list[tuple[str, Reported]], known: list[Finding], series: str, at: datetime
) -> list[Step]:
    """Returns what a scan does. What its own analysis says is resolved counts as not listed."""
    return plan(merged(each for each in matched if each[1].verdict is not Verdict.FIXED), known, series, at)


def _check_not_empty(opened: Opened, asked: Asked, steps: list[Step]) -> None:
    closing = sum(1 for step in steps if step.what in {What.CLOSE, What.UNSEEN})
    if not opened.report.lines and closing and not asked.is_empty_right:
        what = f"lists nothing, and would close {counted(closing, 'finding')} of the same source"
        raise BadInput(what, where=opened.file, next_step="Nothing was changed. If it is right, say --empty")


def _as_far_as_read(steps: list[Step], report: Report) -> tuple[list[Step], int]:
    """Returns the steps that may be done, and how many findings stay open for what was not read.

    What a report does not list may be in the lines that cannot be read. A package that the tool passed over holds only its own.
    """
    is_partly_unreadable = len(report.refusals) > len(report.passed_over)
    kept = [
        step
        for step in steps
        if step.what not in {What.CLOSE, What.UNSEEN}
        or not (is_partly_unreadable or step.key.package in report.passed_over)
    ]
    return kept, len(steps) - len(kept)


def _in_file(refusal: Refusal) -> list[int]:
    """Returns where a refused line stands, as numbers: the one to be mended first comes first."""
    return [int(number) for number in re.findall(r"[0-9]{1,9}", refusal.place)]


def _agreed(
    about: Iterable[str], components: Mapping[str, Component], agreements: Iterable[Agreement], now: datetime
) -> dict[str, tuple[Agreement, ...]]:
    today = now.date().isoformat()
    in_force = [
        each for each in agreements
        if each.correct_days and (each.begins or today) <= today <= (each.ends or today)
    ]  # fmt: skip
    return {
        id_: tuple(each for each in in_force if components[id_].service in each.services)
        for id_ in about
        if id_ in components
    }
