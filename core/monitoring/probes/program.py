"""Where a command's program lies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def find_program(name: str, directory: str, path: str) -> str | None:
    """Returns the program's path: of a bare name along `path`, else from `directory` on; None when there is none.

    A file that may not be run is returned all the same: starting it says why.
    """
    if "/" not in name:
        return shutil.which(name, path=path) or shutil.which(name, mode=os.F_OK, path=path)
    place = Path(directory, name) if directory else Path(name)
    return str(place) if place.exists() else None
