"""A program in a real pseudo-terminal, seen from outside: its screen, its bytes, its use of the processor.

    with Terminal.start([sys.executable, "-m", "console"], size=(80, 24)) as terminal:
        terminal.wait_for("Board")
        terminal.press("j", "j", "enter")
        screen = terminal.wait_until(lambda text: "I-207" in text)

A thread reads all the program writes, as a terminal does, so that it never waits for us; the screen is
kept by pyte. Nothing here sleeps for a guess: every wait ends when what it waits for is there, and
fails with a picture of the screen when it does not come.

The program gets a session and a controlling terminal of its own: `hang_up` is what a lost connection is,
and no signal can reach the tests.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyte
import pyte.screens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

WAIT_S = 20.0
"""How long a wait lasts before it fails: generous, for machines that do much else."""

KEYS: Mapping[str, str] = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F",
    "insert": "\x1b[2~", "delete": "\x1b[3~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
}  # fmt: skip
"""What a terminal sends for keys with names; `ctrl+x` is worked out, other keys are their character."""

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)  # between start and exec, in the child, so that this process with its threads need not fork itself

_ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",  # where is the cursor?
    b"\x1b[c": b"\x1b[?62;c",  # what are you? a VT220
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # do you take a frame as one? yes
}
_FOREIGN = re.compile(r"\x1b\[[<>=][0-9;]*[A-Za-z]|\x1b\[[0-9;?]*\$[A-Za-z]|\x1b[P_^][^\x1b]*\x1b\\")
"""Sequences that pyte would misread: keyboard protocols, mode reports, device control strings."""
_CUT_SHORT = re.compile(r"\x1b(?:[\[<>=0-9;?$]*|[P_^\]][^\x1b\x07]*\x1b?)\Z")
"""A sequence of which only the beginning has arrived."""

_TICKS_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a program and its descendants use: processor seconds since their start, resident megabytes now."""

    cpu_s: float
    rss_mb: float


