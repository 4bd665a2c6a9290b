"""Marks on a database that is not there to be worked in: one being filled, one that was moved away, a backup.

A mark stands in `min_writer` (and `min_reader`) of the row that every program looks at before it reads or writes: so
a program that knows no marks keeps away as well. What stood there before is kept, and comes back when the mark goes.
"""

from __future__ import annotations

from enum import IntEnum

from core.errors import StoreUnavailable

_STEP = 1_000_000
"""No schema ever has a number like this."""


class Mark(IntEnum):
    """What a database is, beside being one."""

    NONE = 0
    FILLING = 1
    """Another one is being moved into it: nobody works in it, or looks at it, until it is whole."""
    MOVED = 2
    """It was moved elsewhere: it can be looked at, and nothing is written any more."""
    BACKUP = 3
    """It is a backup: it can be looked at, and stays as it is."""


def mark_of(number: int) -> Mark:
    """Returns the mark in `min_writer` or `min_reader`."""
    mark = number // _STEP
    return Mark(mark) if 0 < mark <= max(Mark) else Mark.NONE


def unmarked(number: int) -> int:
    """Returns the schema's number without its mark."""
    return number % _STEP if mark_of(number) else number


def with_mark(number: int, mark: Mark) -> int:
    """Returns the schema's number with that mark instead of any other."""
    return unmarked(number) + mark * _STEP


def marked_refusal(mark: Mark, where: str, moved_to: str = "") -> StoreUnavailable:
    """Returns the error that says what a mark means for who would work in the database."""
    if mark is Mark.FILLING:
        return StoreUnavailable(
            "another database is being moved into this one, and until it is whole nobody works in it", where=where,
            next_step="Wait for it. Where it was interrupted, the same `watchfloor admin move` or `restore` goes on where it was",
        )  # fmt: skip
    if mark is Mark.BACKUP:
        return StoreUnavailable(
            "is a backup, and stays as it is", where=where,
            next_step="Nothing was changed. `watchfloor admin restore` makes a database of it",
        )  # fmt: skip
    return StoreUnavailable(
        f"was moved{f' to {moved_to}' if moved_to else ' elsewhere'}, and nothing is written here any more", where=where,
        next_step="Nothing was changed. Open that one with --db; `watchfloor admin move FILE --take-back` undoes the move",
    )  # fmt: skip
