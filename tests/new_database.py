"""New files of the embedded database for tests: the program makes the first one, the others are its copies."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path


def new_database(path: Path) -> Path:
    """Makes a database at `path` to which nothing was written yet, and returns its place.

    It is what `Store.at(path)` makes, without the time that its migrations take. A test of the making itself, or of
    what happens where there is no file yet, does not want it.
    """
    path.write_bytes(_made())
    return path


@cache
def _made() -> bytes:
    from core.store.store import Store

    with tempfile.TemporaryDirectory(prefix="wf-new-") as folder:
        path = Path(folder) / "watchfloor.db"
        Store.at(path).close()
        return path.read_bytes()
