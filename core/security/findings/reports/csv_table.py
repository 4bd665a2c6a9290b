"""A table of findings: CSV with a first line that names its columns."""

from __future__ import annotations

from typing import Final

from core.security.findings.model import Exploited
from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    known_as,
    of_score,
    package_name,
    probability,
    severity,
)
from core.security.foreign import YES, csv_table, day, harmless, text

COLUMNS: Final = {
    "vulnerability": ("vulnerability", "vulnerability id", "vulnerabilityid", "id", "cve"),
    "component": ("component", "image", "host", "asset", "target"),
    "package": ("package", "pkg", "library", "artifact"),
    "version": ("version", "installed", "installed version"),
    "fixed_in": ("fixed in", "fixed", "fixed version", "fix"),
    "severity": ("severity", "risk"),
    "score": ("score", "cvss"),
    "title": ("title", "summary", "description"),
    "path": ("path", "location", "file"),
    "url": ("url", "link", "reference"),
    "epss": ("epss",),
    "kev": ("kev", "known exploited"),
    "kev_due": ("kev due", "due date"),
}  # fmt: skip
"""What a column is, by what its title may be (in any case; `_` and `-` as blanks)."""
_NEEDED = ("vulnerability", "package")
_EXAMPLE = "vulnerability,component,package,version,severity"


def read(content: str) -> Report:
    """Returns what the table says. Raises Malformed where its first line names no columns that are needed.

    A cell that a spreadsheet would calculate is kept as a text that none does: with an apostrophe before it. As the name
    of a vulnerability or a package it is refused.
    """
    found = Collector()
    for place, cells in csv_table(content, COLUMNS, _NEEDED, "a table of findings", _EXAMPLE):
        if isinstance(cells, str):
            found.refuse(place, cells)
        else:
            found.add(_line(cells, place))
    return Report("csv", "csv", (), tuple(found.lines), tuple(found.refusals))


def _line(cells: dict[str, str], place: str) -> Reported:
    def cell(name: str, limit: int = 300) -> str:
        return text(cells.get(name, ""), limit)

    name, aliases = known_as(cell("vulnerability"), ())
    package = cell("package")
    is_listed = cell("kev").lower() in YES
    return Reported(
        name, package_name(package, package if package.startswith("pkg:") else ""), place,
        package_version=harmless(cell("version")), fixed_in=harmless(cell("fixed_in")), path=harmless(cell("path")),
        severity=severity(cell("severity")) if cell("severity") else of_score(cell("score")),
        title=harmless(cell("title")), aliases=aliases, url=harmless(cell("url")),
        exploited=Exploited(is_listed, day(cell("kev_due")) if is_listed else None, probability(cell("epss"))),
        names=(cell("component"),) if cell("component") else (),
    )  # fmt: skip
