"""How a part stands: whether it runs, and whether it does its work."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .presence import running_pid
from .settings import HOST
from .store_client import StoreClient, StoreRefuses, StoreSilent

if TYPE_CHECKING:
    from .settings import Settings

_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """What was found. `is_up`: it runs and takes connections; `works`: it also does what it is for."""

    part: str
    pid: int | None
    is_up: bool
    works: bool
    words: str


def status(settings: Settings, part: str) -> Status:
    """Returns how a part stands now; asks it, for at most five seconds."""
    pid = running_pid(settings, part)
    if pid is None:
        left = settings.pid_file(part).exists()
        words = (
            "not running: it ended without being stopped (its pid file is still there)" if left else "stopped"
        )
        return Status(part, None, is_up=False, works=False, words=words)
    is_up, works, words = _LOOKS[part](settings)
    return Status(part, pid, is_up, works, f"running as process {pid}, {words}")


def _front(settings: Settings) -> tuple[bool, bool, str]:
    asked_at = time.monotonic()
    connection = http.client.HTTPConnection(HOST, settings.front_port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        body = answer.read(65536)
    except (OSError, http.client.HTTPException) as error:
        return False, False, f"does not answer on port {settings.front_port}: {error}"
    finally:
        connection.close()
    took = f"answers on http://{HOST}:{settings.front_port} in {(time.monotonic() - asked_at) * 1000:.0f} ms"
    if answer.status == 200:
        return True, True, took
    return True, False, f"{took} with status {answer.status}: {_why(body)}"


def _why(body: bytes) -> str:
    try:
        return str(json.loads(body)["why"])
    except (ValueError, KeyError, TypeError):
        return "it does not say why"


def _store(settings: Settings) -> tuple[bool, bool, str]:
    try:
        with StoreClient(settings, _TIMEOUT_S) as store:
            waiting = store.ask("depth")["waiting"]
    except (StoreSilent, StoreRefuses) as error:
        return False, False, str(error)
    return True, True, f"answers on {HOST}:{settings.store_port}, {waiting} orders wait"


def _worker(settings: Settings) -> tuple[bool, bool, str]:
    try:
        silent_s = time.time() - settings.turn_file.stat().st_mtime
        trouble = settings.turn_file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return False, False, "has not begun to work"
    if silent_s >= settings.round_limit_s:
        return True, False, f"stuck: it has not got on for {silent_s:.0f} s"
    return True, not trouble, f"does no orders: {trouble}" if trouble else "does orders"


_LOOKS = {"front": _front, "store": _store, "worker": _worker}
