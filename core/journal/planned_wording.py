"""What is said of maintenance windows, and of what they cover. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.model import Entry

_DID = {
    "planned": "planned", "changed": "changed", "planned_long": "planned", "changed_long": "changed", "began": "began", "ended": "ended", "missed": "did not hold",
    "skipped": "leaves one time out", "cancelled": "cancelled",
}  # fmt: skip


def _window(name: str, entry: Entry) -> str:
    """Returns what became of a window, and when it is now."""
    did = _DID[entry.kind.partition(".")[2]]
    begins, ends = _minute(entry, "begins_at"), _minute(entry, "ends_at")
    if begins and did not in {"planned", "changed"}:
        return f"{name} {did}, next from {begins}"
    return " ".join(
        [f"{name} {did}", *([f"from {begins}"] if begins else []), *([f"until {ends}"] if ends else [])]
    )


def _mark(name: str, entry: Entry) -> str:
    """Returns that a component is in maintenance, or no longer, and what is to be found out anew then."""
    if entry.kind == "component.maintenance_began":
        window = f"W-{entry.after('window_id')}, " if "window_id" in entry.changes else ""
        return f"{name} is in maintenance, {window}until {_minute(entry, 'window_until')}"
    anew = ": that it fails is to be confirmed anew" if "confirmed" in entry.changes else ""
    return f"{name} is no longer in maintenance{anew}"


def _minute(entry: Entry, field: str) -> str:
    found = entry.after(field, None)
    return "" if found is None else f"{from_micros(found):%Y-%m-%d %H:%M}Z"


PLANNED_WORDS: dict[str, Callable[[str, Entry], str]] = {
    **{f"window.{what}": _window for what in _DID},
    "component.maintenance_began": _mark,
    "component.maintenance_ended": _mark,
}
