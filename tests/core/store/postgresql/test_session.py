"""A session's messages: what waits goes ahead of what is asked, in order, and is taken back with its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import text

from core.desk import commands as desk
from core.desk.queries import one_incident
from core.gate.rights import Role
from core.journal.model import Via
from core.store.postgresql.connecting import session
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.postgresql.session import Session
    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House
    from tests.postgres import Database

AUTHOR = Author("ada", Via.CLI, "here")
FIND = "SELECT n, word FROM thing WHERE n = $1"
TRUSTED = "-cwatchfloor.trusted=told"
SET = "UPDATE thing SET word = $1 WHERE n = $2"


@pytest.fixture
def own(postgres: Database) -> Iterator[Session]:
    """A session of a database with one table of one row."""
    with postgres.connect() as one:
        one.execute("CREATE TABLE thing (n int PRIMARY KEY, word text); INSERT INTO thing VALUES (1, 'old')")
    with session(postgres.socket_url(options="-csearch_path=public")) as opened:
        yield opened


def words_in(database: Database) -> list[str]:
    """Returns what another session sees."""
    with database.connect() as one:
        return [row[0] for row in one.execute("SELECT word FROM public.thing ORDER BY n").fetchall()]


def test_a_change_is_done_before_what_is_asked_next(own: Session, postgres: Database) -> None:
    own.begin(b"BEGIN")
    assert own.ask(FIND, (1,)) == (1, "old")
    own.change(SET, ("it's \\ new", 1))
    assert own.execute("SELECT word FROM thing").fetchone() == ("it's \\ new",)
    own.change(SET, ("newer", 1))
    assert own.ask(FIND, (1,)) == (1, "newer")
    assert words_in(postgres) == ["old"]
    own.change(SET, ("newest", 1))
    own.commit()
    assert words_in(postgres) == ["newest"]
    assert own.ask(FIND, (2,)) is None


def test_a_change_that_waits_is_taken_back_with_its_transaction(own: Session, postgres: Database) -> None:
    own.begin(b"BEGIN")
    own.change(SET, ("sent", 1))
    assert own.ask(FIND, (1,)) == (1, "sent")
    own.change(SET, ("never sent", 1))
    own.rollback()
    assert own.ask(FIND, (1,)) == (1, "old")
    assert words_in(postgres) == ["old"]


def test_a_change_that_fails_is_told_by_what_follows_and_the_session_goes_on(
    own: Session, postgres: Database
) -> None:
    own.begin(b"BEGIN")
    own.change("UPDATE thing SET n = $1 WHERE word = $2", (None, "old"))
    with pytest.raises(errors.NotNullViolation):
        own.ask(FIND, (1,))
    assert own.info.transaction_status is TransactionStatus.INERROR
    own.rollback()
    own.begin(b"BEGIN")
    own.change(SET, ("good", 1))
    own.commit()
    assert words_in(postgres) == ["good"]


@pytest.mark.parametrize("way", ["execute", "executemany", "stream", "copy", "named"])
def test_every_way_to_ask_begins_the_transaction(own: Session, postgres: Database, way: str) -> None:
    own.begin(b"BEGIN ISOLATION LEVEL REPEATABLE READ")
    if way == "execute":
        own.execute("INSERT INTO thing VALUES (2, 'two')")
    elif way == "executemany":
        own.cursor().executemany("INSERT INTO thing VALUES (%s, %s)", [(2, "two"), (3, "three")])
    elif way == "stream":
        assert list(own.cursor().stream("INSERT INTO thing VALUES (2, 'two') RETURNING n")) == [(2,)]
    elif way == "copy":
        with own.cursor().copy("COPY thing FROM STDIN") as copy:
            copy.write_row((2, "two"))
    else:
        with own.cursor("kept") as kept:
            assert kept.execute("SELECT n FROM thing").fetchall() == [(1,)]
    assert own.info.transaction_status is TransactionStatus.INTRANS
    assert own.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)
    own.rollback()
    assert words_in(postgres) == ["old"]


def test_a_command_is_two_messages(house: House, tmp_path: Path) -> None:
    agent = Store.at(house.database.socket_url(options=TRUSTED))
    agent.write(AUTHOR, desk.raise_for_failure, "c", "s", "down", 2, cause=None)
    agent.close()
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(AUTHOR, desk.set_severity, 1, 3)
    with (tmp_path / "trace").open("w") as file:

        def traced(work: Work) -> None:
            raw: Any = work.connection.connection.driver_connection
            raw.pgconn.trace(file.fileno())
            desk.set_severity(work, 1, 4)

        store.write(AUTHOR, traced)
        store.close()
    lines = [line.split("\t") for line in (tmp_path / "trace").read_text().splitlines()]
    assert [line[3] for line in lines if len(line) > 3 and line[1] == "F"] == ["Query", "Query", "Terminate"]


def test_a_question_is_one_picture_and_writes_nothing(house: House) -> None:
    store = Store.at(house.database.socket_url(options=TRUSTED))
    shown = [
        store.read(lambda connection, name=name: connection.scalar(text(f"SHOW {name}")))
        for name in ("transaction_isolation", "transaction_read_only")
    ]
    assert shown == ["repeatable read", "on"]
    store.close()


def test_a_command_finds_a_column_of_another_type(house: House) -> None:
    store = Store.at(house.database.socket_url(options=TRUSTED))
    store.write(AUTHOR, desk.raise_for_failure, "c", "s", "down", 2, cause=None)
    store.write(AUTHOR, desk.set_severity, 1, 3)
    with house.database.connect() as one:
        one.execute("ALTER TABLE watchfloor.incident ALTER COLUMN severity TYPE bigint")
    store.write(AUTHOR, desk.set_severity, 1, 4)
    assert store.read(one_incident, 1).severity == 4
    store.close()
