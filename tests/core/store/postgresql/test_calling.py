"""The first statement of a transaction goes with its BEGIN, and means what it means by itself, however often it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors
from sqlalchemy import func, literal, select, text

from core.desk.requests import pages
from core.desk.requests.pages import Wanted
from core.store.postgresql.calling import MOST
from core.store.postgresql.connecting import session
from core.store.postgresql.preparing import prepare
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from core.store.postgresql.session import Session
    from tests.postgres import Database

TRUSTED = "-cwatchfloor.trusted=told"
VALUES = (
    0, 7, -7, 40_000, -(2**31), -(2**63), 2**63 - 1, 2**62, 1.5, -0.25, float("inf"), "", "plain", "it's", "back\\slash", "50 %", "%(a)s", "$1", "a;b -- c",
    'q"q', "ü", True, False, None, b"\0\xff", [1, 2], ["a", None],
)  # fmt: skip
TYPES = {
    bool: "boolean",
    int: "bigint",
    float: "float8",
    str: "text",
    bytes: "bytea",
    type(None): "text",
    list: "text[]",
}


@pytest.fixture
def own(postgres: Database) -> Iterator[Session]:
    """A session of an empty database."""
    with session(postgres.socket_url()) as opened:
        yield opened


@pytest.fixture
def store(postgres: Database) -> Iterator[Store]:
    prepare(postgres.socket_url())
    opened = Store.at(postgres.socket_url(options=TRUSTED))
    yield opened
    opened.close()


def told_first(own: Session, query: str, values: Any = None) -> list[tuple[Any, ...]]:
    """Asks a statement as the first of a transaction."""
    own.begin(b"BEGIN")
    found = own.execute(query, values).fetchall()
    own.commit()
    return found


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_means_the_same_first_and_by_itself(own: Session, value: Any) -> None:
    held = TYPES[type(value)]
    query = f"SELECT %(a)s::{held}, pg_typeof(%(a)s::{held})::text, %(a)s::{held} IS NULL, %(b)s::int, '5 %%' WHERE %(b)s::int > 0"
    values = {"a": value, "b": 3}
    alone = own.execute(query, values).fetchall()
    assert [told_first(own, query, values) for _ in range(4)] == [alone] * 4


def test_a_statement_that_cannot_be_prepared_comes_first_again_and_again(own: Session) -> None:
    for _ in range(3):
        own.begin(b"BEGIN")
        own.execute("SET LOCAL enable_seqscan = off", {})
        assert own.execute("SHOW enable_seqscan").fetchone() == ("off",)
        own.commit()
    assert own.execute("SHOW enable_seqscan").fetchone() == ("on",)


def test_a_session_keeps_so_many_statements_and_no_more(own: Session) -> None:
    for n in [*range(2 * MOST), *range(2 * MOST)]:
        for _ in range(2):
            assert told_first(own, f"SELECT {n} + %(one)s::int", {"one": 1}) == [(n + 1,)]
    ((kept,),) = own.execute("SELECT count(*) FROM pg_prepared_statements").fetchall()
    assert kept <= MOST


def test_a_first_statement_that_fails_is_told_and_the_session_goes_on(own: Session) -> None:
    query = "SELECT 6 / %(by)s::int"
    assert told_first(own, query, {"by": 2}) == [(3,)]
    for _ in range(3):
        own.begin(b"BEGIN")
        with pytest.raises(errors.DivisionByZero):
            own.execute(query, {"by": 0})
        own.rollback()
        assert told_first(own, query, {"by": 3}) == [(2,)]


def said_by(store: Store, path: Path, question: Any) -> list[str]:
    """Returns the kinds of messages that one question sends, once it was asked some times."""

    def connected(connection: Connection) -> Any:
        return connection.connection.driver_connection

    for _ in range(4):
        store.read(question)
    raw = store.read(connected)
    with path.open("w") as file:
        raw.pgconn.trace(file.fileno())
        store.read(question)
        raw.pgconn.untrace()
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    return [line[3] for line in lines if len(line) > 3 and line[1] == "F"]


def test_a_question_is_two_messages(store: Store, tmp_path: Path) -> None:
    def question(connection: Connection) -> int:
        return connection.scalar(select(func.length(literal("four")))) or 0

    assert said_by(store, tmp_path / "trace", question) == ["Query", "Query"]


def test_a_question_that_is_answered_first_sees_one_picture_that_nobody_writes(store: Store) -> None:
    for _ in range(3):
        first = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
        assert store.read(lambda c, first=first: tuple(c.execute(text(first)).one())) == (
            "repeatable read",
            "on",
        )


def test_a_page_of_the_queue_is_three_messages(store: Store, tmp_path: Path) -> None:
    """Its rows, their clocks, and the end."""

    def question(connection: Connection) -> object:
        return pages.page(connection, Wanted("ada"))

    assert said_by(store, tmp_path / "trace", question) == ["Query"] * 3


def test_a_statement_is_planned_once_and_what_follows_as_ever(store: Store) -> None:
    statement = "SELECT $1::int + 1, current_setting('plan_cache_mode')"

    def question(connection: Connection) -> tuple[Any, ...]:
        raw: Any = connection.connection.driver_connection
        found = [raw.planned_once(statement, [number]) for number in (1, 2)]
        (mode,) = raw.execute("SHOW plan_cache_mode").fetchone()
        return (*found, mode)

    for _ in range(2):
        once = "force_generic_plan"
        assert store.read(question) == ([(2, once)], [(3, once)], "auto")
