"""One log as its reader holds it between two looks: where it stands, what it counts, and what comes of the next part."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.security.signals.counting import Windows
from core.security.signals.judging import Judge
from core.security.signals.readers import OFF_S
from core.security.signals.reading.cutting import cutting_of
from core.security.signals.reading.files import Position, read_portion
from core.security.signals.rules import CLEARED, CLOCK_OFF
from core.security.signals.taking_in import From, Step, raised_by
from core.security.signals.together import Together
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.catalog.logs import LogSource
    from core.security.signals.model import Raised
    from core.security.signals.readers import Kept
    from core.security.signals.reading.files import Portion
    from core.security.signals.rules import Rule
    from core.security.signals.sigma import SigmaRule

OF_SHARE = 4
"""So many values are kept of a subject that is counted over several logs; fewer of one that is not."""
LIVE_S = 10.0
"""Lines that are found so soon after the log was read to its end have just been written."""


class Part(NamedTuple):
    """What a look brought: what is raised, the step to be kept, and whether there is more to read already."""

    raised: tuple[Raised, ...]
    step: Step
    left: bool


class FollowedLog:
    """A log that is read. `kept` is where its reader stood; None where nobody has read it.

    `look` moves on in memory; only `kept_as` says that the database holds it. Whoever cannot keep a part throws this away
    and begins anew from what the database holds, so that nothing is counted twice.
    """

    def __init__(
        self,
        source: LogSource,
        kept: Kept | None,
        sigma: Sequence[SigmaRule] = (),
        together: Together | None = None,
    ) -> None:
        self.source, self._together = source, together or Together()
        self.origin = origin_of(source)
        is_same = kept is not None and kept.path == source.path
        self._step = kept.step if kept is not None else 0
        self._place: Position | None = kept.place if kept is not None and is_same else None
        windows = kept.windows if kept is not None and is_same else []
        self._together.put(source.id, [each for each in windows if len(each) == OF_SHARE])
        own = Windows.load([each for each in windows if len(each) < OF_SHARE])
        self._judge = Judge(source, own, sigma, self._together)
        self._read_out_at = float("-inf")
        self._off_s = 0.0
        self._trouble: str | None = None

    def look(self, now: datetime) -> Part | None:
        """Reads what is new; None where nothing is, and nothing is to be kept. Blocks on the disk; raises nothing for what that says."""
        is_live = time.monotonic() - self._read_out_at < LIVE_S
        portion = read_portion(self.source.path, self._place, cutting_of(self.source))
        if not portion.left:
            self._read_out_at = time.monotonic()
        portion = portion._replace(trouble=portion.trouble or self._judge.left_out)
        is_same = portion.position == (self._place or Position()) and portion.trouble == self._trouble
        if not portion.data and is_same:
            return None
        return self._part(portion, now, is_live=is_live)

    def kept_as(self, step: int) -> None:
        """Notes that the database holds the part that was given last."""
        self._step = step

    def revised(self, source: LogSource, sigma: Sequence[SigmaRule] = ()) -> None:
        """Takes another declaration of the same log over; what is being counted goes on where its path is the same."""
        if source.path != self.source.path:
            self._place = None
        self._judge = Judge(source, self._judge.windows, sigma, self._together)
        self.source, self.origin = source, origin_of(source)

    def say_anew(self) -> None:
        """Has the next look bring a part even where nothing is new, for something else was said of the log meanwhile."""
        self._trouble = None

    @property
    def where(self) -> str:
        """Returns how far it was read, in words: `behind byte 4096 of /var/log/auth.log`."""
        return f"behind byte {self._place.offset if self._place else 0} of {self.source.path}"

    def _part(self, portion: Portion, now: datetime, *, is_live: bool) -> Part:
        judged = self._judge.judge(portion.data, now, is_live=is_live)
        raised = list(judged.raised)
        raise_now = partial(self._raised_now, to_micros(now), raised)
        if portion.is_cleared:
            raise_now(
                CLEARED,
                f"{self.source.path} was emptied or taken away, and nothing beside it holds what it held",
            )
        if judged.off_s is not None:
            if abs(judged.off_s) > OFF_S >= abs(self._off_s):
                raise_now(CLOCK_OFF, f"its lines say {judged.off_s:+.0f} s from when they came")
            self._off_s = judged.off_s
        self._place = portion.position if portion.position.inode else self._place
        self._trouble = portion.trouble
        windows = self._judge.windows.dump(self._judge.rules)
        windows += self._together.dump(self.source.id, self._judge.rules)
        step = Step(
            self.source.id, self._step, self.source.path, portion.position, windows,
            portion.data.count(b"\n"), judged.used, judged.unkeyed, portion.cut, wrong_lines(portion.data), self._off_s,
            portion.trouble,
        )  # fmt: skip
        return Part(tuple(raised), step, portion.left)

    def _raised_now(self, at: int, raised: list[Raised], rule: Rule, said: str) -> None:
        raised.append(raised_by(rule, at, "", said))


def origin_of(source: LogSource) -> From:
    """Returns what a signal names as where it was seen."""
    return From(source.id, source.name, source.component)


def wrong_lines(data: bytes) -> int:
    """Returns how many lines hold bytes that are no UTF-8."""
    if data.isascii():
        return 0
    try:
        data.decode()
    except UnicodeDecodeError:
        return sum(1 for line in data.splitlines() if not is_text(line))
    return 0


def is_text(line: bytes) -> bool:
    """Tells whether bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def of_zone(sources: Sequence[LogSource], zone: str) -> dict[str, LogSource]:
    """Returns the logs that the agent of a zone reads, by id."""
    return {each.id: each for each in sources if each.zone == zone}
