"""What a component needs, and what needs it, as the rows of an indented tree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from core.monitoring.queries import BoardRow
    from screens.picture import Picture

MOST_ROWS = 500
MOST_DEPTH = 12


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One place in the tree. `place` counts from the top; `depth` is 0 for the component itself.

    `way` is the question whose answer it is: `needs`, `needed by`, or empty for the component itself.
    `row` is None where what is needed is not on the board. `seen` tells that what lies below was
    shown further up, so that a diamond does not multiply.
    """

    place: int
    depth: int
    way: str
    component: str
    row: BoardRow | None
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """The rows by a key of their own (a component may stand at several places), and whether more were left out."""

    rows: Mapping[str, TreeRow]
    is_cut: bool = False


def tree_of(component_id: str, picture: Picture) -> Tree:
    """Returns the tree both ways: first everything it needs, then everything that needs it.

    At most MOST_ROWS rows and MOST_DEPTH levels are walked, however many there are.
    """
    rows: dict[str, TreeRow] = {}
    is_cut = False

    def needs(name: str) -> Sequence[str]:
        found = picture.board.get(name)
        return found.needs if found else ()

    ways: tuple[tuple[str, Callable[[str], Sequence[str]]], ...] = (
        ("needs", needs), ("needed by", picture.needed_by),
    )  # fmt: skip
    rows[f"0 {component_id}"] = TreeRow(0, 0, "", component_id, picture.board.get(component_id))
    for way, below in ways:
        for depth, name, seen in _walk(component_id, below):
            if len(rows) > MOST_ROWS or depth > MOST_DEPTH:
                is_cut = True
                if len(rows) > MOST_ROWS:
                    break
                continue
            place = len(rows)
            rows[f"{place} {name}"] = TreeRow(place, depth, way, name, picture.board.get(name), seen)
    return Tree(rows, is_cut)


def _walk(start: str, below: Callable[[str], Sequence[str]]) -> Iterator[tuple[int, str, bool]]:
    """Yields (depth, id, was shown before), each parent before its children; a circle ends where it closes."""
    shown = {start}
    waiting = [(1, name) for name in sorted(below(start), reverse=True)]
    while waiting:
        depth, name = waiting.pop()
        seen = name in shown
        yield depth, name, seen
        if not seen and depth <= MOST_DEPTH:
            shown.add(name)
            waiting += [(depth + 1, each) for each in sorted(below(name), reverse=True)]
