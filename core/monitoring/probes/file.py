"""`file`: its age, its size, and how often a pattern stood in its new lines lately."""

from __future__ import annotations

import re
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from core.counting import counted
from core.monitoring.model import MATCHES, Metric, Reading, State
from core.monitoring.probes.blocking import OneAtATime, StillBlocked
from core.monitoring.probes.context import good, unjudged
from core.monitoring.probes.following import Follower
from core.monitoring.probes.within import look_within
from core.printable import printable
from core.timekeeping import age

if TYPE_CHECKING:
    from core.catalog.model import FileTarget

MOST_SHOWN = 20
BEFORE_MATCH, SHOWN = 60, 300


class FileProber:
    """Follows one file by name."""

    def __init__(self, target: FileTarget) -> None:
        self._target = target
        self._pattern = re.compile(target.pattern) if target.pattern else None
        self._follower = Follower(target.path)
        self._sightings = Sightings(target.within_s)
        self._reads: OneAtATime[Reading] = OneAtATime()

    async def look(self, timeout_s: float) -> Reading:
        """Looks in a thread: the disk may be slow, or never answer."""
        late = f"{self._target.path} does not answer within {timeout_s:g} s"
        return await look_within(timeout_s, self._ask(), lambda: unjudged(late))

    async def close(self) -> None:
        """Closes the file, as soon as nobody reads it."""
        self._reads.afterwards(self._follower.close)

    async def _ask(self) -> Reading:
        try:
            return await self._reads.run(self._look)
        except StillBlocked as error:
            return unjudged(f"{self._target.path} has not answered for {age(error.for_s)}: a dead mount?")

    def _look(self) -> Reading:
        path, behind = self._target.path, 0
        try:
            if self._pattern is not None:
                behind = self._follower.read_new(self._take)
            found = Path(path).stat()
        except FileNotFoundError:
            return Reading(State(self._target.missing), printable(f"there is no file {path}", 500))
        except OSError as error:
            return unjudged(f"{path} cannot be read: {error.strerror}")
        age_s = max(time.time() - found.st_mtime, 0.0)
        metrics = [Metric("age_s", age_s, "s"), Metric("size_bytes", float(found.st_size), "B")]
        if self._pattern is None:
            return good(f"{path}: {counted(found.st_size, 'byte')}, changed {age(age_s)} ago", *metrics)
        return self._judge(metrics, behind)

    def _judge(self, metrics: list[Metric], behind: int) -> Reading:
        count = self._sightings.count(time.monotonic())
        # The matches come first: they are what such a probe is for.
        metrics = [Metric(MATCHES, float(count)), *metrics]
        times = "not seen" if not count else "seen once" if count == 1 else f"seen {count} times"
        words = f"{self._target.pattern!r} {times} within {age(self._target.within_s)}"
        if behind:
            words += f" (behind: {behind} bytes are still to be read)"
        if count:
            words += f": {self._sightings.newest}"
        return good(words, *metrics, detail=self._sightings.detail())

    def _take(self, line: bytes) -> bool:
        assert self._pattern is not None
        text = line.decode("utf-8", "replace")
        found = self._pattern.search(text)
        if found is None:
            return False
        begin = max(found.start() - BEFORE_MATCH, 0)
        shown = printable(text[begin : begin + SHOWN], SHOWN)
        self._sightings.add(time.monotonic(), f"…{shown}" if begin else shown)
        return True


class Sightings:
    """How often something was seen lately, counted by the second, and the last few as text. Instants are monotonic seconds."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._seconds: deque[tuple[int, int]] = deque()
        self._texts: deque[tuple[float, str]] = deque(maxlen=MOST_SHOWN)

    @property
    def newest(self) -> str:
        """Returns the last one's text."""
        return self._texts[-1][1]

    def add(self, at: float, text: str) -> None:
        """Counts one."""
        before = self._seconds.pop() if self._seconds and self._seconds[-1][0] == int(at) else (int(at), 0)
        self._seconds.append((before[0], before[1] + 1))
        self._texts.append((at, text))

    def count(self, now: float) -> int:
        """Returns how many there were within the span before `now`; forgets older ones."""
        while self._seconds and self._seconds[0][0] < int(now - self._within_s):
            self._seconds.popleft()
        while self._texts and self._texts[0][0] < int(now - self._within_s):
            self._texts.popleft()
        return sum(count for _, count in self._seconds)

    def detail(self) -> str:
        """Returns the last few, one a line."""
        return "\n".join(text for _, text in self._texts)
