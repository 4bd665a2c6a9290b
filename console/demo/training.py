"""What the team of the month has learnt: most of it in time, some of it too long ago, and some not yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import BOX, LEAD, STAFF
from core.improvement.training.commands import record_training, withdraw_training
from core.improvement.training.importing import import_training

if TYPE_CHECKING:
    from console.demo.failures import Story

_DONE = (("r.okafor", "four-eyes", 200), ("j.silva", "four-eyes", 350), ("s.cole", "privileged", 240))
"""Who, what, and so many days before the month ends."""


class Schooling:
    """A list that was imported, some records by hand, and one that was withdrawn."""

    def __init__(self, story: Story, person: str) -> None:
        self._story, self._person = story, person

    def plan(self) -> None:
        """Puts what happens into the month."""
        self._story.put(self._story.end - timedelta(days=20), self._take_in)
        self._story.put(self._story.end - timedelta(days=12), self._record)

    def _day(self, back: int) -> str:
        return (self._story.end - timedelta(days=back)).date().isoformat()

    def _take_in(self) -> None:
        lines = [
            f"{who},on-the-desk,{self._day(90 + 40 * n)},list of the year"
            for n, who in enumerate(STAFF)
            if who != LEAD
        ]
        self._story.write(LEAD, import_training, "\n".join(("who,training,on,evidence", *lines)), "desk.csv")

    def _record(self) -> None:
        for who, name, back in _DONE:
            on = (self._story.end - timedelta(days=back)).date()
            self._story.write(LEAD, record_training, who, name, on, evidence="certificate of the house")
        on = self._story.now().date()
        wrong = self._story.write(LEAD, record_training, "s.cole", "four-eyes", on).id
        self._story.write(LEAD, withdraw_training, wrong, "He was there, and did not pass.", BOX)
        self._story.write(self._person, record_training, LEAD, "on-the-desk", on, evidence="seen at work")
