"""Whether a part runs, and as which process.

A running part holds its lock file locked; the kernel lets go of the lock when the process ends, however
it ends. So a process id that was taken over by a stranger is never mistaken for the part. The pid file
beside it is for whoever watches; a killed part leaves it behind.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .settings import OrdersError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import Settings

_PATIENCE_S = 1.0
_PAUSE_S = 0.02


@contextmanager
def presence(settings: Settings, part: str) -> Iterator[None]:
    """Takes a part's lock and keeps its pid file while it runs; raises OrdersError if it runs already.

    The lock stays with the process to its very end, so that whoever waits for the lock waits for that. A
    part that ends by an error leaves its pid file behind, as a killed one does.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.lock_file(part), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, part)
    except OrdersError:
        os.close(descriptor)
        raise
    pid = f"{os.getpid()}\n".encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, pid, 0)
    pid_file = settings.pid_file(part)
    draft = pid_file.with_name(f".{pid_file.name}")
    draft.write_bytes(pid)
    draft.replace(pid_file)
    yield
    pid_file.unlink(missing_ok=True)


def running_pid(settings: Settings, part: str) -> int | None:
    """Returns the process id of a running part; None when it does not run."""
    try:
        descriptor = os.open(settings.lock_file(part), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = os.pread(descriptor, 20, 0).strip()
            else:
                return None
            if text.isdigit():
                return int(text)
            if time.monotonic() > until:
                raise OrdersError(f"{settings.lock_file(part)} is locked, but names no process")
            time.sleep(_PAUSE_S)  # the part has just taken the lock and is about to write
    finally:
        os.close(descriptor)


def _lock(descriptor: int, part: str) -> None:
    """Takes the lock. It waits a little, for `running_pid` holds it for an instant while looking."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise OrdersError(f"orders-{part} runs already") from None
            time.sleep(_PAUSE_S)
        else:
            return
