"""One embedded database among several users of the operating system: who may write one of its files may write them all.

SQLite makes the log and the index beside a database with the mode of the database, in the name of whoever opens it first.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path


def share_as(path: Path, other: Path) -> None:
    """Gives a file the mode and the group of another, as far as this user may; nothing where one of them is not there."""
    with suppress(FileNotFoundError):
        found = other.stat()
        with suppress(PermissionError):  # this user is not of that group
            os.chown(path, -1, found.st_gid)
        with suppress(PermissionError):  # another made the file, and said who may
            path.chmod(stat.S_IMODE(found.st_mode))


def to_share(path: Path) -> str:
    """Returns what the owner of a database does for its group to write it and the files beside it."""
    return f"Give its group the right to write it and what lies beside it, as its owner: chmod -R g+w {path}*"


def refuse_to_lock_out(path: Path) -> None:
    """Raises StoreUnavailable where only to look would leave a log which those who may write the database may not write.

    Who may not write the folder either leaves nothing, and a log that is there already is somebody's who may write.
    """
    if not path.exists() or os.access(path, os.W_OK, effective_ids=True):
        return
    if (
        os.access(path.parent, os.W_OK, effective_ids=True)
        and not path.with_name(f"{path.name}-wal").exists()
    ):
        raise StoreUnavailable(
            "may be read by this user and not written, but its folder may be written: to open it would lock out those who may",
            where=str(path),
            next_step=f"Nothing was opened. {to_share(path)}",
        )
