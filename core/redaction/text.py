"""A piece of text replaced by the marker: in plain texts, in texts that hold JSON, and in an entry's body. Pure.

A body is `[{field: [before, after]}, note]`. Only its strings are looked at, never the signs between them, and never what
a field of STRUCTURE holds; the strings of JSON_FIELDS hold JSON in turn. sql/redaction.sql does the same on a server; a test
holds the two together.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.journal.redacted import MARKER
from core.redaction.places import JSON_FIELDS, STRUCTURE, STRUCTURE_ENDS

if TYPE_CHECKING:
    from collections.abc import Callable

NOTE = "note"
"""What the note of an entry is called among the fields that held a piece."""
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


class Taken(NamedTuple):
    """A text without the piece, how often it held that, and in which fields."""

    text: str
    times: int
    fields: tuple[str, ...] = ()


def is_structure(field: str) -> bool:
    """Tells whether what a field of an entry holds is no text that people write: a state, a name of a thing, an instant."""
    return field in STRUCTURE or field.endswith(STRUCTURE_ENDS)


def out_of_text(text: str, piece: str) -> Taken:
    """Returns a plain text without a piece."""
    return Taken(text.replace(piece, MARKER), text.count(piece))


def out_of_json(text: str, piece: str) -> Taken:
    """Returns a text that holds JSON without a piece in any of its strings; of one that holds none, as a plain text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return out_of_text(text, piece)
    return _out_of_strings(text, partial(out_of_text, piece=piece))


def _out_of_strings(text: str, out_of: Callable[[str], Taken]) -> Taken:
    """Returns JSON with what `out_of` makes of each of its strings; those that do not hold the piece stay as they are written."""
    times = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal times
        taken = out_of(json.loads(found[0], strict=False))
        times += taken.times
        return _written(taken.text) if taken.times else found[0]

    made = _LITERAL.sub(replaced, text)
    return Taken(made, times)


def out_of_body(body: str, piece: str) -> Taken:
    """Returns an entry's body without a piece. One that no rule of ours wrote is left as it is."""
    try:
        changes, note = json.loads(body)
        items = list(changes.items())
        said = out_of_text(note, piece)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Taken(body, 0)
    parts: list[str] = []
    fields: list[str] = []
    times = 0
    for name, pair in items:
        taken = Taken(_written(pair), 0)
        if not is_structure(name):
            out_of = out_of_json if name in JSON_FIELDS else out_of_text
            taken = _out_of_strings(taken.text, partial(out_of, piece=piece))
        if taken.times:
            fields.append(name)
        parts.append(f"{_written(name)}:{taken.text}")
        times += taken.times
    if said.times:
        fields.append(NOTE)
    return Taken(f"[{{{','.join(parts)}}},{_written(said.text)}]", times + said.times, tuple(fields))


def ways_stored(piece: str, *, is_body: bool = True) -> set[str]:
    """Returns how a piece may stand in a stored text that holds JSON; in a body also within JSON that one of its strings holds."""
    inside = {_written(piece)[1:-1], json.dumps(piece)[1:-1]}
    return {_written(way)[1:-1] for way in {piece, *inside}} if is_body else inside
