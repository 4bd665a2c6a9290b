"""The keyring, as this program uses it: in another process, for five seconds at most, and only one that is worth it."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from console.own_process import start_own
from core.errors import Unavailable
from core.printable import printable

if TYPE_CHECKING:
    import subprocess

LIMIT_S = 5.0
NONE_FOUND = "keyring.backends.fail."
MOST_BYTES = 1 << 20


class Keyring(NamedTuple):
    """The keyring that was found: its class, and why it is not used (empty where it is)."""

    backend: str
    refused: str

    def __str__(self) -> str:
        if not self.refused:
            return self.backend
        # The library's stand-in where it finds none is no keyring that anybody knows by that name.
        named = f"{self.backend}: " if self.backend and not self.backend.startswith(NONE_FOUND) else ""
        return f"not used: {named}{self.refused}"


class KeyringUnavailable(Unavailable):
    """The keyring cannot be used; `keyring` says which and why."""

    def __init__(self, keyring: Keyring, what: str) -> None:
        super().__init__(f"{what}: {keyring}")
        self.keyring = keyring


def look_at_keyring() -> Keyring:
    """Returns which keyring there is, and why it is not used; raises nothing."""
    return _asked({"verb": "look"})[0]


def secret_in_keyring(key: str) -> str | None:
    """Returns what the keyring keeps under a key, None where that is nothing. Raises KeyringUnavailable."""
    return _secret("the secret cannot be taken from the keyring", verb="get", key=key) or None


def keep_in_keyring(key: str, secret: str) -> Keyring:
    """Keeps a secret, makes sure that it is given back, and returns where it is. Raises KeyringUnavailable."""
    keyring, _ = _asked({"verb": "set", "key": key, "secret": secret})
    if keyring.refused:
        raise KeyringUnavailable(keyring, "the secret cannot be kept in the keyring")
    return keyring


def remove_from_keyring(key: str) -> None:
    """Removes what is kept under a key, if anything is. Raises KeyringUnavailable."""
    _secret("the secret cannot be removed from the keyring", verb="delete", key=key)


def _secret(what: str, **request: str) -> str:
    keyring, secret = _asked(request)
    if keyring.refused:
        raise KeyringUnavailable(keyring, what)
    return secret


def _asked(request: dict[str, str]) -> tuple[Keyring, str]:
    mine, its = socket.socketpair()
    with mine, its:
        try:
            child = start_own(
                str(its.fileno()), module="console.connections.keyring_child", inherits=[its.fileno()]
            )
        except OSError as error:
            return Keyring("", f"the process for it cannot be started: {error.strerror}"), ""
        its.close()
        try:
            answer = _exchange(mine, json.dumps(request).encode() + b"\n", time.monotonic() + LIMIT_S)
        finally:
            _end(child)
    if answer is None:
        return Keyring("", f"it did not answer within {LIMIT_S:.0f} seconds"), ""
    if not answer:
        return Keyring("", "the process for it ended without an answer"), ""
    return Keyring(printable(answer["backend"], 120), printable(answer["refused"], 300)), answer.get(
        "secret", ""
    )


def _exchange(line: socket.socket, request: bytes, until: float) -> dict[str, Any] | None:
    """Returns the answer; nothing in it where the child ended without one, None where it took too long."""
    received = b""
    try:
        line.settimeout(max(0.01, until - time.monotonic()))
        line.sendall(request)
        while not received.endswith(b"\n") and len(received) < MOST_BYTES:
            line.settimeout(max(0.01, until - time.monotonic()))
            more = line.recv(65536)
            if not more:
                return {}
            received += more
        return dict(json.loads(received))
    except TimeoutError:
        return None
    except (OSError, ValueError):
        return {}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started, for it has a group of its own; it has answered, or has had its time."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
