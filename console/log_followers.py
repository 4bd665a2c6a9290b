"""One log at its reader, each by itself: what holds up or breaks the reading of one log is said of it, and stops no other."""

from __future__ import annotations

import asyncio
import time
import traceback
from typing import TYPE_CHECKING

from core.errors import Moved, StoreUnavailable, WatchfloorError
from core.printable import printable, printable_lines
from core.store.lease import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from core.catalog.logs import LogSource
    from core.security.signals.following import FollowedLog

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
"""What failed is tried again after so long, and each time after twice as long, up to the longest."""
SLOW_S = 10.0
"""A look that has not come back for so long is said to hang."""


class Trouble(Exception):
    """What is to be said of a log: in a line for its reader, and at length for the agent's own words."""

    def __init__(self, line: str, at_length: str = "") -> None:
        super().__init__(line)
        self.line, self.at_length = line, at_length or line


class Follower:
    """The reading of one log: the task that looks at it, and how often that failed in a row.

    `log` is what its reader holds in memory, None where it begins anew from what the database holds. `told` is what was
    said of it last.
    """

    def __init__(self, name: str, source: LogSource | None = None) -> None:
        self.name, self.source = name, source
        self.log: FollowedLog | None = None
        self.is_revised = False
        self.told = ""
        self.failures = 0
        self.task: asyncio.Task[None] | None = None
        self._again_at = self._moved_at = float("-inf")

    def begin(self, reading: Coroutine[Any, Any, None]) -> None:
        """Begins a look."""
        self.moved()
        self.task = asyncio.create_task(reading)

    def moved(self) -> None:
        """Notes that the look came on."""
        self._moved_at = time.monotonic()

    @property
    def path(self) -> str:
        """Returns where its log lies; nowhere for the journal."""
        return self.source.path if self.source is not None else ""

    @property
    def is_due(self) -> bool:
        """Tells whether it is to be looked at: no look is under way, and the pause after a failure is over."""
        return self.task is None and time.monotonic() >= self._again_at

    def outcome(self) -> Trouble | None:
        """Returns what is newly to be said of it; None for nothing. Raises LeaseLost and StoreUnavailable, which concern every log."""
        if self.task is None:
            return None
        if not self.task.done():
            held_s = time.monotonic() - self._moved_at
            return (
                self._news(Trouble("a look at it has not come back: what it lies on hangs"))
                if held_s > SLOW_S
                else None
            )
        task, self.task = self.task, None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, LeaseLost | StoreUnavailable):
            raise error
        if isinstance(error, Exception):
            return self._failed(error)
        self.failures, self.told = 0, ""
        return None

    def end(self) -> None:
        """Leaves the look that is under way; one that hangs in the disk is waited for by nobody."""
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def _failed(self, error: Exception) -> Trouble | None:
        where = f" {self.log.where}" if self.log is not None else ""
        self.log = None  # it may have come on in memory only
        self.failures += 1
        pause_s = min(FIRST_PAUSE_S * 2.0 ** min(self.failures - 1, 20), LONGEST_PAUSE_S)
        self._again_at = time.monotonic() + pause_s
        if isinstance(error, Moved) and self.failures == 1:
            return None  # whoever had the duty before kept one more part
        if isinstance(error, WatchfloorError):
            return self._news(Trouble(f"cannot be read on{where}: {error}"))
        what = f"cannot be read on{where}, by a mistake in this program: {type(error).__name__}: {printable(str(error), 300)}"
        return self._news(
            Trouble(what, f"{what}\n{printable_lines(''.join(traceback.format_exception(error)))}")
        )

    def _news(self, trouble: Trouble) -> Trouble | None:
        if trouble.line == self.told:
            return None
        self.told = trouble.line
        return trouble
