"""Asking orders-store."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, Self

from .settings import HOST, OrdersError

if TYPE_CHECKING:
    from .settings import Settings

_LINE_LIMIT = 1 << 20  # bytes of an answer


class StoreSilent(OrdersError):
    """The store cannot be reached, or does not answer in time, or not in its own language."""


class StoreRefuses(OrdersError):
    """The store answered no, and why."""


class StoreClient:
    """One connection to the store; not for several threads. Raises StoreSilent wherever the store is missing."""

    def __init__(self, settings: Settings, timeout_s: float = 5.0) -> None:
        self._name = f"orders-store on {HOST}:{settings.store_port}"
        try:
            self._socket = socket.create_connection((HOST, settings.store_port), timeout=timeout_s)
        except OSError as error:
            raise StoreSilent(f"{self._name} cannot be reached: {_words(error)}") from error
        self._lines = self._socket.makefile("rb")
        try:
            self._line()  # the greeting
        except StoreSilent:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._lines.close()
        self._socket.close()

    def ask(self, word: str, **more: Any) -> dict[str, Any]:
        """Returns the store's answer; raises StoreRefuses when it says no."""
        try:
            self._socket.sendall(json.dumps({"do": word, **more}).encode() + b"\n")
        except OSError as error:
            raise StoreSilent(f"{self._name} cannot be reached: {_words(error)}") from error
        try:
            found: dict[str, Any] = json.loads(self._line())
            is_ok = bool(found["ok"])
        except (ValueError, KeyError, TypeError) as error:
            raise StoreSilent(f"{self._name} does not speak as a store") from error
        if not is_ok:
            raise StoreRefuses(str(found.get("why", "the store says no")))
        return found

    def _line(self) -> bytes:
        try:
            line = self._lines.readline(_LINE_LIMIT)
        except OSError as error:
            raise StoreSilent(f"{self._name} does not answer: {_words(error)}") from error
        if not line:
            raise StoreSilent(f"{self._name} closed the connection")
        return line


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
