"""What a subject was at any instant: its entries, folded. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.journal.model import Entry


def fold(entries: Iterable[Entry]) -> dict[str, Any]:
    """Returns the fields of a subject after `entries` (all of one subject, in the order of their numbers).

    A field set to None is kept as None; a subject without entries is an empty dictionary.
    """
    state: dict[str, Any] = {}
    for entry in entries:
        for name, (_, after) in entry.changes.items():
            state[name] = after
    return state


def as_of(entries: Iterable[Entry], instant: datetime) -> dict[str, Any]:
    """Returns the fields of a subject as they stood at `instant` (entries at that very instant included)."""
    return fold(entry for entry in entries if entry.at <= instant)


def unfold(state: dict[str, Any], entries: Iterable[Entry]) -> dict[str, Any]:
    """Returns the fields before `entries` (newest first) were made: folding's inverse.

    A field that an entry brought into being (before is None and nothing older set it) becomes None.
    """
    earlier = dict(state)
    for entry in entries:
        for name, (before, _) in entry.changes.items():
            earlier[name] = before
    return earlier
