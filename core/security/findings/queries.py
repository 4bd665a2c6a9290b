"""Every read of findings, but for pages of the list."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from core.endings.model import Weakening
from core.errors import NotFound
from core.security.findings.model import Exploited, Finding, FindingState, Severity
from core.security.findings.tables import finding, scan
from core.timekeeping import day_of, from_micros, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


class Scan(NamedTuple):
    """A report that was imported, and what came of it. Written S-7."""

    id: int
    kind: str
    source: str
    scope: str
    components: tuple[str, ...]
    file: str
    digest: str
    scanned_at: datetime
    imported_at: datetime
    imported_by: str
    lines: int
    matched: int
    created: int
    changed: int
    closed: int
    reopened: int
    refused: int
    refusals: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """Returns how people name it: S-7."""
        return f"S-{self.id}"


def to_finding(row: Any) -> Finding:
    """Returns the value of a row of `finding`."""
    exploited = Exploited(bool(row.is_listed), day_of(row.listed_due), row.epss, row.percentile)
    return Finding(
        id=row.id, version=row.version, state=FindingState(row.state), vulnerability=row.vulnerability,
        component=row.component, package=row.package, package_version=row.package_version, fixed_in=row.fixed_in,
        path=row.path, severity=Severity(row.severity), is_graded=bool(row.is_graded), title=row.title,
        aliases=tuple(json.loads(row.aliases)), url=row.url, exploited=exploited, found_at=from_micros(row.found_at),
        start=date.fromisoformat(row.start), due=day_of(row.due), due_rule=row.due_rule,
        seen_in=tuple(json.loads(row.seen_in)), owner=row.owner, why=row.why, justification=row.justification,
        accepted_until=day_of(row.accepted_until), accepted_owner=row.accepted_owner, restarts=bool(row.restarts),
        corrected_at=instant_or_none(row.corrected_at), corrected_by=row.corrected_by, closed_at=instant_or_none(row.closed_at),
        proof=row.proof, in_time=None if row.in_time is None else bool(row.in_time),
    )  # fmt: skip


def to_scan(row: Any) -> Scan:
    """Returns the value of a row of `scan`."""
    values = row._asdict() | {
        "components": tuple(json.loads(row.components)), "scanned_at": from_micros(row.scanned_at),
        "imported_at": from_micros(row.imported_at), "refusals": tuple(tuple(each) for each in json.loads(row.refusals)),
    }  # fmt: skip
    return Scan(**values)


def one_finding(connection: Connection, finding_id: int) -> Finding:
    """Returns one finding; raises NotFound."""
    row = connection.execute(select(finding).where(finding.c.id == finding_id)).first()
    if row is None:
        raise NotFound(
            f"there is no finding F-{finding_id}", next_step="watchfloor findings --all lists them"
        )
    return to_finding(row)


def some_findings(connection: Connection, ids: Iterable[int]) -> list[Finding]:
    """Returns the findings of these numbers that exist."""
    return [
        to_finding(row)
        for row in connection.execute(select(finding).where(finding.c.id.in_(list(ids)))).all()
    ]


def one_scan(connection: Connection, scan_id: int) -> Scan:
    """Returns one imported report; raises NotFound."""
    row = connection.execute(select(scan).where(scan.c.id == scan_id)).first()
    if row is None:
        raise NotFound(
            f"there is no imported report S-{scan_id}", next_step="watchfloor findings --scans lists them"
        )
    return to_scan(row)


def scans(connection: Connection, limit: int = 200) -> list[Scan]:
    """Returns the reports that were imported, newest first; at most `limit`."""
    return [
        to_scan(row) for row in connection.execute(select(scan).order_by(scan.c.id.desc()).limit(limit)).all()
    ]


def weakenings_until(connection: Connection, now: datetime, until: datetime) -> list[Weakening]:
    """Returns the risks that are accepted and end from `now` to `until`, the first first; those whose end is past, too."""
    del now  # what should have ended, and has not yet, is shown most of all
    last = (until - timedelta(microseconds=1)).date().isoformat()
    query = (
        select(finding)
        .where(finding.c.state == FindingState.ACCEPTED, finding.c.accepted_until <= last)
        .order_by(finding.c.accepted_until, finding.c.id)
    )
    return [
        Weakening(each.label, f"accepted: {each.vulnerability} in {each.package} of {each.component}",
                  each.accepted_owner, each.why, each.accepted_until)
        for each in map(to_finding, connection.execute(query).all())
        if each.accepted_until is not None
    ]  # fmt: skip
