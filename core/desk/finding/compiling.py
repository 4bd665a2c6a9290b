"""A filter as a condition for the database: every value bound, none written into the text of the question."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, cast, exists, false, func, literal, not_, or_, select, true

from core.desk.finding.fields import NAMED, STATES, Kind
from core.desk.finding.reading import HELD_STATES, INSTANTS, Sight, bounds
from core.desk.finding.tables import found_in, incident_words, request_words, tokens_of, words_in
from core.desk.finding.tree import (
    ME,
    NOBODY,
    All,
    Either,
    Flag,
    Label,
    Name,
    Not,
    Number,
    Op,
    Said,
    State,
    Tree,
    When,
    Word,
)
from core.desk.finding.words import SHORT, looked_for
from core.desk.model import IncidentState
from core.desk.requests.model import RequestState
from core.desk.requests.tables import request
from core.desk.tables import clock, incident
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

TABLES: dict[Kind, Any] = {Kind.REQUEST: request, Kind.INCIDENT: incident}
WORDS: dict[Kind, Any] = {Kind.REQUEST: request_words, Kind.INCIDENT: incident_words}


INDEXED = (3, 4)
"""Beginnings of so many letters are kept in the embedded index, as its migration says."""
FEW = 150
"""So many words that begin so are asked for one by one."""
MANY_ITEMS = 20_000
LAST = "\U0010ffff"


class Begun(NamedTuple):
    """What an embedded index is asked for a word that is only begun; `is_wider`: it gives others, too, whose text is to be looked at."""

    asked: str
    is_wider: bool = False


Grown = Callable[[str], Begun]
OPEN_FLAGS = frozenset({"open", "late", "held", "waiting"})
_ALL: dict[Kind, frozenset[str]] = {
    Kind.REQUEST: frozenset(map(str, RequestState)),
    Kind.INCIDENT: frozenset(map(str, IncidentState)),
}
_OVER: dict[Kind, frozenset[str]] = {
    Kind.REQUEST: STATES[Kind.REQUEST]["over"],
    Kind.INCIDENT: STATES[Kind.INCIDENT]["over"],
}

SHARED = "postgresql"
"""What a shared database speaks; every other is embedded."""


def condition_of(
    connection: Connection, tree: Tree, kind: Kind, sight: Sight, *, by_index: bool
) -> ColumnElement[bool]:
    """Returns what a tree says of the rows of `TABLES[kind]`, as this connection's database is asked."""
    grown = words_from(connection, kind) if by_index else None
    return Compiler(kind, sight, connection.dialect.name, by_index=by_index, grown=grown).condition(tree)


def is_open_only(tree: Tree, kind: Kind) -> bool:
    """Tells whether nothing that is over can pass: then the few that are open are all that is looked through."""
    match tree:
        case All(parts):
            return any(is_open_only(part, kind) for part in parts)
        case Either(parts):
            return all(is_open_only(part, kind) for part in parts)
        case State(words):
            return not any(STATES[kind].get(word, frozenset()) & _OVER[kind] for word in words)
        case Not(State(words)):
            return _OVER[kind] <= {state for word in words for state in STATES[kind].get(word, ())}
        case Flag(word):
            return word in OPEN_FLAGS
        case Not(Flag("over")):
            return True
        case _:
            return False


