"""Board: every component with its state, live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from core.monitoring.model import State
from core.monitoring.queries import BoardRow, answering_though_stopped, first_probe_minutes
from core.timekeeping import to_micros, utc_now
from screens.board_rows import COLUMNS, board_cells, board_counts, board_detail, board_words
from screens.component_lines import folded_entries
from screens.component_parts import part_title, related_line
from screens.list_view import ListView
from screens.planned_rows import planned_lines
from screens.threshold_doing import ThresholdDoing
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

SPARKS_EVERY_S = 20
HOUR_MINUTES = 60
TALL_DETAIL = 16
"""From so many rows on the details hold dependencies one a line, and what happened last."""
MOST_RELATED, MOST_ENTRIES = 12, 20
AGES_EVERY_S, A_MINUTE = 10, timedelta(minutes=1)


class Board(ThresholdDoing, ListView[BoardRow]):
    """The live component status board."""

    view_id: ClassVar[str] = "board"
    sorted_at_first = "state"
    empty_text = (
        "No component is declared. watchfloor init writes a starter; watchfloor check says what is wrong."
    )
    empty_then = "No component was declared then."
    without_subject = frozenset({"incident.open"})
    has_then = True

    def __init__(self) -> None:
        super().__init__()
        self._sparks: dict[str, list[float | None]] = {}
        self._sparks_for: tuple[str, ...] = ()
        self._sparks_at = self._sparks_minute = 0.0
        self._answering: frozenset[str] = frozenset()

    def columns(self) -> Sequence[Column[BoardRow]]:
        """Returns the board's columns."""
        return COLUMNS

    def cells(self, item: BoardRow, now: datetime) -> Mapping[str, Cell]:
        """Returns a component's cells."""
        picture = self.picture
        incident = (
            picture.incident_of(item.status.id) if item.status.state.severity or picture.incidents else None
        )
        return board_cells(
            item, now, self.floor.glyphs, behind=len(picture.needed_by(item.status.id)), stale=self.stale, work=incident.label if incident else "",
            spark=self._sparks.get(item.status.id, ()),
        )  # fmt: skip

    def items_of(self, picture: Picture) -> Mapping[str, BoardRow]:
        """Returns every component."""
        return picture.board

    def changed_in(self, patch: Patch) -> Mapping[str, BoardRow]:
        """Returns the components a patch names."""
        return patch.board

    def _is_replaced_by(self, patch: Patch) -> bool:
        return patch.whole_board

    def is_problem(self, item: BoardRow) -> bool:
        """Tells whether it is a component that is worse than pending, and not because that is planned."""
        return item.status.state.severity >= State.WARNING.severity and item.status.maintenance is None

    def words_of(self, item: BoardRow) -> str:
        """Returns what the filter looks in."""
        return board_words(item)

    def summary_lines(self, _width: int, glyphs: Glyphs) -> TextLine:
        """Returns the counts."""
        return board_counts(self.picture.live_counts(self.stale), self.stale, glyphs)

    def detail_of(self, item: BoardRow, width: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the lines about a component."""
        picture = self.picture
        run = next((r for r in picture.active_runs() if r.component == item.status.id), None)
        name = item.status.id
        needs, behind = list(item.needs), list(picture.needed_by(name))
        is_tall = self.detail.size.height >= TALL_DETAIL
        lines = board_detail(
            item, [] if is_tall else [picture.board[n] for n in needs if n in picture.board],
            [] if is_tall else [picture.board[n] for n in behind if n in picture.board],
            picture.incident_of(name), run, glyphs, stale=self.stale, answers=name in self._answering,
            planned=planned_lines(item, picture, glyphs),
        )  # fmt: skip
        if not is_tall:
            return lines
        now, stale = self.now_of(utc_now()), self.stale
        related = [("needs", n) for n in needs] + [("needed by", n) for n in behind]
        lines += [(), part_title("dependencies", glyphs)]
        for way, other in related[:MOST_RELATED]:
            *known, _its_words = related_line(way, other, picture.board, now, glyphs, stale=stale)
            lines.append(known)
        if len(related) > MOST_RELATED:
            lines.append([(f" and {len(related) - MOST_RELATED} more", Tone.MUTED)])
        if not related:
            lines.append([(" needs nothing, and nothing needs it", Tone.MUTED)])
        its_own = [e for e in picture.entries if e.subject.kind == "component" and e.subject.id == name]
        return [*lines, (), *folded_entries(its_own[-MOST_ENTRIES:], glyphs, width)]

    def detail_ages(self, now: datetime) -> bool:
        """Tells whether an age in the details may read otherwise: only of what changed within a minute does each second."""
        picture, name = self.picture, self.component_id()
        row = picture.board.get(name or "")
        if row is None or now.second % AGES_EVERY_S == 0:
            return True
        shown = [
            row,
            *(
                picture.board[n]
                for n in (*row.needs, *picture.needed_by(row.status.id))
                if n in picture.board
            ),
        ]
        young = self.now_of(now) - A_MINUTE
        return any(each.status.since > young for each in shown[: MOST_RELATED + 1])

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which a board looks different."""
        from core.monitoring.as_of import CHANGES_BOARD

        return CHANGES_BOARD

    def then_changed(self) -> None:
        """Shows another moment; the last hour of another one is not shown with it until its own is there."""
        minute = self.now_of(utc_now()).timestamp() // 60
        if minute != self._sparks_minute:
            self._sparks, self._sparks_at, self._sparks_minute = {}, 0.0, minute
        super().then_changed()

    def component_id(self) -> str | None:
        """Returns the component under the cursor."""
        return self.current.status.id if self.current else None

    def to_maintain(self) -> Sequence[str]:
        """Returns the marked components, else the one under the cursor."""
        return list(self.grid.subjects)

    def on_grid_opened(self, message: Any) -> None:
        """Opens the component."""
        self.floor.go_to("component", message.id)

    def tick(self, now: datetime) -> None:
        """Counts ages on; fetches the last hour for what is in view, now and then."""
        super().tick(now)
        now = self.now_of(now)
        if abs(now.timestamp() - self._sparks_at) > SPARKS_EVERY_S or self._in_view() != self._sparks_for:
            self._sparks_at = now.timestamp()
            self.work_beside(self._fetch_sparks, "sparks", exit_on_error=False)

    def components_in_view(self) -> Iterable[str]:
        """Returns the components in view."""
        return self.grid.ids_in_view()

    def _in_view(self) -> tuple[str, ...]:
        return tuple(sorted(self.grid.ids_in_view()))

    async def _fetch_sparks(self) -> None:
        ids = self._in_view()
        minute = to_micros(self.now_of(utc_now())) // 60_000_000
        found = await self.floor.ask(
            first_probe_minutes, ids, since=minute - HOUR_MINUTES, until=minute if self.is_then else None
        )
        before = {name: self._sparks.get(name) for name in found}, self._answering
        for name, minutes in found.items():
            line: list[float | None] = [None] * HOUR_MINUTES
            for each in minutes:
                place = each.minute - (minute - HOUR_MINUTES) - 1
                if 0 <= place < HOUR_MINUTES:
                    line[place] = each.highest
            self._sparks[name] = line
        self._sparks_for = ids
        board = {} if self.is_then else self.picture.board  # what answers now says nothing of then
        stopped = [board[n].status for n in ids if n in board and board[n].status.stopped is not None]
        self._answering = await self.floor.ask(answering_though_stopped, stopped) if stopped else frozenset()
        if before != ({name: self._sparks[name] for name in found}, self._answering):
            self.grid.show_anew()
            self._show_detail()
