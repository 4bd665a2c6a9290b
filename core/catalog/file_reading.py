"""One catalog file: its tables, what they declare, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.catalog.bounds import MOST_PARTS, excesses
from core.catalog.declaration import KINDS
from core.catalog.document import NotADocument, parse_document
from core.catalog.entry import Entry, check_entry
from core.catalog.nearest import did_you_mean, listed
from core.catalog.problem import Problem
from core.catalog.quoting import short
from core.catalog.references import REFERRING
from core.catalog.variables import expand, unknown_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.catalog.findings import Findings
    from core.catalog.sources import Source


@dataclass(slots=True)
class ReadFile:
    """What a file came to: its entries, and (kind, value) of each that is right. Unreadable ones declare who knows what."""

    entries: list[Entry] = field(default_factory=list)
    values: list[tuple[str, Any]] = field(default_factory=list)
    is_garbled: bool = False

    def slim(self) -> ReadFile:
        """Returns the same with no more of each entry than other entries are compared with."""
        entries = [
            replace(entry, raw={key: entry.raw[key] for key in REFERRING if key in entry.raw})
            for entry in self.entries
        ]
        return ReadFile(entries, self.values, self.is_garbled)


def read_file(source: Source, variables: Mapping[str, str], findings: Findings) -> ReadFile:
    """Returns what the file declares, its placeholders replaced; adds all that is wrong in it to `findings`."""
    try:
        document = parse_document(source.text)
    except NotADocument as refusal:
        findings.add(Problem(source.path, refusal.line, "", refusal.what, refusal.next_step))
        return ReadFile(is_garbled=True)
    if len(document) > MOST_PARTS:
        what = f"the file has {len(document)} keys; at most {MOST_PARTS} are read"
        findings.add(Problem(source.path, 0, "", what, "Take out what does not belong there"))
        return ReadFile(is_garbled=True)
    read = ReadFile()
    known = variables if "${" in source.text else None
    for kind, tables in document.items():
        for entry in _tables(kind, tables, source, findings):
            _take(entry, known, findings, read)
    return read


def _tables(kind: str, tables: Any, source: Source, findings: Findings) -> Iterator[Entry]:
    """Yields the tables of one kind; what else stands under its name is a problem."""
    if kind not in KINDS:
        step = did_you_mean(kind, KINDS, f"The kinds are: {listed(KINDS)}")
        what = f'there is no kind "{short(kind)}"'
        findings.add(source.problem((kind,), short(kind) or '""', what, step))
        return
    listed_tables = tables if isinstance(tables, list) else []
    wrong = next((index for index, table in enumerate(listed_tables) if not isinstance(table, dict)), None)
    if wrong is not None or not isinstance(tables, list):
        what = f"must be a list of tables, one for each {kind}"
        step = f"Write [[{kind}]] with two brackets"
        findings.add(source.problem((kind, wrong or 0), kind, what, step))
    for index, table in enumerate(listed_tables):
        if isinstance(table, dict):
            yield Entry(kind, index, table, source)


def _take(entry: Entry, variables: Mapping[str, str] | None, findings: Findings, read: ReadFile) -> None:
    """Checks one entry and files what it declares under `read`; of one with too much in it only the name is kept.

    `variables` is None when the file has no placeholders.
    """
    too_much = False
    for path, what, step in excesses(entry.raw):
        too_much = True
        findings.add(entry.problem(path, what, step))
        if findings.is_full(entry.source.path):
            break
    if too_much:
        named = {"id": entry.id} if entry.id else {}
        read.entries.append(replace(entry, raw=named, is_named_only=True))
        return
    if variables is not None:
        for path, what, step in unknown_placeholders(entry.raw, variables):
            findings.add(entry.problem(path, what, step))
            if findings.is_full(entry.source.path):
                break
        entry = replace(entry, raw=expand(entry.raw, variables))
    read.entries.append(entry)
    if findings.is_full(entry.source.path):
        return
    value, problems = check_entry(entry)
    findings.extend(problems)
    if value is not None:
        read.values.append((entry.kind, value))
