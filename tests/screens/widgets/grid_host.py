"""A small app around a grid, for tests in the process and in a real terminal.

Run as a program it shows `argv[1]` rows and obeys keys: `x` changes a row in view, `X` 100 rows anywhere,
`o` opens a screen over the grid, `t` shows a toast.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from core.monitoring.model import State
from core.timekeeping import age
from screens import themes
from screens.tones import Tone
from screens.widgets.columns import Column
from screens.widgets.glyphs import UNICODE, state_look
from screens.widgets.grid import Grid
from screens.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.widgets.cells import Cell

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A component as a board would show it."""

    id: str
    name: str
    state: State
    since: datetime
    owner: str
    history: tuple[float, ...]


COLUMNS: tuple[Column[Row], ...] = (
    Column("state", "STATE", width=8, priority=9, sort=lambda row: -row.state.severity),
    Column("name", "COMPONENT", share=2, min_width=12, priority=9, sort=lambda row: row.name),
    Column("since", "SINCE", width=5, align="right", priority=7, sort=lambda row: row.since),
    Column("owner", "OWNER", width=9, priority=6),
    Column("hour", "LAST HOUR", width=16, priority=4),
)


def render(row: Row, now: datetime) -> Mapping[str, Cell]:
    look = state_look(row.state, UNICODE)
    return {
        "state": look.cell,
        "name": row.name,
        "since": ((age((now - row.since).total_seconds()), Tone.MUTED),),
        "owner": row.owner,
        "hour": ((sparkline(row.history, 16, UNICODE), look.tone),),
    }


def make_row(number: int) -> Row:
    state = (State.OK, State.OK, State.OK, State.WARNING, State.CRITICAL)[number * 7 % 5]
    return Row(
        id=f"c{number:05}",
        name=f"component-{number * 7919 % 10007}",
        state=state,
        since=BEGAN - timedelta(minutes=number * 13 % 5000),
        owner=("payments", "platform", "network", "dba")[number % 4],
        history=tuple(float((number * k) % 9) for k in range(1, 17)),
    )


def make_rows(count: int) -> dict[str, Row]:
    return {row.id: row for row in map(make_row, range(count))}


class GridHost(App[None]):
    """A grid between a title and a footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "change_one", "change a row in view"),
        Binding("X", "change_many", "change 100 rows"),
        Binding("o", "cover", "another screen"),
        Binding("t", "toast", "a toast"),
        Binding("f", "repaint", "paint all"),
    ]
    CSS = "Static { height: 1; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: Mapping[str, Row], *, hold_s: float = 2.0, theme: str = "dark") -> None:
        super().__init__()
        self.rows = dict(rows)
        self.grid: Grid[Row] = Grid(COLUMNS, render, hold_s=hold_s)
        self.said: list[object] = []
        self._changes = 0
        themes.register(self)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield Static("title")
        yield self.grid
        yield Static("footer")

    def on_mount(self) -> None:
        self.grid.tick(BEGAN)
        self.grid.sort_by("state")
        self.grid.load(self.rows)
        self.grid.focus()

    def on_grid_cursor_moved(self, message: Grid.CursorMoved) -> None:
        self.said.append(("cursor", message.id))

    def on_grid_opened(self, message: Grid.Opened) -> None:
        self.said.append(("opened", message.id))

    def on_grid_refused(self, message: Grid.Refused) -> None:
        self.said.append(("refused", message.reason))

    def on_grid_marks_changed(self, message: Grid.MarksChanged) -> None:
        self.said.append(("marked", message.marked))

    def on_grid_held_changed(self, message: Grid.HeldChanged) -> None:
        self.said.append(("held", message.count))

    def lines(self) -> list[str]:
        """The text of the grid's lines."""
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.size.height)]

    def change(self, id_: str, **fields: object) -> None:
        self.rows[id_] = replace(self.rows[id_], **fields)  # type: ignore[arg-type]
        self.grid.patch({id_: self.rows[id_]})

    def remove(self, id_: str) -> None:
        del self.rows[id_]
        self.grid.patch({}, [id_])

    def add(self, row: Row) -> None:
        self.rows[row.id] = row
        self.grid.patch({row.id: row})

    def action_change_one(self) -> None:
        self._changes += 1
        top = self.grid._viewport.top
        id_ = self.grid.model.rows[min(top + self._changes % 5, len(self.rows) - 1)]
        self.change(id_, owner=f"own-{self._changes}")

    def action_change_many(self) -> None:
        ids = sorted(self.rows)
        for _ in range(100):
            self._changes += 1
            id_ = ids[self._changes * 7919 % len(ids)]
            self.change(id_, owner=f"own-{self._changes}")

    def action_cover(self) -> None:
        self.push_screen(Cover())

    def action_toast(self) -> None:
        self.notify("toasted", timeout=1)

    def action_repaint(self) -> None:
        self.refresh()


class Cover(Screen[None]):
    """Stands before the grid until escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("x", "app.change_one", "change"),
    ]

    def compose(self) -> ComposeResult:
        yield Static("covered")


if __name__ == "__main__":
    GridHost(make_rows(int(sys.argv[1])), theme=sys.argv[2] if len(sys.argv) > 2 else "dark").run(mouse=False)
