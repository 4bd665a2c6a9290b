"""How this program reads a catalog: with its variables, and with a look into each procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.problem import Loaded, Problem
from core.catalog.reader import read_catalog
from core.operations.procedure import parse_procedure

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import ProcedureText


def read(directory: Path) -> Loaded:
    """Returns the catalog below `directory`, or everything that is wrong with it."""
    return read_catalog(directory, check_procedure=check_procedure)


def check_procedure(text: ProcedureText) -> list[Problem]:
    """Returns what is wrong with a procedure's text."""
    parsed = parse_procedure(text.text, path=text.path)
    return [Problem(text.path, p.line, p.key, p.what, p.next_step) for p in parsed.problems]
