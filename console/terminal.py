"""The terminal itself: what is decided before the framework is imported, and what is written past it."""

from __future__ import annotations

import base64
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from textual.app import App

CLIPBOARD_LIMIT = 74_994
"""The longest sequence that common terminals take whole (k9s and tmux agree)."""
FRAMES_PER_SECOND = "15"
_NO_EXTRAS = ("linux", "dumb", "vt52", "vt100", "vt102", "vt220", "ansi", "cons25")


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Sets, before the framework reads it, what a slow line needs: few frames, no animation."""
    environ.setdefault("TEXTUAL_FPS", FRAMES_PER_SECOND)
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("ESCDELAY", "50")


def wants_mouse(environ: MutableMapping[str, str]) -> bool:
    """Tells whether the mouse is used: not over SSH, where each move would be sent."""
    return "SSH_CONNECTION" not in environ and environ.get("TERM", "") not in _NO_EXTRAS


def has_extras(environ: MutableMapping[str, str]) -> bool:
    """Tells whether titles and the clipboard may be written: plain consoles would print them."""
    return environ.get("TERM", "") not in _NO_EXTRAS


def wrapped(sequence: str, environ: MutableMapping[str, str]) -> str:
    """Returns an escape sequence so that it passes through a multiplexer."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


class Terminal:
    """What the console writes to its terminal besides the screen."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._titled = False

    def set_title(self, title: str) -> None:
        """Sets the terminal's title; nothing on terminals without one."""
        if not has_extras(os.environ):
            return
        if not self._titled:
            self._titled = True
            self._write("\x1b[22;0t")  # remember the title that was
        clean = "".join(c for c in title if c.isprintable())[:80]
        self._write(f"\x1b]0;{clean}\x07")

    def restore_title(self) -> None:
        """Gives back the title that was; the framework has given the terminal up by then."""
        if self._titled and sys.__stderr__ is not None:
            with suppress(OSError):  # the line may be lost
                sys.__stderr__.write("\x1b[23;0t")
                sys.__stderr__.flush()

    def copy(self, text: str) -> str:
        """Copies to the clipboard of the terminal at the far end (OSC 52); returns what to say of it."""
        if not has_extras(os.environ):
            return f"this terminal has no clipboard; the id is {text}"
        sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
        if len(sequence) > CLIPBOARD_LIMIT:
            return f"too long to copy: {len(text)} characters"
        self._write(wrapped(sequence, os.environ))
        return f"copied: {text}"

    def redraw(self) -> None:
        """Has everything painted anew, on a cleared screen."""
        self._write("\x1b[2J")
        from screens.widgets.canvas import Canvas

        for screen in self._app.screen_stack:  # what stands beneath a box is seen around it
            for canvas in screen.query(Canvas):
                canvas.show_all()
        self._app.refresh(layout=True)

    def _write(self, text: str) -> None:
        driver = self._app._driver  # noqa: SLF001  (the framework gives no public way past its screen)
        if driver is not None and not self._app.is_headless:
            driver.write(text)
