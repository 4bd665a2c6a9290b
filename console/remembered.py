"""How a person last had the console: saved views, columns, the view in front. All consoles of a person share it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.kept import Say, SoonWritten, Texts, locked, read_texts, write_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FRONT = "front"


class Remembered:
    """What is remembered of one person, by place (`columns:board`) and field.

    What two consoles change at once is merged field by field: the last to change a field wins, and drops nothing else.
    """

    def __init__(self, path: Path | None, say: Say) -> None:
        self._path, self._say = path, say
        self._texts: Texts = {}
        self._changed: dict[tuple[str, str], str | None] = {}
        self._lock = threading.Lock()
        self._soon = SoonWritten("views and columns", self._write, say)

    @classmethod
    def beginning(cls) -> Remembered:
        """Returns what is kept nowhere yet: before the console knows its places."""
        return cls(None, lambda *_: None)

    @classmethod
    def at(cls, folder: Path, person: str, say: Say) -> Remembered:
        """Returns what is remembered of `person` below `folder`."""
        remembered = cls(folder / f"looks-{person}.json", say)
        remembered._texts = remembered._read()
        return remembered

    def of(self, place: str) -> Mapping[str, str]:
        """Returns the fields of a place."""
        return dict(self._texts.get(place, {}))

    def keep(self, place: str, fields: Mapping[str, str]) -> None:
        """Remembers the fields of a place instead of those it had."""
        with self._lock:
            before = self._texts.get(place, {})
            for name in before.keys() | fields.keys():
                if before.get(name) != fields.get(name):
                    self._changed[place, name] = fields.get(name)
            self._texts[place] = dict(fields)
        if self._path is not None and self._changed:
            self._soon.changed()

    @property
    def last_view(self) -> str:
        """Returns the view that was last in front."""
        return self._texts.get(_FRONT, {}).get("view", "")

    @last_view.setter
    def last_view(self, view: str) -> None:
        self.keep(_FRONT, {"view": view})

    def flush(self) -> None:
        """Writes now what waits to be written."""
        self._soon.flush()

    def _read(self) -> Texts:
        assert self._path is not None
        try:
            return read_texts(self._path)
        except (OSError, ValueError) as error:
            self._say(f"views and columns begin anew, {self._path} cannot be read: {error}", True)
            return {}

    def _write(self) -> None:
        assert self._path is not None
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._path):
            texts = self._read()
            with self._lock:
                changed = dict(self._changed)
                for (place, name), text in changed.items():
                    if text is None:
                        texts.get(place, {}).pop(name, None)
                    else:
                        texts.setdefault(place, {})[name] = text
            write_texts(self._path, texts)
        with self._lock:
            if self._changed == changed:  # else it is written again soon, with what came meanwhile
                self._texts, self._changed = texts, {}
