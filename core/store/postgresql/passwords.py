"""Passwords of people on the server: they leave this process only as SCRAM verifiers, so that no log has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import Connection as DriverConnection

if TYPE_CHECKING:
    from sqlalchemy import Connection


def verifier_of(connection: Connection, login: str, password: str) -> str:
    """Returns what the server keeps of a password (RFC 5803), made here with the driver's own library."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, DriverConnection)
    return raw.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
