"""A session's messages: what waits goes ahead of what is asked, in order, and is taken back with its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import select, text

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Calendar, Catalog, Customer, Promise, Service
from core.desk import commands as desk
from core.desk.queries import one_incident
from core.desk.tables import clock
from core.gate.rights import Role
from core.improvement.commands import draft_action, revise_action
from core.journal.model import Via
from core.store.postgresql.connecting import session
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


def test_a_session_goes_on_behind_a_commit_that_the_server_refuses(own: Session, postgres: Database) -> None:
    """What the driver has prepared by itself goes with what the session has, neither is called when it is gone."""
    with postgres.connect() as one:
        one.execute("CREATE TABLE part (n int REFERENCES thing DEFERRABLE INITIALLY DEFERRED)")

    def work() -> None:
        own.begin(b"BEGIN")
        assert own.ask(FIND, (1,)) == (1, "old")
        assert own.execute("SELECT word FROM thing WHERE n = %(n)s", {"n": 1}).fetchall() == [("old",)]

    for _ in range(8):
        work()
        own.commit()
    work()
    own.change("INSERT INTO part VALUES ($1)", (9,))
    with pytest.raises(errors.ForeignKeyViolation):
        own.say(b"COMMIT")
    own.rollback()
    for _ in range(3):
        work()
        own.commit()


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


CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")}, services={"s": Service("s", "S")},
    calendars={"office": Calendar("office", "UTC", tuple((day, 480, 1080) for day in range(5)))},
    agreements={"gold": Agreement("gold", "Gold", "acme", ("s",), "office", (Promise(2, 60, 600, 60), Promise(3, 90, 900, 90), Promise(4, 99, 990, 99)))},
)  # fmt: skip


def said_by(store: Store, path: Path, command: Callable[..., object], *args: object) -> list[str]:
    """Returns the kinds of messages that one command sends."""
    with path.open("w") as file:

        def traced(work: Work) -> None:
            raw: Any = work.connection.connection.driver_connection
            raw.pgconn.trace(file.fileno())
            command(work, *args)

        store.write(AUTHOR, traced)
        store.close()
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    return [line[3] for line in lines if len(line) > 3 and line[1] == "F"]


def opened(house: House) -> Store:
    """Returns the store of an operator who has had one incident, under an agreement with three clocks, before them."""
    agent = Store.at(house.database.socket_url(options=TRUSTED))
    agent.write(AUTHOR, load_catalog, CATALOG, directory="d", digest="d", changes=["all"])
    agent.write(AUTHOR, desk.raise_for_failure, "c", "s", "down", 2, cause=None)
    agent.close()
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(AUTHOR, draft_action, {"deviation": "it fell over", "action": "look at it", "owner": "ada"})
    store.write(AUTHOR, revise_action, 1, {"action": "look at it twice", "owner": "ada"})
    store.write(AUTHOR, desk.set_severity, 1, 3)
    return store


def test_a_command_is_two_messages(house: House, tmp_path: Path) -> None:
    revised = {"action": "look at it every day", "owner": "ada"}
    said = said_by(opened(house), tmp_path / "trace", revise_action, 1, revised)
    assert said == ["Query", "Query", "Terminate"]


def test_a_command_that_moves_clocks_is_three_messages_whatever_the_clocks_go_by(
    house: House, tmp_path: Path
) -> None:
    """The second asks what was told of the item, what is kept of its clocks and which agreements it has, all at once."""
    store = opened(house)
    said = said_by(store, tmp_path / "trace", desk.set_severity, 1, 4)
    assert said == ["Query", "Query", "Query", "Terminate"]
    store.open()
    rows = store.read(lambda connection: connection.execute(select(clock.c.kind, clock.c.allowed_s)).all())
    assert sorted(rows) == [("resolve", 990.0), ("respond", 99.0), ("update", 99.0)]
    store.close()


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
