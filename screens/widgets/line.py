"""One line of the terminal: segments of text and style, written in as few bytes as they need.

The framework writes every segment with all of its colours and a reset behind it. Over a slow link that is
most of what a console sends, so a `Line` writes only what changes from one segment to the next.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.segment import Segment
    from rich.style import Style
    from textual.color import Color
    from textual.filter import LineFilter

_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("strike", "9"),
)

Codes = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""The SGR parameters (ECMA-48, 8.3.117) of a style: attributes, foreground, background."""

_NONE: Codes = ((), (), ())


class Line(Strip):
    """A strip that writes itself compactly. Links and metadata of styles are not written."""

    __slots__ = ("_filtered", "_written")

    def __init__(self, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        super().__init__(segments, cell_length)
        self._filtered: dict[tuple[LineFilter, Color], Line] = {}
        self._written: str | None = None

    def apply_filter(self, filter: LineFilter, background: Color) -> Line:  # noqa: A002 - the framework's name
        """Returns the line as a filter (NO_COLOR, conversion of terminal colours) wants it."""
        key = (filter, background)
        if (filtered := self._filtered.get(key)) is None:
            filtered = Line(filter.apply(list(self), background), self.cell_length)
            self._filtered[key] = filtered
        return filtered

    def crop(self, start: int, end: int | None = None) -> Line:
        """Returns the part between two cells."""
        cropped = super().crop(start, end)
        return cropped if isinstance(cropped, Line) else Line(cropped, cropped.cell_length)

    def render(self, console: Console) -> str:
        """Returns the line as text with escape sequences; it begins and ends in the terminal's plain style."""
        if self._written is None:
            self._written = write(self, _SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR))
        return self._written


def write(segments: Iterable[Segment], colours: ColorSystem) -> str:
    """Returns segments as text with the fewest changes of style between them."""
    parts: list[str] = []
    last = _NONE
    for text, style, _ in segments:
        codes = _NONE if style is None else codes_of(style, colours)
        if codes != last:
            parts.append(_change(last, codes))
            last = codes
        parts.append(text)
    if last != _NONE:
        parts.append("\x1b[0m")
    return "".join(parts)


@lru_cache(maxsize=1024)
def codes_of(style: Style, colours: ColorSystem) -> Codes:
    """Returns the parameters that a style needs on a terminal with these colours."""
    attributes = tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
    front = style.color.downgrade(colours).get_ansi_codes() if style.color else ()
    back = style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False) if style.bgcolor else ()
    return attributes, () if front == ("39",) else front, () if back == ("49",) else back


@lru_cache(maxsize=4096)
def _change(last: Codes, codes: Codes) -> str:
    if codes == _NONE:
        return "\x1b[0m"
    attributes, front, back = codes
    whole = (*attributes, *front, *back)
    if not set(last[0]) <= set(attributes):
        # An attribute can only be taken off safely with all others: 21 and 22 mean different things.
        return f"\x1b[{';'.join(('0', *whole))}m"
    changed = [code for code in attributes if code not in last[0]]
    changed += (front or ("39",)) if front != last[1] else ()
    changed += (back or ("49",)) if back != last[2] else ()
    return f"\x1b[{';'.join(changed)}m"


def differs_until(line: Strip, other: Strip | None) -> int:
    """Returns the cell up to which two lines differ: what lies right of it is the same on both; 0 if all is."""
    if line is other:
        return 0
    if other is None or line.cell_length != other.cell_length:
        return line.cell_length
    mine, theirs = list(line), list(other)
    end = line.cell_length
    while mine and theirs and mine[-1] == theirs[-1]:
        end -= mine[-1].cell_length
        mine.pop()
        theirs.pop()
    return end if mine or theirs else 0
