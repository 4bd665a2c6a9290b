"""Every read of what is found: requests and incidents together, the newest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select, true

from core.desk.finding.by_words import Looked, Sought, look, top_number
from core.desk.finding.compiling import TABLES, condition_of, is_open_only, words_from
from core.desk.finding.fields import Kind
from core.desk.finding.tree import All, Either, Flag, Label, Not, Number, Op, Said, State, When
from core.desk.queries import to_incident
from core.desk.requests.queries import to_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from core.desk.finding.reading import Sight
    from core.desk.finding.tree import Tree
    from core.desk.model import Incident
    from core.desk.requests.model import Request

MOST = 50
"""So many are given at once unless it is said otherwise."""
PATIENCE_S = 0.12
"""So long somebody who waits is kept waiting for what is seldom in order; then they are told how far back was looked."""


class Found(NamedTuple):
    """The newest items that pass, and of which kinds those numbered up to a number were not looked through."""

    items: list[Request | Incident]
    unseen: Mapping[Kind, int]


def find(
    connection: Connection,
    tree: Tree,
    sight: Sight,
    *,
    kinds: Iterable[Kind] = tuple(Kind),
    limit: int = MOST,
) -> list[Request | Incident]:
    """Returns the newest items that pass, at most `limit`, whether they are open or over, however long that takes.

    Only what this connection may read is found: the rows themselves are read, not what an index says of them.
    """
    return find_within(connection, tree, sight, None, kinds=kinds, limit=limit).items


def find_within(
    connection: Connection,
    tree: Tree,
    sight: Sight,
    seconds: float | None,
    *,
    kinds: Iterable[Kind] = tuple(Kind),
    limit: int = MOST,
) -> Found:
    """Returns the newest items that pass, as `find` does, as far as may be looked back in about so many seconds.

    Only words that are common and seldom stand in the order asked for take longer: of all others nothing is left out.
    """
    until = None if seconds is None else time.monotonic() + seconds
    found: list[Request | Incident] = []
    unseen: dict[Kind, int] = {}
    for kind in kinds:
        read: Any = to_request if kind is Kind.REQUEST else to_incident
        rows, upto = _looked(connection, tree, kind, sight, limit, until)
        found += [read(row) for row in rows]
        if upto:
            unseen[kind] = upto
    newest = sorted(found, key=lambda item: (item.opened_at, item.id), reverse=True)[:limit]
    return Found(newest, unseen)


def passing(
    connection: Connection, tree: Tree, kind: Kind, ids: Iterable[int], sight: Sight
) -> frozenset[int]:
    """Returns which of the items of these numbers pass."""
    table = TABLES[kind]
    condition = condition_of(connection, tree, kind, sight, by_index=False)
    asked, found = sorted(ids), set[int]()
    for start in range(0, len(asked), 500):
        chunk = asked[start : start + 500]
        found.update(connection.scalars(select(table.c.id).where(table.c.id.in_(chunk), condition)))
    return frozenset(found)


def speaks_of_state(tree: Tree) -> bool:
    """Tells whether a filter itself says whether it wants what is open, what is over, or one item."""
    match tree:
        case All(parts) | Either(parts):
            return any(map(speaks_of_state, parts))
        case Not(part):
            return speaks_of_state(part)
        case Flag(word):
            return word in {"open", "over", "late", "held", "waiting"}
        case When(field):
            return field in {"closed", "delivered", "resolved"}
        case _:
            return isinstance(tree, State | Label)


def _looked(
    connection: Connection, tree: Tree, kind: Kind, sight: Sight, limit: int, until: float | None
) -> Looked:
    parts = tree.parts if isinstance(tree, All) else (tree,)
    said = [part.words for part in parts if isinstance(part, Said)]
    is_narrow = is_open_only(tree, kind)
    if said:
        rest = All(tuple(part for part in parts if not isinstance(part, Said)))
        others = condition_of(connection, rest, kind, sight, by_index=False) if rest.parts else true()
        top = min([top_number(connection, kind), *_bounds(parts)])
        sought = Sought(kind, said, others, limit, top, words_from(connection, kind))
        found = look(connection, sought, until, gives_up=is_narrow)
        if found is not None:
            return found
    table: Any = TABLES[kind]
    query = select(table).where(condition_of(connection, tree, kind, sight, by_index=not is_narrow))
    return Looked(list(connection.execute(query.order_by(table.c.id.desc()).limit(limit)).all()))


def _bounds(parts: tuple[Tree, ...]) -> list[int]:
    """Returns the highest numbers that parts of a filter leave: of what is numbered above them nothing passes."""
    return [
        part.values[0] - (part.op is Op.BELOW)
        for part in parts
        if isinstance(part, Number) and part.field == "id" and part.op in {Op.BELOW, Op.UPTO}
    ]
