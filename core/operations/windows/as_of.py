"""Maintenance windows as of any entry: the entries of each folded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from core.journal.folding import readable
from core.journal.past import Sort, newest_and_open, states_of
from core.operations.windows.queries import MOST, to_window
from core.operations.windows.tables import maintenance_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.journal.folding import Fields
    from core.operations.windows.model import Window

ABOUT = "window"
_COLUMNS = [column.name for column in maintenance_window.c if column.name not in {"id", "version"}]
CHANGES_WINDOWS = (Sort(ABOUT, fields=frozenset(_COLUMNS)),)
"""The entries after which the list of windows looks different."""


def windows_at(connection: Connection, seq: int, *, over: bool = False) -> list[Window]:
    """Returns the windows that held or were to come after entry `seq`, the first to begin first; with `over` also the newest others.

    Every one has version 1: entries do not hold the numbers of versions.
    """
    ids = newest_and_open(
        connection, ABOUT, maintenance_window.c.id, maintenance_window.c.ended_at, seq, MOST
    )
    found = some_windows_at(connection, ids, seq)
    is_open = sorted(
        (each for each in found if each.state.is_open), key=lambda each: (each.begins_at, each.id)
    )
    ended = sorted(
        (each for each in found if not each.state.is_open), key=lambda each: (each.ends_at, each.id)
    )
    return [*is_open, *(reversed(ended) if over else ())]


def some_windows_at(connection: Connection, ids: Sequence[int], seq: int) -> list[Window]:
    """Returns the windows of these numbers as they were after entry `seq`; those planned later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_window, int(id_), fields) for id_, fields in states.items())
    return [each for each in found if each is not None]


def _window(number: int, told: Fields) -> Window:
    fields = {name: told.get(name) for name in _COLUMNS}
    return to_window(SimpleNamespace(**fields, id=number, version=1))
