"""Draws the lines of a grid: a row, the titles, the line of counts, a notice.

Everything here is a function of values: cells, places, a palette, a set of glyphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment

from screens.tones import Tone
from screens.widgets.cells import Cell, Span, cut, fit_spans, plain, spans_of, width_of
from screens.widgets.columns import GAP, GUTTER, Field
from screens.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.style import Style

    from screens.themes import Palette
    from screens.widgets.glyphs import Glyphs

GONE = "gone"
"""What is written at the end of a row whose item is no longer there."""
NOT_IN_FILTER = "not in filter"
"""What is written at the end of a row whose item is there, and no longer passes the filter."""


@dataclass(frozen=True, slots=True)
class RowState:
    """What the grid knows of a row besides its cells.

    `away`: another pane has the keys. `left`: why the row, shown as it is now, leaves the list soon.
    `sign`: one cell that stands before the row, in the place of a mark or behind it; nothing moves for it.
    """

    cursor: bool = False
    away: bool = False
    marked: bool = False
    gone: bool = False
    left: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Pen:
    """What lines are drawn with: colours, characters, and places of columns on `width` cells."""

    palette: Palette
    glyphs: Glyphs
    fields: tuple[Field, ...]
    width: int

    def row(self, cells: Mapping[str, Cell], state: RowState) -> Line:
        """Returns the line of one item. A column for which there is no cell stays blank."""
        spans = self._gutter(state)
        for index, field in enumerate(self.fields):
            if index:
                spans.append((" " * GAP, Tone.TEXT))
            given = spans_of(cells.get(field.column.id, ""))
            right = field.column.align == "right"
            spans += fit_spans(given, field.width, right=right, ellipsis=self.glyphs.ellipsis)
        if state.gone:
            return self._faded(spans, GONE, Tone.GONE, state)
        if state.left:
            return self._faded(spans, state.left, Tone.MUTED, state)
        return self._line(spans, _over(state))

    def header(self, sorted_by: str | None, reverse: bool) -> Line:
        """Returns the line of titles; the column that decides the order carries an arrow."""
        spans: list[Span] = [(" " * GUTTER, Tone.HEADER)]
        for index, field in enumerate(self.fields):
            if index:
                spans.append((" " * GAP, Tone.HEADER))
            title = field.column.title
            if field.column.id == sorted_by:
                arrow = self.glyphs.down if reverse else self.glyphs.up
                title = cut(title, field.width - 1, "") + arrow
            right = field.column.align == "right"
            spans += fit_spans([(title, Tone.HEADER)], field.width, right=right, ellipsis="")
        return self._line(spans, None)

    def counts(self, left: Sequence[Span], right: Sequence[Span]) -> Line:
        """Returns a line with one text at its start and one at its end; the left one gives way."""
        room = max(0, self.width - sum(width_of(text) for text, _ in right) - 3)
        ellipsis = self.glyphs.ellipsis
        blank: Span = (" ", Tone.TEXT)
        spans = [blank, *fit_spans(left, room, right=False, ellipsis=ellipsis), blank, *right, blank]
        return self._line(fit_spans(spans, self.width, right=False, ellipsis=ellipsis), None)

    def notice(self, text: str, tone: Tone = Tone.MUTED) -> Line:
        """Returns a line with a sentence that stands where rows would be."""
        spans = [(" " * GUTTER, tone), (plain(text), tone)]
        return self._line(fit_spans(spans, self.width, right=False, ellipsis=self.glyphs.ellipsis), None)

    def blank(self) -> Line:
        """Returns an empty line."""
        return Line([Segment(" " * self.width, self.palette.style(Tone.TEXT))], self.width)

    def _gutter(self, state: RowState) -> list[Span]:
        cursor = self.glyphs.cursor if state.cursor else " "
        mark = self.glyphs.gone if state.gone else self.glyphs.mark if state.marked else ""
        tone = Tone.MARK if state.marked else Tone.ACCENT
        if mark and state.sign:
            return [(f"{cursor}{mark}", tone), (state.sign, Tone.ACCENT)]
        return [(f"{cursor}{mark or state.sign or ' '} ", tone)]

    def _faded(self, spans: Sequence[Span], word: str, tone: Tone, state: RowState) -> Line:
        text = "".join(text for text, _ in spans).rstrip()
        room = self.width - width_of(word) - 2
        kept = cut(text, max(room, 0), "")
        in_a_word = kept[-1:].strip() and text[len(kept) : len(kept) + 1].strip()
        if in_a_word:  # else what is left of an address or a number reads as one of its own
            kept = cut(text, max(room, 0), self.glyphs.ellipsis)
        fitted = fit_spans([(kept, tone)], max(room, 0), right=False, ellipsis="")
        return self._line([*fitted, (f" {word} ", tone)], _over(state))

    def spans(self, spans: Iterable[Span]) -> Line:
        """Returns a line of spans, filled with blanks or cut to the width."""
        return self._line(spans, None)

    def _line(self, spans: Iterable[Span], over: Tone | None) -> Line:
        segments: list[Segment] = []
        text, style, room = "", self.palette.style(Tone.TEXT, over), self.width
        for piece, tone in spans:
            if not piece:
                continue
            new = self.palette.style(tone, over)
            if new != style and _vanishes(text, new, style):
                style = new
            elif new != style and not _vanishes(piece, style, new):
                segments.append(Segment(text, style))
                text, style = "", new
            text += piece
            room -= width_of(piece)
        text += " " * max(room, 0)
        segments.append(Segment(text, style))
        line = Line(segments)
        return line if room >= 0 else line.crop(0, self.width)


def _over(state: RowState) -> Tone | None:
    if not state.cursor:
        return None
    return Tone.CURSOR_AWAY if state.away else Tone.CURSOR


def _vanishes(piece: str, last: Style, new: Style) -> bool:
    """Returns whether blanks look the same in a neighbour's style, so that no change need be written."""
    return (
        not piece.strip(" ")
        and last.bgcolor == new.bgcolor
        and not (last.underline or last.reverse or last.strike or new.underline or new.reverse)
    )
