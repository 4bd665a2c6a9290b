"""Reads a directory of catalog files into a Catalog, or into everything that is wrong with them.

Importing this brings Pydantic with it: whoever only shows a catalog imports `model` and `problem`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.catalog.declaration import KINDS
from core.catalog.entry import Entry, check_entry
from core.catalog.fields import id_fault
from core.catalog.model import Catalog, ProcedureText
from core.catalog.nearest import did_you_mean, listed
from core.catalog.problem import Loaded, Problem
from core.catalog.references import between
from core.catalog.sources import Source, Sources, read_sources
from core.catalog.variables import expand, unknown_placeholders

CheckProcedure = Callable[[ProcedureText], list[Problem]]
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_SHELF = {"customer": "customers", "service": "services", "agreement": "agreements", "component": "components",
          "staff": "staff", "calendar": "calendars"}  # fmt: skip


def read_catalog(
    directory: Path,
    *,
    variables: Mapping[str, str] = _NO_VARIABLES,
    check_procedure: CheckProcedure | None = None,
) -> Loaded:
    """Returns the catalog declared below `directory`, or every problem of every file, in order of file and line.

    `variables` are the values of placeholders (`STATE` by custom); `DIR` is the absolute path of
    `directory` unless given. `check_procedure` looks into each procedure; its problems' file names
    are replaced by the real ones. Raises nothing for anything the files hold.
    """
    known = {"DIR": os.path.abspath(directory), **variables}  # noqa: PTH100 – a link's own name is kept
    sources = read_sources(directory)
    entries: list[Entry] = []
    for source in sources.tables:
        entries.extend(_entries(source, known, sources))
    catalog = Catalog()
    for entry in entries:
        value, problems = check_entry(entry)
        sources.problems.extend(problems)
        if value is not None:
            getattr(catalog, _SHELF[entry.kind])[value.id] = value
    names = _procedures(catalog, check_procedure, sources)
    sources.problems.extend(between(entries, names, sources))
    if not entries and not sources.problems:
        step = f"Declare one of {listed(KINDS)}, such as [[component]]"
        sources.problems.append(Problem(str(directory), 0, "", "declares nothing", step))
    found = sorted(
        set(sources.problems), key=lambda problem: (problem.file, problem.line, problem.key, problem.what)
    )
    return Loaded(None if found else catalog, tuple(found), _digest(sources, known))


def _entries(source: Source, variables: Mapping[str, str], sources: Sources) -> list[Entry]:
    """Returns the tables of one file, its placeholders replaced; notes what is wrong with the file as a whole."""
    try:
        document = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        sources.problems.append(_syntax(error, source))
        sources.garbled.append(source.text)
        return []
    if "${" in source.text:
        for path, what, step in unknown_placeholders(document, variables):
            sources.problems.append(source.problem(path, ".".join(str(part) for part in path), what, step))
        document = expand(document, variables)
    entries: list[Entry] = []
    for kind, tables in document.items():
        entries.extend(_tables(kind, tables, source, sources))
    return entries


def _tables(kind: str, tables: Any, source: Source, sources: Sources) -> list[Entry]:
    entries: list[Entry] = []
    if kind not in KINDS:
        step = did_you_mean(kind, KINDS, f"The kinds are: {listed(KINDS)}")
        sources.problems.append(source.problem((kind,), kind, f'there is no kind "{kind}"', step))
        return entries
    for index, table in enumerate(tables if isinstance(tables, list) else [tables]):
        if isinstance(table, dict) and isinstance(tables, list):
            entries.append(Entry(kind, index, table, source))
        else:
            what = f"must be a list of tables, one for each {kind}"
            sources.problems.append(
                source.problem((kind, index), kind, what, f"Write [[{kind}]] with two brackets")
            )
    return entries


def _syntax(error: ValueError | RecursionError, source: Source) -> Problem:
    """Returns the problem of a file that is not TOML, at the place the parser names."""
    if isinstance(error, RecursionError):
        return Problem(source.path, 0, "", "nests too deep to be read", "Write fewer brackets in one another")
    message = str(error)
    if "\0" in source.text:
        line = source.text.count("\n", 0, source.text.index("\0")) + 1
        return Problem(source.path, line, "", "holds a NUL byte: it is not a text", "Write the file anew")
    if "int_max_str_digits" in message:  # the interpreter's own advice is not for the writer of a catalog
        return Problem(source.path, 0, "", "holds a number of thousands of digits", "Write a shorter number")
    place = _AT_LINE.search(message)
    text = _AT_LINE.sub("", message)
    what = f"is not TOML: {text[:1].lower()}{text[1:]}"
    if place is None:
        return Problem(source.path, 0, "", what, "Correct the file")
    if place.group(1) is None:
        return Problem(
            source.path,
            source.text.count("\n") + 1,
            "",
            f"{what}, at the end of the file",
            "Close what is open",
        )
    return Problem(
        source.path, int(place.group(1)), "", f"{what}, at character {place.group(2)}", "Correct this line"
    )


def _procedures(catalog: Catalog, check: CheckProcedure | None, sources: Sources) -> set[str]:
    """Puts the procedures into the catalog and returns their names; notes what is wrong with each."""
    first: dict[str, str] = {}
    for source in sources.procedures:
        name = Path(source.name).stem
        fault = id_fault(name)
        if fault:
            sources.problems.append(
                Problem(source.path, 0, "", f"the name of the file: {fault[0]}", fault[1])
            )
        if first.setdefault(name, source.path) != source.path:
            what = f'procedure "{name}" is declared already at {first[name]}'
            sources.problems.append(Problem(source.path, 0, "", what, "Give one of the two another name"))
        procedure = ProcedureText(name, source.name, source.text)
        catalog.procedures[name] = procedure
        for problem in check(procedure) if check is not None else ():
            sources.problems.append(replace(problem, file=source.path))
    return sources.procedure_names


def _digest(sources: Sources, variables: Mapping[str, str]) -> str:
    """Returns the SHA-256 over all files and variables, each part preceded by its length."""
    digest = hashlib.sha256()
    pairs = [
        *sources.contents,
        *((name.encode(), variables[name].encode(errors="replace")) for name in sorted(variables)),
    ]
    for pair in pairs:
        for part in pair:
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
