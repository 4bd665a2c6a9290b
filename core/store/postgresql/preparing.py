"""Prepares a database on a server: tables by the migrations, then the rules that the server itself keeps.

The rules (functions, triggers, groups, grants) are laid anew at every upgrade, so that no migration can
lose one by remaking its table.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import NotPermitted, Outdated, StoreRefused
from core.gate.rights import INCLUDES, OWN, STATE_RIGHTS, WRITES, Role, subject_of
from core.store.postgresql.claims import Held, lay_claims
from core.store.postgresql.connecting import SCHEMA, connect
from core.store.postgresql.failures import explained
from core.store.postgresql.guarding import Guard, lay_bounds, lay_guards
from core.store.postgresql.holding import hold_tables, wait_for_upgrades
from core.store.postgresql.place import shown
from core.store.postgresql.redaction import lay_redaction
from core.store.schema import PROGRAM_SCHEMA, UPDATE, SchemaInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from sqlalchemy import Connection as SqlConnection

LONGEST_DATABASE = 50
"""A group's name is the database's and the role's, and a name on the server has at most 63 bytes."""
IDLE_LIMIT = "1min"
"""So long any session may leave a transaction open and do nothing, unless it says otherwise, which no server prevents."""


GUARDS = {
    "survey": Guard("request", "id", "touched"),
    "request": Guard("request", "id", "told", "id version due"),
    "incident": Guard("incident", "id", "told", "id version due"),
    "request_words": Guard("request", "id", "touched"),
    "incident_words": Guard("incident", "id", "touched"),
    "clock": Guard(":subject_kind", "subject_id", "touched"),
    "handover": Guard("handover", "id", "told", "id version"),
    "problem": Guard("problem", "id", "told", "id version"),
    "item_link": Guard(":from_kind", "from_id", "touched"),
    "watcher": Guard(":about_kind", "about_id", "touched"),
    "approval": Guard("request", "id", "told", "id version", is_held=False),
    "approval_vote": Guard("request", "request", "told", "request approval_round", is_held=False),
    "checklist_item": Guard("request", "request", "touched"),
    "escalation": Guard(":subject_kind", "subject_id", "touched"),
    "escalation_step": Guard(":subject_kind", "subject_id", "touched"),
    "rota_override": Guard("override", "id", "told", "id version"),
    "corrective_action": Guard("action", "id", "told", "id version"),
    "training_record": Guard("training", "id", "told", "id version"),
    "finding": Guard("finding", "id", "told", "id version is_open grade words"),
    "scan": Guard("scan", "id", "told", "id"),
    "signal": Guard("signal", "id", "told", "id version count first_at last_at samples grade newest words"),
    "suppression": Guard("suppression", "id", "told", "id version"),
    "threshold_revision": Guard("threshold", "id", "told", "id version"),
    "access_grant": Guard("grant", "id", "told", "id version is_open place words"),
    "access_review": Guard("review", "id", "told", "id version"),
    "access_item": Guard("review", "review", "touched"),
    "access_seat": Guard("review", "review", "touched"),
    "access_answer": Guard("review", "review", "touched"),
    "access_request": Guard("access_request", "id", "told", "id version"),
    "access_reading": Guard("reading", "id", "told", "id"),
    "run": Guard("run", "id", "told", "id version beat_at"),
    "run_step": Guard("run", "run", "touched"),
    "run_order": Guard("run", "run", "touched"),
    "component_state": Guard("component", "id", "told", "id version"),
    "maintenance_window": Guard("window", "id", "told", "id version"),
    "operating": Guard("staff", "actor", "told", "actor reason since", is_held=False),
    "staff": Guard("staff", "login", "told", "login since"),
    "received": Guard("mail", "id", "told", "id"),
    "lease": Guard("lease", "duty", "told", "duty beat_at until info"),
    "catalog_item": Guard("catalog", "", "touched"),
    "component": Guard("catalog", "", "touched"),
}
"""Tables whose rows change only together with an entry (`message` and `exploited` by guards of their own, in sql/), and whose entries say only what is so: a new kind of subject is one
line here (and its kinds of entry in core/gate/rights.py). Samples, output, who is here and when files were last read are kept without."""

