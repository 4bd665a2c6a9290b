"""The ports of the sample service: those somebody chose, else the usual ones, else free ones near by."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from console.starter.orders_service.settings import FILE, HOST, OrdersError, read_settings
from core.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FIRST, _LAST = 18710, 18999  # below the range from which systems take ports for outgoing connections
_NAMES = ("ORDERS_FRONT_PORT", "ORDERS_STORE_PORT")


def choose_ports(environment: Mapping[str, str]) -> tuple[int, int]:
    """Returns the ports of the front and of the store.

    The environment's ORDERS_FRONT_PORT and ORDERS_STORE_PORT are taken as they are; raises BadInput for one that is
    no port, Unavailable when no port is free.
    """
    chosen = [_given(name, environment) for name in _NAMES]
    free = (port for port in range(_FIRST, _LAST + 1) if port not in chosen and _is_free(port))
    front, store = (port or next(free, 0) for port in chosen)
    if not front or not store:
        raise Unavailable(
            f"no port from {_FIRST} to {_LAST} is free for the sample service",
            next_step="Choose two with ORDERS_FRONT_PORT and ORDERS_STORE_PORT in the environment",
        )
    if front == store:
        raise BadInput(
            f"front and store cannot both use port {front}", next_step="Choose two different ports"
        )
    return front, store


def kept_ports(directory: Path) -> tuple[int, int, Path] | None:
    """Returns the ports and the state directory of settings written earlier, which new files must agree with.

    None when there are no such settings; raises BadInput when they cannot be read.
    """
    if not (directory / FILE).exists():
        return None
    try:
        settings = read_settings(directory, environment={})
    except OrdersError as error:
        raise BadInput(str(error), next_step="Correct that file, or move it away and try again") from error
    return settings.front_port, settings.store_port, settings.state


def _given(name: str, environment: Mapping[str, str]) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 65535):
        raise BadInput(f"{text!r} is not a port", where=name, next_step="Write a number from 1 to 65535")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True
