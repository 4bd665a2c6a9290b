"""The board as of any entry: the journal folded, from the nearest kept board on.

Entries hold only the fields they change, so that a component is known by all of its entries together. Reading them
all would take seconds; now and then the agent keeps what the fold has come to (`keep_board`), and a question begins there.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from sys import intern
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from core.catalog.as_of import each_component_at
from core.journal.folding import fold_apart, readable
from core.journal.past import Sort, instant_of, states_of, told_between
from core.journal.tables import journal
from core.monitoring.model import Maintenance, State, Status, Stopped
from core.monitoring.packing import HOUR_MS
from core.monitoring.queries import NOT_LOOKED_AT, BoardRow, ProbeView, probes_of, samples_between
from core.monitoring.revisions.as_of import ABOUT as OF_THRESHOLDS
from core.monitoring.revisions.as_of import revisions_at
from core.monitoring.tables import board, component_state
from core.timekeeping import EPOCH, from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.as_of import Declared
    from core.catalog.model import Component
    from core.journal.folding import Fields
    from core.monitoring.packing import Point
    from core.monitoring.revisions.model import Revision
    from core.store.work import Work

ABOUT = "component"
ENDS = frozenset({"component.forgotten"})
NO_ROOTS = "[]"
AT_ONCE_BYTES = 1 << 16
EVERY = 5000
"""Entries between two kept boards: so many are folded at most for one question."""
_STATE_OF = {
    state.severity: state
    for state in (State.OK, State.PENDING, State.WARNING, State.UNREACHABLE, State.UNKNOWN, State.CRITICAL)
}
_FIELDS = frozenset(column.name for column in component_state.c) - {"id", "version"}
CHANGES_BOARD = (Sort(ABOUT, fields=_FIELDS), Sort("catalog", ("catalog.loaded",)), Sort(OF_THRESHOLDS))
"""The entries after which a board may look different."""

_KEPT = (
    select(board.c.seq, board.c.packed)
    .where(board.c.seq <= bindparam("upto"))
    .order_by(board.c.seq.desc())
    .limit(1)
)


def board_at(connection: Connection, seq: int, like: Mapping[str, BoardRow] | None = None) -> list[BoardRow]:
    """Returns every component declared at entry `seq` with its state after that entry, by id; pending where nothing had looked.

    A status has version 1 where anything was known: entries do not hold the numbers of versions. A row that reads as the one
    of the same id in `like` does is that very row, its version included: what is equal is kept once.
    """
    known = like or {}
    # Ten thousand of them pass by one at a time: as a whole, what they are read from would be memory never given back.
    found = {
        id_: _shared(_status(id_, fields), known.get(id_)) for id_, fields in _each_state(connection, seq)
    }
    revised = revisions_at(connection, seq)
    return [
        _row(each, found.pop(each.id, None), known.get(each.id), revised.get(each.id, ()))
        for each in each_component_at(connection, seq)
    ]


def _shared(status: Status, like: BoardRow | None) -> Status:
    """Returns the status itself, or the one it is equal to, whatever its version."""
    if like is None or not like.status.version:
        return status
    return like.status if replace(status, version=like.status.version) == like.status else status


def _row(
    declared: Declared, status: Status | None, like: BoardRow | None, revised: tuple[Revision, ...]
) -> BoardRow:
    id_, title, service, owner, needs = declared
    status = status or status_from(id_, None)
    is_alike = like is not None and like.status is status and not like.said and like.revised == revised
    if like is not None and is_alike and declared == _declared_of(like):
        return like
    return BoardRow(status, title, intern(service), intern(owner), needs, revised=revised)


def _declared_of(row: BoardRow) -> tuple[object, ...]:
    return (row.status.id, row.title, row.service, row.owner, row.needs)


def statuses_at(connection: Connection, ids: Sequence[str], seq: int) -> dict[str, Status]:
    """Returns the status of each of these components after entry `seq`; for a few, it asks for no whole board."""
    states = states_of(connection, ABOUT, ids, seq, ENDS)
    return {id_: _status(id_, states.get(id_)) for id_ in ids}


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
    maintenance, window = None, told("window_id")
    if window is not None:
        maintenance = Maintenance(window, from_micros(told("window_until") or 0))
    return Status(
        component_id, 1, State(told("state") or State.PENDING), bool(told("confirmed", True)),
        from_micros(told("since") or 0), told("summary") or "", bool(told("flapping")),
        () if roots == NO_ROOTS else tuple(json.loads(roots)), stopped, maintenance,
    )  # fmt: skip


def _status(component_id: str, fields: Fields | None) -> Status:
    """Returns the status; of one that no rule of ours wrote, that nothing is known."""
    return readable(status_from, component_id, fields) or status_from(component_id, None)


def states_at(connection: Connection, seq: int) -> dict[str, Fields]:
    """Returns the fields of every component after entry `seq`, by id."""
    return dict(_each_state(connection, seq))


def _each_state(connection: Connection, seq: int) -> Iterator[tuple[str, Fields]]:
    """Yields id and fields of every component after entry `seq`: those of the nearest kept board, with what was told since."""
    row = connection.execute(_KEPT, {"upto": seq}).first()
    since = row.seq if row else 0
    told = fold_apart(told_between(connection, ABOUT, since, seq), ENDS)
    for id_, fields in _unpacked_rows(row.packed) if row else ():
        news = told.pop(id_, None)
        if news is None:
            yield id_, fields
        elif not news.has_ended:
            yield id_, fields | news.fields
        elif news.fields:
            yield id_, news.fields
    yield from ((id_, news.fields) for id_, news in told.items() if news.fields)


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
    """Returns the states of all components in few bytes: a list of the fields' names and of {id: values}, a component a line."""
    names = sorted({name for fields in states.values() for name in fields})
    rows = ",\n".join(f"{_json(id_)}:{_json([*map(fields.get, names)])}" for id_, fields in states.items())
    return zlib.compress(f"[{_json(names)},{{\n{rows}\n}}]".encode(), 1)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unpacked(content: bytes) -> dict[str, Fields]:
    """Returns what `packed` was given; a field that was never told of is None."""
    return dict(_unpacked_rows(content))


def _unpacked_rows(content: bytes) -> Iterator[tuple[str, Fields]]:
    lines = _lines(content)
    first = next(lines)
    if not first.endswith(b",{"):  # an older program wrote all of it in one line
        names, rows = json.loads(first)
        yield from ((id_, dict(zip(names, values, strict=True))) for id_, values in rows.items())
        return
    names = json.loads(first[1:-2])
    for line in lines:
        if line and line != b"}]":
            ((id_, values),) = json.loads(b"{%b}" % line.removesuffix(b",")).items()
            yield id_, dict(zip(names, values, strict=True))


def _lines(content: bytes) -> Iterator[bytes]:
    """Yields the lines of a compressed text, a part of it in memory at a time."""
    unpacker, rest = zlib.decompressobj(), b""
    while content:
        part = unpacker.decompress(content, AT_ONCE_BYTES)
        content = unpacker.unconsumed_tail
        *whole, rest = (rest + part).split(b"\n")
        yield from whole
    yield rest + unpacker.flush()
