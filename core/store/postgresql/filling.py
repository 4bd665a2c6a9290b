"""A prepared, empty database on a server, filled from elsewhere by its owner and nobody else.

From the first entry until it is whole it says that it is being filled: consoles do not open it, and whoever had it open
before writes nothing. One process fills at a time; another one goes on where that was killed.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import NotPermitted, NotPossible, StoreBusy
from core.gate.rights import Role
from core.journal.body import body_text
from core.journal.seals import standing
from core.journal.tables import journal
from core.printable import printable
from core.store.marks import Mark, mark_of
from core.store.moving.copying import ROWS, held, insert_entries
from core.store.postgresql.connecting import SCHEMA, connect
from core.store.postgresql.failures import explained
from core.store.postgresql.place import shown
from core.store.postgresql.preparing import group_of, prepare, prepared_schema
from core.store.schema import PROGRAM_SCHEMA, check_readable, check_writable, schema_of, set_mark
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from core.journal.chain import Record
    from core.journal.sealing import Place

PATIENT = "-c idle_in_transaction_session_timeout=0"
"""Whoever copies a whole database has a transaction open for as long as that takes."""
WAIT_S = 5.0
_TURN = sql.SQL("LOCK TABLE {}.journal_head IN SHARE UPDATE EXCLUSIVE MODE NOWAIT").format(
    sql.Identifier(SCHEMA)
)
"""Held by whoever fills: past those who write, and past everybody who reads. Only an owner can have it."""
TRIGGER = "filled"
_HEAD = "UPDATE journal_head SET seq = :seq, at = :at, hash = :hash, first = :seq + 1, tx = NULL WHERE id = 1"
_ACTIVE = "SELECT login, role FROM staff WHERE state = 'active' ORDER BY login"
_OTHERS = """
SELECT count(*) FROM pg_stat_activity a JOIN pg_roles r ON r.rolname = a.usename
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND NOT r.rolsuper
AND pg_has_role(r.oid, group_of('viewer'), 'USAGE') AND r.rolname <> session_user
"""


def with_options(conninfo: str, options: str) -> str:
    """Returns the address with more settings of the session."""
    given = str(conninfo_to_dict(conninfo).get("options") or "")
    return make_conninfo(conninfo, options=f"{given} {options}".strip())


@contextmanager
def filling(conninfo: str) -> Iterator[Filling]:
    """Opens a database for being filled, preparing it where nobody did; nothing is marked yet.

    Raises NotPermitted for anybody but its owner, StoreBusy where another process fills it.
    """
    where = shown(conninfo)
    if (prepared_schema(conninfo) or 0) != PROGRAM_SCHEMA:
        prepare(conninfo)  # refuses a newer one: its tables are not what would be copied
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(with_options(conninfo, f"{PATIENT} -c watchfloor.trusted=on")),
        poolclass=NullPool, use_native_hstore=False,
    )  # fmt: skip
    try:
        with _explaining(where), engine.connect() as connection, engine.connect() as turn:
            _come_in(connection, where)
            _take_turn(turn, where)
            yield Filling(connection, where)
    finally:
        engine.dispose()


@contextmanager
def _explaining(where: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _said(error.orig, where) from error
    except psycopg.Error as error:
        raise _said(error, where) from error


def _said(error: BaseException | None, where: str) -> Exception:
    if isinstance(error, psycopg.errors.UniqueViolation):
        return NotPossible(
            f"the server refuses a row that the rules there do not allow: {error.diag.message_primary}", where=where,
            next_step="Nothing of it was kept. Put that right where it comes from, then do it again",
        )  # fmt: skip
    return (
        explained(error, where) if isinstance(error, psycopg.Error) else NotPossible(str(error), where=where)
    )


def _come_in(connection: Connection, where: str) -> None:
    """Becomes the owner. Raises NotPermitted."""
    with connection.begin():
        if not connection.scalar(text("SELECT is_trusted()")):
            raise NotPermitted(
                f"filling {where} is for its owner alone",
                next_step="Nothing was changed. Do it as who prepared it, or as a superuser",
            )
        owner = group_of(str(connection.scalar(text("SELECT current_database()"))), "owner")
        _raw(connection).execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owner)))


def _take_turn(turn: Connection, where: str) -> None:
    """Becomes the one process that fills, for as long as this connection's transaction is open. Raises StoreBusy."""
    _come_in(turn, where)
    until = time.monotonic() + WAIT_S  # the server may not have noticed yet that who filled it was killed
    while True:
        turn.begin()
        try:
            _raw(turn).execute(_TURN)
        except psycopg.errors.LockNotAvailable as error:
            turn.rollback()
            if time.monotonic() > until:
                raise StoreBusy(
                    "is being filled by another process", where=where, next_step="Wait for that one"
                ) from error
            time.sleep(0.1)
        else:
            return


