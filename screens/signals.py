"""Signals: signs of a breach, the gravest that nobody judged first. Of a long list only a window is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from core.security.signals import pages
from core.security.signals.model import Signal
from core.security.signals.pages import FIRST_ORDER, Figures, Wanted
from core.security.signals.readers import readers
from core.timekeeping import utc_now
from screens.boxes.pick import Choice, PickBox
from screens.signal_doing import SignalDoing
from screens.signal_rows import COLUMNS, SHORT, readers_line, signal_cells, signal_lines
from screens.tones import Tone, tally
from screens.widgets.cells import whole_parts
from screens.with_history import WithHistory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.security.signals.readers import Reader
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

READERS_S = 5.0
"""So often it is read how the readers stand, while the list is shown."""


class _Counted(NamedTuple):
    """What stands above the list."""

    figures: Figures = Figures()
    readers: tuple[Reader, ...] = ()
    is_known: bool = True


def _count(connection: Connection, now: datetime) -> _Counted:
    return _Counted(pages.figures(connection, now.date()), tuple(readers(connection)))


class Signals(SignalDoing, WithHistory[Signal]):
    """A view of the signals, filtered and ordered by the database."""

    view_id: ClassVar[str] = "signals"
    subject_kind = "signal"
    pages = pages.PAGES
    count = staticmethod(_count)
    nothing_counted = _Counted(is_known=False)
    sorted_at_first = FIRST_ORDER
    empty_text = "No signal here. What is only counted is in the view counted; r tells how the logs are read."
    without_subject = frozenset({"list.detail", "list.view", "signal.readers"})

    def __init__(self) -> None:
        super().__init__(Wanted("", utc_now().date()))
        self._counted_at: datetime | None = None

    def columns(self) -> Sequence[Column[Signal]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Signal, now: datetime) -> Mapping[str, Cell]:
        """Returns a signal's cells."""
        return signal_cells(item, now)

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the signals, and which view of them."""
        return ("Signals", self.wanted.view)

    def words_of(self, item: Signal) -> str:
        """Not used: the database filters."""
        return item.title

    def left_word(self, row: Signal) -> str:
        """Returns what became of a signal that is not in this view any more."""
        return "not in this view" if row.state.is_open else SHORT.get(row.state, row.standing)

    def wanted_now(self) -> Wanted:
        """Returns what is wanted, by this person and today."""
        wanted: Wanted = self.wanted
        return replace(wanted, person=self.floor.person, today=utc_now().date())

    def subjects(self) -> Sequence[Signal]:
        """Returns the marked signals, else the one under the cursor."""
        return self.rows_of_verbs()

    def in_all(self) -> int:
        """Returns how many are new."""
        counted: _Counted = self.counted
        return counted.figures.new

    def tick(self, now: datetime) -> None:
        """Has ages counted on, and reads now and then how the readers stand: no entry tells of a line that did not come."""
        super().tick(now)
        is_due = self._counted_at is None or (now - self._counted_at).total_seconds() >= READERS_S
        if is_due and self.display and self._is_loaded:
            self._counted_at = now
            self.count_soon()
            self.summary.show()  # a silence grows even where nothing is read anew

    async def do_signal_readers(self) -> None:
        """Shows how each log is read."""
        found = await self._asked(lambda connection: tuple(readers(connection)))
        now = utc_now()
        choices = [Choice(each.source, each.words(now), each.figures()) for each in found or ()]
        if not choices:
            self.floor.say("no log is declared: [[log_source]] in the catalog does", bad=True)
            return
        chosen = await self.floor.box(PickBox("how the logs are read", choices))
        if chosen is not None:
            self.set_filter(chosen)

    def summary_lines(self, width: int, glyphs: Glyphs) -> TextLine:  # noqa: ARG002 (as its base has it)
        """Returns how many are where, and how the readers stand: what is not read is said first."""
        counted: _Counted = self.counted
        figures = counted.figures
        grave = ((figures.critical, "critical", Tone.CRITICAL), (figures.high, "high", Tone.WARNING))
        others = (
            (figures.today, "today", Tone.TEXT), (figures.suppressed, "suppressed", Tone.HELD),
            (figures.counted, "counted today", Tone.MUTED),
        )  # fmt: skip
        if not counted.is_known:
            return [(" counting …", Tone.MUTED)]
        said, tone = readers_line(counted.readers, self.now())
        reading = [("   ", Tone.TEXT), (said, Tone.MUTED if tone is Tone.OK else tone)]
        line: list[tuple[str, Tone]] = [
            (f" {figures.new} new", Tone.STRONG), *(tally(*each) for each in grave if each[0]),
        ]  # fmt: skip
        more = [tally(*each) for each in others if each[0]]
        if tone is Tone.OK:
            return whole_parts([*line, *more, *reading], width)
        return whole_parts([*line, *reading, *more], width, least=len(line) + len(reading))

    def heading_of(self, item: Signal) -> str:
        """Returns number, title and subject."""
        return f"{item.label}  {item.title}" + (f": {item.about}" if item.about else "")

    def detail_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details, as much of them as there is room for."""
        item = self.current
        if item is None:
            return super().detail_lines(width, height, glyphs)
        return signal_lines(item, self.entries_of(item), width, height, glyphs)
