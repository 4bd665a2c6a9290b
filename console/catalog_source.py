"""How this program reads a catalog: with its variables, and with a look into each procedure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.catalog.kept import Kept
from core.catalog.problem import Loaded, Problem, ProcedureCheck
from core.catalog.reader import read_catalog
from core.catalog.stillness import facts, wait_until_still
from core.errors import BadInput
from core.operations.procedure import named_component, parse_procedure

if TYPE_CHECKING:
    from core.catalog.model import Catalog, ProcedureText

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


def read_good(directory: str) -> Catalog:
    """Returns the catalog below a directory that somebody named; raises BadInput for one with problems."""
    place = Path(directory).expanduser().absolute()
    loaded = read(place)
    if loaded.catalog is None:
        raise BadInput(
            f"the catalog has problems: {loaded.problems[0]}", where=str(place),
            next_step="`watchfloor check DIR` prints them all",
        )  # fmt: skip
    return loaded.catalog


def check_procedure(text: ProcedureText) -> ProcedureCheck:
    """Returns what is wrong with a procedure's text, and which component it operates."""
    parsed = parse_procedure(text.text, path=text.path)
    problems = tuple(Problem(text.path, p.line, p.key, p.what, p.next_step) for p in parsed.problems)
    return ProcedureCheck(problems, *named_component(text.text))
