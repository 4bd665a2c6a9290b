"""Findings as they stand, the reports they came from, and the list of exploited vulnerabilities."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import KEY_ORDERED, metadata


class FindingColumns(TypedColumns):
    """Columns of `finding`; instants in microseconds UTC, days as ISO dates, `aliases` and `seen_in` JSON lists.

    `is_open` and `grade` follow from `state` and `severity`: pages by them are read from one index. `words` is what a filter
    looks in, in small letters.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    vulnerability: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    package: Named[str] = Column(Text)
    package_version: Named[str] = Column(Text)
    fixed_in: Named[str] = Column(Text)
    path: Named[str] = Column(Text)
    severity: Named[str] = Column(Text)
    is_graded: Named[int] = Column(Integer)
    title: Named[str] = Column(Text)
    aliases: Named[str] = Column(Text)
    url: Named[str] = Column(Text)
    epss: Named[float | None] = Column(Double)
    percentile: Named[float | None] = Column(Double)
    is_listed: Named[int] = Column(Integer)
    listed_due: Named[str] = Column(Text)
    found_at: Named[int] = Column(BigInteger)
    start: Named[str] = Column(Text)
    due: Named[str] = Column(Text)
    due_rule: Named[str] = Column(Text)
    seen_in: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    why: Named[str] = Column(Text)
    justification: Named[str] = Column(Text)
    accepted_until: Named[str] = Column(Text)
    accepted_owner: Named[str] = Column(Text)
    restarts: Named[int] = Column(Integer)
    corrected_at: Named[int | None] = Column(BigInteger)
    corrected_by: Named[str] = Column(Text)
    closed_at: Named[int | None] = Column(BigInteger)
    proof: Named[str] = Column(Text)
    in_time: Named[int | None] = Column(Integer)
    is_open: Named[int] = Column(Integer)
    grade: Named[int] = Column(Integer)
    words: Named[str] = Column(Text)


finding = Table("finding", metadata, FindingColumns)
_C = finding.c
Index("finding_key", _C.component, _C.vulnerability, _C.package, unique=True)
Index("finding_due", _C.is_open, _C.due, _C.grade, _C.id, _C.state, _C.owner, _C.is_listed, _C.epss)
"""Holds all that views and figures ask for, so that counting reads no rows."""
Index("finding_grade", _C.is_open, _C.grade, _C.due, _C.id)
Index("finding_number", _C.is_open, _C.id)
Index("finding_owner", _C.is_open, _C.owner, _C.due, _C.id)
Index("finding_component", _C.is_open, _C.component, _C.due, _C.id)
Index("finding_vulnerability", _C.is_open, _C.vulnerability, _C.id)
Index("finding_state", _C.state, _C.due, _C.grade, _C.id)
Index("finding_accepted", _C.state, _C.accepted_until)
Index("finding_words", _C.id, _C.words)
Index("finding_any", _C.due, _C.grade, _C.id)


class ScanColumns(TypedColumns):
    """Columns of `scan`: one report that was imported, and what came of it; `components` and `refusals` JSON lists."""

    id: Named[int] = Column(Integer, primary_key=True)
    kind: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    scope: Named[str] = Column(Text)
    components: Named[str] = Column(Text)
    file: Named[str] = Column(Text)
    digest: Named[str] = Column(Text)
    scanned_at: Named[int] = Column(BigInteger)
    imported_at: Named[int] = Column(BigInteger)
    imported_by: Named[str] = Column(Text)
    lines: Named[int] = Column(Integer)
    matched: Named[int] = Column(Integer)
    created: Named[int] = Column(Integer)
    changed: Named[int] = Column(Integer)
    closed: Named[int] = Column(Integer)
    reopened: Named[int] = Column(Integer)
    refused: Named[int] = Column(Integer)
    refusals: Named[str] = Column(Text)


scan = Table("scan", metadata, ScanColumns)
Index("scan_series", scan.c.source, scan.c.scope, scan.c.scanned_at)


class ExploitedColumns(TypedColumns):
    """Columns of `exploited`: a vulnerability that is, or was, on the list; names in capitals, days as ISO dates or empty.

    `scan` is the report (S-7) that says so of it as it stands: that brought it, another day, or took it off.
    """

    vulnerability: Named[str] = Column(Text, primary_key=True)
    is_on: Named[int] = Column(Integer)
    due: Named[str] = Column(Text)
    added: Named[str] = Column(Text)
    scan: Named[int] = Column(Integer)


exploited = Table("exploited", metadata, ExploitedColumns, **KEY_ORDERED)
