"""SARIF 2.1.0, in which many tools write what they found."""

from __future__ import annotations

import re
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
from core.security.foreign import Malformed, instant, text

if TYPE_CHECKING:
    from datetime import datetime

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.INFO}
_SAID = re.compile(
    r"^(package|installed version|fixed version|severity)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
_NOT_FOUND = frozenset({"pass", "notApplicable", "open", "review", "informational"})


def is_it(document: Any) -> bool:
    """Tells whether a document is such a report."""
    return isinstance(document, dict) and isinstance(document.get("runs"), list) and "version" in document


def read(document: dict[str, Any]) -> Report:
    """Returns what the report says; results that say that nothing is wrong, or is wrong no longer, are passed over.

    What was suppressed in the source is there all the same, and is read as such. Raises Malformed for runs of several tools.
    """
    runs = [fields(run) for run in document["runs"]]
    tools = {text(_driver(run).get("name"), 60).lower() for run in runs} - {""}
    if len(tools) != 1:
        what = f"holds runs of {len(tools)} tools: {', '.join(sorted(tools))}" if tools else "names no tool"
        raise Malformed(what, next_step="Import the report of one tool at a time", where="runs")
    found = Collector()
    for n, run in enumerate(runs):
        rules = [fields(rule) for rule in items(_driver(run).get("rules"))]
        by_id = {text(rule.get("id")): rule for rule in rules}
        for m, result in enumerate(map(fields, items(run.get("results")))):
            if text(result.get("kind")) in _NOT_FOUND or text(result.get("baselineState")) == "absent":
                continue
            found.add(_line(result, _rule(result, rules, by_id), f"runs[{n}].results[{m}]"))
    return Report(
        "sarif", tools.pop(), (), tuple(found.lines), tuple(found.refusals), _ended(runs),
        was_looked=any(isinstance(run.get("results"), list) for run in runs),
    )  # fmt: skip


def _driver(run: dict[str, Any]) -> dict[str, Any]:
    return fields(fields(run.get("tool")).get("driver"))


def _ended(runs: list[dict[str, Any]]) -> datetime | None:
    found = [
        instant(fields(each).get("endTimeUtc")) for run in runs for each in items(run.get("invocations"))
    ]
    return max((each for each in found if each is not None), default=None)


def _rule(
    result: dict[str, Any], rules: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    own = fields(result.get("rule"))
    place = result.get("ruleIndex", own.get("index"))
    if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(rules):
        return rules[place]
    return by_id.get(text(result.get("ruleId")) or text(own.get("id")), {})


def _line(result: dict[str, Any], rule: dict[str, Any], place: str) -> Reported:
    message = fields(result.get("message")).get("text")
    message = message if isinstance(message, str) else ""
    said = {key.lower(): value.strip() for key, value in _SAID.findall(message[:4000])}
    extra = fields(rule.get("properties")) | fields(result.get("properties"))
    where = fields(fields(next(iter(items(result.get("locations"))), {})).get("physicalLocation"))
    path = text(fields(where.get("artifactLocation")).get("uri"))
    line = fields(where.get("region")).get("startLine")
    id_ = text(result.get("ruleId")) or text(rule.get("id")) or text(fields(result.get("rule")).get("id"))
    package = package_name(text(said.get("package")), text(extra.get("purl")) or _purl(extra)) or path
    name, aliases = known_as(*_cut(id_, package))
    title = text(fields(rule.get("shortDescription")).get("text")) or text(message.partition("\n")[0])
    return Reported(
        name, package, place, package_version=text(said.get("installed version")), fixed_in=text(said.get("fixed version")),
        path=f"{path}:{line}" if path and isinstance(line, int) and line > 1 else path,
        severity=_severity(result, rule, extra, said), title=title, aliases=aliases, url=text(rule.get("helpUri")),
    )  # fmt: skip


def _purl(extra: dict[str, Any]) -> str:
    found = items(extra.get("purls"))
    return text(found[0]) if found else ""


def _cut(id_: str, package: str) -> tuple[str, list[str]]:
    """Returns a rule's id without the package that some tools write behind it: CVE-2026-1-openssl."""
    found = re.fullmatch(r"((?:CVE-\d{4}-\d{4,})|(?:GHSA(?:-[0-9a-z]{4}){3}))-(.+)", id_)
    return (found[1], [id_]) if found and package else (id_, [])


def _severity(
    result: dict[str, Any], rule: dict[str, Any], extra: dict[str, Any], said: dict[str, str]
) -> Severity:
    for found in (of_score(extra.get("security-severity")), severity(said.get("severity"))):
        if found is not Severity.UNKNOWN:
            return found
    level = text(result.get("level")) or text(fields(rule.get("defaultConfiguration")).get("level"))
    return _LEVELS.get(level or "warning", Severity.UNKNOWN)
