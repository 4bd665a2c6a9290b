"""Host names to addresses, remembered for a while: asking runs in threads, of which there are few."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time

KEEP_S = 60.0
_known: dict[str, tuple[float, str]] = {}


async def address_of(host: str) -> str:
    """Returns an address of `host`; raises OSError when it has none."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    held = _known.get(host)
    if held is not None and time.monotonic() - held[0] < KEEP_S:
        return held[1]
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    # IPv4 first: `localhost` answers on it far more often.
    best = min(found, key=lambda each: each[0] != socket.AF_INET)
    address = str(best[4][0])
    _known[host] = (time.monotonic(), address)
    return address


def why(error: OSError) -> str:
    """Returns the reason of a failed connection in an operator's words."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        return "connection reset"
    if isinstance(error, socket.gaierror):
        return "the name is not known"
    return (error.strerror or str(error) or type(error).__name__).lower()
