"""What is wrong with a catalog, and what reading one came to. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.catalog.model import Catalog

_LIMITS = (("file", 2000), ("key", 240), ("what", 300), ("next_step", 300))  # characters


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a catalog: where it stands, what it is, and what to do about it.

    `line` counts from 1 and is 0 when the whole file is meant; `key` is empty when no key is.
    `what` and `next_step` are sentences without a full stop at their end. `stands_for` is more than 1
    where one line speaks for several problems alike.
    """

    file: str
    line: int
    key: str
    what: str
    next_step: str = ""
    stands_for: int = 1

    def __post_init__(self) -> None:
        """Makes every text printable and short: they quote what files hold and how they are named."""
        for name, limit in _LIMITS:
            object.__setattr__(self, name, printable(getattr(self, name), limit))

    def __str__(self) -> str:
        """Returns `file:line: key: what. next step` on one printable line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = ": ".join(part for part in (place, self.key, self.what) if part)
        return f"{text}. {self.next_step}" if self.next_step else text


class CatalogProblems(BadInput):
    """The catalog cannot be used; `problems` holds everything that is wrong with it."""

    title = "The catalog has problems"
    exit_code = 1

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        number = problem_count(problems)
        count = f"{number} problems" if number != 1 else "1 problem"
        first = str(problems[0]) if problems else ""
        super().__init__(f"the catalog has {count}", next_step=first)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ProcedureCheck:
    """What a look into a procedure came to: what is wrong, and the component it names, with the line (0 for none)."""

    problems: tuple[Problem, ...] = ()
    component: str = ""
    component_line: int = 0


def problem_count(problems: Iterable[Problem]) -> int:
    """Returns how many problems are told, those that one line speaks for counted one by one."""
    return sum(problem.stands_for for problem in problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading a catalog directory came to: a catalog, or everything that is wrong with it.

    `digest` is the SHA-256 (hexadecimal) of the files' names and contents and of the variables: the same
    digest means the same result. `is_bare` says that no component is declared there, and that there is no
    file that could not be read and might declare one; `is_written`, that a file was being written all the while.
    """

    catalog: Catalog | None
    problems: tuple[Problem, ...]
    digest: str
    is_bare: bool = False
    is_written: bool = False

    def require(self) -> Catalog:
        """Returns the catalog; raises CatalogProblems when there is none."""
        if self.catalog is None:
            raise CatalogProblems(self.problems)
        return self.catalog
