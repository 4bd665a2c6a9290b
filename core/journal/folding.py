"""What a subject was at any instant: its entries, folded. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry

T = TypeVar("T")
Fields = dict[str, Any]
"""What a subject is: field → value."""


class Told(NamedTuple):
    """As much of an entry as folding needs: its subject's id, its kind, and {field: [before, after]}."""

    id: str
    kind: str
    changes: Mapping[str, Sequence[Any]]


def fold(entries: Iterable[Entry]) -> Fields:
    """Returns the fields of a subject after `entries` (all of one subject, in the order of their numbers).

    A field set to None is kept as None; a subject without entries is an empty dictionary.
    """
    state: Fields = {}
    for entry in entries:
        _take_in(state, entry.changes)
    return state


def fold_all(
    before: Mapping[str, Fields], told: Iterable[Told], ends: Collection[str] = ()
) -> dict[str, Fields]:
    """Returns the fields of every subject of one kind, by id, after what was `told` since they were `before`.

    With an entry of the kinds `ends` a subject is no more: what is told of it later begins it anew. What is
    handed in stays as it is.
    """
    states, fresh = dict(before), set()
    for id_, kind, changes in told:
        if kind in ends:
            states.pop(id_, None)
            continue
        if id_ not in fresh:
            fresh.add(id_)
            states[id_] = dict(states.get(id_, ()))
        _take_in(states.setdefault(id_, {}), changes)
    return states


def readable(make: Callable[..., T], *given: Any) -> T | None:
    """Returns what `make` makes of values that the journal holds; None where no rule of ours wrote them."""
    try:
        return make(*given)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
        return None


class News(NamedTuple):
    """What was told of a subject: the fields it was given since, or since it was last begun anew if it `has_ended` meanwhile."""

    has_ended: bool
    fields: Fields


def fold_apart(told: Iterable[Told], ends: Collection[str] = ()) -> dict[str, News]:
    """Returns what was told of every subject of one kind, by id, to be laid over what it was before: as `fold_all`, without that at hand."""
    news: dict[str, News] = {}
    for id_, kind, changes in told:
        if kind in ends:
            news[id_] = News(True, {})
        else:
            _take_in(news.setdefault(id_, News(False, {})).fields, changes)
    return news


def _take_in(state: Fields, changes: Mapping[str, Sequence[Any]]) -> None:
    for name, (_, after) in changes.items():
        state[name] = after


def as_of(entries: Iterable[Entry], instant: datetime) -> Fields:
    """Returns the fields of a subject as they stood at `instant` (entries at that very instant included)."""
    return fold(entry for entry in entries if entry.at <= instant)


def unfold(state: Fields, entries: Iterable[Entry]) -> Fields:
    """Returns the fields before `entries` (newest first) were made: folding's inverse.

    A field that an entry brought into being (before is None and nothing older set it) becomes None.
    """
    earlier = dict(state)
    for entry in entries:
        for name, (before, _) in entry.changes.items():
            earlier[name] = before
    return earlier
