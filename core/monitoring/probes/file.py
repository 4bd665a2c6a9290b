"""`file`: its age, its size, and how often a pattern stood in its new lines lately."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from core.monitoring.model import Metric, Reading, State
from core.monitoring.probes.context import good, unjudged
from core.printable import printable

if TYPE_CHECKING:
    from core.catalog.model import FileTarget

MOST_AT_ONCE = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024


class FileProber:
    """Follows one file by name: appended, truncated, renamed away and made anew."""

    def __init__(self, target: FileTarget) -> None:
        self._target = target
        self._pattern = re.compile(target.pattern.encode()) if target.pattern else None
        self._place: tuple[int, int] | None = None  # device and inode of the file being followed
        self._read_to = 0
        self._rest = b""
        self._handle: int | None = None
        self._matches: deque[tuple[float, str]] = deque()

    async def look(self, timeout_s: float) -> Reading:
        """Looks in a thread: the disk may be slow."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._look), timeout_s)
        except TimeoutError:
            return unjudged(f"{self._target.path} does not answer within {timeout_s:g} s")

    async def close(self) -> None:
        """Closes the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _look(self) -> Reading:
        path = self._target.path
        try:
            found = Path(path).stat()
        except FileNotFoundError:
            return Reading(State(self._target.missing), printable(f"there is no file {path}", 500))
        except OSError as error:
            return unjudged(f"{path} cannot be read: {error.strerror}")
        age_s = max(time.time() - found.st_mtime, 0.0)
        metrics = [Metric("age_s", age_s, "s"), Metric("size_bytes", float(found.st_size), "B")]
        if self._pattern is None:
            return good(f"{path}: {found.st_size} bytes, changed {age_s:.0f} s ago", *metrics)
        try:
            behind = self._follow((found.st_dev, found.st_ino))
        except OSError as error:
            return unjudged(f"{path} cannot be read: {error.strerror}")
        return self._judge(metrics, behind)

    def _judge(self, metrics: list[Metric], behind: int) -> Reading:
        limit = time.monotonic() - self._target.within_s
        while self._matches and self._matches[0][0] < limit:
            self._matches.popleft()
        count = len(self._matches)
        # The matches come first: they are what such a probe is for.
        metrics = [Metric("matches", float(count)), *metrics]
        words = f"{self._target.pattern!r} seen {count} times within {self._target.within_s:.0f} s"
        if behind:
            words += f"; {behind} bytes are still to be read"
        if not count:
            return good(words, *metrics)
        detail = "\n".join(text for _, text in list(self._matches)[-20:])
        return Reading(State.OK, printable(f"{words}: {self._matches[-1][1]}", 500), tuple(metrics), detail)

    def _follow(self, place: tuple[int, int]) -> int:
        """Reads what is new; returns how many bytes were left for the next look."""
        if self._place is None:
            # What stood in it before this agent looked is not news.
            self._open(place, at_end=True)
            return 0
        left = self._read_new()
        if place != self._place and not left:
            # Rotated: the old file was read to its end through its handle, the new one begins at its top.
            self._take_line(self._rest)
            self._open(place, at_end=False)
            left = self._read_new()
        return left

    def _open(self, place: tuple[int, int], *, at_end: bool) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._handle = os.open(self._target.path, os.O_RDONLY | os.O_CLOEXEC)
        self._place = place
        self._read_to = os.fstat(self._handle).st_size if at_end else 0
        self._rest = b""

    def _read_new(self) -> int:
        if self._handle is None:
            return 0
        size = os.fstat(self._handle).st_size
        if size < self._read_to:
            self._read_to, self._rest = 0, b""  # truncated: begin again at its top
        wanted = min(size - self._read_to, MOST_AT_ONCE)
        while wanted > 0:
            data = os.pread(self._handle, min(wanted, 1 << 16), self._read_to)
            if not data:
                break
            self._read_to += len(data)
            wanted -= len(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self._take_line(line)
            if len(self._rest) > LONGEST_LINE:
                # A line without an end is looked at in pieces; its pattern is still found once.
                self._take_line(self._rest)
                self._rest = b""
        return max(size - self._read_to, 0)

    def _take_line(self, line: bytes) -> None:
        assert self._pattern is not None
        if line and self._pattern.search(line):
            self._matches.append((time.monotonic(), printable(line.decode("utf-8", "replace"), 300)))
