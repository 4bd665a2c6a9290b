"""Grype's own JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.security.findings.model import Exploited
from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    fields,
    items,
    known_as,
    package_name,
    probability,
    severity,
)
from core.security.foreign import day, instant, text

if TYPE_CHECKING:
    from collections.abc import Sequence


def is_it(document: Any) -> bool:
    """Tells whether a document is such a report."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("matches"), list)
        and "grype"
        in (text(fields(document.get("descriptor")).get("name")), *map(_artifact, document["matches"][:1]))
    )


def _artifact(match: Any) -> str:
    return "grype" if {"artifact", "vulnerability"} <= fields(match).keys() else ""


def read(document: dict[str, Any]) -> Report:
    """Returns what the report says. What the tool was told to ignore is there all the same, and is read as such."""
    found = Collector()
    for key in ("matches", "ignoredMatches"):
        for n, each in enumerate(items(document.get(key))):
            found.add(_line(fields(each), f"{key}[{n}]"))
    source, about = fields(document.get("source")), fields(document.get("descriptor"))
    target = source.get("target")
    names: Sequence[Any] = (target,)
    if isinstance(target, dict):
        names = (target.get("userInput"), *items(target.get("tags")), *items(target.get("repoDigests")))
    return Report(
        "grype", "grype", tuple(dict.fromkeys(filter(None, map(text, names)))), tuple(found.lines),
        tuple(found.refusals), instant(about.get("timestamp")), was_looked=bool(source) or bool(found.lines),
    )  # fmt: skip


def _line(each: dict[str, Any], place: str) -> Reported:
    about, artifact = fields(each.get("vulnerability")), fields(each.get("artifact"))
    related = items(each.get("relatedVulnerabilities"))
    name, aliases = known_as(text(about.get("id")), (text(fields(other).get("id")) for other in related))
    where = items(artifact.get("locations"))
    fix = fields(about.get("fix"))
    said = text(about.get("description")) or next((text(fields(o).get("description")) for o in related), "")
    return Reported(
        name, package_name(text(artifact.get("name")), text(artifact.get("purl"))), place,
        package_version=text(artifact.get("version")), fixed_in=", ".join(map(text, items(fix.get("versions")))),
        path=text(fields(where[0]).get("path")) if where else "", severity=severity(about.get("severity")),
        title=said, aliases=aliases, url=text(about.get("dataSource")), exploited=_exploited(about),
    )  # fmt: skip


def _exploited(about: dict[str, Any]) -> Exploited:
    """Returns what is known of its use: of several figures the highest with its own percentile, of several days the first."""
    listed = items(about.get("knownExploited"))
    days = [found for found in (day(fields(each).get("dueDate")) for each in listed) if found is not None]
    figures = [
        (epss, probability(fields(each).get("percentile")))
        for each in items(about.get("epss"))
        if (epss := probability(fields(each).get("epss"))) is not None
    ]
    epss, percentile = max(figures, key=lambda pair: pair[0]) if figures else (None, None)
    return Exploited(bool(listed), min(days) if days else None, epss, percentile)
