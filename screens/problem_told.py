"""What was told of the problem under the cursor: its own time line, with the notes in full, beside what it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.desk.problems.commands import subject
from core.desk.problems.model import Problem
from core.errors import WatchfloorError
from core.journal.queries import of_subject
from core.journal.wording import sentence
from screens.component_parts import part_title
from screens.list_view import ListView
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

RESTS_S = 0.15
"""Who leafs through the list asks nothing of the database; who rests on a row for so long sees what was told of it."""
MOST_ENTRIES = 50
_Of = tuple[int, int | None]
"""Of which problem, and up to which entry: None for now."""


class ProblemTold(ListView[Problem]):
    """The part of the list of problems that reads what was told of one."""

    _told_of: _Of = (0, None)
    _told: Sequence[Entry] = ()

    def _show_detail(self) -> None:
        super()._show_detail()
        if self.current is not None and self._told_of != self._wanted_of(self.current):
            self.work_beside(self._read_told, "told")

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads the time line again where something was told of its problem."""
        if patch.whole or any(entry.subject == subject(self._told_of[0]) for entry in entries):
            self._told_of = (0, None)
        super().take_patch(patch, entries)

    def told_of(self, item: Problem) -> Sequence[Entry]:
        """Returns what was told of a problem, the oldest first, as far as it was read."""
        return self._told if self._told_of == self._wanted_of(item) else ()

    def _wanted_of(self, item: Problem) -> _Of:
        return item.id, None if self.then is None else self.then.seq

    async def _read_told(self) -> None:
        await asyncio.sleep(RESTS_S)
        item = self.current
        if item is None:
            return
        wanted = self._wanted_of(item)
        try:
            told = await self.floor.ask(of_subject, subject(item.id), upto=wanted[1], limit=MOST_ENTRIES)
        except WatchfloorError:
            return  # what is at hand in the list stays shown; the header says what is wrong
        self._told_of, self._told = wanted, told
        self.detail.show()


def told_lines(entries: Iterable[Entry], glyphs: Glyphs) -> list[TextLine]:
    """Returns what was told of a problem, the newest first, under its title; of a note every line."""
    lines: list[TextLine] = []
    for entry in reversed(list(entries)):
        first, more = sentence(entry, goes_on=True).partition(" ")[2], entry.note.split("\n")[1:]
        when = f" {entry.at:%Y-%m-%d %H:%M}Z "
        lines.append([(when, Tone.MUTED), (f"{entry.actor} ", Tone.ACCENT), (first, Tone.TEXT)])
        lines += [[(" " * len(when), Tone.MUTED), (line, Tone.TEXT)] for line in more]
    return [part_title("what was told of it, newest first", glyphs), *lines] if lines else []
