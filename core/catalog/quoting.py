"""How what a file holds is quoted in a message: harmless, on one line, and never longer than a glance."""

from __future__ import annotations

import json
from datetime import date, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = 60  # characters of a name
_TEXT = 40  # characters of a value
_STATIONS = 10  # names of a long row


def short(name: str, limit: int = _NAME) -> str:
    """Returns a name as it is shown: what cannot be printed as U+FFFD, the middle of a long one as …."""
    if len(name) > limit:
        name = f"{name[: limit * 2 // 3]}…{name[-(limit // 3 - 1) :]}"
    return name if name.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in name)


def value_shown(value: Any) -> str:
    """Returns a TOML value as a message names it: `a table`, `a list`, `the text "…"`, `2026-01-01`, `true`, `7`."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text {json.dumps(short(value, _TEXT), ensure_ascii=False)}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def drawn(names: Sequence[str]) -> str:
    """Returns names in a row, `a → b → c`; of a long row the beginning and how many more there are."""
    if len(names) <= _STATIONS + 2:
        return " → ".join(short(name) for name in names)
    left_out = len(names) - _STATIONS - 1
    shown = [short(name) for name in (*names[:_STATIONS], names[-1])]
    return " → ".join((*shown[:-1], f"… {left_out} more …", shown[-1]))