class Terminal:
    """One running program and its screen. Made by `start`; closed at the end of a `with` block."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, size: tuple[int, int]) -> None:
        self.process = process
        self._master = master
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._changed = threading.Condition()
        self._raw = bytearray()
        self._undecoded = b""
        self._unread = ""
        self._last_byte_at = time.monotonic()
        self._has_ended = False
        self._stop, self._stopped = os.pipe()
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @classmethod
    def start(
        cls,
        argv: Sequence[str | Path],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str | None] | None = None,
        cwd: str | Path | None = None,
    ) -> Self:
        """Starts a program on a terminal of `size` (columns, rows).

        `env` is added to this process's environment; None takes a variable away. The terminal says it
        has 24-bit colour and UTF-8, and is no SSH connection, unless `env` says otherwise.
        """
        master, slave = os.openpty()
        _set_size(slave, size)
        variables: dict[str, str | None] = {
            **os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8",
            "COLUMNS": None, "LINES": None, "NO_COLOR": None, "SSH_CONNECTION": None, "TMUX": None, **(env or {}),
        }  # fmt: skip
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, *map(str, argv)],
                stdin=slave, stdout=slave, stderr=slave, cwd=cwd, start_new_session=True,
                env={name: value for name, value in variables.items() if value is not None},
            )  # fmt: skip
        finally:
            os.close(slave)
        return cls(process, master, size)

    # What is pressed and done

    def press(self, *keys: str) -> None:
        """Presses keys, by name or as characters, one after another."""
        for key in keys:
            self._write(_encode(key))

    def type_text(self, text: str) -> None:
        """Types a text, character by character."""
        self.press(*text)

    def send(self, data: bytes) -> None:
        """Sends bytes as they are, as a terminal with another character set or a noisy line does."""
        self._write(data)

    def paste(self, text: str) -> None:
        """Pastes a text as terminals do that mark what is pasted (bracketed paste, mode 2004)."""
        self._write(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size; the program is told by SIGWINCH."""
        with self._changed:
            _set_size(self._master, (columns, rows))
            self._screen.resize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the program alone."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Takes the terminal away, as a lost connection does; the screen stays as it was last."""
        self._stop_reading()

    # What is seen

    @property
    def lines(self) -> list[str]:
        """The screen's lines, without blanks at their ends."""
        with self._changed:
            return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def title(self) -> str:
        """The title of the window, as the program set it."""
        with self._changed:
            return str(self._screen.title)

    @property
    def raw(self) -> bytes:
        """All that was written so far, escape sequences and all."""
        with self._changed:
            return bytes(self._raw)

    @property
    def bytes_written(self) -> int:
        """How many bytes the program has written so far."""
        with self._changed:
            return len(self._raw)

    def cell(self, column: int, row: int) -> pyte.screens.Char:
        """Returns one cell of the screen with its colours and attributes, counted from 0."""
        with self._changed:
            return self._screen.buffer[row][column]

    def usage(self) -> Usage:
        """Returns what the program and its descendants use. Of those that have ended, what they used counts."""
        cpu = pages = 0.0
        for pid in _tree(self.process.pid):
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                cpu += sum(map(int, fields[11:15])) * _TICKS_S  # user, system, and of reaped children both
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return Usage(cpu, pages * _PAGE_BYTES / 1e6)

    # What is waited for

    def wait_until(
        self, predicate: Callable[[str], object], *, timeout_s: float = WAIT_S, why: str = ""
    ) -> str:
        """Waits until `predicate` holds of the screen's text, and returns that text.

        Raises AssertionError with a picture of the screen if it does not in time, or the program ends first.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not predicate(text := self.text):
                if self._has_ended:
                    raise AssertionError(
                        self._picture(f"the program ended before {why or 'the screen was right'}")
                    )
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(self._picture(f"not within {timeout_s:g} s: {why or predicate}"))
                self._changed.wait(left)
            return text

    def wait_for(self, *texts: str, timeout_s: float = WAIT_S) -> str:
        """Waits until every one of these texts is on the screen, and returns the screen's text."""
        why = " and ".join(map(repr, texts))
        return self.wait_until(lambda text: all(each in text for each in texts), timeout_s=timeout_s, why=why)

    def wait_gone(self, *texts: str, timeout_s: float = WAIT_S) -> str:
        """Waits until none of these texts is on the screen, and returns the screen's text."""
        why = "neither " + " nor ".join(map(repr, texts))
        return self.wait_until(
            lambda text: not any(each in text for each in texts), timeout_s=timeout_s, why=why
        )

    def wait_quiet(self, quiet_s: float = 0.3, *, timeout_s: float = WAIT_S) -> str:
        """Waits until nothing was written for a while from now on: for measuring, where there is no text to wait for."""
        began = time.monotonic()
        with self._changed:
            while (left := max(self._last_byte_at, began) + quiet_s - time.monotonic()) > 0:
                if self._has_ended:
                    break
                if time.monotonic() > began + timeout_s:
                    raise AssertionError(self._picture(f"not quiet within {timeout_s:g} s"))
                self._changed.wait(left)
        return self.text

    def wait_exit(self, *, timeout_s: float = WAIT_S) -> int:
        """Waits until the program ends and all it wrote is read; returns its exit code, or minus its signal."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(self._picture(f"still running after {timeout_s:g} s")) from None
        self._reader.join(timeout_s)
        return code

    # The end

    def close(self) -> None:
        """Ends the program, gently first, and gives everything back. It is safe to call twice."""
        for step in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, step)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
        self._stop_reading()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    # Inside

    def _stop_reading(self) -> None:
        if self._stopped >= 0:
            os.close(self._stopped)
            self._stopped = -1
            self._reader.join(WAIT_S)
            os.close(self._stop)
            os.close(self._master)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._stop], [], [])
            data = b""
            if self._stop not in ready:
                with contextlib.suppress(OSError):  # the program's side is closed
                    data = os.read(self._master, 1 << 16)
            with self._changed:
                if not data:
                    self._has_ended = True
                    self._changed.notify_all()
                    return
                self._take(data)
                self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        seen_from = max(0, len(self._raw) - 16)
        self._raw += data
        self._last_byte_at = time.monotonic()
        for query, answer in _ANSWERS.items():
            # A query may have arrived in two pieces; one that was answered must not be again.
            old = self._raw.count(query, seen_from, len(self._raw) - len(data))
            for _ in range(self._raw.count(query, seen_from) - old):
                with contextlib.suppress(OSError):
                    os.write(self._master, answer)
        text, self._undecoded = _decode(self._undecoded + data)
        text = self._unread + text
        cut_short = _CUT_SHORT.search(text)
        self._unread = text[cut_short.start() :] if cut_short else ""
        self._stream.feed(_FOREIGN.sub("", text[: cut_short.start()] if cut_short else text))

    def _picture(self, what: str) -> str:
        width = self._screen.columns
        body = "\n".join(f"|{line:{width}}|" for line in self.lines)
        return f"{what}\n+{'-' * width}+\n{body}\n+{'-' * width}+"


def _encode(key: str) -> bytes:
    if len(key) > len("ctrl+") and key.startswith("ctrl+"):
        return bytes([ord(key[len("ctrl+")]) & 0x1F])
    return KEYS.get(key, key).encode()


def _decode(data: bytes) -> tuple[str, bytes]:
    """Returns the text of whole UTF-8 characters, and the bytes of one that has not arrived whole."""
    for cut in range(1, 4):
        tail = data[-cut:]
        if len(tail) == cut and tail[0] >= 0xC0 and len(tail) < 2 + (tail[0] >= 0xE0) + (tail[0] >= 0xF0):
            return data[:-cut].decode(errors="replace"), tail
    return data.decode(errors="replace"), b""


def _set_size(fd: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        for children in Path(f"/proc/{current}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, children.read_text().split())
    return found


def assert_given_back(raw: bytes) -> None:
    """The other screen, the cursor, the keys and the paste marks are as they were: what ends comes after what began."""
    for began, ended in (
        (b"\x1b[?1049h", b"\x1b[?1049l"),
        (b"\x1b[?25l", b"\x1b[?25h"),
        (b"\x1b[?2004h", b"\x1b[?2004l"),
        (b"\x1b[?1000h", b"\x1b[?1000l"),
        (b"\x1b[?7l", b"\x1b[?7h"),
    ):
        assert raw.rfind(ended) > raw.rfind(began) >= 0, (began, raw[-400:])
