"""What is typed and not yet used, kept on this machine: it survives a lost line, a signal, a dead database.

One small file a person, written whole and renamed. Where it cannot be written (a full disk) that is said
once, and the drafts stay in memory.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

WRITE_AFTER_S = 0.3


class Drafts:
    """The drafts of one person, by place (`note:I-7`), and which view was last in front."""

    def __init__(self, path: Path | None, warn: Callable[[str], None]) -> None:
        self._path, self._warn = path, warn
        self._data: dict[str, Any] = {"drafts": {}, "view": ""}
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._was_told = False

    @classmethod
    def beginning(cls) -> Drafts:
        """Returns drafts that are kept nowhere yet: before the console knows its places."""
        return cls(None, lambda _: None)

    @classmethod
    def at(cls, folder: Path, person: str, warn: Callable[[str], None]) -> Drafts:
        """Returns the drafts of `person` kept below `folder`."""
        drafts = cls(folder / f"drafts-{person}.json", warn)
        drafts._read()
        return drafts

    def of(self, place: str) -> Mapping[str, str]:
        """Returns what was typed at a place; empty when nothing was."""
        return dict(self._data["drafts"].get(place, {}))

    def places(self) -> list[str]:
        """Returns every place where something was typed and not used."""
        return sorted(self._data["drafts"])

    def keep(self, place: str, fields: Mapping[str, str]) -> None:
        """Keeps what is typed at a place; without any text the draft is dropped."""
        if any(fields.values()):
            self._data["drafts"][place] = dict(fields)
        else:
            self._data["drafts"].pop(place, None)
        self._write_soon()

    @property
    def last_view(self) -> str:
        """Returns the view that was last in front."""
        return str(self._data["view"])

    @last_view.setter
    def last_view(self, view: str) -> None:
        if view != self._data["view"]:
            self._data["view"] = view
            self._write_soon()

    def flush(self) -> None:
        """Writes now what waits to be written."""
        with self._lock:
            waiting, self._timer = self._timer, None
        if waiting is not None:
            waiting.cancel()
            self._write()

    def _write_soon(self) -> None:
        if self._path is None:
            return
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(WRITE_AFTER_S, self._write_now)
                self._timer.daemon = True
                self._timer.start()

    def _write_now(self) -> None:
        with self._lock:
            self._timer = None
        self._write()

    def _write(self) -> None:
        assert self._path is not None
        fresh = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(self._data, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            self._was_told = False
        except OSError as error:
            fresh.unlink(missing_ok=True)
            if not self._was_told:
                self._was_told = True
                self._warn(f"drafts are kept in memory only: {self._path}: {error.strerror}")

    def _read(self) -> None:
        assert self._path is not None
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            drafts = {str(k): {str(f): str(t) for f, t in v.items()} for k, v in found["drafts"].items()}
            self._data = {"drafts": drafts, "view": str(found.get("view", ""))}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            self._warn(f"the drafts in {self._path} cannot be read; they were put aside")
            self._path.replace(self._path.with_suffix(".unreadable"))
