"""What a shift does beside its queue in the month: it hands over to the next one, line by line."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from console.demo.failures import BOX
from core.desk.shifts.commands import accept_line, add_line, begin_handover

if TYPE_CHECKING:
    from console.demo.failures import Story

SHIFT = timedelta(hours=8)
ACCEPTED = 3
"""So many lines of the last handover are accepted when the month ends; the others wait for whoever looks."""


OWN_WORDS = "Harbour Bank rings again at six about the payouts; they want a name, not a number."


class Keeping:
    """Handovers: one that was accepted whole on the day before, one that is half accepted as the month ends."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def plan(self) -> None:
        """Puts what happens into the month."""
        story = self._story
        story.put(story.end - timedelta(hours=16), lambda: self._hand_over("r.okafor", "j.silva", None))
        story.put(story.end - timedelta(minutes=25), lambda: self._hand_over("j.silva", "s.cole", ACCEPTED))

    def _hand_over(self, leaves: str, comes: str, most: int | None) -> None:
        now = self._story.now()
        made = self._story.write(leaves, begin_handover, now - SHIFT, now + SHIFT, BOX)
        made = self._story.write(leaves, add_line, made.id, OWN_WORDS)
        for place, line in enumerate(made.lines[:most], 1):
            accept = partial(self._story.write, comes, accept_line, made.id, line.number)
            self._story.put(now + timedelta(seconds=40 * place), accept)
