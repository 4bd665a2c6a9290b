"""Opens the file of a report, finds out which tool wrote it by what it holds, and has it read.

A file is bounded before it is looked at; what is wrong with it as a whole is one message that names the file, the place
in it, and what to do. Lines that cannot be used do not end the reading: each is kept with its reason.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput
from core.printable import printable
from core.security.findings.reports import (
    csv_table,
    cyclonedx,
    cyclonedx_xml,
    grype,
    kev,
    openvex,
    osv,
    pip_audit,
    sarif,
    trivy,
)
from core.security.foreign import Malformed, bytes_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.security.findings.reports.model import Report

MOST_LINES = 100_000


class Format(NamedTuple):
    """A format of JSON: what it is called, how it is recognised, and how it is read."""

    title: str
    is_it: Callable[[dict[str, Any] | list[Any]], bool]
    read: Callable[[Any], Report]


JSON: dict[str, Format] = {
    "trivy": Format("Trivy JSON", trivy.is_it, trivy.read),
    "grype": Format("Grype JSON", grype.is_it, grype.read),
    "osv": Format("OSV-Scanner JSON", osv.is_it, osv.read),
    "pip-audit": Format("pip-audit JSON", pip_audit.is_it, pip_audit.read),
    "sarif": Format("SARIF", sarif.is_it, sarif.read),
    "cyclonedx": Format("CycloneDX", cyclonedx.is_it, cyclonedx.read),
    "openvex": Format("OpenVEX", openvex.is_it, openvex.read),
    "kev": Format("the list of exploited vulnerabilities (KEV)", kev.is_it, kev.read),
}
KINDS = (*JSON, "csv")


class Opened(NamedTuple):
    """A report as it was read from a file, and the file's SHA-256."""

    report: Report
    digest: str
    file: str


def read_report(path: Path, kind: str = "") -> Opened:
    """Returns the report that a file holds; with `kind` it must be one of that format. Raises BadInput."""
    if kind and kind not in KINDS:
        raise BadInput(
            f"{kind!r} is no kind of report", next_step=did_you_mean(kind, KINDS, f"Kinds: {listed(KINDS)}")
        )
    raw = bytes_of(path)
    name = printable(path.name, 200)
    try:
        report = _read(raw, kind)
    except Malformed as error:
        where = f"{name}: {error.where}" if error.where else name
        raise BadInput(error.what, where=where, next_step=_nothing(error.next_step)) from error
    if report.read > MOST_LINES:
        step = "Nothing was changed. Split it by component"
        raise BadInput(f"has more than {MOST_LINES} lines", where=name, next_step=step)
    return Opened(report, sha256(raw).hexdigest(), name)


def _read(raw: bytes, kind: str) -> Report:
    content = text_of(raw)
    head = content.lstrip()[:1]
    if head in ("{", "["):
        return _read_json(content, kind)
    if head == "<":
        if kind not in ("", "cyclonedx"):
            raise Malformed(
                f"is XML, not {_title(kind)}", next_step="Leave --kind out, or name the other file"
            )
        return cyclonedx_xml.read(content)
    if kind not in ("", "csv"):
        raise Malformed(
            f"is no JSON, so not {_title(kind)}", next_step="Leave --kind out, or name the other file"
        )
    return csv_table.read(content)


def _read_json(content: str, kind: str) -> Report:
    document = _parsed(content)
    found = [name for name, form in JSON.items() if form.is_it(document)]
    if kind == "csv" or (kind and kind not in found):
        what = f"is not {_title(kind)}"
        what += f": by what it holds it is {JSON[found[0]].title}" if found else ""
        step = f"Say --kind {found[0]}, or name the other file" if found else _which()
        raise Malformed(what, next_step=step)
    if not found:
        keys = (
            ", ".join(printable(str(key), 30) for key in list(document)[:5])
            if isinstance(document, dict)
            else "a list"
        )
        raise Malformed(f"is no report that is known here (it holds {keys or 'nothing'})", next_step=_which())
    return JSON[kind or found[0]].read(document)


def _parsed(content: str) -> Any:
    try:
        return json.loads(content, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(content.rstrip()) or "Unterminated" in error.msg
        what = (
            "ends in the middle: it was cut off"
            if is_cut
            else f"is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        )
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(what, where=where, next_step="Have the tool write it again") from error
    except RecursionError as error:
        raise Malformed(
            "is nested too deep to be a report", next_step="Have the tool write it again"
        ) from error
    except ValueError as error:
        raise Malformed(
            f"is no JSON: {printable(str(error), 80)}", next_step="Have the tool write it again"
        ) from error


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _title(kind: str) -> str:
    return "CSV" if kind == "csv" else JSON[kind].title


def _which() -> str:
    return f"Known are {', '.join(form.title for form in JSON.values())} and CSV"


def _nothing(step: str) -> str:
    return f"Nothing was changed. {step}" if step else "Nothing was changed"
