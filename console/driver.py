"""The way to the terminal, made to outlive it: a lost line must not hold the console up.

When a line is lost, everything written from then on fails, and the kernel sends SIGCONT after SIGHUP. The
framework's driver takes the first as the end of its writing thread, after which the next thirty writes block
for ever; and the second as the end of a pause that never was, and starts to read the keys twice.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from rich.cells import cell_len
from textual.drivers.linux_driver import LinuxDriver

from console.terminal import has_extras
from screens.widgets.glyphs import ASCII

if TYPE_CHECKING:
    from textual.app import App

_OPERATING_SYSTEM_COMMAND = "\x1b]"
_SPELT = str.maketrans("→←▸◂…·×–—“”‘’", "><><~.x--\"\"''")


def spelt(text: str) -> str:
    """Returns `text` in ASCII, cell for cell: signs as what looks like them, all else as question marks."""
    text = text.translate(_SPELT)
    return "".join(c if c.isascii() else "?" * cell_len(c) for c in text)


class Line:
    """The terminal's file; once the terminal is gone, writing to it does nothing."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Writes what can be written."""
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Sends what was written."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """Returns the descriptor of the terminal."""
        return self._file.fileno()


class LineDriver(LinuxDriver):
    """The framework's driver for Unix terminals, on a line that may be lost and a terminal that may be plain."""

    def __init__(self, app: App[Any], **named: Any) -> None:
        super().__init__(app, **named)
        self._file = cast("Any", Line(cast("IO[str]", self._file)))
        self._is_plain = not has_extras(os.environ)
        self._is_ascii = getattr(app, "glyphs", None) is ASCII

    def write(self, data: str) -> None:
        """Writes to the terminal; to one that would print them, no operating system commands."""
        if not (self._is_plain and data.startswith(_OPERATING_SYSTEM_COMMAND)):
            super().write(spelt(data) if self._is_ascii and not data.isascii() else data)

    def _sigcont_application(self, *_: Any) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
