"""How every connection to the server is opened: the house's settings, short waits, signs of life."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.store.postgresql.session import Session
from core.store.schema import PROGRAM_SCHEMA

C = TypeVar("C", bound=psycopg.Connection[Any])

SCHEMA: Final = "watchfloor"
"""The schema in which all of it lies."""
SETTINGS = {
    "watchfloor.schema": str(PROGRAM_SCHEMA),
    "search_path": f"{SCHEMA},pg_temp",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
    "timezone": "UTC",
}
"""What a session asks for; the server's rules do not depend on any of it."""
CONNECT_S: Final = 5


def connect(conninfo: str) -> psycopg.Connection[Any]:
    """Opens a connection; raises psycopg.OperationalError. Options that `conninfo` names stand beside the house's."""
    return _opened(psycopg.Connection, conninfo, autocommit=False)


def session(conninfo: str) -> Session:
    """Opens a connection for a store, as `connect` does."""
    return _opened(Session, conninfo, autocommit=True)


def _opened(kind: type[C], conninfo: str, *, autocommit: bool) -> C:
    given = str(conninfo_to_dict(conninfo).get("options") or "")
    options = " ".join([*(f"-c {name}={value}" for name, value in SETTINGS.items()), given]).strip()
    return kind.connect(
        conninfo, autocommit=autocommit, prepare_threshold=3, connect_timeout=CONNECT_S, application_name="watchfloor",
        options=options, keepalives=1, keepalives_idle=5, keepalives_interval=2, keepalives_count=3,
        tcp_user_timeout=10_000,
    )  # fmt: skip
