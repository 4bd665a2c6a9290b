"""The keys a grid understands, as data: the registry of actions and the help page read the same list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GridKey:
    """One action of the grid. `action` names a method `action_…`; `id` is what a keymap refers to."""

    action: str
    keys: tuple[str, ...]
    text: str

    @property
    def id(self) -> str:
        """Returns the name under which the key can be bound anew."""
        return f"grid.{self.action}"


GRID_KEYS: tuple[GridKey, ...] = (
    GridKey("cursor_up", ("up", "k"), "row up"),
    GridKey("cursor_down", ("down", "j"), "row down"),
    GridKey("half_page_down", ("ctrl+d",), "half a page down"),
    GridKey("half_page_up", ("ctrl+u",), "half a page up"),
    GridKey("page_down", ("pagedown",), "page down"),
    GridKey("page_up", ("pageup",), "page up"),
    GridKey("first", ("g", "home"), "first row"),
    GridKey("last", ("G", "end"), "last row"),
    GridKey("open", ("enter",), "open"),
    GridKey("mark", ("space",), "mark, and on to the next row"),
    GridKey("extend_down", ("shift+down",), "mark a range, downwards"),
    GridKey("extend_up", ("shift+up",), "mark a range, upwards"),
    GridKey("mark_all", ("asterisk",), "mark all shown; again: none"),
    GridKey("merge_held", ("ctrl+r",), "merge held changes now"),
)
