"""Which files make up a catalog, and their text: everything that touches the disk.

Files whose names begin with a dot are left alone (editors and version control keep theirs there). A
link is followed, but no directory and no file is read twice.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from core.catalog.findings import Findings
from core.catalog.positions import KeyPath, key_lines, line_of
from core.catalog.problem import Problem

SIZE_LIMIT = 8 * 1024 * 1024  # bytes; far beyond what people write, and still parsed in seconds
PROCEDURE_LIMIT = 256 * 1024  # bytes; Markdown is parsed more slowly, and nobody carries out a longer one
_PROCEDURES = "procedures"
_SIGMA = "sigma"
_MARKS = re.compile(rb"(?:\xef\xbb\xbf)*")  # byte order marks: joining files leaves more than one
_STEPS = {
    errno.ELOOP: "Remove the link, or point it at a file",
    errno.ENOENT: "Remove the link, or bring back what it leads to",
    errno.EACCES: "Give the user who runs Watchfloor the right to read it",
    errno.EPERM: "Give the user who runs Watchfloor the right to read it",
}


@dataclass(slots=True)
class Source:
    """One file that could be read: its place on disk, its name below the catalog directory, its text."""

    path: str
    name: str
    text: str
    _lines: dict[KeyPath, int] | None = field(default=None, repr=False)

    def line(self, path: KeyPath) -> int:
        """Returns the line on which a key path of this TOML file stands; the file is indexed when first asked."""
        if self._lines is None:
            self._lines = key_lines(self.text)
        return line_of(self._lines, path)

    def problem(self, path: KeyPath, key: str, what: str, next_step: str = "") -> Problem:
        """Returns a problem that stands where `path` does."""
        return Problem(self.path, self.line(path), key, what, next_step)


@dataclass(slots=True)
class Sources:
    """All files of a catalog that could be read, and what was wrong with the others.

    `contents` has a (name, content) for every file found, for the digest; what could not be read
    stands there by its reason. `garbled` is the text of files that are not UTF-8 or not TOML, as far as
    it can be made out; `unseen` counts those of which nothing could be read. `procedure_names` has the
    procedures that could not be read as well.
    """

    tables: list[Source] = field(default_factory=list)
    procedures: list[Source] = field(default_factory=list)
    sigma: list[Source] = field(default_factory=list)
    procedure_names: set[str] = field(default_factory=set)
    problems: Findings = field(default_factory=Findings)
    contents: list[tuple[bytes, bytes]] = field(default_factory=list)
    garbled: list[str] = field(default_factory=list)
    unseen: int = 0


class _Unreadable(Exception):
    """A file cannot be taken in; carries the words for it."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


def read_sources(directory: Path) -> Sources:
    """Returns the text of every `*.toml` below `directory`, every `procedures/*.md` and every `sigma/*.yml`, in order of their names."""
    sources = Sources()
    fault = _not_a_directory(directory)
    if fault:
        step = "Name the directory that holds the catalog, or make it with `watchfloor init`"
        sources.problems.add(Problem(str(directory), 0, "", fault, step))
        return sources
    seen: dict[tuple[int, int], str] = {}
    for name in sorted(_find(directory, sources)):
        _take(directory, name, seen, sources)
    if not any(name.lower().endswith(b".toml") for name, _ in sources.contents) and not sources.problems:
        step = "Put a file there whose name ends in .toml"
        sources.problems.add(Problem(str(directory), 0, "", "holds no catalog file", step))
    return sources


def _not_a_directory(directory: Path) -> str:
    """Returns what is wrong with the place of the catalog itself; an empty text when it is a directory."""
    try:
        is_directory = stat.S_ISDIR(directory.stat().st_mode)
    except FileNotFoundError:
        return "there is no such directory"
    except OSError as error:
        return _words(error).what
    return "" if is_directory else "is not a directory"


def _find(directory: Path, sources: Sources) -> list[str]:
    """Returns the names, below `directory`, of all files of the catalog; real directories come before links to them."""
    found: list[str] = []
    visited: dict[tuple[int, int], str] = {}
    waiting = deque([""])
    links: deque[str] = deque()
    while waiting or links:
        name = waiting.popleft() if waiting else links.popleft()
        path = directory / name
        try:
            facts = path.stat()
            first = visited.setdefault((facts.st_dev, facts.st_ino), str(path))
            if first != str(path):
                what = f"the link leads to {first}, which is read already"
                sources.problems.add(Problem(str(path), 0, "", what, "Remove the link"))
                continue
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            _refuse(str(path), _words(error), sources)
            continue
        for entry in entries:
            below = f"{name}/{entry.name}" if name else entry.name
            if entry.name.startswith("."):
                continue
            is_directory = _is_directory(entry)
            misplaced = _misplaced(below, is_directory)
            if misplaced:
                sources.problems.add(Problem(str(directory / below), 0, "", *misplaced))
            if is_directory:
                (links if entry.is_symlink() else waiting).append(below)
            elif any(is_it(below) for is_it in (_is_table, _is_procedure, _is_sigma)) or _leads_nowhere(
                entry
            ):
                found.append(below)
    return found


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads in a circle; reading it says so


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    """Says whether this is a link without an end: a directory of catalog files may have been meant, whatever its name."""
    return entry.is_symlink() and not os.path.exists(entry.path)  # noqa: PTH110 – whatever hinders it, it says no


