"""Wall: the board for a screen that many look at and nobody types at. It only watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.timekeeping import utc_now
from screens.board_rows import COLUMNS, board_cells, board_counts
from screens.themes import palette
from screens.tones import Tone
from screens.view import View
from screens.wall_pages import Page, page_at, stale_lines
from screens.widgets.canvas import Canvas, Frame
from screens.widgets.columns import fit
from screens.widgets.glyphs import glyphs_of
from screens.widgets.lines import Lines, TextLine
from screens.widgets.row import Pen, RowState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.journal.model import Entry
    from core.monitoring.queries import BoardRow
    from screens.floor import Floor
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.line import Line

ALONE = "-alone"
"""The class of the screen while nothing but header and wall is shown."""
_LEFT_OUT = frozenset({"hour", "deps"})
_ACTS = frozenset({"undo", "operate"})


class Wall(View, can_focus=True):
    """The worst first; where there are more rows than fit, pages turn by themselves."""

    view_id: ClassVar[str] = "wall"

    def __init__(self) -> None:
        super().__init__(id="view-wall")
        self.rows: list[BoardRow] | None = None
        self._stale = Lines(self._stale_lines, classes="wall-stale")
        self._list = _Rows(self)

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to: a console that was a wall does not begin as one."""
        return "board"

    def compose(self) -> ComposeResult:
        """Lays out STALE, the counts, and the components."""
        yield self._stale
        yield Lines(self._counts, classes="one")
        yield self._list
        yield Lines(self._foot, classes="one")

    def shown(self, argument: str) -> None:  # noqa: ARG002
        """Takes the keys: none of them acts here."""
        self.focus()

    def on_show(self) -> None:
        """Has the screen to itself."""
        self.screen.add_class(ALONE)

    def on_hide(self) -> None:
        """Gives the screen back."""
        self.screen.remove_class(ALONE)

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:  # noqa: ARG002
        """Shows what changed at once: nobody's cursor stands here."""
        if patch.board or patch.whole_board or patch.incidents:
            self.rows = None
            self._show()

    def tick(self, now: datetime) -> None:  # noqa: ARG002
        """Counts ages on, and turns the page when it is time."""
        self._show()

    def _show(self) -> None:
        self._stale.display = self.floor.stale.everything
        for canvas in self.query(Canvas):
            canvas.show()

    def components_in_view(self) -> Iterable[str]:
        """Returns the components of this page."""
        return [row.status.id for row in self.page().rows]

    def why_not(self, action_id: str) -> str | None:
        """Returns why nothing is done from here."""
        return "the wall only watches; 1 is the board" if action_id in _ACTS else None

    def page(self) -> Page:
        """Returns the rows to be shown now."""
        if self.rows is None:
            found = self.floor.picture.board.values()
            self.rows = sorted(found, key=lambda r: (-r.status.state.severity, r.status.id))
        return page_at(self.rows, self._list.room, utc_now())

    # How it looks

    def _stale_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        return stale_lines(width, glyphs)

    def _counts(self, _width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        stale = self.floor.stale
        return [board_counts(self.floor.picture.live_counts(stale), stale, glyphs)]

    def _foot(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        left = f" {self.page().words(glyphs.separator)}"
        right = f"only watches {glyphs.separator} ctrl+q ends "
        return [[(left, Tone.MUTED), (right.rjust(max(0, width - len(left))), Tone.MUTED)]]


class _Rows(Canvas):
    """The components of one page."""

    SCROLLS_IN_TERMINAL = False
    DEFAULT_CSS = "_Rows { width: 1fr; height: 1fr; }"

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self._wall = wall

    @property
    def room(self) -> int:
        """Returns how many components fit."""
        return max(1, self.size.height - 1)

    def draw(self) -> Frame:
        """Returns titles and rows."""
        width, glyphs, now = self.size.width, glyphs_of(self.app), utc_now()
        columns = [column for column in COLUMNS if column.id not in _LEFT_OUT]
        pen = Pen(palette(self.app.theme), glyphs, fit(columns, width), width)
        floor = self._wall.floor
        lines = [pen.header(None, reverse=False)]
        lines += [self._row(pen, row, floor, now) for row in self._wall.page().rows]
        lines += [pen.blank()] * (self.size.height - len(lines))
        return Frame(lines[: self.size.height])

    def _row(self, pen: Pen, row: BoardRow, floor: Floor, now: datetime) -> Line:
        name = row.status.id
        incident = floor.picture.incident_of(name)
        cells = board_cells(
            row, now, pen.glyphs, behind=len(floor.picture.needed_by(name)), stale=floor.stale,
            work=incident.label if incident else "", spark=(),
        )  # fmt: skip
        return pen.row(cells, RowState())

    def on_mount(self) -> None:
        """Listens for another theme."""
        self.app.theme_changed_signal.subscribe(self, self._change_theme)

    def _change_theme(self, _theme: Any) -> None:
        self.show_all()