class Compiler:
    """Makes conditions for items of one kind, in one database's words.

    `by_index`: words are looked up in the index of all items; else in the text of each item that is left, which is
    cheaper where that is one of the few that are open. Both find the same.
    """

    def __init__(
        self, kind: Kind, sight: Sight, dialect: str, *, by_index: bool, grown: Grown | None = None
    ) -> None:
        self.grown = grown
        self.kind, self.sight, self.dialect, self.by_index = kind, sight, dialect, by_index
        self.table = TABLES[kind]
        self.columns: Any = self.table.c

    def condition(self, tree: Tree) -> ColumnElement[bool]:
        """Returns what the tree says; never NULL, so that its opposite is what the tree does not say."""
        match tree:
            case All(parts):
                return and_(true(), *map(self.condition, parts))
            case Either(parts):
                return or_(false(), *map(self.condition, parts))
            case Not(part):
                return not_(self.condition(part))
            case Said(words):
                return self._said(words)
            case State(words):
                return self._in_state(*words)
            case Flag(word):
                return self._flag(word)
            case Name(field, values, is_exact):
                return self._name(field, values, is_exact=is_exact)
            case Number(field, op, values):
                return or_(*(_compared(self._number(field), op, value) for value in values))
            case Label(kind, number):
                return self.columns.id == number if kind is self.kind else false()
            case When():
                return self._when(tree)

    def _in_state(self, *words: str) -> ColumnElement[bool]:
        states = {state for word in words for state in STATES[self.kind].get(word, ())}
        others = _ALL[self.kind] - states
        if len(others) < len(
            states
        ):  # as pages of what is open say it: no index of states is gone through for most of them
            return self.columns.state.not_in(sorted(others))  # type: ignore[no-any-return]
        return self.columns.state.in_(sorted(states))  # type: ignore[no-any-return]

    def _name(self, field: str, values: tuple[str, ...], *, is_exact: bool) -> ColumnElement[bool]:
        if self.kind not in NAMED[field].kinds:
            return false()
        held = self.columns[field]
        return or_(*(self._called(held, value, is_exact=is_exact) for value in values))

    def _called(self, held: Any, value: str, *, is_exact: bool) -> ColumnElement[bool]:
        if value in {NOBODY, ME}:
            return held == ("" if value == NOBODY else self.sight.person)  # type: ignore[no-any-return]
        lowered = func.lower(held if self.dialect != SHARED else held.collate("C"))
        if is_exact:
            return lowered == value
        return func.substr(lowered, 1, len(value)) == value

    def _number(self, field: str) -> Any:
        if field == "id":
            return self.columns.id
        return self.columns.priority if self.kind is Kind.REQUEST else self.columns.severity

    def _when(self, tree: When) -> ColumnElement[bool]:
        name = INSTANTS[self.kind].get(tree.field)
        if name is None:
            return false()
        held = self.columns[name]
        if tree.moment is Word.NONE:
            return held.is_(None)  # type: ignore[no-any-return]
        begin, end = bounds(tree, self.sight.now)
        parts = [held.is_not(None)]
        if begin is not None:
            parts.append(held >= to_micros(begin))
        if end is not None:
            parts.append(held < to_micros(end))
        return and_(*parts)

    def _flag(self, word: str) -> ColumnElement[bool]:
        c = self.columns
        if word in {"open", "over"}:
            return self._in_state(word)
        if word == "late":
            return and_(self._in_state("open"), c.due.is_not(None), c.due < to_micros(self.sight.now))
        if word in {"unowned", "mine"}:
            return c.owner == ("" if word == "unowned" else self.sight.person)  # type: ignore[no-any-return]
        if word in {"broken", "risk"}:
            said = clock.c.broken_at if word == "broken" else clock.c.warned_at
            return exists(
                select(literal(1)).where(
                    clock.c.subject_kind == str(self.kind), clock.c.subject_id == c.id, said.is_not(None)
                )
            )
        said_so: dict[str, ColumnElement[bool]]
        if self.kind is Kind.REQUEST:
            said_so = {
                "held": c.state.in_(sorted(HELD_STATES)), "waiting": c.state == "waiting", "answered": c.answered_at.is_not(None),
                "snoozed": c.snoozed_until.is_not(None),
            }  # fmt: skip
        else:
            said_so = {
                "major": and_(c.declared_at.is_not(None), c.stood_down_at.is_(None)),
                "cleared": c.cleared_at.is_not(None),
                "unseen": c.acknowledged_at.is_(None),
            }
        return said_so.get(word, false())

    def _said(self, words: tuple[str, ...]) -> ColumnElement[bool]:
        held = WORDS[self.kind]
        if not self.by_index:
            return in_order(held, words, self.columns.id)
        if self.dialect != SHARED:
            index = found_in(str(self.kind))
            found = select(index.c.rowid)
        else:
            index = tokens_of(str(self.kind))
            found = select(index.c.id)
        found = found.where(has_all(self.dialect, self.kind, index, [words], self.grown))
        if to_be_read([words], self.grown):
            found = select(held.c.id).where(held.c.id.in_(found), stand_in(held, words))
        return self.columns.id.in_(found)  # type: ignore[no-any-return]


