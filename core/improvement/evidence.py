"""A file as evidence: where it is, and by which digest it is known again."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from core.errors import BadInput

LARGEST = 1 << 30
"""Octets: what is larger is evidence by its name and a sentence."""
PART = 1 << 20


def file_evidence(name: str) -> tuple[str, str]:
    """Returns the whole path of a file and its SHA-256 in hexadecimal; raises BadInput where it cannot be read."""
    path = Path(name).expanduser().absolute()
    found, read = hashlib.sha256(), 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise BadInput("is no file", where=str(path), next_step="Name a file")
        with path.open("rb") as file:
            while part := file.read(PART):
                read += len(part)
                if read > LARGEST:
                    raise BadInput("is larger than 1 GiB", where=str(path), next_step="Name it in a sentence")
                found.update(part)
    except (OSError, ValueError) as error:
        raise BadInput(
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(path),
            next_step="Name a file that is there",
        ) from error
    return str(path), found.hexdigest()
