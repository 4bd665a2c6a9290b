"""How much one table of a file may hold: far beyond what people write, and little enough to be checked at once.

Whatever keeps within these bounds is checked in a time that grows with the size of the file, and can
be walked through by recursion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.positions import KeyPath

MOST_KEY_PARTS = 8  # of a dotted key; the parser takes time by the square of them
DEEPEST = 16  # tables and lists in one another
LONGEST_TEXT = 50_000  # characters
MOST_PARTS = 10_000  # of one list or one table
MOST_VALUES = 50_000  # of one entry of a file, in all its lists and tables
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1  # as TOML itself has them
Excess = tuple["KeyPath", str, str]


def excesses(value: Any) -> Iterator[Excess]:
    """Yields (key path, what, next step) for each place at which a parsed value goes beyond the bounds."""
    if not _is_within(value):
        yield from _found(value)


def _is_within(value: Any) -> bool:
    """Says whether nothing is too much; quick, for nearly always nothing is."""
    level = [value]
    count = 0
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str | int):
                if _is_beyond(item):
                    return False
            elif isinstance(item, dict | list):
                if len(item) > MOST_PARTS:
                    return False
                below.extend(item.values() if isinstance(item, dict) else item)
        if not below:
            return True
        count += len(below)
        if count > MOST_VALUES:
            return False
        level = below
    return False


def _is_beyond(item: str | int) -> bool:
    return len(item) > LONGEST_TEXT if isinstance(item, str) else not _SMALLEST <= item <= _LARGEST


def _found(value: Any) -> Iterator[Excess]:
    """Yields what is too much, from the beginning to the end; below what is too much nothing more is looked for."""
    waiting: list[tuple[KeyPath, Any]] = [((), value)]
    count = 0
    while waiting:
        path, item = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            yield (), f"the table holds more than {MOST_VALUES} values", "Make several tables of it"
            return
        if isinstance(item, str | int):
            if _is_beyond(item):
                yield path, *_words(item)
        elif isinstance(item, dict | list):
            if len(item) > MOST_PARTS:
                yield path, *_crowd(item)
            elif item and len(path) >= DEEPEST:
                what = f"tables and lists stand more than {DEEPEST} deep in one another"
                yield path, what, "Write fewer brackets in one another"
            else:
                parts = item.items() if isinstance(item, dict) else enumerate(item)
                waiting.extend(reversed([((*path, step), part) for step, part in parts]))


def _words(item: str | int) -> tuple[str, str]:
    if isinstance(item, str):
        what = f"the text has {len(item)} characters; at most {LONGEST_TEXT} are read"
        return what, "Shorten it"
    return "the number is too large for 64 bits", "Write a smaller number"


def _crowd(item: dict[str, Any] | list[Any]) -> tuple[str, str]:
    if isinstance(item, dict):
        what = f"the table has {len(item)} keys; at most {MOST_PARTS} are read"
        return what, "Take out what does not belong there"
    what = f"the list has {len(item)} parts; at most {MOST_PARTS} are read"
    return what, "Take out what does not belong there"
