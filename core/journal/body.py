"""The stored text of what an entry changed; hashed, searched and parsed as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from core.journal.model import Changes

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` makes one for each text."""
SHOWN = 300
LONGEST: Final = 1 << 22
"""So many bytes an entry says at most; a server refuses longer ones, too, whoever sends them (sql/journal.sql).

The longest that a site writes names all that a failure takes with it, before and after: twice fifty thousand components.
"""


def body_text(changes: Changes, note: str) -> str:
    """Returns `[changes, note]` as compact JSON, the same text for the same values."""
    return _written([changes, note])


def entry_text(changes: Changes, note: str) -> str:
    """Returns the same of an entry that is to be added. Raises BadInput where it says more than LONGEST bytes."""
    text = body_text(changes, note)
    if len(text) > LONGEST // 4 and (size := len(text.encode())) > LONGEST:
        raise BadInput(
            f"what the log would keep of it has {size:,} bytes; at most {LONGEST:,} fit",
            next_step="Nothing was changed. Shorten it, or do it in several parts",
        )
    return text


def read_body(text: str) -> tuple[Changes, str]:
    """Returns changes and note of a stored text; of one that no rule of ours wrote, no changes and what it is, escaped."""
    found = _parsed(text)
    return found if found is not None else ({}, f"cannot be read: {as_written(text)}")


def told_in(text: str) -> Changes:
    """Returns the changes of a stored text; none of one that no rule of ours wrote."""
    found = _parsed(text)
    return found[0] if found is not None else {}


def as_written(text: str) -> str:
    """Returns a foreign text escaped, in one line of SHOWN characters at most."""
    return printable(repr(text[:SHOWN]), SHOWN)


def _parsed(text: str) -> tuple[Changes, str] | None:
    try:
        held: Any = json.loads(text)
        written, note = held
        if type(held) is not list or type(note) is not str:
            return None
        return {name: _pair(pair) for name, pair in written.items()}, note
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _pair(pair: Any) -> tuple[Any, Any]:
    if type(pair) is not list:
        raise TypeError
    before, after = pair
    return before, after
