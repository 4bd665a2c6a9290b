"""OSV-Scanner's JSON: results by file, packages, and groups of vulnerabilities that are one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.security.findings.model import Severity
from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    fields,
    items,
    known_as,
    of_score,
    package_name,
    severity,
)
from core.security.foreign import text

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_it(document: Any) -> bool:
    """Tells whether a document is such a report."""
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        return False
    first = fields(next(iter(document["results"]), {"packages": []}))
    return "packages" in first and "runs" not in document


def read(document: dict[str, Any]) -> Report:
    """Returns what the report says: one line for each group, which the tool found to be one vulnerability."""
    found = Collector()
    for n, result in enumerate(items(document.get("results"))):
        path = text(fields(fields(result).get("source")).get("path"))
        for m, each in enumerate(items(fields(result).get("packages"))):
            for line in _lines(fields(each), path, f"results[{n}].packages[{m}]"):
                found.add(line)
    return Report(
        "osv",
        "osv-scanner",
        (),
        tuple(found.lines),
        tuple(found.refusals),
        was_looked=bool(document["results"]),
    )


def _lines(each: dict[str, Any], path: str, place: str) -> Iterator[Reported]:
    about = fields(each.get("package"))
    known = {text(fields(v).get("id")): fields(v) for v in items(each.get("vulnerabilities"))}
    groups = [fields(group) for group in items(each.get("groups"))] or [{"ids": [id_]} for id_ in known]
    for n, group in enumerate(groups):
        ids = [text(id_) for id_ in items(group.get("ids"))]
        first = next((known[id_] for id_ in ids if id_ in known), {})
        aliases = [*map(text, items(group.get("aliases"))), *ids[1:], *map(text, items(first.get("aliases")))]
        name, others = known_as(ids[0] if ids else "", aliases)
        yield Reported(
            name, package_name(text(about.get("name")), "", text(about.get("ecosystem"))), f"{place}.groups[{n}]",
            package_version=text(about.get("version")), fixed_in=_fixed_in(first, text(about.get("name"))), path=path,
            severity=_severity(group, first), title=text(first.get("summary")) or text(first.get("details")),
            aliases=others, names=(path,) if path else (),
        )  # fmt: skip


def _severity(group: dict[str, Any], about: dict[str, Any]) -> Severity:
    found = of_score(group.get("max_severity"))
    return (
        found
        if found is not Severity.UNKNOWN
        else severity(fields(about.get("database_specific")).get("severity"))
    )


def _fixed_in(about: dict[str, Any], package: str) -> str:
    found = [
        text(fields(event).get("fixed"))
        for each in items(about.get("affected"))
        if text(fields(fields(each).get("package")).get("name")) in ("", package)
        for span in items(fields(each).get("ranges"))
        if text(fields(span).get("type")) != "GIT"
        for event in items(fields(span).get("events"))
    ]
    return ", ".join(dict.fromkeys(filter(None, found)))[:300]
