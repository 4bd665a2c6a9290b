"""How a person last had a database before them: views, columns, filters, marks, the view in front.

All consoles of a person on one database share it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.kept import Say, SoonWritten, Texts, locked, read_texts, write_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FRONT = "front"


class Remembered:
    """What is remembered of one person in one database, by place (`columns:board`) and field.

    What two consoles change at once is merged field by field: the last to change a field wins, and drops nothing else.
    """

    def __init__(self, path: Path | None, say: Say, former: Path | None = None) -> None:
        self._path, self._say, self._former = path, say, former
        self._texts: Texts = {}
        self._changed: dict[tuple[str, str], str | None] = {}
        self._lock = threading.Lock()
        self._soon = SoonWritten("views and columns", self._write, say)

    @classmethod
    def beginning(cls) -> Remembered:
        """Returns what is kept nowhere yet: before it is known whose it is."""
        return cls(None, lambda *_: None)

    @classmethod
    def at(cls, folder: Path, owner: str, say: Say, former: str = "") -> Remembered:
        """Returns what is remembered of `owner` (see `console.whose`) below `folder`.

        Nothing being remembered yet, it begins with what lies there under the name `former`.
        """
        before = folder / f"looks-{former}.json" if former else None
        remembered = cls(folder / f"looks-{owner}.json", say, before)
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
        path = self._former if self._former is not None and not self._path.exists() else self._path
        try:
            return read_texts(path)
        except (OSError, ValueError) as error:
            self._say(f"views and columns begin anew, {path} cannot be read: {error}", True)
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
