"""How this program reads a catalog: with its variables, and with a look into each procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.kept import Kept
from core.catalog.problem import Loaded, Problem, ProcedureCheck
from core.catalog.reader import read_catalog
from core.catalog.stillness import facts, wait_until_still
from core.operations.procedure import named_component, parse_procedure

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.model import ProcedureText

_KEPT = Kept()
"""What files came to when this process last read them: a running agent reads them again at every change."""


def read(directory: Path) -> Loaded:
    """Returns the catalog below `directory`, or everything that is wrong with it; waits while its files are written."""
    busy = wait_until_still(directory)
    while not busy:
        before = facts(directory)
        loaded = read_catalog(directory, check_procedure=check_procedure, kept=_KEPT)
        if facts(directory) == before:
            return loaded
        busy = wait_until_still(directory)
    step = "It is read as soon as it is left alone; until then the last good one is in force"
    return Loaded(None, (Problem(busy, 0, "", "is still being written", step),), "", is_written=True)


def check_procedure(text: ProcedureText) -> ProcedureCheck:
    """Returns what is wrong with a procedure's text, and which component it operates."""
    parsed = parse_procedure(text.text, path=text.path)
    problems = tuple(Problem(text.path, p.line, p.key, p.what, p.next_step) for p in parsed.problems)
    return ProcedureCheck(problems, *named_component(text.text))
