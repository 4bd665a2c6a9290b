"""An entry of the journal whole, as lines: what happened to what, when, and every value it changed. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.journal.wording import label
from core.printable import printable, printable_lines
from core.timekeeping import age, from_micros
from screens.tones import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from core.journal.model import Entry
    from screens.widgets.lines import TextLine

VALUE_LIMIT = 120
TEXT_LIMIT = 4000
"""What people write is shown whole: no text of theirs may be longer."""
NOTHING = "-"
_INSTANTS = frozenset({"since", "until", "at"})


def heading(entry: Entry) -> str:
    """Returns what happened to what, with the entry's number: `incident severity set: I-7   entry 19`."""
    verb = entry.kind.replace(".", " ").replace("_", " ")
    return printable(f"{verb}: {label(*entry.subject)}   entry {entry.seq}", 200)


def entry_whole(entry: Entry, now: datetime) -> list[TextLine]:
    """Returns who and when, what it changed field by field, and the note; all of it printable."""
    cause = f"   led to by entry {entry.cause}" if entry.cause else ""
    lines: list[TextLine] = [
        [
            (f" {instant(entry.at, now)}", Tone.TEXT), (f"   {printable(entry.actor, 60)}", Tone.ACCENT),
            (f" via {entry.via}{cause}", Tone.MUTED),
        ]
    ]  # fmt: skip
    for field, (before, after) in entry.changes.items():
        lines += _change(field, before, after, now)
    lines += [[(f" {line}", Tone.TEXT)] for line in printable_lines(entry.note).split("\n") if line]
    return lines


def instant(at: datetime, now: datetime) -> str:
    """Returns an instant to the second with how long ago it was, or in how long it comes."""
    apart_s = (now - at).total_seconds()
    words = f"{age(apart_s)} ago" if apart_s >= 0 else f"in {age(-apart_s)}"
    return f"{at:%Y-%m-%d %H:%M:%S}Z ({words})"


def value_words(field: str, value: Any, now: datetime) -> str:
    """Returns a value as people read it: instants as time, lists as words, nothing as a dash; printable."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and is_instant(field):
        return _instant_of(value, now)
    if isinstance(value, str) and value[:1] == "[":
        value = _listed(value)
    if isinstance(value, list):
        return printable(", ".join(map(str, value)), VALUE_LIMIT) if value else "none"
    return printable(str(value), TEXT_LIMIT)


_FIELDS = {"check_plan": "effectiveness check"}


def is_instant(field: str) -> bool:
    """Tells whether a field of this name holds an instant, in microseconds since 1970 UTC."""
    return field.endswith("_at") or field in _INSTANTS


def _instant_of(micros: int, now: datetime) -> str:
    try:
        return instant(from_micros(micros), now)
    except OverflowError:  # no instant that can be written: shown as it is rather than not at all
        return str(micros)


def _listed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # a text that only begins like a list
        return text


def _change(field: str, before: Any, after: Any, now: datetime) -> list[TextLine]:
    was, became = value_words(field, before, now), value_words(field, after, now)
    name: tuple[str, Tone] = (f" {printable(_FIELDS.get(field, field.replace('_', ' ')), 40)}: ", Tone.MUTED)
    more: list[str] = []
    if isinstance(after, str) and "\n" in after:
        became, *more = printable_lines(after.rstrip("\n"), TEXT_LIMIT).split("\n")
    before_it: list[tuple[str, Tone]] = [] if was == NOTHING else [(f"{was} to ", Tone.MUTED)]
    return [[name, *before_it, (became, Tone.TEXT)], *([(f"   {line}", Tone.TEXT)] for line in more)]
