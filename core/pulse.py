"""How long something has given no sign of life, told by a clock that nobody sets.

Signs carry the instant of the wall clock at which they were given, and wall clocks are set: by hand, by
a time server, after a suspend. An observer who looks again and again needs that instant only for the
first sign he sees; from then on his own steady clock bounds what can be true.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

AHEAD_S = 1.0
"""A sign may be this far ahead of the observer's clock: two machines never agree to the millisecond."""


class Pulse:
    """What one observer knows of the signs of life of one giver.

    A sign that is new since the last look was given between the two looks, whatever its own instant says.
    """

    def __init__(
        self, *, steady: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = utc_now
    ) -> None:
        self._steady, self._wall = steady, wall
        self._sign: Hashable = None
        self._looked_at: float | None = None
        self._seen_at = 0.0
        self._age_s = 0.0
        self._offset_s = 0.0
        self.is_doubtful = False
        self.ahead_s = 0.0

    def look(self, sign: Hashable, at: datetime) -> None:
        """Takes in the sign that stands now, given `at` by its giver's clock; to be called at every look.

        Afterwards `is_doubtful` tells whether it was the first one seen and is ahead of this clock, so that
        nobody knows how old it is, and `ahead_s` how far its giver's clock is ahead of this one.
        """
        now, wall = self._steady(), self._wall()
        last, self._looked_at = self._looked_at, now
        offset_s = wall.timestamp() - now
        was_set = last is not None and abs(offset_s - self._offset_s) > AHEAD_S
        self._offset_s = offset_s
        if last is not None and sign == self._sign:
            return
        age_s = (wall - at).total_seconds()
        self._sign, self._seen_at = sign, now
        self._age_s = max(age_s, 0.0) if last is None else min(max(age_s, 0.0), now - last)
        self.is_doubtful = last is None and age_s < -AHEAD_S
        self.ahead_s = 0.0 if was_set else max(-age_s, 0.0)

    @property
    def silent_s(self) -> float:
        """Returns for how many seconds no sign has been given until now; 0 before the first look."""
        return self._age_s + (self._steady() - self._seen_at) if self._looked_at is not None else 0.0

    @property
    def silent_at_look_s(self) -> float:
        """Returns for how many seconds none had been given at the last look; 0 before the first."""
        return self._age_s + (self._looked_at - self._seen_at) if self._looked_at is not None else 0.0
