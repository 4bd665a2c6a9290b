"""Which rights people had after any entry: of grants that nothing was told of since, their rows; of others, their entries folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, select

from core.journal.folding import readable
from core.journal.past import AT_ONCE, newest_told, states_of
from core.security.grants.model import Standing
from core.security.grants.tables import access_grant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from core.journal.folding import Fields

ABOUT = "grant"
_C = access_grant.c


class HeldThen(NamedTuple):
    """A right that somebody of the staff had: what, and on what."""

    person: str
    entitlement: str
    on: str
    is_privileged: bool


def rights_at(connection: Connection, persons: Sequence[str], seq: int) -> Iterator[HeldThen]:
    """Yields the rights that each of these persons had after entry `seq`, of the grants that are known to be theirs now."""
    for start in range(0, len(persons), AT_ONCE):
        own = _C.person.in_(persons[start : start + AT_ONCE])
        told = newest_told(connection, ABOUT, cast(_C.id, Text), seq, own)
        later = [each.id for each in told if each.is_told_later]
        unchanged = [int(each.id) for each in told if not each.is_told_later]
        for place in range(0, len(unchanged), AT_ONCE):
            ids = unchanged[place : place + AT_ONCE]
            rows = connection.execute(select(access_grant).where(_C.id.in_(ids), _C.is_open == 1))
            yield from (
                HeldThen(row.person, row.entitlement, row.thing, bool(row.is_privileged)) for row in rows
            )
        for fields in states_of(connection, ABOUT, later, seq).values():
            held = readable(_held, fields)
            if held is not None:
                yield held


def _held(told: Fields) -> HeldThen | None:
    if not Standing(told["state"]).is_open:
        return None
    return HeldThen(told["person"], told["entitlement"], told["thing"], bool(told["is_privileged"]))
