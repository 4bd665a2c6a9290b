"""Everything that is found wrong with a catalog, so that it can be read: in order, once, and not without end."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.catalog.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 100  # problems of one kind in one file that are shown; the others are counted
MOST = 2000  # problems of one file that are looked for
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|[0-9]+')


class Findings:
    """Gathers problems by file. Once a file has more than people read, no more of it are taken."""

    def __init__(self) -> None:
        self._by_file: dict[str, dict[Problem, None]] = {}
        self._cut_short: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._by_file)

    def add(self, problem: Problem) -> None:
        """Takes a problem, if it is a new one; of a file that is full only the last line of `in_order` is left to say so."""
        of_file = self._by_file.setdefault(problem.file, {})
        if len(of_file) < MOST:
            of_file[problem] = None
        elif problem not in of_file:
            self._cut_short.add(problem.file)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Takes each of the problems."""
        for problem in problems:
            self.add(problem)

    def holds(self, file: str) -> bool:
        """Says whether anything is wrong with a file."""
        return file in self._by_file

    def is_full(self, file: str) -> bool:
        """Says whether so much is wrong with a file that looking further is of no use; who asks then stops looking."""
        if len(self._by_file.get(file, ())) < MOST:
            return False
        self._cut_short.add(file)
        return True

    def in_order(self) -> tuple[Problem, ...]:
        """Returns the problems by file, line, key and words; behind each file's, in a line a kind, how many more there are."""
        shown: list[Problem] = []
        for file, problems in sorted(self._by_file.items()):
            shown.extend(_folded(sorted(problems, key=lambda p: (p.line, p.key, p.what))))
            if file in self._cut_short:
                what = f"holds more than {MOST} problems; what else is wrong with it was not looked for"
                shown.append(Problem(file, 0, "", what, "Mend these, then check again"))
        return tuple(shown)


def _folded(problems: list[Problem]) -> list[Problem]:
    """Returns one file's problems, those of each kind beyond the first hundred as one."""
    shown: list[Problem] = []
    more: dict[str, list[Problem]] = {}
    seen: dict[str, int] = {}
    for problem in problems:
        kind = _QUOTED.sub("", problem.what)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= ALIKE:
            shown.append(problem)
        else:
            more.setdefault(kind, []).append(problem)
    for alike in more.values():
        if len(alike) == 1:
            shown.append(alike[0])
            continue
        first = alike[0]
        place = f", from line {first.line} on" if first.line else ""
        what = f"… and {len(alike)} more of the same kind in this file{place}: {first.what}"
        shown.append(replace(first, line=0, key="", what=what, next_step="", stands_for=len(alike)))
    return shown
