"""Statements that a session has prepared, and how they are called within a message that says several things."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST = 100
"""So many statements of the driver's are known to a session, and prepared if they came more than once."""
_PLAIN = (str, int, float, bool, bytes, type(None))
"""Values that mean the same as a literal as they do beside a statement."""
_PLACES = re.compile(r"%(?:%|\((\w+)\)s)")
_PREPARABLE = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


class Calls:
    """What of a session's statements is prepared, by its text (values marked $1, $2, …)."""

    def __init__(self) -> None:
        self._names: dict[bytes, bytes] = {}
        self._met: OrderedDict[bytes, None] = OrderedDict()
        self._last = 0

    def call(self, statement: bytes, literals: Sequence[bytes], named: bytes = b"w") -> bytes:
        """Returns what calls a statement by its name (`named`, and a number), behind what prepares it where it is not yet."""
        values = b"(%b)" % b",".join(literals) if literals else b""
        name = self._names.get(statement)
        if name is None:
            self._last += 1
            name = self._names[statement] = b"%b%d" % (named, self._last)
            return b"PREPARE %b AS %b;EXECUTE %b%b" % (name, statement, name, values)
        return b"EXECUTE %b%b" % (name, values)

    def meet(self, statement: bytes) -> tuple[bool, bytes]:
        """Tells whether a statement came before, and returns what makes room for it: of MOST the one that came longest ago goes."""
        was_met, room = statement in self._met, b""
        self._met[statement] = None
        self._met.move_to_end(statement)
        if len(self._met) > MOST:
            oldest, _ = self._met.popitem(last=False)
            name = self._names.pop(oldest, None)
            room = b"DEALLOCATE %b;" % name if name else b""
        return was_met, room

    def forget(self) -> bool:
        """Forgets all; tells whether anything was prepared."""
        self._met.clear()
        was_any, self._names = bool(self._names), {}
        return was_any


def said(calls: Calls, query: object, values: object, literal: Callable[[object], bytes]) -> bytes | None:
    """Returns the message of one statement of the driver's (values marked %(name)s, by name); None where it cannot be said so.

    A statement that comes again is prepared; one that comes for the first time has its values in its text.
    """
    if not isinstance(query, str):
        return None
    if values is None:
        return query.encode()
    if not isinstance(values, Mapping) or not all(isinstance(each, _PLAIN) for each in values.values()):
        return None
    split = _split(query)
    if split is None:
        return None
    literals = {name: _by_itself(literal(values[name])) for name in split.numbers}
    room = b""
    if split.is_preparable:
        was_met, room = calls.meet(split.text)
        if was_met:
            return room + calls.call(split.text, list(literals.values()))
    return room + split.with_values(literals)


def _by_itself(literal: bytes) -> bytes:
    """Returns a literal as it may stand before a cast, which takes hold of a number before its minus does."""
    return b"(%b)" % literal if b"-" in literal[:2] else literal


class _Split(NamedTuple):
    """A statement, parted at its values: their numbers by their names, each value's name with what stands behind it."""

    first: str
    rest: tuple[tuple[str | None, str], ...]
    numbers: dict[str, int]
    text: bytes
    is_preparable: bool

    def with_values(self, literals: Mapping[str, bytes]) -> bytes:
        """Returns the statement with these values in their places; where no name stands, there is a percent sign."""
        said = [self.first.encode()]
        for name, behind in self.rest:
            said += (b"%" if name is None else literals[name], behind.encode())
        return b"".join(said)


@lru_cache(maxsize=4 * MOST)
def _split(query: str) -> _Split | None:
    """Returns a statement in its parts; None where it marks values in another way."""
    parts = _PLACES.split(query)
    first, names, behind = parts[0], parts[1::2], parts[2::2]
    if any("%" in part for part in parts[0::2]):
        return None
    rest = tuple(zip(names, behind, strict=True))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(filter(None, names)), 1)}
    numbered = _Split(first, rest, numbers, b"", is_preparable=_PREPARABLE.match(query) is not None)
    text = numbered.with_values({name: b"$%d" % number for name, number in numbers.items()})
    return numbered._replace(text=text)
