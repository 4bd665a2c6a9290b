"""Trying a connection for real: who answers, whether what is sent is encrypted, whether a password was needed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from console.connections.address import CHECKED_MODES
from core.errors import NotPermitted, StoreAway, WatchfloorError
from core.printable import printable

if TYPE_CHECKING:
    import psycopg

    from console.connections.address import Address
    from core.store.postgresql.standing import Standing

TIMEOUT_S = 5


@dataclass(frozen=True)
class Trial:
    """What a connection turned out to be. `pinned` are libpq's words it really used, for those that were not said."""

    user: str
    server: str
    milliseconds: int
    is_encrypted: bool
    is_local: bool
    checks_server: bool
    used_password: bool
    standing: Standing
    pinned: dict[str, str]

    @property
    def line_words(self) -> str:
        """How safe the line is, for people."""
        if self.is_encrypted:
            return "TLS" if self.checks_server else "TLS, the server's name is not checked"
        return "not encrypted, within this machine" if self.is_local else "NOT ENCRYPTED"

    def warnings(self) -> list[str]:
        """Returns what a person must know before the connection is used."""
        if self.is_encrypted or self.is_local:
            return []
        warning = (
            "this connection is NOT ENCRYPTED and leaves this machine: all that is read and written can be read "
            "and changed on the way. Add ?sslmode=verify-full (and sslrootcert=FILE) to the URL"
        )
        return [warning]


class PasswordNeeded(NotPermitted):
    """The server wants a password, and none was given or found by libpq; `is_encrypted` tells how the line was."""

    def __init__(self, address: Address) -> None:
        super().__init__(
            f"{address.title} wants a password, and none was found",
            next_step="Give it: watchfloor connect URL",
        )


def try_connection(address: Address, password: str | None) -> Trial:
    """Connects, asks who it is, and leaves.

    Raises PasswordNeeded; else what any question to that database would raise (`core.store.postgresql.failures`):
    TurnedAway where the server lets nobody in like that, StoreUnavailable where it cannot be reached or believed.
    """
    import psycopg

    words = (
        address.words
        if "connect_timeout" in address.words
        else {"connect_timeout": str(TIMEOUT_S), **address.words}
    )
    began = time.monotonic()
    try:
        with psycopg.connect(type(address)(words).complete_url(password), autocommit=True) as one:
            return _found(one, address, time.monotonic() - began)
    except psycopg.Error as error:
        raise _failed(error, address, password) from None


def _found(one: psycopg.Connection[Any], address: Address, seconds: float) -> Trial:
    from core.store.postgresql.standing import standing_of

    info = one.info
    version = ".".join(map(str, (info.server_version // 10000, info.server_version % 10000)))
    host = info.host
    return Trial(
        user=printable(info.user, 80), server=f"PostgreSQL {version}", milliseconds=round(seconds * 1000),
        is_encrypted=bool(one.pgconn.ssl_in_use), is_local=_is_local(host, info.hostaddr),
        checks_server=address.words.get("sslmode") in CHECKED_MODES or address.words.get("sslrootcert") == "system",
        used_password=bool(one.pgconn.used_password), standing=standing_of(one),
        pinned={"user": info.user, "dbname": info.dbname, "host": host, "port": str(info.port)},
    )  # fmt: skip


def _is_local(host: str, hostaddr: str) -> bool:
    """Tells it from where the connection really went, whatever a name said."""
    if host.startswith(("/", "@")):
        return True
    try:
        return ip_address(hostaddr).is_loopback
    except ValueError:
        return False


def _failed(error: psycopg.Error, address: Address, password: str | None) -> WatchfloorError:
    from core.store.postgresql.failures import explained

    pgconn = error.pgconn
    if pgconn is not None and pgconn.needs_password and password is None:
        return PasswordNeeded(address)
    found = explained(error, address.title)
    if isinstance(found, StoreAway):
        found.next_step = "Look whether the server runs, and at host and port of the URL"
    return found
