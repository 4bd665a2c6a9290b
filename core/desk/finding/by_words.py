"""Items that have words, the newest first: how each database is asked for them, and for how long.

What is common is found among the newest, and what is rare by the index of words, which knows no order. Between the two
lie words that are common and seldom stand in the order asked for: the text of all that has them would have to be read.
That is done in stretches of numbers, the newest first, for as long as somebody waits; what was not looked through is told.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, select, true

from core.desk.finding.compiling import (
    SHARED,
    TABLES,
    WORDS,
    has_all,
    has_whole,
    in_order,
    stand_in,
    to_be_read,
)
from core.desk.finding.tables import found_in, tokens_of
from core.store.among import among, numbers

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from core.desk.finding.compiling import Grown
    from core.desk.finding.fields import Kind

FEW_ITEMS = 1000
"""So many items that have some words are read one by one."""
NEWEST, NEWER = 4_096, 65_536
"""A server looks among so many of the newest first: what is common is found there, without reading all that has the word."""
NARROWEST = 512
MANY = 3_000
"""Where more items than these are expected to have the words, the index is not asked for them while somebody waits."""
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: items of a kind with groups of words, of which else `rest` holds, numbered at most `top`; so many of them.

    `grown` is how an embedded index is asked for words that are only begun.
    """

    kind: Kind
    said: list[tuple[str, ...]]
    rest: ColumnElement[bool]
    limit: int
    top: int
    grown: Grown | None

    @property
    def to_be_read(self) -> list[tuple[str, ...]]:
        """Returns the words for which the text of an item must be looked at."""
        return to_be_read(self.said, self.grown)


class Looked(NamedTuple):
    """The rows that were found, the newest first; what is numbered up to `unseen` was not looked through (0: all was)."""

    rows: list[Any]
    unseen: int = 0


def top_number(connection: Connection, kind: Kind) -> int:
    """Returns the number of the newest item of a kind; 0 where there is none."""
    return connection.scalar(select(func.max(TABLES[kind].c.id))) or 0


def look(
    connection: Connection, sought: Sought, until: float | None, *, gives_up: bool = False
) -> Looked | None:
    """Returns what is found; with `gives_up` None where too many items have the words for them to be named.

    `until`: when looking ends, found or not, on the clock of `time.monotonic`; None: once all was looked through.
    """
    is_shared = connection.dialect.name == SHARED
    newest, expected = list[Any](), 0
    if is_shared:
        _have_planned_anew(connection)
        newest = _stretch(connection, sought, sought.top - NEWEST, sought.top)
        if len(newest) >= sought.limit or sought.top <= NEWEST:
            return Looked(newest)
        expected = _expected(
            connection, sought, has_all(SHARED, sought.kind, tokens_of(sought.kind), sought.said)
        )
    few = None if expected > MANY else _few(connection, sought)
    if few is not None:
        return Looked(_among_these(connection, sought, few))
    if gives_up:
        return None
    is_read = bool(sought.to_be_read)
    if is_shared:
        if until is None or not is_read or expected <= MANY:
            return Looked(_shared(connection, sought))
        return _in_stretches(connection, sought, newest, until)
    if until is None or not is_read:
        return Looked(_stretch(connection, sought, 0, sought.top))
    newest = _stretch(connection, sought, sought.top - NEWEST, sought.top)
    return _in_stretches(connection, sought, newest, until)


def next_width(width: int, took_s: float, left_s: float) -> int:
    """Returns how many numbers are looked through next: what the time left is enough for, as fast as it went with `width` of them."""
    pace = width / max(took_s, 1e-6)
    return max(NARROWEST, min(4 * width, NEWER, int(pace * left_s)))


def _in_stretches(connection: Connection, sought: Sought, newest: list[Any], until: float) -> Looked:
    """Looks behind the NEWEST through one stretch of numbers after the other until there are enough, or the time has come."""
    rows, upto, width = newest, sought.top - NEWEST, NEWEST
    while upto > 0 and len(rows) < sought.limit:
        began = time.monotonic()
        if began >= until:
            return Looked(rows, upto)
        least = max(upto - width, 0)
        rows += _stretch(connection, replace(sought, limit=sought.limit - len(rows)), least, upto)
        now = time.monotonic()
        upto, width = least, next_width(width, now - began, until - now)
    return Looked(rows)


def _expected(connection: Connection, sought: Sought, has_words: ColumnElement[bool]) -> int:
    """Returns of how many items it holds that they have words, if it holds as often of all as of the newest."""
    index = tokens_of(sought.kind)
    counted = select(func.count()).where(
        _read(has_words), index.c.id > sought.top - NEWEST, index.c.id <= sought.top
    )
    return (connection.scalar(counted) or 0) * sought.top // NEWEST


