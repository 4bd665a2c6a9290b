"""The way to the terminal, made to outlive it: a lost line must not hold the console up.

When a line is lost, everything written from then on fails, and the kernel sends SIGCONT after SIGHUP, or nothing. The
framework's driver takes the first as the end of its writing thread, after which the next thirty writes block
for ever; and the second as the end of a pause that never was, and starts to read the keys twice.

It also looks for keys ten times a second, which is a fifth of what an idle console may cost, and gives up at
a byte that is no UTF-8. Here the keys are waited for.

And it reads the terminal's size inside the handler of the signal, which a second signal interrupts: the older
size is then told last, and stays. Here the size is read when it is told.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
from codecs import getincrementaldecoder
from contextlib import suppress
from threading import Event
from typing import IO, TYPE_CHECKING, Any, cast

from rich.cells import cell_len
from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from console.keyboard import Typing
from console.terminal import has_extras
from screens.widgets.glyphs import ASCII

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

_OPERATING_SYSTEM_COMMAND = "\x1b]"
_SPELT = str.maketrans("→←▸◂…·×–—“”‘’↵", "><><~.x--\"\"''|")


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


class Ending(Event):
    """An event that can be waited for together with the keys: `descriptor` is readable while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptor, self._bell = os.pipe()

    def set(self) -> None:
        """Ends the waiting."""
        if not self.is_set():
            super().set()
            os.write(self._bell, b"!")

    def clear(self) -> None:
        """Lets the keys be waited for again."""
        if self.is_set():
            os.read(self.descriptor, 1)
            super().clear()


class LineDriver(LinuxDriver):
    """The framework's driver for Unix terminals, on a line that may be lost and a terminal that may be plain."""

    def __init__(self, app: App[Any], **named: Any) -> None:
        super().__init__(app, **named)
        self._file = cast("Any", Line(cast("IO[str]", self._file)))
        self.exit_event = Ending()
        self._is_plain = not has_extras(os.environ)
        self._is_ascii = getattr(app, "glyphs", None) is ASCII

    def start_application_mode(self) -> None:
        """Takes the terminal."""
        cast("Callable[[], None]", super().start_application_mode)()
        signal.signal(signal.SIGWINCH, lambda *_: self._between_messages(self._tell_size))

    def write(self, data: str) -> None:
        """Writes to the terminal; to one that would print them, no operating system commands; nothing while away."""
        if self._writer_thread is None or not self._writer_thread.is_alive():
            return  # the terminal is another program's; a full queue that nobody empties would hold us up
        if not (self._is_plain and data.startswith(_OPERATING_SYSTEM_COMMAND)):
            super().write(spelt(data) if self._is_ascii and not data.isascii() else data)

    def run_input_thread(self) -> None:
        """Waits for keys and hands them on, until the driver is told to stop reading them."""
        typing = Typing(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        ending = cast("Ending", self.exit_event)
        sources = [ending.descriptor, self.fileno]
        while not ending.is_set():
            ready, _, _ = select.select(sources, [], [], typing.patience())
            if ending.is_set():
                break  # what is typed now is for whoever has the terminal next
            if self.fileno in ready:
                data = self._read()
                if data:
                    for event in typing.feed(decode(data)):
                        self.process_message(event)
                else:
                    # The line is lost. Where it is the controlling terminal the kernel says so, too; behind `su -c` it is not.
                    sources.remove(self.fileno)
                    os.kill(os.getpid(), signal.SIGHUP)
            for event in typing.tick():
                self.process_message(event)

    def _read(self) -> bytes:
        """Returns what was typed; nothing when the terminal is gone."""
        with suppress(OSError):
            return os.read(self.fileno, 4096)
        return b""

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))

    def _sigtstp_application(self, *_: Any) -> None:
        self._between_messages(super()._sigtstp_application)

    def _sigcont_application(self, *_: Any) -> None:
        if self._must_signal_resume:
            self._between_messages(super()._sigcont_application)

    def _between_messages(self, change: Callable[[], None]) -> None:
        """Makes a change of the terminal when nothing else is being told or written: a signal comes at any moment."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # before the start, or after the end
            change()
        else:
            loop.call_soon_threadsafe(change)