WRITABLE: dict[str, dict[Role, str]] = {
    "incident": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "request": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "survey": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "corrective_action": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "training_record": {Role.LEAD: "INSERT, UPDATE"},
    "finding": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "scan": {Role.OPERATOR: "INSERT"},
    "exploited": {Role.OPERATOR: "INSERT, UPDATE"},
    "signal": {Role.OPERATOR: "UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "suppression": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "threshold_revision": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "log_reader": {Role.AGENT: "INSERT, UPDATE"},
    "access_grant": {Role.OPERATOR: "INSERT, UPDATE", Role.REVIEWER: "UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "access_review": {Role.LEAD: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "access_item": {
        Role.LEAD: "INSERT, UPDATE",
        Role.OPERATOR: "UPDATE",
        Role.REVIEWER: "UPDATE",
        Role.AGENT: "INSERT, UPDATE",
    },
    "access_seat": {Role.LEAD: "INSERT", Role.AGENT: "INSERT"},
    "access_answer": {Role.OPERATOR: "INSERT, UPDATE", Role.REVIEWER: "INSERT, UPDATE"},
    "access_staged": {Role.OPERATOR: "INSERT, DELETE", Role.REVIEWER: "INSERT, DELETE"},
    "access_known": {Role.AGENT: "INSERT, UPDATE"},
    "access_request": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "access_reading": {Role.OPERATOR: "INSERT", Role.AGENT: "INSERT"},
    "access_source": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "problem": {Role.OPERATOR: "INSERT, UPDATE"},
    "clock": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "request_words": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "incident_words": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "item_link": {Role.OPERATOR: "INSERT, UPDATE, DELETE", Role.AGENT: "INSERT"},
    "watcher": {Role.OPERATOR: "INSERT, DELETE"},
    "approval": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "approval_vote": {Role.OPERATOR: "INSERT, UPDATE"},
    "checklist_item": {Role.OPERATOR: "INSERT, UPDATE, DELETE", Role.AGENT: "INSERT"},
    "escalation": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "escalation_step": {Role.OPERATOR: "INSERT", Role.AGENT: "INSERT"},
    "rota_override": {Role.OPERATOR: "INSERT, UPDATE"},
    "operating": {Role.OPERATOR: "INSERT, DELETE"},
    "run": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "run_step": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "run_order": {Role.OPERATOR: "INSERT"},
    "run_output": {Role.OPERATOR: "INSERT"},
    "component_state": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE, DELETE"},
    "maintenance_window": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "UPDATE"},
    "lease": {Role.AGENT: "INSERT, UPDATE"},
    "catalog_item": {Role.AGENT: "INSERT, UPDATE", Role.ADMIN: "INSERT, UPDATE"},
    "catalog_state": {Role.AGENT: "INSERT, UPDATE", Role.ADMIN: "INSERT, UPDATE"},
    "component": {Role.AGENT: "INSERT, UPDATE, DELETE", Role.ADMIN: "INSERT, UPDATE, DELETE"},
    "probe_state": {Role.AGENT: "INSERT, UPDATE, DELETE"},
    "probe_number": {Role.AGENT: "INSERT"},
    "sample_open": {Role.AGENT: "INSERT, UPDATE, DELETE"},
    "sample_packing": {Role.AGENT: "INSERT, UPDATE, DELETE"},
    "sample_hour": {Role.AGENT: "INSERT, UPDATE, DELETE"},
    "sample_minute": {Role.AGENT: "INSERT, UPDATE, DELETE"},
    "message": {Role.OPERATOR: "INSERT, UPDATE", Role.AGENT: "INSERT, UPDATE"},
    "received": {Role.AGENT: "INSERT"},
    "seal": {Role.AGENT: "INSERT"},
    "board": {Role.AGENT: "INSERT"},
    "handover": {Role.OPERATOR: "INSERT, UPDATE"},
    "looked": {Role.VIEWER: "INSERT, UPDATE"},
    "presence": {Role.VIEWER: "INSERT, UPDATE, DELETE"},
}
"""What each role may do to each table beside reading it; nobody does anything to the journal but through its function."""


