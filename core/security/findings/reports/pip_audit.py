"""pip-audit's JSON: the packages of one Python environment, each with its vulnerabilities."""

from __future__ import annotations

from typing import Any

from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    fields,
    items,
    known_as,
    package_name,
)
from core.security.foreign import text


def is_it(document: Any) -> bool:
    """Tells whether a document is such a report: of today, or a bare list as older versions wrote it."""
    found = document.get("dependencies") if isinstance(document, dict) else document
    if not isinstance(found, list):
        return False
    if isinstance(document, dict) and not found:
        return "fixes" in document
    first = fields(next(iter(found), None))
    return "name" in first and ("vulns" in first or "skip_reason" in first)


def read(document: Any) -> Report:
    """Returns what the report says. It names no severity, and neither what was looked at nor when.

    A package that the tool passed over is refused, for nothing is known of it.
    """
    found, passed_over = Collector(), set[str]()
    packages = items(document.get("dependencies") if isinstance(document, dict) else document)
    for n, each in enumerate(map(fields, packages)):
        name, place = text(each.get("name")), f"dependencies[{n}]"
        if "skip_reason" in each:
            passed_over.add(package_name(name, "", "pypi"))
            found.refuse(place, f"{name or 'a package'} was not looked at: {text(each['skip_reason'])}")
            continue
        for m, about in enumerate(map(fields, items(each.get("vulns")))):
            own, aliases = known_as(text(about.get("id")), map(text, items(about.get("aliases"))))
            found.add(
                Reported(
                    own, package_name(name, "", "pypi"), f"{place}.vulns[{m}]", package_version=text(each.get("version")),
                    fixed_in=", ".join(map(text, items(about.get("fix_versions")))), title=text(about.get("description")),
                    aliases=aliases,
                )
            )  # fmt: skip
    return Report(
        "pip-audit", "pip-audit", (), tuple(found.lines), tuple(found.refusals),
        was_looked=any("skip_reason" not in fields(each) for each in packages), passed_over=frozenset(passed_over),
    )  # fmt: skip
