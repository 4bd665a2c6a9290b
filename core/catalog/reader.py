"""Reads a directory of catalog files into a Catalog, or into everything that is wrong with them.

Importing this brings Pydantic with it: whoever only shows a catalog imports `model` and `problem`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from core.catalog.declaration import KINDS
from core.catalog.fields import id_fault
from core.catalog.file_reading import ReadFile, read_file
from core.catalog.kept import Kept
from core.catalog.logs import SigmaText
from core.catalog.model import Catalog, ProcedureText
from core.catalog.nearest import listed
from core.catalog.problem import Loaded, Problem, ProcedureCheck
from core.catalog.references import Operates, add_between
from core.catalog.sources import Sources, read_sources
from core.errors import BadInput

CheckProcedure = Callable[[ProcedureText], ProcedureCheck]
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def read_catalog(
    directory: Path,
    *,
    variables: Mapping[str, str] = _NO_VARIABLES,
    check_procedure: CheckProcedure | None = None,
    kept: Kept | None = None,
) -> Loaded:
    """Returns the catalog declared below `directory`, or the problems of every file, in order of file and line.

    `variables` are the values of placeholders (`STATE` by custom); `DIR` is the absolute path of
    `directory` unless given. `check_procedure` looks into each procedure; its problems' file names
    are replaced by the real ones. `kept` has what unchanged files came to in the reading before, which
    was given the same `check_procedure`, and is filled anew. Raises nothing for anything the files hold.
    """
    known = {"DIR": os.path.abspath(directory), **variables}  # noqa: PTH100 – a link's own name is kept
    kept = kept if kept is not None else Kept()
    kept.begin(known)
    sources = read_sources(directory)
    catalog = Catalog()
    files, groups = _files(sources, known, kept), catalog.groups()
    for file in files:
        for kind, value in file.values:
            groups[kind][value.id] = value
    entries = [entry for file in files for entry in file.entries]
    _sigma_rules(catalog, sources, kept)
    operates = _procedures(catalog, check_procedure, sources, kept)
    add_between(entries, operates, sources)
    if not entries and not sources.problems:
        step = f"Declare one of {listed(KINDS)}, such as [[component]]"
        sources.problems.add(Problem(str(directory), 0, "", "declares nothing", step))
    found = sources.problems.in_order()
    is_bare = not (sources.garbled or sources.unseen or any(entry.kind == "component" for entry in entries))
    return Loaded(None if found else catalog, found, _digest(sources, known), is_bare)


def _files(sources: Sources, variables: Mapping[str, str], kept: Kept) -> list[ReadFile]:
    """Returns what each catalog file came to; only those that are new, changed or wrong are taken apart."""
    files: list[ReadFile] = []
    for source in sources.tables:
        read = kept.file(source.path, source.text)
        if read is None:
            read = read_file(source, variables, sources.problems)
            if read.is_garbled:
                sources.garbled.append(source.text)
            if not sources.problems.holds(source.path):
                kept.keep(source.path, source.text, read.slim())
        files.append(read)
    return files


def _procedures(
    catalog: Catalog, check: CheckProcedure | None, sources: Sources, kept: Kept
) -> list[Operates]:
    """Puts the procedures into the catalog, notes what is wrong with each, and returns the components they name."""
    first: dict[str, str] = {}
    operates: list[Operates] = []
    for source in sources.procedures:
        name = Path(source.name).stem
        fault = id_fault(name)
        if fault:
            sources.problems.add(Problem(source.path, 0, "", f"the name of the file: {fault[0]}", fault[1]))
        if first.setdefault(name, source.path) != source.path:
            what = f'procedure "{name}" is declared already at {first[name]}'
            sources.problems.add(Problem(source.path, 0, "", what, "Give one of the two another name"))
        procedure = ProcedureText(name, source.name, source.text)
        catalog.procedures[name] = procedure
        if check is not None:
            seen = kept.procedure(source.path, source.text) or check(procedure)
            kept.keep(source.path, source.text, seen)
            sources.problems.extend(replace(problem, file=source.path) for problem in seen.problems)
            operates.append((source.path, seen.component_line, seen.component))
    return operates


def _sigma_rules(catalog: Catalog, sources: Sources, kept: Kept) -> None:
    """Puts the Sigma rules into the catalog, and notes what is wrong with each: what cannot be held against a line is refused here."""
    first: dict[str, str] = {}
    for source in sources.sigma:
        name = re.sub(r"[^a-z0-9._-]+", "-", Path(source.name).stem.lower()).strip("-._")
        if first.setdefault(name, source.path) != source.path:
            what = f'sigma rule "{name}" is declared already at {first[name]}'
            sources.problems.add(Problem(source.path, 0, "", what, "Give one of the two another name"))
        rule = SigmaText(name, source.path, source.text)
        catalog.sigma_rules[name] = rule
        seen = kept.procedure(source.path, source.text) or _check_sigma(rule)
        kept.keep(source.path, source.text, seen)
        sources.problems.extend(replace(problem, file=source.path) for problem in seen.problems)


def _check_sigma(rule: SigmaText) -> ProcedureCheck:
    from core.security.signals.sigma import compile_rule

    try:
        compile_rule(rule)
    except BadInput as error:
        key = error.where.removeprefix(rule.path).removeprefix(": ")
        line = int(key.removeprefix("line ")) if key.startswith("line ") else 0
        return ProcedureCheck((Problem(rule.path, line, "" if line else key, error.what, error.next_step),))
    return ProcedureCheck()


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
