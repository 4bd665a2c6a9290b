"""Putting a new file in its place: whole or not at all, and never over another."""

from __future__ import annotations

import errno
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NO_LINKS = frozenset((errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES))


def place_file(path: Path, content: bytes, *, is_program: bool = False) -> bool:
    """Writes a file that is not there yet and returns True; leaves one that is there alone and returns False.

    Nobody ever sees a part of it, not even after a crash. Raises OSError.
    """
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with open(os.open(draft, flags, 0o777 if is_program else 0o666), "wb") as file:  # noqa: PTH123 – flags are needed
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return _name(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, path: Path) -> bool:
    """Gives the finished draft its name unless the name is taken; a link, unlike a rename, refuses to replace."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):  # a file system without links: the check comes as close as can be
            return False
        draft.rename(path)
    return True