def in_order(held: Any, words: tuple[str, ...], number: Any) -> ColumnElement[bool]:
    """Returns that the words stand one behind the other in the text kept of an item: read, not looked up."""
    return exists(select(literal(1)).select_from(held).where(held.c.id == number, stand_in(held, words)))


def to_be_read(said: list[tuple[str, ...]], grown: Grown | None = None) -> list[tuple[str, ...]]:
    """Returns what the text of an item must be looked at for, though an index has its words: which of them stand in order, or are wider."""
    return [
        words
        for words in said
        if len(words) > 1 or (grown is not None and len(words[-1]) >= SHORT and grown(words[-1]).is_wider)
    ]


def words_from(connection: Connection, kind: Kind) -> Grown | None:
    """Returns what knows how an embedded index is asked for a word that is begun; None where the server's index does that itself.

    The index gives what has one of some words without reading all that has it; of a beginning it reads everything first,
    unless it is one of INDEXED letters, which are words of the index themselves. So the words that begin so are asked for
    where they are FEW, and the beginning where they stand in few items. Else a shorter beginning is asked for: of what it
    gives, the newest first, enough begins as asked.
    """
    if connection.dialect.name == SHARED:
        return None
    listed = words_in(str(kind))

    @cache
    def grown(word: str) -> Begun:
        if len(word) in INDEXED:
            return Begun(f'"{word}"*')
        words, in_items = list[str](), 0
        query = select(listed.c.term, listed.c.doc).where(listed.c.term >= word, listed.c.term < word + LAST)
        with closing(
            connection.execute(query)
        ) as rows:  # each counts what has it: no more are read than are needed
            for term, items in rows:
                words.append(term)
                in_items += items
                if len(words) > FEW and in_items > MANY_ITEMS:
                    return Begun(f'"{word[: INDEXED[-1]]}"*', is_wider=True)
        if len(words) > FEW:
            return Begun(f'"{word}"*')
        return Begun(f"({' OR '.join(f'{chr(34)}{each}{chr(34)}' for each in words or [word])})")

    return grown


def has_whole(index: Any, words: list[str]) -> ColumnElement[bool]:
    """Returns that a server's index has every word, none of them as a beginning."""
    return index.c.tokens.op("@@")(text_query(" & ".join(f"'{word}'" for word in words)))  # type: ignore[no-any-return]


def has_all(
    dialect: str, kind: Kind, index: Any, said: list[tuple[str, ...]], grown: Grown | None = None
) -> ColumnElement[bool]:
    """Returns that a database's index has every word, the last of each group as a beginning unless it is short."""
    if dialect != SHARED:
        asked = " AND ".join(
            _matched(word, grown) if is_begun else f'"{word}"' for word, is_begun in _each(said)
        )
        return index.c[f"{kind}_found"].op("MATCH")(asked)  # type: ignore[no-any-return]
    asked = " & ".join(f"'{word}'{':*' if is_begun else ''}" for word, is_begun in _each(said))
    return index.c.tokens.op("@@")(text_query(asked))  # type: ignore[no-any-return]


def _matched(word: str, grown: Grown | None) -> str:
    return grown(word).asked if grown is not None else f'"{word}"*'


def _each(said: list[tuple[str, ...]]) -> list[tuple[str, bool]]:
    return [
        (word, place == len(words) and len(word) >= SHORT)
        for words in said
        for place, word in enumerate(words, 1)
    ]


def text_query(asked: str) -> ColumnElement[Any]:
    """Returns a bound text as the server's question for words; words are letters and digits alone."""
    from sqlalchemy.dialects.postgresql import TSQUERY  # only where a server is asked

    return cast(literal(asked), TSQUERY)


def stand_in(held: Any, words: tuple[str, ...]) -> ColumnElement[bool]:
    """Returns that the words stand one behind the other in the text of a row of words, the last one as a beginning."""
    return _text_of(held).contains(looked_for(words), autoescape=True)  # type: ignore[no-any-return]


def _text_of(held: Any) -> Any:
    return literal(" ") + held.c.own + literal(" ") + held.c.said + literal(" ")


def _compared(held: Any, op: Op, value: int) -> ColumnElement[bool]:
    compared: dict[Op, ColumnElement[bool]] = {
        Op.IS: held == value, Op.BELOW: held < value, Op.UPTO: held <= value, Op.ABOVE: held > value, Op.FROM: held >= value,
    }  # fmt: skip
    return compared[op]
