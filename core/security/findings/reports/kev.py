"""The list of vulnerabilities that are known to be exploited (KEV), as CISA publishes it in JSON.

It lists no findings. It says of every vulnerability whether it is on the list, and by which day it is to be corrected.
"""

from __future__ import annotations

from typing import Any

from core.security.findings.model import ON_LIST, Exploited
from core.security.findings.reports.model import VULNERABILITY, Report, Reported, fields, known_as
from core.security.foreign import Refusal, day, instant, text

KIND = "kev"
NO_PACKAGE = "*"
"""Stands for the package, which the list does not name."""


def is_it(document: Any) -> bool:
    """Tells whether a document is that list."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("vulnerabilities"), list)
        and "catalogVersion" in document
    )


def read(document: dict[str, Any]) -> Report:
    """Returns what is on the list; a line that names no vulnerability, or a day that is none, is refused."""
    lines: list[Reported] = []
    refusals: list[Refusal] = []
    for n, each in enumerate(map(fields, document["vulnerabilities"])):
        place = f"vulnerabilities[{n}]"
        name, aliases = known_as(text(each.get("cveID")), ())
        due, said = day(each.get("dueDate")), text(each.get("dueDate"), 40)
        if not VULNERABILITY.fullmatch(name):
            refusals.append(Refusal(place, "names no vulnerability"))
        elif said and due is None:
            refusals.append(Refusal(place, f"{said!r} is no day by which {name} is to be corrected"))
        else:
            lines.append(
                Reported(
                    name, NO_PACKAGE, place, title=text(each.get("vulnerabilityName")), aliases=aliases,
                    exploited=Exploited(is_listed=True, listed_due=due), listed_on=day(each.get("dateAdded")), said=ON_LIST,
                )
            )  # fmt: skip
    return Report(
        KIND, KIND, (), tuple(lines), tuple(refusals), instant(document.get("dateReleased")), is_scan=False,
        was_looked=bool(lines), is_of_all=True,
    )  # fmt: skip
