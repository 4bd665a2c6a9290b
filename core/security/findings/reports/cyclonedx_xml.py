"""CycloneDX XML, made into the shape of its JSON.

A file that declares a document type is refused before anything in it is read: entities that unfold into gigabytes, or
fetch files, need one. Nothing is ever fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from core.security.findings.reports import cyclonedx
from core.security.foreign import Malformed

if TYPE_CHECKING:
    from core.security.findings.reports.model import Report

MOST_ELEMENTS = 1_000_000
MOST_DEEP = 100
_NAMESPACE = "http://cyclonedx.org/schema/bom/"
_SEPARATOR = "\n"
_STEP = "Have the tool write it again, or as JSON"


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def one(self, *path: str) -> _Element | None:
        found: _Element | None = self
        for name in path:
            found = next((c for c in found.children if c.name == name), None) if found else None
        return found

    def all(self, *path: str) -> list[_Element]:
        holder = self.one(*path[:-1])
        return [c for c in holder.children if c.name == path[-1]] if holder else []

    def text(self, *path: str) -> str:
        found = self.one(*path)
        return "".join(found.parts).strip() if found else ""


class _Builder:
    """Builds a tree of what the parser tells, and ends where there is too much."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.root: _Element | None = None
        self._open: list[_Element] = []
        self._count = 0
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.buffer_text = True

    def _place(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    def _refuse(self, *_: Any) -> None:
        what = "declares a document type, which no report needs and files that do harm have"
        raise Malformed(
            what, where=self._place(), next_step="Do not use this file; " + _STEP[0].lower() + _STEP[1:]
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_SEPARATOR)
        if self.root is None and (local != "bom" or not space.startswith(_NAMESPACE)):
            raise Malformed(
                f"is XML, but no CycloneDX: its root is {local[:60]}", where=self._place(), next_step=_STEP
            )
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > MOST_DEEP:
            raise Malformed(
                "has too many elements, or nested too deep, to be a report",
                where=self._place(),
                next_step=_STEP,
            )
        element = _Element(local, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, data: str) -> None:
        self._open[-1].parts.append(data)


def read(content: str) -> Report:
    """Returns what the bill of materials says of vulnerabilities. Raises Malformed."""
    builder = _Builder()
    try:
        builder.parser.Parse(content.encode(), True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset}"
        raise Malformed(
            f"is no whole XML: {expat.ErrorString(error.code)}", where=where, next_step=_STEP
        ) from error
    root = builder.root
    if root is None:
        raise Malformed("holds no element", next_step=_STEP)
    return cyclonedx.read(_document(root))


def _document(root: _Element) -> dict[str, Any]:
    subject = root.one("metadata", "component")
    tools = [
        *root.all("metadata", "tools", "tool"),
        *root.all("metadata", "tools", "components", "component"),
    ]
    document: dict[str, Any] = {
        "metadata": {
            "timestamp": root.text("metadata", "timestamp"), "component": _part(subject) if subject else {},
            "tools": [{"name": tool.text("name")} for tool in tools],
        },
        "components": [_part(each) for each in root.all("components", "component")],
    }  # fmt: skip
    if root.one("vulnerabilities"):
        document["vulnerabilities"] = [
            _vulnerability(each) for each in root.all("vulnerabilities", "vulnerability")
        ]
    return document


def _part(element: _Element) -> dict[str, Any]:
    found: dict[str, Any] = {key: element.text(key) for key in ("name", "version", "purl", "group")}
    found["bom-ref"] = element.attributes.get("bom-ref", "")
    found["components"] = [_part(below) for below in element.all("components", "component")]
    return found


def _vulnerability(each: _Element) -> dict[str, Any]:
    return {
        "id": each.text("id"), "description": each.text("description"), "detail": each.text("detail"),
        "recommendation": each.text("recommendation"), "source": {"url": each.text("source", "url")},
        "references": [{"id": other.text("id")} for other in each.all("references", "reference")],
        "ratings": [{"severity": r.text("severity"), "score": r.text("score")} for r in each.all("ratings", "rating")],
        "analysis": {key: each.text("analysis", key) for key in ("state", "justification", "detail")},
        "affects": [
            {"ref": t.text("ref"), "versions": [{"version": v.text("version")} for v in t.all("versions", "version")]}
            for t in each.all("affects", "target")
        ],
    }  # fmt: skip
