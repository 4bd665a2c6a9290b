"""What is wrong with a catalog, and what reading one came to. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from core.catalog.model import Catalog


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a catalog: where it stands, what it is, and what to do about it.

    `line` counts from 1 and is 0 when the whole file is meant; `key` is empty when no key is.
    `what` and `next_step` are sentences without a full stop at their end.
    """

    file: str
    line: int
    key: str
    what: str
    next_step: str = ""

    def __post_init__(self) -> None:
        """Makes every text printable: they quote what files hold and how they are named."""
        for name in ("file", "key", "what", "next_step"):
            object.__setattr__(self, name, printable(getattr(self, name)))

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
        count = f"{len(problems)} problems" if len(problems) != 1 else "1 problem"
        first = str(problems[0]) if problems else ""
        super().__init__(f"the catalog has {count}", next_step=first)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading a catalog directory came to: a catalog, or everything that is wrong with it.

    `digest` is the SHA-256 (hexadecimal) of the files' names and contents and of the variables: the same
    digest means the same result.
    """

    catalog: Catalog | None
    problems: tuple[Problem, ...]
    digest: str

    def require(self) -> Catalog:
        """Returns the catalog; raises CatalogProblems when there is none."""
        if self.catalog is None:
            raise CatalogProblems(self.problems)
        return self.catalog
