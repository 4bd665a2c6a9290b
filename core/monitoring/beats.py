"""Heartbeats left by others: one small file a name, in a folder beside the database.

Leaving one must cost next to nothing, work while the database is busy or gone, and survive both ends'
restarts; a file written whole and renamed does. The agent reads it when it looks at the probe.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.errors import BadInput, StoreUnavailable
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VERDICTS = ("ok", "warning", "critical")
_EXPECTED = ".expected"  # no beat's name begins with a point
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of a name: when, and what it said of itself."""

    at: datetime
    verdict: str = "ok"
    note: str = ""


def leave_beat(folder: Path, name: str, beat: Beat) -> None:
    """Leaves `beat` under `name`; raises BadInput for a name or verdict that cannot be, StoreUnavailable when it cannot be written."""
    _check(name)
    if beat.verdict not in VERDICTS:
        raise BadInput(f"{beat.verdict!r} is not a verdict", next_step=f"Write one of: {', '.join(VERDICTS)}")
    text = json.dumps({"at": beat.at.isoformat(), "verdict": beat.verdict, "note": printable(beat.note, 500)})
    _write(folder, name, text)


def last_beat(folder: Path, name: str) -> Beat | None:
    """Returns the last beat left under `name`; None when there was none, or none that can be read."""
    _check(name)
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
        return Beat(datetime.fromisoformat(found["at"]), found["verdict"], printable(found["note"], 500))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # written by a stranger: silence is what the probe then reports


def expect_beats(folder: Path, names: Iterable[str], zone: str = "") -> None:
    """Writes down which names a zone's probes wait for, so that who beats under another can be told; raises StoreUnavailable."""
    _write(folder, f"{_EXPECTED}.{zone}" if zone else _EXPECTED, json.dumps(sorted(names)))


def expected_beats(folder: Path) -> frozenset[str] | None:
    """Returns the names that probes of any zone wait for; None where no agent has written them down."""
    found: set[str] = set()
    files = list(folder.glob(f"{_EXPECTED}*"))
    for file in files:
        try:
            found.update(str(name) for name in json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
    return frozenset(found) if files else None


def _write(folder: Path, name: str, text: str) -> None:
    draft = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / name)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StoreUnavailable(
            f"the beat cannot be written: {error.strerror}", where=str(folder),
            next_step="Check the disk and the rights of that folder",
        ) from error  # fmt: skip


def _check(name: str) -> None:
    if not _NAME.match(name):
        raise BadInput(
            f"{name!r} is not a heartbeat's name",
            next_step="Use lower-case letters, digits, '.', '_' and '-', at most 100",
        )
