"""What this console tells of itself to the others, and whom it knows to be here.

It tells rarely: a moment after something else was opened, when writing begins, and else a beat. What fails is
not said: nobody's work hangs on it, and whoever cannot be reached says so elsewhere.
"""

from __future__ import annotations

import os
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import WatchfloorError
from core.presence.model import Open, Roll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from core.presence.model import Present

RESTED_S = 0.7
"""What was opened is told once it is looked at for so long: who leafs through screens tells of the last one."""
AT_ONCE_S = 0.15
"""That something is written is told before much of it can be."""
AGAIN_S = 1.0
LEAVE_S = 2.0
"""So long the end of a console waits for having told that it left."""


class Attendance:
    """One console's place among those that are here."""

    def __init__(
        self, seat: str, send: Callable[..., Future[None]], after: Callable[[float, Callable[[], None]], Any]
    ) -> None:
        """`send` carries out a command as this console; `after` calls back after seconds, and returns what `stop`s it."""
        self._roll = Roll(seat)
        self._send, self._after = send, after
        self._open, self._told = Open(), Open()
        self._timer: Any = None
        self._under_way: Future[None] | None = None
        self._was_told = self._has_left = False

    @property
    def others(self) -> tuple[Present, ...]:
        """Returns who else is here."""
        return self._roll.others

    def look(self, rows: Iterable[Present]) -> bool:
        """Takes in who said to be here; tells whether anything shown is different."""
        return self._roll.look(rows)

    def opened(self, view: str, subject: str) -> None:
        """Notes what is open now."""
        self._become(replace(self._open, view=view, subject=subject), RESTED_S)

    def writes(self, place: str) -> None:
        """Notes at which place (`note:I-7`) something is written now; nowhere if it is empty."""
        self._become(replace(self._open, editing=place), AT_ONCE_S if place else RESTED_S)

    def beat(self) -> None:
        """Tells that this console is still here, and what it has open."""
        self._tell()

    def leave(self, *, tells: bool = True) -> None:
        """Tells that it leaves, as far as that can be done soon, or with `tells` False only tells nothing any more."""
        self._has_left = True
        if tells and self._was_told:
            from core.presence.commands import leave

            with suppress(WatchfloorError, NotInTime):
                self._send(leave).result(timeout=LEAVE_S)

    def _become(self, opened: Open, seconds: float) -> None:
        if opened != self._open:
            self._open = opened
            self._tell_after(seconds)

    def _tell_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._after(seconds, self._tell_changed)

    def _tell_changed(self) -> None:
        self._timer = None
        if self._open != self._told or not self._was_told:
            self._tell()

    def _tell(self) -> None:
        if self._has_left:
            return
        if self._under_way is not None and not self._under_way.done():
            self._tell_after(AGAIN_S)  # the database is busy: it is not given the same work twice
            return
        from core.presence.commands import be_here

        self._was_told, self._told = True, self._open
        self._under_way = self._send(be_here, where_from(), self._open)
        self._under_way.add_done_callback(self._note_failure)

    def _note_failure(self, done: Future[None]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._told = Open("?")  # not what is open: the next occasion tells it again


def where_from() -> str:
    """Returns where this console is, for people: its machine, and from where one came to it. It proves nothing."""
    machine = os.uname().nodename
    client = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
    return f"{machine} from {client}" if client else machine