def prepare(conninfo: str) -> None:
    """Makes or upgrades the schema of the database, and lays the rules; done again, it changes nothing.

    Whoever calls it must be able to make roles, and own the database (or be a superuser). Consoles may stay
    attached. Raises NotPermitted, StoreRefused or StoreUnavailable; nothing is left half done.
    """
    with _as_owner(conninfo) as raw, _for_migrations(raw) as connection:
        wait_for_upgrades(raw)
        database = _name_of(raw)
        _check_name(raw, database)
        _make_groups(raw, database)
        raw.execute(
            sql.SQL("ALTER DATABASE {} SET idle_in_transaction_session_timeout = {}").format(
                sql.Identifier(database), sql.Literal(IDLE_LIMIT)
            )
        )
        owner = sql.Identifier(group_of(database, "owner"))
        raw.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(sql.Identifier(SCHEMA), owner)
        )
        raw.execute(sql.SQL("SET LOCAL ROLE {}").format(owner))
        raw.execute(sql.SQL("SET LOCAL search_path = {}, pg_temp").format(sql.Identifier(SCHEMA)))
        hold_tables(raw)
        _migrate(raw, connection)
        _lay_rules(raw, database)


def prepared_schema(conninfo: str) -> int | None:
    """Returns the schema a database has; None where it is not prepared. Raises StoreRefused or StoreUnavailable."""
    info = prepared(conninfo)
    return info.version if info else None


def prepared(conninfo: str) -> SchemaInfo | None:
    """Returns what a database says of its schema; None where it is not prepared. Raises StoreRefused or StoreUnavailable."""
    with _as_owner(conninfo) as raw:
        found = raw.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.schema_info",)).fetchone()
        if not found or not found[0]:
            return None
        row = raw.execute(
            sql.SQL("SELECT version, min_reader, min_writer FROM {}.schema_info").format(
                sql.Identifier(SCHEMA)
            )
        ).fetchone()
        return SchemaInfo(*row) if row else None


def group_of(database: str, role: str) -> str:
    """Returns the name of the group that has a role in a database."""
    return f"{database}_{role}"


@contextmanager
def _as_owner(conninfo: str) -> Iterator[Connection[Any]]:
    """One transaction of somebody who may prepare the database."""
    where = shown(conninfo)
    try:
        with connect(conninfo) as raw:
            yield raw
    except errors.InsufficientPrivilege as error:
        raise NotPermitted(
            f"preparing {where} asks for more: {error.diag.message_primary}",
            next_step="Nothing was changed. Do it as the database's owner with CREATEROLE, or as a superuser",
        ) from error
    except psycopg.Error as error:
        raise explained(error, where) from error


def _name_of(raw: Connection[Any]) -> str:
    row = raw.execute("SELECT current_database()").fetchone()
    name = str(row[0]) if row else ""
    if len(name.encode()) > LONGEST_DATABASE:
        raise StoreRefused(
            f"the database's name has more than {LONGEST_DATABASE} bytes", where=name,
            next_step="The groups of its roles carry it: give the database a shorter one",
        )  # fmt: skip
    return name


def _check_name(raw: Connection[Any], database: str) -> None:
    """Raises StoreRefused where the house in the database belongs to groups of another name: it was renamed, or is a copy.

    Both read the same; a copy keeps the rights of the people of the other one, so that nobody decides that here.
    """
    found = raw.execute(
        "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = %s", (SCHEMA,)
    ).fetchone()
    if found and found[0] != (owner := group_of(database, "owner")):
        raise StoreRefused(
            f"the house in it belongs to {found[0]}, not to {owner}: the database was renamed, or is a copy of another",
            where=database,
            next_step=f"Nothing was changed. Renamed: rename its groups, too (ALTER ROLE {found[0]} RENAME TO {owner}, and so "
            "those of its roles). A copy: drop it, and make one with `watchfloor admin backup` and `admin restore`",
        )


