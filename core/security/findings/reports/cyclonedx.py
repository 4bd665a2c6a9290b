"""CycloneDX JSON with a list of vulnerabilities; the XML of the same is made into this shape first."""

from __future__ import annotations

from typing import Any

from core.security.findings.model import Justification, Severity
from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    Verdict,
    fields,
    items,
    known_as,
    of_score,
    package_name,
    severity,
)
from core.security.foreign import Malformed, instant, text

MOST_DEEP = 50
_VERDICTS = {
    "not_affected": Verdict.NOT_AFFECTED, "false_positive": Verdict.NOT_AFFECTED, "resolved": Verdict.FIXED,
    "resolved_with_pedigree": Verdict.FIXED, "in_triage": Verdict.LOOKING,
}  # fmt: skip
_JUSTIFICATIONS = {
    "code_not_present": Justification.ABSENT_CODE, "code_not_reachable": Justification.NOT_REACHED,
    "requires_configuration": Justification.NOT_CONTROLLED, "requires_dependency": Justification.NOT_CONTROLLED,
    "requires_environment": Justification.NOT_CONTROLLED, "protected_by_compiler": Justification.MITIGATED,
    "protected_at_runtime": Justification.MITIGATED, "protected_at_perimeter": Justification.MITIGATED,
    "protected_by_mitigating_control": Justification.MITIGATED,
}  # fmt: skip


def is_it(document: Any) -> bool:
    """Tells whether a document is such a bill of materials."""
    return isinstance(document, dict) and document.get("bomFormat") == "CycloneDX"


def read(document: dict[str, Any]) -> Report:
    """Returns what the bill of materials says of vulnerabilities; raises Malformed for one that says nothing of them."""
    if not isinstance(document.get("vulnerabilities"), list):
        step = "Import what a scanner makes of it: this one lists only what is inside"
        raise Malformed("is a bill of materials without vulnerabilities", next_step=step)
    parts: dict[str, dict[str, Any]] = {}
    about = fields(document.get("metadata"))
    subject = fields(about.get("component"))
    _take_parts(parts, [subject, *items(document.get("components"))])
    found = Collector()
    for n, each in enumerate(map(fields, document["vulnerabilities"])):
        _add(found, each, parts, f"vulnerabilities[{n}]")
    names = (subject.get("name"), _named(subject), subject.get("purl"))
    return Report(
        "cyclonedx", _tool(about), tuple(dict.fromkeys(filter(None, map(text, names)))), tuple(found.lines),
        tuple(found.refusals), instant(about.get("timestamp")),
    )  # fmt: skip


def _named(subject: dict[str, Any]) -> str:
    group = text(subject.get("group"))
    return f"{group}/{text(subject.get('name'))}" if group else ""


def _tool(about: dict[str, Any]) -> str:
    tools = about.get("tools")
    listed = items(tools) or [*items(fields(tools).get("components")), *items(fields(tools).get("services"))]
    return next((text(fields(tool).get("name"), 60).lower() for tool in listed), "") or "cyclonedx"


def _take_parts(parts: dict[str, dict[str, Any]], found: Any) -> None:
    """Notes every part by its reference, parts of parts too; deeper than MOST_DEEP nobody nests them."""
    waiting = [(part, 0) for part in items(found)]
    while waiting:
        part, depth = waiting.pop()
        about = fields(part)
        ref = text(about.get("bom-ref")) or text(about.get("purl"))
        if ref:
            parts.setdefault(ref, about)
        if depth < MOST_DEEP:
            waiting += [(below, depth + 1) for below in items(about.get("components"))]


def _add(found: Collector, each: dict[str, Any], parts: dict[str, dict[str, Any]], place: str) -> None:
    refs = items(each.get("affects"))
    if not refs:
        found.refuse(place, f"{text(each.get('id'), 60) or 'a vulnerability'} names nothing that it affects")
    for n, affected in enumerate(refs):
        ref, where = text(fields(affected).get("ref")), f"{place}.affects[{n}]"
        part = parts.get(ref) or ({"purl": ref} if ref.startswith("pkg:") else {})
        if part:
            found.add(_line(each, part, fields(affected), where))
        else:
            found.refuse(where, f"{ref[:60]!r} is no part of this bill of materials")


def _line(each: dict[str, Any], part: dict[str, Any], affected: dict[str, Any], place: str) -> Reported:
    others = [text(fields(other).get("id")) for other in items(each.get("references"))]
    name, aliases = known_as(text(each.get("id")), others)
    grades = [fields(rating) for rating in items(each.get("ratings"))]
    worst = min(
        (_severity(rating) for rating in grades),
        key=lambda s: (s is Severity.UNKNOWN, s.grade),
        default=Severity.UNKNOWN,
    )
    analysis = fields(each.get("analysis"))
    versions = [text(fields(v).get("version")) for v in items(affected.get("versions"))]
    return Reported(
        name, package_name(text(part.get("name")), text(part.get("purl"))), place,
        package_version=text(part.get("version")) or next(iter(versions), ""), severity=worst,
        title=text(each.get("description")) or text(each.get("detail")), aliases=aliases,
        url=text(fields(each.get("source")).get("url")), fixed_in=text(each.get("recommendation"), 200),
        verdict=_VERDICTS.get(text(analysis.get("state")), Verdict.AFFECTED),
        justification=str(_JUSTIFICATIONS.get(text(analysis.get("justification")), "")),
        said=text(analysis.get("detail"), 1000) or text(analysis.get("state")),
    )  # fmt: skip


def _severity(rating: dict[str, Any]) -> Severity:
    found = severity(rating.get("severity"))
    return found if found is not Severity.UNKNOWN else of_score(rating.get("score"))
