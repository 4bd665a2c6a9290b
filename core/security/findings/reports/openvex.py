"""OpenVEX: statements of whether a product is affected by a vulnerability. It lists no findings, it speaks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.security.findings.model import Severity
from core.security.findings.reports.model import (
    Collector,
    Report,
    Reported,
    Verdict,
    bare_purl,
    fields,
    items,
    justification,
    known_as,
    package_name,
)
from core.security.foreign import instant, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ANY = "*"
"""Stands for every package of a product, where a statement names none."""


def is_it(document: Any) -> bool:
    """Tells whether a document is such a one."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("statements"), list)
        and "openvex" in text(document.get("@context"))
    )


def read(document: dict[str, Any]) -> Report:
    """Returns what is stated, the latest statement of each vulnerability and product alone.

    A statement that does not say why (not affected) or what to do (affected) is refused, as the format asks for it.
    """
    found = Collector()
    stated = [(_at(fields(s), document), n, fields(s)) for n, s in enumerate(document["statements"])]
    latest: dict[tuple[str, str, tuple[str, ...]], Reported] = {}
    for _, n, statement in sorted(stated, key=lambda each: each[:2]):
        place = f"statements[{n}]"
        why = _why_not(statement)
        if why:
            found.refuse(place, why)
            continue
        for line in _lines(statement, place):
            latest[line.vulnerability, line.package, line.names] = line
    found.lines.extend(latest.values())
    return Report(
        "openvex", text(document.get("author"), 100) or "openvex", (), tuple(found.lines), tuple(found.refusals),
        instant(document.get("timestamp")), is_scan=False,
    )  # fmt: skip


def _at(statement: dict[str, Any], document: dict[str, Any]) -> float:
    found: datetime | None = None
    for holder, key in (
        (statement, "last_updated"),
        (statement, "timestamp"),
        (document, "last_updated"),
        (document, "timestamp"),
    ):
        found = found or instant(holder.get(key))
    return found.timestamp() if found else 0.0


def _why_not(statement: dict[str, Any]) -> str:
    status = text(statement.get("status"))
    if status not in set(Verdict):
        return f"{status!r} is no status" if status else "has no status"
    if not _name(statement)[0]:
        return "names no vulnerability"
    if not items(statement.get("products")):
        return "names no product"
    if status == Verdict.NOT_AFFECTED:
        if statement.get("justification") and not justification(statement["justification"]):
            return f"{text(statement['justification'], 60)!r} is no justification"
        if not statement.get("justification") and not text(statement.get("impact_statement")):
            return "says not affected, and neither a justification nor an impact statement why"
    if status == Verdict.AFFECTED and not text(statement.get("action_statement")):
        return "says affected, and no action statement what to do"
    return ""


def _name(statement: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    about = statement.get("vulnerability")
    if isinstance(about, str):  # as the first versions wrote it
        return known_as(text(about), ())
    found = fields(about)
    return known_as(text(found.get("name")), map(text, items(found.get("aliases"))))


def _lines(statement: dict[str, Any], place: str) -> Iterator[Reported]:
    name, aliases = _name(statement)
    why = text(statement.get("justification"))
    verdict = Verdict(text(statement.get("status")))
    said = text(
        statement.get("impact_statement")
        or statement.get("action_statement")
        or statement.get("status_notes"),
        1000,
    )
    for product in items(statement.get("products")):
        names = _names(product)
        parts = [package for package in map(_package, items(fields(product).get("subcomponents"))) if package]
        for package in parts or [ANY]:
            yield Reported(
                name, package, place, severity=Severity.UNKNOWN, aliases=aliases, names=names, verdict=verdict,
                justification=justification(why), said=said,
            )  # fmt: skip


def _names(product: Any) -> tuple[str, ...]:
    if isinstance(product, str):
        return (text(product),)
    about = fields(product)
    given = (about.get("@id"), *fields(about.get("identifiers")).values())
    return tuple(dict.fromkeys(filter(None, map(text, given))))


def _package(part: Any) -> str:
    for name in _names(part):
        if bare_purl(name):
            return package_name("", name)
    return next(iter(_names(part)), "")
