"""SQLite's errors in words for the person at the keyboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StoreBusy, StoreRefused, StoreUnavailable, WatchfloorError

if TYPE_CHECKING:
    import sqlite3

_NOTHING_CHANGED = "Nothing was changed"
_BUSY = {
    "SQLITE_BUSY": (
        "is locked by another program",
        f"{_NOTHING_CHANGED}. Close the program that has it open (a database browser, a backup), then do it again",
    ),
    "SQLITE_LOCKED": ("is locked by another program", f"{_NOTHING_CHANGED}. Close that program"),
    "SQLITE_FULL": ("the disk is full", f"{_NOTHING_CHANGED}. Make room on that disk, then do it again"),
}
_UNAVAILABLE = {
    "SQLITE_READONLY": (
        "is read-only for this user",
        f"{_NOTHING_CHANGED}. Give this user the right to write the file and its folder",
    ),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that its folder exists and that this user may use it"),
    "SQLITE_PERM": ("cannot be opened by this user", "Check the rights of the file"),
    "SQLITE_IOERR": (
        "cannot be read or written: the disk reports an error",
        "Check the disk and the kernel's log",
    ),
}
_REFUSED = {
    "SQLITE_NOTADB": ("is not a database", "Name another file with --db; this one was not touched"),
    "SQLITE_CORRUPT": ("is damaged", "Stop all consoles, keep the file, restore the last backup"),
}


def explained(error: sqlite3.Error, where: str) -> WatchfloorError:
    """Returns the error that says what `error` means for the database at `where`."""
    name = getattr(error, "sqlite_errorname", "") or ""
    for known, (what, next_step) in _REFUSED.items():
        if name.startswith(known):
            return StoreRefused(what, where=where, next_step=next_step)
    for known, (what, next_step) in _BUSY.items():
        if name.startswith(known):
            return StoreBusy(what, where=where, next_step=next_step)
    if name.startswith("SQLITE_CANTOPEN") and _is_folder_read_only(where):
        return StoreUnavailable(
            "cannot be opened: nothing can be written in its folder", where=where,
            next_step="Give this user the right to write there, or mount that disk for writing",
        )  # fmt: skip
    for known, (what, next_step) in _UNAVAILABLE.items():
        if name.startswith(known):
            at_fault = _unwritable_beside(where) if known == "SQLITE_READONLY" else ""
            return StoreUnavailable(what, where=at_fault or where, next_step=next_step)
    return StoreUnavailable(f"the database says: {error}", where=where, next_step=_NOTHING_CHANGED)


def _is_folder_read_only(where: str) -> bool:
    """Tells whether a database's folder is there and nothing can be written in it: its log could not be made."""
    folder = Path(where).parent
    return folder.is_dir() and not os.access(folder, os.W_OK)


def _unwritable_beside(where: str) -> str:
    """Returns which of the database's own files may not be written, where it is not the database; else nothing."""
    beside = (f"{where}{end}" for end in ("-wal", "-shm"))
    if not os.access(where, os.W_OK):
        return ""
    return next((file for file in beside if Path(file).exists() and not os.access(file, os.W_OK)), "")


def is_full(error: BaseException) -> bool:
    """Tells whether an error means that the disk is full."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_FULL")


def is_busy(error: BaseException) -> bool:
    """Tells whether an error means that another program holds a lock on the database."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_BUSY")
