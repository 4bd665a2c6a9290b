"""Since: what others did to requests and incidents since one last said to have looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from core.desk.shifts.commands import keep_mark
from core.desk.shifts.model import Changed
from core.desk.shifts.queries import Since, since_last_look
from core.timekeeping import age, utc_now
from screens.read_list import ReadList
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

AT_FIRST = timedelta(hours=24)
COLUMNS: tuple[Column[Changed], ...] = (
    Column("order", "", width=1, priority=0, sort=lambda item: (not item.broken, not item.said, -item.seq)),
    Column("id", "ID", width=8, priority=10),
    Column("age", "AGE", width=4, priority=5, align="right", sort=lambda item: -item.seq),
    Column("what", "WHAT HAPPENED", share=5, min_width=24, priority=9),
    Column("title", "TITLE", share=4, min_width=16, priority=8),
    Column("by", "BY", share=1, min_width=8, priority=4),
)


class SinceView(ReadList[Changed]):
    """The worst first: broken promises, then what requesters said, then the newest."""

    view_id: ClassVar[str] = "since"
    sorted_at_first = "order"
    empty_text = "Nobody else changed anything since you looked."
    without_subject = frozenset({"since.seen"})
    found: Since | None = None

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "home"

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Since I last looked",)

    def columns(self) -> Sequence[Column[Changed]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Changed, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of an item."""
        tone = Tone.CRITICAL if item.broken else Tone.WARNING if item.said or item.at_risk else Tone.TEXT
        seconds = (now - item.at).total_seconds() if item.at else 0.0
        return {
            "order": "!" if item.broken else " ", "id": ((item.label, Tone.ACCENT),), "age": ((age(seconds), Tone.MUTED),),
            "what": ((item.words, tone),), "title": item.title, "by": ", ".join(item.who),
        }  # fmt: skip

    def words_of(self, item: Changed) -> str:
        """Returns the text its filter looks in."""
        return f"{item.label} {item.title} {item.words} {' '.join(item.who)}"

    async def read(self) -> dict[str, Changed]:
        """Returns what changed, item by item."""
        self.found = await self.floor.ask(since_last_look, self.floor.person, utc_now() - AT_FIRST)
        return {item.label: item for item in self.found.changed}

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns since when this is."""
        if self.found is None:
            return [(" reading", Tone.MUTED)]
        when = (
            f"since {self.found.at:%d %b %H:%M}Z"
            if self.found.at
            else "in the last 24 hours: you never said that you had looked"
        )
        part = "; the oldest of it is left out" if not self.found.is_whole else ""
        return [(f" {len(self.found.changed)} changed", Tone.STRONG), (f" {when}{part}", Tone.MUTED)]

    def heading_of(self, item: Changed) -> str:
        """Returns number and title."""
        return f"{item.label}  {item.title}"

    def detail_of(self, item: Changed, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns each thing that happened, and what was said, whole."""
        lines: list[TextLine] = [[(f" {words}", Tone.TEXT)] for words in item.words.split("; ")]
        for said in item.said:
            lines += [[("", Tone.TEXT)], *([(f" {line}", Tone.TEXT)] for line in said.splitlines())]
        return lines

    async def do_since_seen(self) -> None:
        """Keeps that one has looked up to what is shown here; what comes later is new."""
        if self.found is None:
            return
        done = f"you have looked up to entry {self.found.upto}"
        await self.floor.command(keep_mark, self.found.upto, done=done)
        self.read_anew()

    def on_grid_opened(self, message: object) -> None:
        """Opens the item."""
        label = str(getattr(message, "id", ""))
        self.floor.go_to("request" if label.startswith("R-") else "incident", label)
