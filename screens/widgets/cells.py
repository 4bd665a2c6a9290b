"""Cells of a grid: text in tones, cut to a width measured in terminal cells.

The pure half of drawing: a record becomes cells here and in the screens' render functions, without
a terminal and without colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from core.printable import printable
from screens.tones import Tone

Span = tuple[str, Tone]
"""A piece of text and what it means."""

Cell = str | Sequence[Span]
"""What one column shows of one item: plain text, or pieces in tones."""


def spans_of(cell: Cell) -> Sequence[Span]:
    """Returns a cell as spans, each of its texts on one line and harmless."""
    if isinstance(cell, str):
        return ((printable(cell), Tone.TEXT),)
    return [(printable(text), tone) for text, tone in cell]


def plain(cell: Cell) -> str:
    """Returns a cell's text without tones."""
    return "".join(text for text, _ in spans_of(cell))


def width_of(text: str) -> int:
    """Returns how many terminal cells a text takes; a wide character takes two."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str) -> str:
    """Returns a text of at most `width` cells; a longer one loses its end, never its middle, to the ellipsis."""
    if width_of(text) <= width:
        return text
    sign = ellipsis if width_of(ellipsis) < width else ""
    return set_cell_size(text, width - width_of(sign)).rstrip(" ") + sign if width > 0 else ""


def padded(text: str, width: int, ellipsis: str) -> str:
    """Returns a text of exactly `width` cells: cut with the ellipsis, or filled with blanks."""
    short = cut(text, width, ellipsis)
    return short + " " * (width - width_of(short))


def room_for(texts: Iterable[str], least: int, most: int) -> int:
    """Returns the width of a column that holds these texts, within bounds."""
    return max(least, min(max(map(width_of, texts), default=0), most))


def folded(text: str, width: int) -> list[str]:
    """Returns a text as lines of at most `width` cells, broken at blanks where there are any; nothing is lost."""
    if width <= 0 or width_of(text) <= width:
        return [text]
    lines: list[str] = []
    left = text
    while left:
        # Only the next few characters are looked at: a megabyte without a blank must not be measured line by line.
        near = left[: 2 * width]
        if width_of(near) <= width:
            lines.append(near)
            left = left[len(near) :]
            continue
        head = set_cell_size(near, width).rstrip(
            " "
        )  # a wide character that straddles the edge becomes a blank
        if left[len(head) : len(head) + 1] not in {"", " "}:
            head = head[: head.rfind(" ")] if " " in head.strip() else head
        taken = max(len(head.rstrip(" ")), 1)
        lines.append(left[:taken])
        left = left[taken:].lstrip(" ")
    return lines


def whole_parts(line: Sequence[Span], width: int, least: int = 1) -> list[Span]:
    """Returns as many parts of a line, from its beginning, as `width` cells hold whole; at least the first so many."""
    used = 0
    kept: list[Span] = []
    for text, tone in line:
        used += width_of(text)
        if used > width and len(kept) >= least:
            break
        kept.append((text, tone))
    return kept


def folded_spans(spans: Sequence[Span], width: int, indent: int = 1) -> list[list[Span]]:
    """Returns a line as lines of at most `width` cells, broken at blanks; those that follow are indented.

    A text of several lines is broken at its line ends, too, and all of it hangs under the cell at which it begins.
    """
    if not any("\n" in text for text, _ in spans):
        return _folded_line(spans, width, indent)
    lines: list[list[Span]] = []
    line: list[Span] = []
    used, hang = 0, indent
    for text, tone in spans:
        first, *more = text.rstrip("\n").split("\n")
        if more:
            begins = used + len(first) - len(first.lstrip(" "))
            hang = begins if begins <= width // 2 else indent
        line.append((first, tone))
        for part in more:
            lines += _folded_line(line, width, hang)
            line, used, first = [(" " * hang, Tone.TEXT), (part, tone)], hang, part
        used += width_of(first)
    return [*lines, *_folded_line(line, width, hang)]


def _folded_line(spans: Sequence[Span], width: int, indent: int) -> list[list[Span]]:
    if width <= indent or sum(width_of(text) for text, _ in spans) <= width:
        return [list(spans)]
    lines: list[list[Span]] = [[]]
    room = width
    for text, tone in spans:
        for piece in re.findall(r"\s*\S+|\s+$", text):
            if width_of(piece) > room and room < width - indent:
                lines.append([(" " * indent, Tone.TEXT)])
                piece, room = piece.lstrip(" "), width - indent  # noqa: PLW2901
            while width_of(piece) > room:  # longer than a whole line: broken anywhere
                head = set_cell_size(piece, room).rstrip(" ")
                if not head and room >= width - indent:
                    head = piece[:1]
                lines[-1].append((head, tone))
                lines.append([(" " * indent, Tone.TEXT)])
                piece, room = piece[len(head) :], width - indent  # noqa: PLW2901
            lines[-1].append((piece, tone))
            room -= width_of(piece)
    return lines


def fit_spans(spans: Sequence[Span], width: int, *, right: bool, ellipsis: str) -> list[Span]:
    """Returns spans of exactly `width` cells: cut at the end when too long, filled with blanks when too short."""
    total = sum(width_of(text) for text, _ in spans)
    if total > width:
        return _cut_spans(spans, width, ellipsis)
    blank = (" " * (width - total), Tone.TEXT)
    if total == width:
        return list(spans)
    return [blank, *spans] if right else [*spans, blank]


def _cut_spans(spans: Sequence[Span], width: int, ellipsis: str) -> list[Span]:
    fitted: list[Span] = []
    room = width
    for index, (text, tone) in enumerate(spans):
        cells = width_of(text)
        more_follows = index + 1 < len(spans) and any(text for text, _ in spans[index + 1 :])
        if cells < room or (cells == room and not more_follows):
            fitted.append((text, tone))
            room -= cells
            continue
        # The sign must stand even where this piece would just fit but the next would not.
        short = cut(text + ellipsis if cells <= room else text, room, ellipsis)
        fitted.append((short, tone))
        room -= width_of(short)
        break
    return [*fitted, (" " * room, Tone.TEXT)] if room > 0 else fitted
