"""What is wrong with a filter, or not finished: each with its place, and what could have been meant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.desk.finding.tree import Tree


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is left out of the filter: where it begins (0 is the first letter), how long it is, and why.

    `is_open`: nothing is wrong with it, it only stops before it says something.
    """

    at: int
    length: int
    what: str
    next_step: str = ""
    is_open: bool = False

    def __str__(self) -> str:
        """Returns it in one line, columns counted from 1."""
        step = f". {self.next_step}" if self.next_step else ""
        return f"column {self.at + 1}: {self.what}{step}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A filter that was read: what of it can be asked, and what was left out."""

    tree: Tree
    problems: tuple[Problem, ...] = ()

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        """Returns what is wrong, without what is only not finished."""
        return tuple(problem for problem in self.problems if not problem.is_open)

    @property
    def opened(self) -> tuple[Problem, ...]:
        """Returns what is not finished."""
        return tuple(problem for problem in self.problems if problem.is_open)
