"""What comes from the keyboard, as keys and pastes.

The framework's parser looks for escape sequences within a paste, too: a text that holds some comes apart, and
its parts run as keys. Here all between the two marks of a paste is its text, whatever it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END as END
from textual._xterm_parser import BRACKETED_PASTE_START as START
from textual._xterm_parser import XTermParser
from textual.events import Paste

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from textual.message import Message

PASTE_STALLS_S = 10.0
"""A paste whose end is not told within this time after its last part ended there: keys are keys again."""


class Typing:
    """Takes what is read, piece by piece, and gives the events it makes."""

    def __init__(self, debug: bool = False) -> None:
        self._parser = XTermParser(debug)
        self._last = ""  # the last characters that were no paste, to see the mark that begins one
        self._pasted: list[str] | None = None
        self._stalls_at = 0.0

    def feed(self, data: str) -> Iterator[Message]:
        """Gives the events of what was read."""
        while data:
            if self._pasted is None:
                data = yield from self._keys(data)
            else:
                data = yield from self._more_of_paste(data)

    def tick(self) -> Iterator[Message]:
        """Gives the events of what is not to go on: a lone escape, a paste that was cut off."""
        if self._pasted is not None:
            if get_time() >= self._stalls_at:
                yield from self._end_paste()
            return
        due = self._parser._timeout_time  # noqa: SLF001  (the framework itself asks ten times a second instead)
        if due is not None and get_time() >= due:
            self._last = ""
            yield from self._parser.tick()

    def patience(self) -> float | None:
        """Returns how long to wait for the rest of what may be one key, or of a paste; None: for ever."""
        due = self._parser._timeout_time if self._pasted is None else self._stalls_at  # noqa: SLF001
        return None if due is None else max(due - get_time(), 0.0)

    def _keys(self, data: str) -> Generator[Message, None, str]:
        for number, character in enumerate(data, 1):
            yield from self._parser.feed(character)
            self._last = (self._last + character)[-len(START) :]
            if self._last == START:
                self._pasted, self._stalls_at = [], get_time() + PASTE_STALLS_S
                return data[number:]
        return ""

    def _more_of_paste(self, data: str) -> Generator[Message, None, str]:
        assert self._pasted is not None
        before = self._pasted.pop() if self._pasted else ""  # the end's mark may have come in two pieces
        text, mark, rest = (before + data).partition(END)
        self._pasted += [text[: -len(END)], text[-len(END) :]]
        self._stalls_at = get_time() + PASTE_STALLS_S
        if mark:
            yield from self._end_paste()
        return rest

    def _end_paste(self) -> Iterator[Message]:
        assert self._pasted is not None
        text, self._pasted, self._last = "".join(self._pasted), None, ""
        for event in self._parser.feed(END):  # it saw the beginning, and nothing since
            if not isinstance(event, Paste):
                yield event
        if text:
            yield Paste(text)
