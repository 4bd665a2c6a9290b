"""Files that are one person's own: written whole or not at all, read only where nobody else could have written them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

OTHERS_READ = stat.S_IRWXG | stat.S_IRWXO
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
MOST_BYTES = 1 << 20


def read_private(path: Path, *, what: str, secret: bool) -> bytes | None:
    """Returns what a file holds, None where there is none; `what` names it for people.

    With `secret` nobody else may be able to read it; without, nobody else may be able to write it. Raises BadInput
    where others can, or where it is no file or far too large; Unavailable where it cannot be read.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            _check(path, status, what, secret=secret)
            return file.read(MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{what} cannot be read: {error.strerror}", where=str(path)) from None


def write_private(path: Path, data: bytes) -> None:
    """Writes a file of mode 0600 in place of what is there, all of it or nothing; a link stays a link.

    Raises Unavailable where it cannot be written; what was there before is then as it was.
    """
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            fresh.unlink()
        with open(fresh, "xb", opener=_for_me_alone) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise Unavailable(
            f"cannot be written: {error.strerror}", where=str(path), next_step="What was there is as it was"
        ) from None


def _check(path: Path, status: os.stat_result, what: str, *, secret: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(f"{what} is no ordinary file", where=str(path))
    if status.st_size >= MOST_BYTES:
        raise BadInput(f"{what} is far too large", where=str(path))
    if status.st_mode & (OTHERS_READ if secret else OTHERS_WRITE):
        doing = "read" if secret else "write"
        raise BadInput(
            f"others may {doing} {what} (mode {stat.S_IMODE(status.st_mode):04o})", where=str(path),
            next_step=f"Look whether it is still as it should be, then: chmod 600 {path}",
        )  # fmt: skip
    if status.st_uid not in {os.geteuid(), 0}:
        raise BadInput(
            f"{what} belongs to another user", where=str(path), next_step=f"chown it, or remove it: {path}"
        )


def _without_waiting(path: str, flags: int) -> int:
    """Opens a pipe that nobody writes to without waiting for somebody."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _for_me_alone(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