def _make_groups(raw: Connection[Any], database: str) -> None:
    """Makes the groups of the roles, and who includes whom; the owner owns every table, and nobody logs in as it."""
    for role in ("owner", *Role):
        name = group_of(database, role)
        if not raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
            raw.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
    for role, below in INCLUDES.items():
        for other in below:
            raw.execute(
                sql.SQL("GRANT {} TO {}").format(
                    sql.Identifier(group_of(database, other)), sql.Identifier(group_of(database, role))
                )
            )
    owner = sql.Identifier(group_of(database, "owner"))
    raw.execute(sql.SQL("ALTER ROLE {} CREATEROLE").format(owner))
    for role in Role:
        raw.execute(
            sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(
                sql.Identifier(group_of(database, role)), owner
            )
        )
    for group in (owner, sql.Identifier(group_of(database, Role.ADMIN))):
        raw.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(group))
    raw.execute(sql.SQL("GRANT CREATE, CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), owner))


@contextmanager
def _for_migrations(raw: Connection[Any]) -> Iterator[SqlConnection]:
    """The same connection as the migrations take it, and its transaction, which commits at the end.

    Made first: SQLAlchemy's own first look at a server ends with a rollback.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: raw, poolclass=NullPool, use_native_hstore=False
    )
    with engine.connect() as connection, connection.begin():
        yield connection


def _migrate(raw: Connection[Any], connection: SqlConnection) -> None:
    """Runs the missing migrations inside the caller's transaction."""
    found = raw.execute("SELECT to_regclass('schema_info')").fetchone()
    if found and found[0]:
        row = raw.execute("SELECT version FROM schema_info").fetchone()
        if row and row[0] > PROGRAM_SCHEMA:  # its rules are newer, too, whoever may still work in it
            raise Outdated(
                f"this database has schema {row[0]}, this program knows schemas up to {PROGRAM_SCHEMA}",
                next_step=f"Nothing was changed. {UPDATE}",
            )
        if row and row[0] >= PROGRAM_SCHEMA:
            return
    from core.store.migrations.upgrade import upgrade

    try:
        upgrade(connection)
    except DBAPIError as error:
        raise error.orig or error from error


def _lay_rules(raw: Connection[Any], database: str) -> None:
    for name in (
        "rights",
        "journal",
        "guards",
        "people",
        "presence",
        "messages",
        "looked",
        "staged",
        "windows",
        "thresholds",
        "signals",
        "exploited",
    ):
        raw.execute(files("core.store.postgresql").joinpath("sql", f"{name}.sql").read_text("utf-8").encode())
    held = {
        guard.subject: Held(table, guard.id_column)
        for table, guard in GUARDS.items()
        if guard.how == "told" and guard.is_held
    }
    lay_claims(raw, held)
    lay_redaction(raw)
    _lay_roles(raw)
    raw.execute("DELETE FROM kind_right")
    raw.execute("DELETE FROM state_right")
    with raw.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO kind_right (kind, role, subject, own) VALUES (%s, %s, %s, %s)",
            [
                (kind, role.value, subject_of(kind), (kind, role) in OWN)
                for kind, roles in WRITES.items()
                for role in roles
            ],
        )
        cursor.executemany(
            "INSERT INTO state_right (subject, was, became, role) VALUES (%s, %s, %s, %s)",
            [(*key, role.value) for key, role in STATE_RIGHTS.items()],
        )
    lay_guards(raw, GUARDS)
    people = set(Role) - {Role.AGENT, Role.ADMIN}
    lay_bounds(
        raw, [table for table, roles in WRITABLE.items() if table not in GUARDS and people & roles.keys()]
    )
    _grant(raw, database)


def _lay_roles(raw: Connection[Any]) -> None:
    """Lays the function that tells which roles write an entry of a kind: a constant, which is faster than a look into the table."""
    told = {
        f"{kind} {subject_of(kind)}": [role.value for role in roles if (kind, role) not in OWN]
        for kind, roles in WRITES.items()
    }
    raw.execute(
        sql.SQL(
            "CREATE OR REPLACE FUNCTION roles_for(kind text, subject text) RETURNS jsonb LANGUAGE sql IMMUTABLE "
            "RETURN {}::jsonb -> (kind || ' ' || subject)"
        ).format(sql.Literal(json.dumps(told, sort_keys=True)))
    )


def _grant(raw: Connection[Any], database: str) -> None:
    """Gives each role what it may do, and nobody else anything."""
    schema, viewer = sql.Identifier(SCHEMA), sql.Identifier(group_of(database, Role.VIEWER))
    for statement in (
        "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {schema} TO {viewer}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {viewer}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {viewer}",
    ):
        raw.execute(sql.SQL(statement).format(schema=schema, viewer=viewer))
    for role in (Role.OPERATOR, Role.LEAD, Role.REVIEWER, Role.AGENT, Role.ADMIN):
        group = sql.Identifier(group_of(database, role))
        raw.execute(
            sql.SQL("REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} FROM {}").format(schema, group)
        )
        raw.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, group))
    for table, roles in WRITABLE.items():
        for role, what in roles.items():
            group = sql.Identifier(group_of(database, role))
            raw.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(what), sql.Identifier(table), group))
