"""Starting, stopping and killing the parts from outside."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .faults import clear_faults
from .presence import running_pid
from .settings import HOST
from .status import status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .settings import Settings

START_LIMIT_S = 15.0
STOP_LIMIT_S = 10.0
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it was done, and one line about it."""

    is_done: bool
    words: str


def start(settings: Settings, part: str) -> Outcome:
    """Starts a part in a session of its own and waits until it is up. A fault that is not lasting ends with it."""
    pid = running_pid(settings, part)
    if pid is not None:
        return Outcome(True, f"orders-{part} is running already, as process {pid}")
    taken = _taken_port(settings, part)
    if taken is not None:
        words = f"another program has {HOST}:{taken} (Address already in use)"
        mend = "end it, or choose another port in orders.ini and in orders.toml"
        return Outcome(False, f"orders-{part} did not start: {words}; {mend}")
    clear_faults(settings, part, also_lasting=False)
    settings.state.mkdir(parents=True, exist_ok=True)
    if part == "worker":
        settings.turn_file.unlink(missing_ok=True)
    process = _launch(settings, part)
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        found = status(settings, part)
        if found.is_up:
            return Outcome(True, f"orders-{part} started: {found.words}")
        if process.poll() is not None:
            return Outcome(False, f"orders-{part} did not start: {_last_line(settings.log_file(part))}")
        time.sleep(_PAUSE_S)
    log = settings.log_file(part)
    return Outcome(False, f"orders-{part} is not up after {START_LIMIT_S:g} s; its log is {log}")


def stop(settings: Settings, part: str) -> Outcome:
    """Asks a part to end and waits; one that does not end in time is killed."""
    pid = running_pid(settings, part)
    if pid is None:
        settings.pid_file(part).unlink(missing_ok=True)
        return Outcome(True, f"orders-{part} is not running")
    _signal(pid, signal.SIGTERM)
    if _wait(lambda: running_pid(settings, part) != pid, STOP_LIMIT_S):
        return Outcome(True, f"orders-{part} stopped")
    kill(settings, part)
    settings.pid_file(part).unlink(missing_ok=True)
    return Outcome(True, f"orders-{part} did not stop within {STOP_LIMIT_S:g} s and was killed")


def kill(settings: Settings, part: str) -> Outcome:
    """Kills a part as a crash would: nothing is tidied up, its pid file stays behind."""
    pid = running_pid(settings, part)
    if pid is None:
        return Outcome(False, f"orders-{part} is not running")
    _signal(pid, signal.SIGKILL)
    is_gone = _wait(lambda: running_pid(settings, part) != pid, STOP_LIMIT_S)
    return Outcome(
        is_gone,
        f"orders-{part} (process {pid}) was {'killed' if is_gone else 'sent SIGKILL, but is still there'}",
    )


def _taken_port(settings: Settings, part: str) -> int | None:
    """Returns the part's port where somebody else listens there, whose answer would be taken for the part's own."""
    port = {"front": settings.front_port, "store": settings.store_port}.get(part)
    if port is None:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError as error:
            return port if error.errno == errno.EADDRINUSE else None
    return None


def _launch(settings: Settings, part: str) -> subprocess.Popen[bytes]:
    """Starts the process: no terminal, no inherited pipes, so that whoever started it may end."""
    with settings.log_file(part).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-IS", str(settings.directory / "orders"), "run", part],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=settings.directory,
            start_new_session=True,
        )


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has ended by itself in the meantime, which is what was wanted


def _wait(is_so: Callable[[], bool], limit_s: float) -> bool:
    until = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_S)
    return True


def _last_line(log: Path) -> str:
    try:
        lines = log.read_bytes()[-4000:].decode(errors="replace").split("\n")
    except OSError as error:
        return f"its log cannot be read: {error.strerror}"
    return next((line for line in reversed(lines) if line.strip()), "it says nothing")
