"""What must hold of the people that tables of a catalog name: that somebody is meant, and only one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.quoting import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath

STAFF_OR_GROUP = "staff or group"
"""Where either may be named, both are looked among."""
Place = tuple["Entry", "KeyPath", str, str]


def people_faults(entries: list[Entry]) -> Iterator[Place]:
    """Yields groups with the id of one of the staff, groups that deliver but have no staff, and approvals that cannot come about."""
    staff = {entry.id for entry in entries if entry.kind == "staff"}
    groups: dict[str, set[str]] = {}
    for entry in entries:
        if entry.kind != "group":
            continue
        groups.setdefault(entry.id, set()).update(_texts(entry.raw.get("members")))
        if entry.id and entry.id in staff:
            what = f'group "{short(entry.id)}" has the id of one of the staff: whoever names it might mean either'
            yield entry, ("id",), what, "Give one of the two another id"
    for entry in entries:
        if entry.kind == "agreement":
            yield from _delivering(entry, groups)
            yield from _approving(entry, staff, groups)


def _delivering(entry: Entry, groups: dict[str, set[str]]) -> Iterator[Place]:
    for index, name in enumerate(_texts(entry.raw.get("may_deliver"))):
        if name in groups and all("@" in member for member in groups[name]):
            what = f'none of the staff is in group "{short(name)}"'
            yield entry, ("may_deliver", index), what, "Put staff into it by id, or name another group"


def _approving(entry: Entry, staff: set[str], groups: dict[str, set[str]]) -> Iterator[Place]:
    types = entry.raw.get("request_type")
    for index, item in enumerate(types if isinstance(types, list) else ()):
        approval = item.get("approval") if isinstance(item, dict) else None
        count = approval.get("count", 1) if isinstance(approval, dict) else None
        if not isinstance(approval, dict) or not isinstance(count, int):
            continue
        named = _texts(approval.get("by"))
        if not named or not all(name in staff or name in groups for name in named):
            continue  # a role may have any number of people
        people = {p for name in named for p in groups.get(name, {name}) if "@" not in p}
        if len(people) < count:
            what = f"asks {count} to approve, and names {len(people)}: it would never be approved"
            yield entry, ("request_type", index, "approval"), what, "Name more people, or lower count"


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
