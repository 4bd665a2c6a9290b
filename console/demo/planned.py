"""What the team plans in the month: maintenance that is over, that goes on as the month ends, and that comes again each week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.duties import Duties
from console.demo.failures import BOX, BY_ID, LEAD
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.operations.windows.commands import Plan, change_window, plan_window
from core.operations.windows.holding import DUTY, keep_windows
from core.operations.windows.model import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from console.demo.failures import Story

MOVED = BY_ID["image-archive"]
SWAPPED = BY_ID["vpn-lagos"]


class Planned:
    """Windows, and the agent that begins and ends them in time."""

    def __init__(self, story: Story) -> None:
        self._story, self._duties = story, Duties(story)

    def plan(self) -> None:
        """Puts what happens into the month."""
        end, story = self._story.end, self._story
        moved, swapped = end - timedelta(days=6, hours=9), end - timedelta(minutes=45)
        for at, doing in (
            (moved - timedelta(days=2), lambda: self._plan_move(moved)), (moved, self._keep),
            (moved + timedelta(minutes=8), lambda: self._see(State.CRITICAL, "no answer: connection refused")),
            (moved + timedelta(minutes=70), lambda: self._extend(moved)),
            (moved + timedelta(minutes=150), lambda: self._see(State.OK, "answers in 21 ms")),
            (moved + timedelta(hours=3), self._keep), (end - timedelta(days=3), self._plan_weekly),
            (swapped - timedelta(hours=5), lambda: self._plan_swap(swapped)), (swapped, self._keep),
            (end - timedelta(minutes=19), self._duties.end),
        ):  # fmt: skip
            story.put(at, doing)

    def _keep(self) -> None:
        while self._duties.do(DUTY, keep_windows):
            pass

    def _plan_move(self, begin: datetime) -> None:
        plan = Plan(
            Scope((MOVED.id,)),
            begin,
            begin + timedelta(hours=2),
            "s.cole",
            "The archive moves to the new disks.",
        )
        self._story.write("s.cole", plan_window, plan, BOX)

    def _extend(self, begin: datetime) -> None:
        self._story.write(
            "s.cole",
            change_window,
            1,
            begin + timedelta(hours=3),
            "The copy is slower than in the trial.",
            BOX,
        )

    def _see(self, state: State, words: str) -> None:
        status = Status(MOVED.id, 1, state, True, self._story.now(), words)
        self._story.write(
            "agent", record_changes, [Change(status, MOVED.service, MOVED.title, MOVED.severity)]
        )

    def _plan_weekly(self) -> None:
        begin = self._story.end + timedelta(days=1)
        plan = Plan(
            Scope(services=("records",)), begin, begin + timedelta(hours=1), "r.okafor", "Patches of the records service.",
            "Europe/Lisbon", "weekly wed", "22:30", (self._story.end + timedelta(days=90)).date(),
        )  # fmt: skip
        self._story.write(LEAD, plan_window, plan, BOX)

    def _plan_swap(self, begin: datetime) -> None:
        plan = Plan(
            Scope((SWAPPED.id,)), begin, begin + timedelta(hours=4), "j.silva", "The carrier swaps the line."
        )
        self._story.write("j.silva", plan_window, plan, BOX)
