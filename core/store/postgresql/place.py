"""Addresses of databases on a server."""

from __future__ import annotations

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from core.errors import BadInput
from core.printable import printable

SCHEMES = ("postgresql://", "postgres://")


def shown(conninfo: str, *, with_user: bool = True) -> str:
    """Returns the address for people: who, where, which database; never a password. Raises BadInput."""
    try:
        parts = conninfo_to_dict(conninfo)
    except ProgrammingError as error:
        raise BadInput(
            f"that is no address of a database: {printable(str(error).strip(), 200)}",
            next_step="Write postgresql://USER@HOST:PORT/DATABASE",
        ) from error
    host = str(parts.get("host") or parts.get("hostaddr") or "")
    port, name = str(parts.get("port") or ""), parts.get("dbname") or ""
    user = f"{parts['user']}@" if with_user and parts.get("user") else ""
    if host.startswith(("/", "@")):  # a socket's folder: no URL can be opened that has it before the name
        at = f"&port={port}" if port else ""
        return printable(f"postgresql://{user}/{name}?host={host}{at}", 200)
    return printable(f"postgresql://{user}{host}{f':{port}' if port else ''}/{name}", 200)
