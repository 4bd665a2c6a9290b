"""Dependencies: what a component needs and what needs it, both ways, as an indented tree with states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.monitoring.model import State
from core.timekeeping import age
from screens.board_rows import board_detail
from screens.component_doing import ComponentDoing
from screens.dependency_tree import MOST_DEPTH, MOST_ROWS, Tree, TreeRow, tree_of
from screens.list_view import ListView
from screens.planned_rows import look_of, mark, planned_lines
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

COLUMNS: tuple[Column[TreeRow], ...] = (
    Column("component", "COMPONENT", share=4, min_width=24, priority=10, sort=lambda r: r.place),
    Column("state", "STATE", width=8, priority=9),
    Column("since", "SINCE", width=5, priority=7, align="right"),
    Column("summary", "WHAT", share=4, min_width=20, priority=5),
)


class Dependencies(ComponentDoing, ListView[TreeRow]):
    """The tree of one component. Enter opens the component under the cursor."""

    view_id: ClassVar[str] = "dependencies"
    sorted_at_first = "component"
    empty_text = "No component is chosen: x on a component shows what it needs and what needs it."
    empty_then = "It was not declared then."
    has_then = True

    def __init__(self) -> None:
        super().__init__()
        self._shown_id = ""
        self._tree = Tree({})

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "board"

    def crumbs(self) -> Sequence[str]:
        """Returns the way here."""
        return ("Board", self._shown_id, "dependencies")

    def columns(self) -> Sequence[Column[TreeRow]]:
        """Returns the columns."""
        return COLUMNS

    def shown(self, argument: str) -> None:
        """Shows the tree of a component; `argument` may name a row of it behind a blank."""
        name, _, row = argument.partition(" ")
        if name and name != self._shown_id:
            self._shown_id = name
            self._show_tree()
        super().shown(row)

    def argument(self) -> str:
        """Returns whose tree, and which row of it."""
        return f"{self._shown_id} {self.grid.cursor_id or ''}".strip()

    def opened(self) -> str:
        """Returns whose tree."""
        return self._shown_id

    def label_of(self, id_: str) -> str:
        """Returns the component at a place of the tree."""
        row = self._tree.rows.get(id_)
        return row.component if row else ""

    def signs(self) -> Mapping[str, str]:
        """Returns the signs of components at each of their places."""
        found = super().signs()
        if not found:
            return found
        return {key: found.get(row.component, "") for key, row in self._tree.rows.items()}

    def items_of(self, picture: Picture) -> Mapping[str, TreeRow]:
        """Returns the rows of the tree."""
        self._tree = tree_of(self._shown_id, picture) if self._shown_id in picture.board else Tree({})
        return self._tree.rows

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which a tree may look different."""
        from core.monitoring.as_of import CHANGES_BOARD

        return CHANGES_BOARD

    def changed_in(self, patch: Patch) -> Mapping[str, TreeRow]:
        """Returns the places of the components a patch names."""
        if not any(row.component in patch.board for row in self._tree.rows.values()):
            return {}
        before = self._tree.rows
        now = self.items_of(self.picture)
        return {key: row for key, row in now.items() if before.get(key) != row}

    def components_in_view(self) -> Iterable[str]:
        """Returns the components in view."""
        rows = self._tree.rows
        return (rows[key].component for key in self.grid.ids_in_view() if key in rows)

    def _is_replaced_by(self, patch: Patch) -> bool:
        return patch.whole_board

    def _show_tree(self) -> None:
        if self._is_loaded:
            self.grid.unmark_all()
            self.grid.load(self.items_of(self.picture))
            self.grid.action_first()
            self.grid.merge_held()

    def cells(self, item: TreeRow, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of a place in the tree."""
        name = self._name_of(item)
        if item.row is None:
            return {
                "component": name,
                "state": "",
                "since": "",
                "summary": (("not declared any more", Tone.WARNING),),
            }
        status = item.row.status
        look = look_of(status, self.floor.glyphs, stale=self.stale.of(item.row))
        since = age((now - status.since).total_seconds()) if status.version else "-"
        return {
            "component": name,
            "state": look.cell,
            "since": ((since, Tone.MUTED),),
            "summary": (*mark(status, now), (status.summary, Tone.MUTED)),
        }

    def _name_of(self, item: TreeRow) -> Cell:
        if not item.depth:
            return ((item.component, Tone.STRONG),)
        sign = "<" if item.way == "needed by" else ">"
        if self.floor.glyphs.name != "ascii":
            sign = "◂" if item.way == "needed by" else "▸"
        again = ("  shown above", Tone.MUTED) if item.seen else ("", Tone.MUTED)
        indent = "  " * (item.depth - 1)
        return ((f"{indent}{sign} {item.way} ", Tone.MUTED), (item.component, Tone.TEXT), again)

    def is_problem(self, item: TreeRow) -> bool:
        """Tells whether it is a component that is worse than pending, and not because that is planned."""
        status = item.row.status if item.row else None
        return (
            status is not None and status.state.severity >= State.WARNING.severity and not status.maintenance
        )

    def words_of(self, item: TreeRow) -> str:
        """Returns what the filter looks in."""
        status = item.row.status if item.row else None
        return f"{item.component} {item.way} " + (
            f"state:{status.state} {item.row.words if item.row else ''}" if status else ""
        )

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many stand on either side."""
        if not self._shown_id:
            return [(" no component is chosen", Tone.MUTED)]
        rows = self._tree.rows.values()
        needs = len({r.component for r in rows if r.way == "needs"})
        behind = len({r.component for r in rows if r.way == "needed by"})
        spans = [
            (f" {self._shown_id} ", Tone.STRONG),
            (f"needs {needs}, directly or through others; {behind} need it", Tone.TEXT),
        ]
        if self._tree.is_cut:
            spans.append((f"   cut at {MOST_ROWS} rows and {MOST_DEPTH} levels", Tone.WARNING))
        return spans

    def heading_of(self, item: TreeRow) -> str:
        """Returns the component's id."""
        return item.component

    def detail_of(self, item: TreeRow, _width: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what the board says of the component under the cursor."""
        picture = self.picture
        if item.row is None:
            return [[(f" {item.component} is not declared any more", Tone.WARNING)]]
        run = next((r for r in picture.active_runs() if r.component == item.component), None)
        return board_detail(
            item.row, [picture.board[n] for n in item.row.needs if n in picture.board],
            [picture.board[n] for n in picture.needed_by(item.component) if n in picture.board],
            picture.incident_of(item.component), run, glyphs, stale=self.stale,
            planned=planned_lines(item.row, picture, glyphs),
        )  # fmt: skip

    def component_id(self) -> str | None:
        """Returns the component under the cursor."""
        return self.current.component if self.current else None

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the components under the cursor or marked, each once."""
        rows = (self._tree.rows.get(key) for key in self.grid.subjects)
        return tuple(dict.fromkeys(row.component for row in rows if row))

    def on_grid_opened(self, _: Any) -> None:
        """Opens the component."""
        name = self.component_id()
        if name is not None:
            self.floor.go_to("component", name)
