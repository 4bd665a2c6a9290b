"""Host names to addresses, remembered for a while: asking the system blocks a thread, sometimes for long."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from functools import lru_cache, partial
from weakref import WeakKeyDictionary

from core.monitoring.probes.blocking import Kept

KEEP_S = 60.0
_known: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Kept[list[str]]]] = WeakKeyDictionary()


async def addresses_of(host: str) -> list[str]:
    """Returns the addresses of `host`, IPv4 first; raises OSError when it has none, UnicodeError when it cannot be a name."""
    if _is_address(host):
        return [host]
    known = _known.setdefault(asyncio.get_running_loop(), {})
    if host not in known:
        known[host] = Kept(partial(_resolve, host), KEEP_S)
    return await known[host].get()


def forget(host: str) -> None:
    """Has the name asked for anew: nobody answered at the addresses it had."""
    held = _known.get(asyncio.get_running_loop(), {}).get(host)
    if held is not None:
        held.forget()


@lru_cache(maxsize=4096)
def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    # IPv4 first: `localhost` answers on it far more often.
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
