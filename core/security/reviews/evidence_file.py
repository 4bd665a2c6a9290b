"""Writes the evidence of a review into a file: whole or not at all, and over another one only where that is meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.errors import NotPossible, Unavailable

if TYPE_CHECKING:
    from pathlib import Path


def write_evidence(path: Path, made: bytes, *, is_over: bool = False) -> None:
    """Writes a file that is not there yet, or with `is_over` in place of what is there.

    It is written beside first, and takes its name once all of it is on the disk: a full disk leaves what was there. Raises
    NotPossible where a file is there, Unavailable where it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if not is_over and path.exists():
            raise _there(path)
        try:
            with beside.open("xb") as file:
                file.write(made)
                file.flush()
                os.fsync(file.fileno())
            _name(beside, path, is_over=is_over)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written: {error.strerror}", next_step="Nothing was written"
        ) from error


def _name(beside: Path, path: Path, *, is_over: bool) -> None:
    if is_over:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)  # fails where somebody made one of that name meanwhile
    except FileExistsError:
        raise _there(path) from None
    except OSError:  # a file system without links
        if path.exists():
            raise _there(path) from None
        beside.replace(path)


def _there(path: Path) -> NotPossible:
    return NotPossible(
        f"{path} is there already", next_step="Nothing was written. Name another one with --out"
    )