def _misplaced(name: str, is_directory: bool) -> tuple[str, str] | None:
    """Returns (what, next step) for a name that will not be read as whoever gave it must think."""
    if is_directory and _is_table(name):
        return "is a directory, though its name is that of a catalog file", "Rename it"
    if is_directory and _is_procedure(name):
        return "is a directory, though its name is that of a procedure", "Rename it"
    if not is_directory and name == _PROCEDURES:
        return "is no directory, though procedures are read from one of this name", "Rename it"
    below, _, file = name.removeprefix(f"{_PROCEDURES}/").rpartition("/")
    if not is_directory and below and name.startswith(f"{_PROCEDURES}/") and file.lower().endswith(".md"):
        return "is not read: a procedure stands in procedures/ itself", "Move it there"
    return None


def _is_table(name: str) -> bool:
    return name.lower().endswith(".toml")


def _is_sigma(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder == _SIGMA and file.lower().endswith((".yml", ".yaml"))


def _is_procedure(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder == _PROCEDURES and file.lower().endswith(".md")


def _take(directory: Path, name: str, seen: dict[tuple[int, int], str], sources: Sources) -> None:
    """Reads one file and files it under `sources`: as text, or as a problem."""
    path = str(directory / name)
    if _is_procedure(name):
        sources.procedure_names.add(Path(name).stem)
    try:
        raw = _read(path, SIZE_LIMIT if _is_table(name) else PROCEDURE_LIMIT, seen)
    except _Unreadable as reason:
        _refuse(path, reason, sources)
        sources.contents.append((os.fsencode(name), f"unreadable: {reason}".encode(errors="replace")))
        return
    sources.contents.append((os.fsencode(name), raw))
    try:
        marks = _MARKS.match(raw)
        begin = marks.end() if marks else 0
        text = raw[begin:].decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + begin
        line = raw.count(b"\n", 0, offset) + 1
        what = f"is not UTF-8 text: the byte 0x{raw[offset]:02x} at offset {offset}"
        sources.problems.add(Problem(path, line, "", what, "Save the file as UTF-8"))
        sources.garbled.append(raw.decode("utf-8", "replace"))
        return
    if _is_table(name):
        sources.tables.append(Source(path, name, text))
    elif _is_procedure(name):
        sources.procedures.append(Source(path, name, text))
    elif _is_sigma(name):
        sources.sigma.append(Source(path, name, text))


def _read(path: str, limit: int, seen: dict[tuple[int, int], str]) -> bytes:
    """Returns a file's bytes, at most `limit`; raises _Unreadable. Never waits for a pipe or a device.

    `seen` has the path of every file read so far, by device and inode.
    """
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 – flags are needed
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise _Unreadable("is not a regular file", "Put a file in its place")
            raw = file.read(limit + 1) if facts.st_size <= limit else b""
    except FileNotFoundError as error:
        if not Path(path).is_symlink():
            raise _Unreadable("vanished while the catalog was read", "Put it back, or read again") from error
        raise _words(error) from error
    except OSError as error:
        raise _words(error) from error
    if max(facts.st_size, len(raw)) > limit:
        # How long it is stays unsaid: one that is being written would be another problem at every look.
        what = f"is longer than {_size(limit)}; no longer one is read"
        raise _Unreadable(what, "Split it over several files")
    first = seen.setdefault((facts.st_dev, facts.st_ino), path)
    if first != path:
        raise _Unreadable(f"is the same file as {first}", "Remove one of the two")
    return raw


def _size(limit: int) -> str:
    """Returns a limit in bytes in words."""
    return f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} KB"


def _words(error: OSError) -> _Unreadable:
    reason = (error.strerror or str(error)).lower()
    return _Unreadable(
        f"cannot be read: {reason}", _STEPS.get(error.errno or 0, "Look at the file and at its disk")
    )


def _refuse(path: str, reason: _Unreadable, sources: Sources) -> None:
    sources.problems.add(Problem(path, 0, "", reason.what, reason.next_step))
    sources.unseen += 1