def _by_index(connection: Connection, sought: Sought) -> ColumnElement[bool]:
    """Returns that a server's index has all the words, as it is told soonest.

    Of a beginning an index reads everything first. Where words that stand in order before it are in few items, these are
    what the index is asked for, and only of them it is looked whether they have the others.
    """
    index = tokens_of(sought.kind)
    whole = [word for words in sought.said for word in words[:-1]]
    has_words = has_all(SHARED, sought.kind, index, sought.said)
    if whole and _expected(connection, sought, has_whole(index, whole)) <= MANY:
        return and_(has_whole(index, whole), _read(has_words))
    return has_words


def _read(has_words: ColumnElement[bool]) -> ColumnElement[bool]:
    """Returns a condition on a server's words as one that each row is read for: said so, no index is asked for it."""
    return has_words.is_(true())


def _few(connection: Connection, sought: Sought) -> list[int] | None:
    """Returns the numbers of the items that have all the words, where these are few; None where there are more than FEW_ITEMS.

    A server is told to go by its index of words: what it makes of the beginning of a word is a guess, and by that it would
    rather read every item.
    """
    kind, said = sought.kind, sought.said
    if connection.dialect.name != SHARED:
        index = found_in(kind)
        query = select(index.c.rowid).where(has_all("embedded", kind, index, said, sought.grown))
        found = list(connection.scalars(query.limit(FEW_ITEMS + 1)))
    else:
        index = tokens_of(kind)
        query = select(index.c.id).where(_by_index(connection, sought))
        _go_by_words(connection, "off")
        found = list(connection.scalars(query.limit(FEW_ITEMS + 1)))
        _go_by_words(connection, "on")
    return found if len(found) <= FEW_ITEMS else None


def _among_these(connection: Connection, sought: Sought, ids: list[int]) -> list[Any]:
    table: Any = TABLES[sought.kind]
    query = (
        select(table)
        .where(
            among(table.c.id, "ids"),
            *(in_order(WORDS[sought.kind], words, table.c.id) for words in sought.said),
            sought.rest,
        )
        .order_by(table.c.id.desc())
        .limit(sought.limit)
    )
    return list(connection.execute(query, {"ids": numbers(ids)}).all())


def _have_planned_anew(connection: Connection) -> None:
    """Has a server look at the words for each plan of this transaction: one made for any words would go by the index for common ones."""
    connection.execute(select(func.set_config("plan_cache_mode", "force_custom_plan", True)))


def _go_by_words(connection: Connection, others: str) -> None:
    """Lets a server read what has words in other ways than by their index, or not; for this transaction."""
    ways = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
    connection.execute(select(*(func.set_config(way, others, True) for way in ways)))


def _stretch(connection: Connection, sought: Sought, above: int, upto: int) -> list[Any]:
    """Returns what is found among the items numbered above one and up to another; an embedded index gives the newest first by itself."""
    kind, said = sought.kind, sought.said
    table: Any = TABLES[kind]
    if connection.dialect.name == SHARED:
        index = tokens_of(kind)
        in_orders = (stand_in(index, words) for words in sought.to_be_read)
        number, worded = index.c.id, [_read(has_all(SHARED, kind, index, said)), *in_orders]
    else:
        index = found_in(kind)
        number = index.c.rowid
        worded = [
            has_all("embedded", kind, index, said, sought.grown),
            *(in_order(WORDS[kind], words, number) for words in sought.to_be_read),
        ]
    query = (
        select(table)
        .select_from(index.join(table, table.c.id == number))
        .where(*worded, sought.rest, number > above, number <= upto)
        .order_by(number.desc())
        .limit(sought.limit)
    )
    return list(connection.execute(query).all())


def _shared(connection: Connection, sought: Sought) -> list[Any]:
    """Looks among more of the newest, and then reads the numbers of all that has the words, by their index.

    Words that are to stand in order seldom do: of them no more of the newest are looked at.
    """
    kind, limit = sought.kind, sought.limit
    if not sought.to_be_read:
        newest = _stretch(connection, sought, sought.top - NEWER, sought.top)
        if len(newest) >= limit or sought.top <= NEWER:
            return newest
    table: Any = TABLES[kind]
    index = tokens_of(kind)
    in_orders = (stand_in(index, words) for words in sought.to_be_read)
    asked_for = select(index.c.id).where(_by_index(connection, sought), *in_orders)
    _go_by_words(connection, "off")
    ids = sorted(connection.scalars(asked_for), reverse=True)
    _go_by_words(connection, "on")
    found: list[Any] = []
    some = select(table).where(among(table.c.id, "ids"), sought.rest).order_by(table.c.id.desc())
    for start in range(0, len(ids), AT_ONCE):
        asked = {"ids": numbers(ids[start : start + AT_ONCE])}
        found += connection.execute(some.limit(limit - len(found)), asked).all()
        if len(found) >= limit:
            break
    return found
