"""Two people's texts over what stood there before: what differs, who wrote it, and what meets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people wrote differently: `mine` is not saved yet, `theirs` stands there, by whom and when."""

    field: str
    mine: str
    theirs: str
    by: str = ""
    at: datetime | None = None


def clashes(
    begun: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    entries: Sequence[Entry] = (),
) -> list[Clash]:
    """Returns the fields that both sides changed from `begun`, and not to the same. `entries` tell who did, oldest first."""
    found = []
    for field, text in mine.items():
        before, now = begun.get(field, ""), theirs.get(field, "")
        if text not in (before, now) and now != before:
            entry = next((e for e in reversed(entries) if field in e.changes), None)
            found.append(Clash(field, text, now, entry.actor if entry else "", entry.at if entry else None))
    return found


def merged(begun: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Returns each field as it is where only one side changed it; where both did, as `mine` has it."""
    return {
        field: theirs.get(field, "") if text == begun.get(field, "") else text for field, text in mine.items()
    }


def changes_since(entries: Sequence[Entry], steps: int) -> list[Entry]:
    """Returns the newest entries, oldest first, that moved a subject on by so many versions; notes move nothing."""
    moving = [entry for entry in entries if entry.changes]
    return moving[-steps:] if steps > 0 else []
