"""Maintenance windows: what holds now, what is to come, what is over; now or as of then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.operations.windows.model import WindowState
from core.operations.windows.when import local_words
from core.timekeeping import utc_now
from screens.list_view import ListView
from screens.tones import Tone, tally
from screens.widgets.columns import Column
from screens.window_doing import WindowDoing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.past import Sort
    from core.operations.windows.model import Window
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_S = WindowState
_TONES = {
    _S.RUNNING: Tone.STOPPED,
    _S.COMING: Tone.TEXT,
    _S.OVER: Tone.MUTED,
    _S.CANCELLED: Tone.MUTED,
    _S.MISSED: Tone.WARNING,
}
_RANK = {_S.RUNNING: 0, _S.COMING: 1}


def _place(window: Window) -> tuple[int, float, int]:
    """Returns its place: what holds and ends first, then what begins first, then what was over last."""
    rank = _RANK.get(window.state, 2)
    at = {0: window.ends_at, 1: window.begins_at}.get(rank, window.over_at).timestamp()
    return rank, -at if rank == 2 else at, window.id


COLUMNS: tuple[Column[Window], ...] = (
    Column("id", "ID", width=6, priority=9, sort=lambda w: w.id),
    Column("state", "STANDING", width=9, priority=10, sort=_place),
    Column("begins", "BEGINS", width=13, priority=8, sort=lambda w: w.begins_at),
    Column("ends", "ENDS", width=13, priority=8, sort=lambda w: w.over_at),
    Column("in", "IN", width=5, priority=7, align="right"),
    Column("covers", "COVERS", share=3, min_width=14, priority=7, sort=lambda w: w.scope.words),
    Column("owner", "OWNER", width=10, priority=5, sort=lambda w: w.owner),
    Column("again", "AGAIN", width=14, priority=3, sort=lambda w: w.every),
    Column("reason", "WHY", share=2, min_width=14, priority=4),
)


class Windows(WindowDoing, ListView["Window"]):
    """What holds first, then what is to come, then what was."""

    view_id: ClassVar[str] = "windows"
    hangs_at = 10
    sorted_at_first = "state"
    empty_text = "No maintenance window yet. n plans one; M does on a component of the Board."
    empty_then = "No maintenance window had been planned then."
    without_subject = frozenset({"window.new"})
    has_then = True

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Maintenance windows",)

    def columns(self) -> Sequence[Column[Window]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Window, now: datetime) -> Mapping[str, Cell]:
        """Returns a window's cells; one that no agent begins or ends says so."""
        standing = item.standing(now)
        is_late = standing != item.state
        word = "no agent" if is_late else standing
        return {
            "id": ((item.label, Tone.ACCENT),),
            "state": ((word, Tone.CRITICAL if is_late else _TONES[item.state]),),
            "begins": f"{item.begins_at:%d %b %H:%M}Z",
            "ends": f"{item.over_at:%d %b %H:%M}Z",
            "in": ((item.left(now), Tone.CRITICAL if is_late else Tone.MUTED),),
            "covers": item.scope.words,
            "owner": item.owner,
            "again": ((item.every or "once", Tone.MUTED),),
            "reason": ((item.reason, Tone.MUTED),),
        }

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        from core.operations.windows.as_of import CHANGES_WINDOWS

        return CHANGES_WINDOWS

    def items_of(self, picture: Picture) -> Mapping[str, Window]:
        """Returns every window."""
        return picture.windows

    def changed_in(self, patch: Patch) -> Mapping[str, Window]:
        """Returns the windows a patch names."""
        return patch.windows

    def words_of(self, item: Window) -> str:
        """Returns what the filter looks in."""
        return f"{item.label} {item.scope.words} state:{item.state} {item.owner} {item.reason} {item.every}"

    def heading_of(self, item: Window) -> str:
        """Returns number and what it covers."""
        return f"{item.label}  {item.scope.short}"

    def summary_lines(self, _width: int, glyphs: Glyphs) -> TextLine:
        """Returns how many hold, how many components are in maintenance, and what comes next."""
        found, now = self.picture.open_windows(), self.now_of(utc_now())
        running = sum(each.state is _S.RUNNING for each in found)
        late = sum(each.standing(now) != each.state for each in found)
        coming = next((each for each in found if each.state is _S.COMING and each.begins_at > now), None)
        covered = sum(self.picture.planned.values())
        return [
            (f" {running} now", Tone.STOPPED if running else Tone.TEXT), (f"   {glyphs.planned} {covered} in maintenance", Tone.TEXT),
            (f"   next {coming.label} {coming.begins_at:%d %b %H:%M}Z" if coming else "", Tone.TEXT),
            *([tally(late, "late: no agent", Tone.CRITICAL)] if late else []),
        ]  # fmt: skip

    def detail_of(self, item: Window, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns all of it."""
        now = self.now_of(utc_now())
        rows = [
            ("covers", item.scope.words), ("standing", item.standing(now)),
            ("when", f"{local_words(item.begins_at, item.zone)} to {local_words(item.ends_at, item.zone)}"),
            ("why", item.reason), ("answers", item.owner), ("planned", f"{item.made_at:%Y-%m-%d %H:%M}Z by {item.made_by}"),
        ]  # fmt: skip
        if item.recurs:
            rows.insert(3, ("again", item.rule))
        if item.ended_at is not None:
            by = f" by {item.ended_by}" if item.ended_by else ""
            rows.append(("ended", f"{item.ended_at:%Y-%m-%d %H:%M}Z{by}"))
        return [[(f" {name:<9}", Tone.MUTED), (text, Tone.TEXT)] for name, text in rows]

    def window(self) -> Window | None:
        """Returns the window under the cursor."""
        return self.current

    def on_grid_opened(self, message: Any) -> None:
        """Shows on the board what it covers, where it holds."""
        item = self.grid.model.item(message.id)
        if item.state is _S.RUNNING and not self.is_then:
            self.floor.go_to("board")
            self.floor.say(f"/{item.label} shows what is in {item.label}")
        elif item.scope.components:
            self.floor.go_to("component", item.scope.components[0])
