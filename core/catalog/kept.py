"""What files came to when they were last read: a file whose text is the same is not taken apart again.

A text is compared with the text itself, not with times or sizes: what is kept is never out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.catalog.file_reading import ReadFile
    from core.catalog.problem import ProcedureCheck


class Kept:
    """Holds the files of one reading for the next one, by path. The reader keeps only what is the same each time."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[str, Any]] = {}
        self._now: dict[str, tuple[str, Any]] = {}
        self._variables: dict[str, str] = {}

    def begin(self, variables: Mapping[str, str]) -> None:
        """Begins a reading with these variables; what was read with others is forgotten."""
        self._before = self._now if self._variables == variables else {}
        self._now = {}
        self._variables = dict(variables)

    def file(self, path: str, text: str) -> ReadFile | None:
        """Returns what the catalog file came to, if it held this text."""
        read: ReadFile | None = self._same(path, text)
        return read

    def procedure(self, path: str, text: str) -> ProcedureCheck | None:
        """Returns what the look into the procedure came to, if it held this text."""
        check: ProcedureCheck | None = self._same(path, text)
        return check

    def keep(self, path: str, text: str, result: ReadFile | ProcedureCheck) -> None:
        """Keeps what a file with this text came to, for the next reading."""
        self._now[path] = text, result

    def _same(self, path: str, text: str) -> Any:
        kept, result = self._before.get(path, ("", None))
        if result is None or kept != text:
            return None
        self._now[path] = kept, result
        return result
