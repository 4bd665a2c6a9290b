"""Every read of what is found: requests and incidents together, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text, true

from core.desk.finding.compiling import (
    SHARED,
    TABLES,
    WORDS,
    condition_of,
    has_all,
    in_order,
    is_open_only,
    stand_in,
    to_be_read,
    words_from,
)
from core.desk.finding.fields import Kind
from core.desk.finding.tables import found_in, tokens_of
from core.desk.finding.tree import All, Either, Flag, Label, Not, Said, State, When
from core.desk.queries import to_incident
from core.desk.requests.queries import to_request
from core.store.among import among, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

    from core.desk.finding.reading import Sight
    from core.desk.finding.tree import Tree
    from core.desk.model import Incident
    from core.desk.requests.model import Request

MOST = 50
"""So many are given at once unless it is said otherwise."""
FEW_ITEMS = 1000
"""So many items that have some words are read one by one."""
NEWEST, NEWER = 4_096, 65_536
"""A server looks among so many of the newest first: what is common is found there, without reading all that has the word."""
AT_ONCE = 2_000


def find(
    connection: Connection,
    tree: Tree,
    sight: Sight,
    *,
    kinds: Iterable[Kind] = tuple(Kind),
    limit: int = MOST,
) -> list[Request | Incident]:
    """Returns the newest items that pass, at most `limit`, whether they are open or over.

    Only what this connection may read is found: the rows themselves are read, not what an index says of them.
    """
    found: list[Request | Incident] = []
    for kind in kinds:
        read: Any = to_request if kind is Kind.REQUEST else to_incident
        found += [read(row) for row in _rows(connection, tree, kind, sight, limit)]
    return sorted(found, key=lambda item: (item.opened_at, item.id), reverse=True)[:limit]


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


def _rows(connection: Connection, tree: Tree, kind: Kind, sight: Sight, limit: int) -> list[Any]:
    parts = tree.parts if isinstance(tree, All) else (tree,)
    said = [part.words for part in parts if isinstance(part, Said)]
    table: Any = TABLES[kind]
    is_narrow = is_open_only(tree, kind)
    rest = All(tuple(part for part in parts if not isinstance(part, Said)))
    others = condition_of(connection, rest, kind, sight, by_index=False) if rest.parts else true()
    is_shared = connection.dialect.name == SHARED
    if said and is_shared and (newest := _newest(connection, kind, said, others, limit, NEWEST)):
        return newest
    few = _few(connection, kind, said) if said else None
    if few is None and said and not is_narrow:
        look = _shared if is_shared else _embedded
        return look(connection, kind, said, others, limit)
    by_index = few is None and not is_narrow
    query = select(table).where(condition_of(connection, tree, kind, sight, by_index=by_index))
    if few is not None:
        query = query.where(among(table.c.id, "ids"))
    asked = {} if few is None else {"ids": numbers(few)}
    return list(connection.execute(query.order_by(table.c.id.desc()).limit(limit), asked).all())


def _few(connection: Connection, kind: Kind, said: list[tuple[str, ...]]) -> list[int] | None:
    """Returns the numbers of the items that have all the words, where these are few; None where there are more than FEW_ITEMS.

    A server is told to go by its index of words: what it makes of the beginning of a word is a guess, and by that it would
    rather read every item.
    """
    if connection.dialect.name != SHARED:
        index = found_in(str(kind))
        query = select(index.c.rowid).where(
            has_all("embedded", kind, index, said, words_from(connection, kind))
        )
        found = list(connection.scalars(query.limit(FEW_ITEMS + 1)))
    else:
        index = tokens_of(str(kind))
        query = select(index.c.id).where(has_all("postgresql", kind, index, said))
        _go_by_words(connection, "off")
        found = list(connection.scalars(query.limit(FEW_ITEMS + 1)))
        _go_by_words(connection, "on")
    return found if len(found) <= FEW_ITEMS else None


def _go_by_words(connection: Connection, others: str) -> None:
    """Lets a server read what has words in other ways than by their index, or not; for this transaction."""
    for way in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan"):
        connection.execute(text(f"SET LOCAL {way} = {others}"))


def _embedded(
    connection: Connection, kind: Kind, said: list[tuple[str, ...]], rest: ColumnElement[bool], limit: int
) -> list[Any]:
    """The index gives the newest first by itself, and reads no more of them than are asked for."""
    table: Any = TABLES[kind]
    index, grown = found_in(str(kind)), words_from(connection, kind)
    query = (
        select(table)
        .select_from(index.join(table, table.c.id == index.c.rowid))
        .where(
            has_all("embedded", kind, index, said, grown),
            *(in_order(WORDS[kind], words, index.c.rowid) for words in to_be_read(said, grown)),
            rest,
        )
        .order_by(index.c.rowid.desc())
        .limit(limit)
    )
    return list(connection.execute(query).all())


def _newest(
    connection: Connection,
    kind: Kind,
    said: list[tuple[str, ...]],
    rest: ColumnElement[bool],
    limit: int,
    many: int,
) -> list[Any]:
    """Returns what passes where the `many` newest items alone have as many as are asked for; nothing where they have not."""
    table: Any = TABLES[kind]
    index = tokens_of(str(kind))
    top = connection.scalar(select(func.max(table.c.id))) or 0
    query = (
        select(table)
        .select_from(table.join(index, table.c.id == index.c.id))
        .where(*_worded(kind, index, said), rest, index.c.id > top - many)
        .order_by(index.c.id.desc())
        .limit(limit)
    )
    found = list(connection.execute(query).all())
    return found if len(found) >= limit else []


def _shared(
    connection: Connection, kind: Kind, said: list[tuple[str, ...]], rest: ColumnElement[bool], limit: int
) -> list[Any]:
    """Looks among more of the newest, and then reads the numbers of all that has the words, by their index.

    Words that are to stand in order seldom do: of them no more of the newest are looked at.
    """
    if not to_be_read(said) and (newest := _newest(connection, kind, said, rest, limit, NEWER)):
        return newest
    table: Any = TABLES[kind]
    index = tokens_of(str(kind))
    _go_by_words(connection, "off")
    ids = sorted(connection.scalars(select(index.c.id).where(*_worded(kind, index, said))), reverse=True)
    _go_by_words(connection, "on")
    found: list[Any] = []
    some = select(table).where(among(table.c.id, "ids"), rest).order_by(table.c.id.desc())
    for start in range(0, len(ids), AT_ONCE):
        asked = {"ids": numbers(ids[start : start + AT_ONCE])}
        found += connection.execute(some.limit(limit - len(found)), asked).all()
        if len(found) >= limit:
            break
    return found


def _worded(kind: Kind, index: Any, said: list[tuple[str, ...]]) -> list[ColumnElement[bool]]:
    """Returns that a server's row of words has all of them, in order where that is asked."""
    return [has_all(SHARED, kind, index, said), *(stand_in(index, words) for words in to_be_read(said))]
