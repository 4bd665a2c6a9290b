"""Opening a connection, and what its failure means in an operator's words."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from typing import TYPE_CHECKING

from core.monitoring.probes.context import bad, unjudged
from core.monitoring.probes.names import addresses_of, forget

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.monitoring.model import Reading

NEXT_ADDRESS_S = 1.0
"""How long one address of several is waited for before the next is tried."""

_OURS = {
    errno.EMFILE: "this agent has no file descriptor left",
    errno.ENFILE: "this machine has no file descriptor left",
    errno.EADDRNOTAVAIL: "this machine has no port left for a connection",
    errno.ENOBUFS: "this machine has no memory left for a connection",
    errno.ENOMEM: "this machine has no memory left for a connection",
}


def place_of(host: str, port: int) -> str:
    """Returns how a host and port are written: `shop:80`, `[::1]:80`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def open_socket(host: str, port: int, step: Callable[[str], None]) -> socket.socket:
    """Returns a connected socket; says `step("dns")` and `step("connect")` when each is done.

    Tries the addresses of the name in turn. Raises OSError of the last, UnicodeError when `host` cannot be one.
    """
    addresses = await addresses_of(host)
    step("dns")
    for number, address in enumerate(addresses, 1):
        is_last = number == len(addresses)
        try:
            async with asyncio.timeout(None if is_last else NEXT_ADDRESS_S):
                connected = await _connect(address, port)
        except OSError:
            if is_last:
                forget(host)
                raise
        else:
            step("connect")
            return connected
    raise socket.gaierror(socket.EAI_NONAME, "the name has no address")


async def _connect(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
        _refuse_itself(sock, port)
    except BaseException:
        sock.close()
        raise
    return sock


def _refuse_itself(sock: socket.socket, port: int) -> None:
    """Raises ConnectionRefusedError when the socket met itself: it can, on a port that this machine also hands out."""
    own = sock.getsockname()
    if own[1] == port and own == sock.getpeername():
        raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens")


def failure(error: OSError | UnicodeError, place: str, phases: tuple[tuple[str, float], ...] = ()) -> Reading:
    """Returns the reading for a connection to `place` that failed: unknown when it failed on this side."""
    ours = _OURS.get(error.errno or 0) if isinstance(error, OSError) else None
    if ours is not None:
        return unjudged(f"{place} was not asked: {ours}", phases=phases)
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return unjudged(f"{place} was not asked: the name server does not answer", phases=phases)
    return bad(f"{_why(error)} {place}", phases=phases)


def nameless(place: str, timeout_s: float, phases: tuple[tuple[str, float], ...]) -> Reading:
    """Returns the reading for a look whose time was up before the name was resolved."""
    return unjudged(
        f"{place} was not asked: the name server gave no answer within {timeout_s:g} s", phases=phases
    )


def _why(error: OSError | UnicodeError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused by"
    if isinstance(error, ConnectionError):
        return "connection reset by"
    if isinstance(error, TimeoutError):
        return "no answer from"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "the name is not known:"
    return f"{os.strerror(error.errno) if error.errno else str(error) or type(error).__name__}:".lower()
