"""Which files a path stands for: that one, or all that a pattern matches, and where it may not be looked whether there are any."""

from __future__ import annotations

import glob
import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

MOST_FILES = 2000


class Unseen(NamedTuple):
    """Where it cannot be looked whether there is a file (a directory that may not be entered), and why."""

    path: str
    why: str


class Matched(NamedTuple):
    """The files a pattern matches, by name, and where it could not be looked."""

    files: list[Path]
    unseen: list[Unseen]


def is_pattern(path: str) -> bool:
    """Tells whether a path stands for several files."""
    return glob.has_magic(path)


def files_of(path: str) -> list[str]:
    """Returns the files that a path, or a pattern, stands for now; the path itself where there is none yet."""
    if not is_pattern(path):
        return [path]
    return [str(each) for each in matched(path).files[:MOST_FILES]]


def matched(pattern: str) -> Matched:
    """Returns what a pattern matches. What is gone is no file; what may not be looked at may be one. Blocks on the disk."""
    places, unseen = [Path()], list[Unseen]()
    for part in Path(pattern).parts:
        if not glob.has_magic(part):
            places = [place / part for place in places]
            continue
        found: list[Path] = []
        for place in places:
            names, why = _names_in(place)
            if why:
                unseen.append(Unseen(str(place / part), why))
            found += [place / name for name in names if _is_meant(name, part)]
        places = found
    files: list[Path] = []
    for place in places:
        is_file, why = _look_at(place)
        if why:
            unseen.append(Unseen(str(place), why))
        elif is_file:
            files.append(place)
    return Matched(sorted(files), unseen)


def _is_meant(name: str, part: str) -> bool:
    return fnmatchcase(name, part) and (part.startswith(".") or not name.startswith("."))


def _names_in(place: Path) -> tuple[list[str], str]:
    """Returns what a directory holds, and why that cannot be told."""
    try:
        return sorted(os.listdir(place)), ""  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return [], ""
    except OSError as error:
        return [], error.strerror or str(error)


def _look_at(place: Path) -> tuple[bool, str]:
    """Returns whether there is a file, and why that cannot be told."""
    try:
        return stat.S_ISREG(place.stat().st_mode), ""
    except (FileNotFoundError, NotADirectoryError):
        return False, ""
    except OSError as error:
        return False, error.strerror or str(error)
