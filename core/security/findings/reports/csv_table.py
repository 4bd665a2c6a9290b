"""A table of findings: CSV with a first line that names its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.catalog.nearest import listed
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
from core.security.foreign import YES, Malformed, csv_rows, day, harmless, text

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def read(content: str) -> Report:
    """Returns what the table says. Raises Malformed where its first line names no columns that are needed.

    A cell that a spreadsheet would calculate is kept as a text that none does: with an apostrophe before it. As the name
    of a vulnerability or a package it is refused.
    """
    first = content.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    rows = csv_rows(content, sign)
    places = _places(next(rows)[1])
    found = Collector()
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        if len(row) < len(places):
            found.refuse(
                f"line {line}", f"has {len(row)} cells, the first line has {len(places)} that are known"
            )
            continue
        found.add(_line(cells, f"line {line}"))
    return Report("csv", "csv", (), tuple(found.lines), tuple(found.refusals))


def _places(titles: Sequence[str]) -> dict[str, int]:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        name = known.get(" ".join(title.strip().lower().replace("_", " ").replace("-", " ").split()))
        if name:
            places.setdefault(name, place)
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        given = ", ".join(text(title, 30) for title in titles[:8])
        what = f"is no table of findings: its first line names no column {listed(missing)} (it has {given})"
        step = "Write a first line such as: vulnerability,component,package,version,severity"
        raise Malformed(what, where="line 1", next_step=step)
    return places


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
