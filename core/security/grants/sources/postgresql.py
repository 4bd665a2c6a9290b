"""Roles and rights of a PostgreSQL database, as its catalogs tell them: attributes, memberships, and rights down to schemas."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core.errors import Unavailable
from core.printable import printable
from core.security.grants.sources.model import Collector, Line, name_of
from core.security.grants.sources.opening import Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from core.security.grants.sources.model import Listing

CONNECT_S: Final = 10
ANSWER_S: Final = 30
"""So long one question may take: a database that does not answer would keep all other sources from being read."""
_ROLES: Final = """
SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
    CASE WHEN isfinite(rolvaliduntil) THEN rolvaliduntil::date::text END
FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname
"""
_MEMBERS: Final = """
SELECT m.rolname, g.rolname, bool_or(a.admin_option) FROM pg_auth_members a
JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
WHERE m.rolname !~ '^pg_' GROUP BY m.rolname, g.rolname ORDER BY m.rolname, g.rolname
"""
_RIGHTS: Final = """
SELECT DISTINCT o.what, o.name, coalesce(r.rolname, 'PUBLIC'),
    CASE WHEN x.grantee = o.owner THEN 'owner' ELSE x.privilege_type END
FROM (
    SELECT 'database' AS what, datname::text AS name, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT 'tables of', n.nspname::text, c.relowner, coalesce(c.relacl, acldefault('r', c.relowner))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) o CROSS JOIN LATERAL aclexplode(o.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
ORDER BY 1, 2, 3, 4
"""
_ATTRIBUTES: Final = (
    "superuser", "may create roles", "may create databases", "may replicate", "is above row security",
)  # fmt: skip
_POWERFUL: Final = frozenset(
    {
        "pg_read_all_data", "pg_write_all_data", "pg_execute_server_program", "pg_read_server_files",
        "pg_write_server_files", "pg_signal_backend", "pg_checkpoint", "pg_maintain", "pg_create_subscription",
    }
)  # fmt: skip


class Told(NamedTuple):
    """What the catalogs of a database tell: its roles, who is in which, and who has which right on what."""

    roles: Sequence[Any]
    members: Sequence[Any]
    rights: Sequence[Any]


def listing_of(told: Told) -> Listing:
    """Returns who may do what in the database; the roles that every server has are left out."""
    found = Collector()
    powerful = {row[0] for row in told.roles if any(row[2:7])} | _POWERFUL
    for row in told.roles:
        name, may_log_in, *attributes, until = row
        place, expires = f"role {printable(name, 80)}", date.fromisoformat(until) if until else None
        held = [word for word, has in zip(_ATTRIBUTES, attributes, strict=True) if has]
        for word in held:
            found.add(Line(place, name_of(name), word, is_privileged=True, expires=expires))
        if may_log_in:
            found.add(Line(place, name_of(name), "login", expires=expires))
        elif not held:
            found.skip("roles that nobody logs in as")
    for member, group, is_admin in told.members:
        right = f"member of {name_of(group)}{', may add members' if is_admin else ''}"
        is_privileged = bool(is_admin) or group in powerful
        found.add(Line(f"role {printable(member, 80)}", name_of(member), right, is_privileged=is_privileged))
    for what, thing, role, right in told.rights:
        found.add(Line(
            f"{what} {printable(thing, 80)}", name_of(role),
            f"{'owner of' if right == 'owner' else f'{right} on'} {what} {name_of(thing)}",
            is_privileged=right == "owner" and what == "database",
        ))  # fmt: skip
    return found.listing("postgresql")


def own_database(connection: Connection) -> Opened:
    """Returns the roles and rights of the database that Watchfloor is in. Raises Unavailable where that is no PostgreSQL."""
    if connection.dialect.name != "postgresql":
        raise Unavailable(
            "the database in use is no PostgreSQL, so it has no roles",
            next_step="Declare the address of one, as postgresql://user@host:port/database",
        )
    return _opened(lambda query: connection.exec_driver_sql(query).all(), "the database in use")


def database_at(address: str, password: str | None) -> Opened:
    """Returns the roles and rights of the database at an address. Raises Unavailable where it cannot be read."""
    import psycopg

    shown = printable(address, 200)
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_S, password=password) as connection:
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute(f"SET LOCAL statement_timeout = '{ANSWER_S}s'".encode())
            return _opened(lambda query: connection.execute(query.encode()).fetchall(), shown)
    except psycopg.Error as error:
        said = printable(str(error).strip(), 300)
        raise Unavailable(
            f"{shown} cannot be read: {said}",
            next_step="Nothing was changed. Check the address; `watchfloor access password SOURCE` keeps its password",
        ) from error


def _opened(fetch: Callable[[str], Sequence[Any]], title: str) -> Opened:
    told = Told(*([tuple(row) for row in fetch(query)] for query in (_ROLES, _MEMBERS, _RIGHTS)))
    return Opened(listing_of(told), sha256(repr(told).encode()).hexdigest(), title)
