"""The board as of any entry: the journal folded, from the nearest kept board on.

Entries hold only the fields they change, so that a component is known by all of its entries together. Reading them
all would take seconds; now and then the agent keeps what the fold has come to (`keep_board`), and a question begins there.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select

from core.catalog.as_of import components_at
from core.journal.folding import fold_all
from core.journal.past import Sort, instant_of, states_of, told_between
from core.journal.tables import journal
from core.monitoring.model import State, Status, Stopped
from core.monitoring.packing import HOUR_MS
from core.monitoring.queries import NOT_LOOKED_AT, BoardRow, ProbeView, probes_of, samples_between
from core.monitoring.tables import board, component_state
from core.timekeeping import EPOCH, from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component
    from core.journal.folding import Fields
    from core.monitoring.packing import Point
    from core.store.work import Work

ABOUT = "component"
ENDS = frozenset({"component.forgotten"})
NO_ROOTS = "[]"
EVERY = 5000
"""Entries between two kept boards: so many are folded at most for one question."""
_STATE_OF = {
    state.severity: state
    for state in (State.OK, State.PENDING, State.WARNING, State.UNREACHABLE, State.UNKNOWN, State.CRITICAL)
}
_FIELDS = frozenset(column.name for column in component_state.c) - {"id", "version"}
CHANGES_BOARD = (Sort(ABOUT, fields=_FIELDS), Sort("catalog", ("catalog.loaded",)))
"""The entries after which a board may look different."""

_KEPT = (
    select(board.c.seq, board.c.packed)
    .where(board.c.seq <= bindparam("upto"))
    .order_by(board.c.seq.desc())
    .limit(1)
)


def board_at(connection: Connection, seq: int) -> list[BoardRow]:
    """Returns every component declared at entry `seq` with its state after that entry, by id; pending where nothing had looked.

    A status has version 1 where anything was known: entries do not hold the numbers of versions.
    """
    states = states_at(connection, seq)
    return [
        BoardRow(status_from(each.id, states.get(each.id)), each.title, each.service, each.owner, each.needs)
        for each in components_at(connection, seq)
    ]


def statuses_at(connection: Connection, ids: Sequence[str], seq: int) -> dict[str, Status]:
    """Returns the status of each of these components after entry `seq`; for a few, it asks for no whole board."""
    states = states_of(connection, ABOUT, ids, seq, ENDS)
    return {id_: status_from(id_, states.get(id_)) for id_ in ids}


def probes_at(
    connection: Connection, component: Component, instant: datetime
) -> tuple[list[ProbeView], dict[int, list[Point]]]:
    """Returns the probes of a component as it was declared, as they stood at an instant, and their samples of the hour before, by number.

    A probe is what its last sample of that hour said; PENDING where there is none, and numbered from -1 down where none ever was.
    Only figures and states are kept of a sample: what a probe said in words then is not known. Raises BadInput where
    a packed hour is damaged.
    """
    numbered = {probe.probe: probe for probe in probes_of(connection, component.id)}
    until = to_micros(instant) // 1000 + 1
    views, samples = [], {}
    for place, declared in enumerate(component.probes):
        known = numbered.get(declared.id)
        number = known.number if known else -1 - place
        found = samples_between(connection, number, since=until - HOUR_MS, until=until) if known else []
        samples[number] = found
        state = _STATE_OF.get(found[-1][2], State.UNKNOWN) if found else State.PENDING
        at = from_micros(found[-1][0] * 1000) if found else EPOCH
        metric, unit = (known.metric, known.unit) if known else ("", "")
        views.append(ProbeView(number, declared.id, state, "", "", metric, unit, at))
    return views, samples


def status_from(component_id: str, fields: Fields | None) -> Status:
    """Returns the status that these folded fields are; None for a component that nothing was told of."""
    if fields is None:
        return Status(component_id, 0, State.PENDING, True, EPOCH, NOT_LOOKED_AT)
    told = (
        fields.get
    )  # ten thousand of them are made for one question: no row is made to be taken apart again
    stopped_at, roots = told("stopped_at"), told("roots") or NO_ROOTS
    stopped = None
    if stopped_at is not None:
        stopped = Stopped(told("stopped_by") or "", told("stopped_reason") or "", from_micros(stopped_at))
    return Status(
        component_id, 1, State(told("state") or State.PENDING), bool(told("confirmed", True)),
        from_micros(told("since") or 0), told("summary") or "", bool(told("flapping")),
        () if roots == NO_ROOTS else tuple(json.loads(roots)), stopped,
    )  # fmt: skip


def states_at(connection: Connection, seq: int) -> dict[str, Fields]:
    """Returns the fields of every component after entry `seq`, by id."""
    since, states = _kept(connection, seq)
    return fold_all(states, told_between(connection, ABOUT, since, seq), ENDS)


def _kept(connection: Connection, upto: int) -> tuple[int, Mapping[str, Fields]]:
    """Returns the newest kept board that is not beyond `upto`, with its number; number 0 where there is none."""
    row = connection.execute(_KEPT, {"upto": upto}).first()
    return (row.seq, unpacked(row.packed)) if row else (0, {})


def next_board(connection: Connection, every: int = EVERY) -> tuple[int, bytes] | None:
    """Returns number and packed states of the next board that is due, `every` entries after the last; None while none is."""
    last = connection.scalar(select(func.max(board.c.seq))) or 0
    newest = connection.scalar(select(func.max(journal.c.seq))) or 0
    seq = last + every
    return None if newest < seq else (seq, packed(states_at(connection, seq)))


def keep_board(work: Work, seq: int, content: bytes) -> bool:
    """Keeps a board; False when another agent was quicker, whose board is the same."""
    if work.connection.scalar(select(board.c.seq).where(board.c.seq == seq)):
        return False
    at = to_micros(instant_of(work.connection, seq))
    work.connection.execute(insert(board).values(seq=seq, at=at, packed=content))
    return True


def packed(states: Mapping[str, Fields]) -> bytes:
    """Returns the states of all components in few bytes."""
    names = sorted({name for fields in states.values() for name in fields})
    rows = {id_: [fields.get(name) for name in names] for id_, fields in states.items()}
    text = json.dumps([names, rows], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 1)


def unpacked(content: bytes) -> dict[str, Fields]:
    """Returns what `packed` was given; a field that was never told of is None."""
    names, rows = json.loads(zlib.decompress(content))
    return {id_: dict(zip(names, values, strict=True)) for id_, values in rows.items()}
