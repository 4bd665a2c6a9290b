"""How far long work has come, on a terminal and nowhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

EVERY_S = 0.2


class Progress:
    """One line on standard error that is written over and over; silent where that is no terminal, or work is short."""

    def __init__(self, doing: str, total: int) -> None:
        self._doing, self._total = doing, total
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()
        self._next = time.monotonic() + EVERY_S
        self._wrote = 0

    def __enter__(self) -> Self:
        return self

    def tell(self, done: int) -> None:
        """Shows that `done` of the total are done, a few times a second."""
        if not self._is_seen or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_S
        percent = f" ({done * 100 // self._total} %)" if self._total else ""
        line = f"{self._doing} {done:,} of {self._total:,} entries{percent}"
        self._write(f"\r{line.ljust(self._wrote)}")
        self._wrote = len(line)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wrote:
            self._write("\r" + " " * self._wrote + "\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
