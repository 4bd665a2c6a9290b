"""The one way to change a grant: its row, what is read in order beside it, and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.journal.model import Subject
from core.security.grants.model import Standing
from core.security.grants.tables import access_grant
from core.security.indexed import words_of
from core.store.rows import revise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from core.journal.appending import Recorded
    from core.store.work import Work
_PLACES = {standing: place for place, standing in enumerate(Standing)}


def subject(grant_id: int) -> Subject:
    """Returns the journal's subject of a grant."""
    return Subject("grant", str(grant_id))


def place_of(standing: Standing) -> int:
    """Returns where a standing comes in the list: what is to be decided first."""
    return _PLACES[standing]


def beside(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the columns that follow from the others of a grant's row, and that no entry names."""
    standing = Standing(row["state"])
    words = (
        f"g-{number}", row["principal"], row["entitlement"], row["thing"], f"state:{standing}", f"owner:{row['owner']}",
        f"person:{row['person']}", "privileged" if row["is_privileged"] else "", f"source:{row['source']}", row["said"],
        row["reason"],
    )  # fmt: skip
    return {
        "is_open": int(standing.is_open), "place": _PLACES[standing],
        "words": words_of(words),
    }  # fmt: skip


def revise_grant(
    work: Work,
    row: Any,
    kind: str,
    after: Mapping[str, Any],
    *,
    note: str = "",
    cause: int | Recorded | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of a grant's row and records the entry `kind`; returns the row as it now is."""
    follows = beside(row.id, {**row._asdict(), **after})
    return revise(
        work, access_grant, row, kind, after, subject=subject(row.id), note=note, cause=cause, beside=follows
    )