class Filling:
    """A database that is being filled. Each step commits."""

    def __init__(self, connection: Connection, where: str) -> None:
        self._connection, self.where = connection, where

    def place(self) -> Place:
        """Returns how far its journal goes."""
        with self._connection.begin():
            return standing(self._connection).head

    def hash_of(self, seq: int) -> str | None:
        """Returns the hash of an entry of its journal."""
        with self._connection.begin():
            return self._connection.scalar(select(journal.c.hash).where(journal.c.seq == seq))

    def is_begun(self) -> bool:
        """Tells whether it is marked as being filled."""
        with self._connection.begin():
            return mark_of(schema_of(self._connection).min_writer) is Mark.FILLING

    def begin(self) -> None:
        """Marks it. Raises NotPossible where it is not empty, or others have it open."""
        connection = self._connection
        with connection.begin():
            check_readable(schema_of(connection), self.where)
            check_writable(schema_of(connection), self.where)
            rules = files("core.store.postgresql").joinpath("sql", "filling.sql").read_text("utf-8")
            _raw(connection).execute(rules.encode())
            for name in _tables():  # waits for whoever writes, and lets nobody begin to
                _raw(connection).execute(
                    sql.SQL(
                        "CREATE OR REPLACE TRIGGER {} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {} "
                        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_filled()"
                    ).format(sql.Identifier(TRIGGER), sql.Identifier(name))
                )
            if names := held(connection):
                raise NotPossible(
                    f"is not empty: it holds {', '.join(names[:3])}{' …' if len(names) > 3 else ''}", where=self.where,
                    next_step="Nothing was changed. Only an empty database is filled: make another one",
                )  # fmt: skip
            if others := connection.scalar(text(_OTHERS)):
                raise NotPossible(
                    f"is open in {others} other sessions", where=self.where,
                    next_step="Nothing was changed. End the consoles and agents there first",
                )  # fmt: skip
            set_mark(connection, Mark.FILLING)

    def add(self, records: list[Record], place: Place) -> None:
        """Adds entries as they are, and moves the head on to `place`."""
        with self._connection.begin():
            insert_entries(self._connection, records)
            self._connection.execute(text(_HEAD), place._asdict())

    def finish(self, last: Callable[[Connection], None], *, with_rights: bool) -> list[tuple[str, str]]:
        """Does `last` in the transaction that makes the database one that is worked in; raises what it raises.

        Returns who is listed as staff, and for what: with `with_rights` they come in again as that, else each is kept
        out until an admin says otherwise.
        """
        connection = self._connection
        with _explaining(self.where), connection.begin():
            last(connection)
            _go_on_counting(connection)
            set_mark(connection, Mark.NONE)
            _check_roles(connection, self.where)
            people = [tuple(row) for row in connection.execute(text(_ACTIVE)).all()]
            if with_rights:
                _let_in(connection, people)
            elif people:
                _keep_out(connection, people)
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            for name in _tables():
                _raw(connection).execute(
                    sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(TRIGGER), sql.Identifier(name))
                )
        return people


def _tables() -> list[str]:
    return [journal.name, *(table.name for table in ROWS)]


def _go_on_counting(connection: Connection) -> None:
    """Sets every sequence behind the highest number given."""
    for table in (journal, *ROWS):
        for column in table.primary_key:
            names = {"tab": table.name, "col": column.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:tab, :col)"), names)
            if sequence:
                highest = select(column).order_by(column.desc()).limit(1)
                number = max(connection.scalar(highest) or 0, 0)
                values = {"sequence": sequence, "number": number or 1, "used": number > 0}
                connection.execute(text("SELECT setval(:sequence, :number, :used)"), values)


def _check_roles(connection: Connection, where: str) -> None:
    """Raises NotPossible where somebody is listed with a role that is none: the groups here are more than the roles."""
    for login, role in connection.execute(text("SELECT login, role FROM staff ORDER BY login")).all():
        if role not in tuple(Role):
            raise NotPossible(
                f"{printable(login, 80)} is listed with the role {printable(role, 40)}, which is none", where=where,
                next_step="Nothing of it was kept. Bring another file: no Watchfloor wrote this one so",
            )  # fmt: skip


def _let_in(connection: Connection, people: list[tuple[str, str]]) -> None:
    """Gives people their groups; who is no role of this server becomes one, without a password."""
    raw = _raw(connection)
    database = str(connection.scalar(text("SELECT current_database()")))
    for login, role in people:
        if not raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone():
            raw.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(login)))
        group = group_of(database, role)
        raw.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))


def _keep_out(connection: Connection, people: list[tuple[str, str]]) -> None:
    """Suspends people, with an entry for each: what a file says of itself gives nobody a right here."""
    raw = _raw(connection)
    who = str(connection.scalar(text("SELECT session_user::text")))
    body = body_text(
        {"state": ("active", "suspended")}, "a database brought here gives nobody rights by itself"
    )
    entries = [(who, "staff.changed", "staff", login, body, None, None) for login, _ in people]
    raw.execute("UPDATE staff SET state = 'suspended' WHERE state = 'active'")
    said = json.dumps(entries, ensure_ascii=False)
    raw.execute("SELECT journal_append(%s, 'cli', NULL, %s::jsonb)", (to_micros(utc_now()), said))


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw
