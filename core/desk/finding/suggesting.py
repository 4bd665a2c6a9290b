"""What could be typed next in a filter: fields, then their values, from what is known at hand. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from core.desk.finding.fields import BOTH, FIELDS, FLAG_KINDS, FLAGS, NAMED, PRIORITIES, Sort, state_words
from core.desk.finding.values import ascii_lower

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.desk.finding.fields import Field, Kind

MOST = 16
_PIECE = re.compile(r'[-!(]*((?:[^\s()"]|"[^"]*"?)*)$')
_VALUE = re.compile(r"([A-Za-z_]+)(<=|>=|[:=<>])((?:.*,)?)(.*)$", re.DOTALL)
_MOMENTS = {
    Sort.COMING: (("1h", "in an hour"), ("2h", "in two hours"), ("1d", "in a day"), ("now", "now"), ("today", "this day, UTC"), ("tomorrow", "the next day"), ("none", "at no time")),
    Sort.PAST: (("1h", "an hour ago"), ("1d", "a day ago"), ("7d", "a week ago"), ("today", "this day, UTC"), ("yesterday", "the day before"), ("none", "not yet")),
}  # fmt: skip


class Suggestion(NamedTuple):
    """What could stand in the place of what is typed: the whole text with it, what is new of it, and what it means."""

    text: str
    word: str
    means: str


def suggest(
    text: str, cursor: int, kinds: frozenset[Kind] = BOTH, known: Mapping[str, Iterable[str]] | None = None
) -> list[Suggestion]:
    """Returns what could be typed at the cursor, the likeliest first; nothing where no beginning fits.

    `known` has names of fields that are at hand: services, components, owners.
    """
    before, behind = text[:cursor], text[cursor:]
    piece = _PIECE.search(before)
    typed = piece[1] if piece else ""
    value = _VALUE.match(typed)
    if value is None:
        if not typed or '"' in typed:
            return []
        begun, found = typed, list(_fields(ascii_lower(typed), kinds))
    else:
        field = NAMED.get(ascii_lower(value[1]))
        if field is None or not field.kinds & kinds:
            return []
        begun, found = value[4], list(_values(field, value[2], ascii_lower(value[4]), kinds, known or {}))
    stem = before[: len(before) - len(begun)]
    return [Suggestion(stem + word + behind, word, means) for word, means in found if word != begun][:MOST]


def _fields(begun: str, kinds: frozenset[Kind]) -> Iterable[tuple[str, str]]:
    for field in FIELDS:
        if field.kinds & kinds and field.name.startswith(begun):
            sign = "<" if field.sort is Sort.COMING else ":"
            yield f"{field.name}{sign}", field.means
    if begun.startswith("@"):
        for word, means in (("@me", "what is yours"), ("@none", "what is nobody's")):
            if word.startswith(begun):
                yield word, means


def _values(
    field: Field, sign: str, begun: str, kinds: frozenset[Kind], known: Mapping[str, Iterable[str]]
) -> Iterable[tuple[str, str]]:
    if field.sort is Sort.STATE:
        pairs = [(word.replace(" ", "-"), "") for word in state_words(kinds)]
    elif field.sort is Sort.FLAG:
        pairs = [(flag, means) for flag, means in FLAGS.items() if FLAG_KINDS.get(flag, kinds) & kinds]
    elif field.sort is Sort.NUMBER:
        pairs = [] if field.name == "id" else [(str(number), "") for number in PRIORITIES]
    elif field.sort is Sort.NAME:
        names = sorted(set(known.get(field.name, ())) - {""})
        pairs = [(_quoted(ascii_lower(name)), "") for name in names]
        pairs += [("none", "nothing"), *([("@me", "yourself")] if field.name == "owner" else [])]
    else:
        pairs = [pair for pair in _MOMENTS[field.sort] if pair[0] != "none" or sign in ":="]
    return [pair for pair in pairs if pair[0].startswith(begun)]


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r'[\s,()"]', name) else name
