"""The time line of a request: what its requester reads and what stays inside are told apart by sign, word and place. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.journal.wording import sentence
from core.printable import printable_lines
from screens.component_lines import actor_room
from screens.tones import Tone
from screens.widgets.cells import folded_spans, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.journal.model import Entry
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

TIME_WIDTH = 14
TOLD, SAID, INSIDE = "request.told", "request.said", "request.noted"
_SIGNS = {
    TOLD: (">", "to them", Tone.OK), SAID: ("<", "they say", Tone.ACCENT), INSIDE: ("|", "inside", Tone.HELD),
}  # fmt: skip
"""What people wrote: its sign, its word, its tone. `>` went to the requester, `<` came from them, `|` is for staff alone."""
_WIDTH = 8
_TONES = {
    "request.opened": Tone.STRONG, "request.nobody_told": Tone.CRITICAL, "request.reopened": Tone.CRITICAL, "request.delivered": Tone.OK, "request.closed": Tone.OK,
    "request.cancelled": Tone.WARNING, "request.refused": Tone.WARNING,
}  # fmt: skip


def request_line(entries: Sequence[Entry], width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns the entries, oldest first, as lines of that width; what was written is shown whole."""
    room = actor_room(entries, width)
    text_at = TIME_WIDTH + room + _WIDTH + 5
    lines: list[TextLine] = []
    for entry in entries:
        sign, word, tone = _SIGNS.get(entry.kind, (" ", "", _TONES.get(entry.kind, Tone.MUTED)))
        head: TextLine = [
            (f" {entry.at:%d %b %H:%M}Z ", Tone.MUTED), (f"{padded(entry.actor, room, glyphs.ellipsis)} ", Tone.TEXT),
            (f"{sign} {word:<{_WIDTH}} ", tone),
        ]  # fmt: skip
        first, *more = _words(entry).split("\n")
        lines.append([*head, (first, tone if entry.kind not in _SIGNS else Tone.TEXT)])
        lines += [[(" " * (text_at - 1), Tone.TEXT), (part, Tone.TEXT)] for part in more]
    lines = lines or [[(" nothing yet", Tone.MUTED)]]
    return [part for line in lines for part in folded_spans(line, width, text_at - 1)]


def last_words(entries: Sequence[Entry], most: int) -> list[TextLine]:
    """Returns the last `most` entries in a line each."""
    lines: list[TextLine] = []
    for entry in entries[-most:] if most > 0 else ():
        sign, word, tone = _SIGNS.get(entry.kind, (" ", "", _TONES.get(entry.kind, Tone.MUTED)))
        first = _words(entry).split("\n")[0]
        lines.append(
            [
                (f" {entry.at:%H:%M}Z ", Tone.MUTED),
                (f"{entry.actor} ", Tone.TEXT),
                (f"{sign} {word} ", tone),
                (first, Tone.TEXT),
            ]
        )
    return lines


def _words(entry: Entry) -> str:
    """Returns what was written, or else what was done."""
    if entry.kind in _SIGNS:
        return printable_lines(entry.note)
    text = sentence(entry, goes_on=True).partition(" ")[2] or sentence(entry)
    rest = entry.note.partition("\n")[2]
    return f"{text}\n{printable_lines(rest)}" if rest else text
