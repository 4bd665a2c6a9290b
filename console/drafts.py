"""What is typed and not yet used, kept on this machine: it survives a lost line, a signal, a dead database.

Each console of a person has a file of its own, and holds its lock for as long as it lives: two consoles
never write over each other. What a console left behind that is gone is offered by the next that asks for
that place.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from console.kept import Say, SoonWritten, Texts, lock, read_texts, write_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Drafts:
    """The drafts of one person in one database at one console, by place (`note:I-7`)."""

    def __init__(self, folder: Path | None, owner: str, say: Say, former: str = "") -> None:
        self._folder, self._owner, self._say = folder, owner, say
        self._owners = {owner, former or owner}
        self._texts: Texts = {}
        self._path: Path | None = None
        self._held: IO[bytes] | None = None
        self._soon = SoonWritten("drafts", self._write, say)

    @classmethod
    def beginning(cls) -> Drafts:
        """Returns drafts that are kept nowhere yet: before it is known whose they are."""
        return cls(None, "", lambda *_: None)

    @classmethod
    def at(cls, folder: Path, owner: str, say: Say, former: str = "") -> Drafts:
        """Returns the drafts of `owner` (see `console.whose`) kept below `folder`: in the first file no living console has.

        What lies there under the name `former` is found as well, each place once.
        """
        drafts = cls(folder, owner, say, former)
        drafts._settle()
        return drafts

    def of(self, place: str) -> Mapping[str, str]:
        """Returns what was typed at a place, here or at a console that is gone; empty when nothing was."""
        if place not in self._texts:
            self._adopt(place)
        return dict(self._texts.get(place, {}))

    def keep(self, place: str, fields: Mapping[str, str]) -> None:
        """Keeps what is typed at a place; without any text the draft is dropped."""
        if any(fields.values()):
            self._texts[place] = dict(fields)
        else:
            self._texts.pop(place, None)
        if self._folder is not None:
            self._soon.changed()

    def flush(self) -> None:
        """Writes now what waits to be written."""
        self._soon.flush()

    def close(self) -> None:
        """Writes what waits and leaves the file to whoever comes next."""
        self.flush()
        if self._held is not None:
            self._held.close()
            self._held = None

    def _file(self, number: int) -> Path:
        assert self._folder is not None
        suffix = f"~{number}" if number > 1 else ""  # no owner's name has a tilde
        return self._folder / f"drafts-{self._owner}{suffix}.json"

    def _settle(self) -> None:
        """Finds a file of one's own, and goes on with what is in it."""
        assert self._folder is not None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = 1
            while (held := lock(self._file(number), wait=False)) is None:
                number += 1
            self._held, self._path = held, self._file(number)
        except OSError:
            # No lock can be had (a full disk, a file system without locks): a file that no other process names.
            self._path = self._file(os.getpid() + 1000)
        self._texts = self._read(self._path)

    def _adopt(self, place: str) -> None:
        """Takes over what was typed there at a console that is gone, the newest first."""
        if self._folder is None or self._path is None:
            return
        left = [path for path in self._folder.glob("drafts-*.json") if self._is_mine(path)]
        for path in sorted(left, key=_written_at, reverse=True):
            held = None
            try:
                held = lock(path, wait=False)
                if held is None:
                    continue
                texts = self._read(path)
                if place in texts:
                    self._texts[place] = texts.pop(place)
                    self._move(path, texts)
                    return
            except OSError as error:
                self._say(f"the drafts in {path} cannot be taken over: {error.strerror}", True)
            finally:
                if held is not None:
                    held.close()

    def _move(self, path: Path, left: Texts) -> None:
        """Writes what was taken over, here first: what fails in between leaves it there twice, and never nowhere."""
        try:
            self._write()
            write_texts(path, left)
        except OSError:
            self._soon.changed()

    def _is_mine(self, path: Path) -> bool:
        name = path.stem.removeprefix("drafts-").partition("~")[0]
        return name in self._owners and path != self._path

    def _read(self, path: Path) -> Texts:
        try:
            return read_texts(path)
        except OSError as error:
            self._say(f"the drafts in {path} cannot be read: {error.strerror}", True)
        except ValueError:
            path.replace(path.with_suffix(".unreadable"))
            self._say(f"the drafts in {path} cannot be read; they were put aside", True)
        return {}

    def _write(self) -> None:
        assert self._folder is not None
        assert self._path is not None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_texts(self._path, dict(self._texts))


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
