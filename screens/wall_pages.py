"""What a wall shows at an instant: which page, and how it says that nothing on it may be taken for now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.monitoring.model import State
from screens.tones import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.monitoring.queries import BoardRow
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

TURN_S = 20
"""A page stands this long."""
_LETTERS = (
    " ####  #####  ###  #     #####",
    "#        #   #   # #     #    ",
    " ###     #   ##### #     #### ",
    "    #    #   #   # #     #    ",
    "####     #   #   # ##### #####",
)
"""STALE, to be read from the other end of the room."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, its number from 1, how many there are, and whether only those with a fault turn."""

    rows: Sequence[BoardRow]
    number: int
    of: int
    is_pinned: bool
    left_s: int
    total: int

    def words(self, separator: str) -> str:
        """Returns which page this is, and when it turns."""
        count = f"{self.total} components"
        if self.of == 1:
            return count
        turns = "stays while something is critical" if self.is_pinned else f"turns in {self.left_s} s"
        return f"{count} {separator} page {self.number} of {self.of} {separator} {turns}"


def page_at(rows: Sequence[BoardRow], room: int, now: datetime) -> Page:
    """Returns the page of `rows` (the worst first) that is shown at `now`; `room` rows fit on one.

    Each stands for TURN_S. While something is critical only the pages turn that hold what is critical.
    """
    room = max(1, room)
    of = max(1, -(-len(rows) // room))
    critical = sum(1 for row in rows if row.status.state is State.CRITICAL)
    turning = -(-critical // room) or of
    turn, passed = divmod(int(now.timestamp()), TURN_S)
    place = turn % turning
    shown = rows[place * room : (place + 1) * room]
    return Page(shown, place + 1, of, turning == 1, TURN_S - passed, len(rows))


def stale_lines(width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns STALE in large letters, as many times as fit."""
    block = "#" if glyphs.name == "ascii" else "█"
    times = max(1, (width - 1) // (len(_LETTERS[0]) + 4))
    lines: list[TextLine] = [()]
    lines += [[(" " + "    ".join([line.replace("#", block)] * times), Tone.CRITICAL)] for line in _LETTERS]
    return [*lines, ()]
