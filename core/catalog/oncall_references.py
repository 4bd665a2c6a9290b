"""What rotas and policies name, and policies that would tell nobody: a role or a group without staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.oncall import CHANNEL, ROLE, ROTA
from core.catalog.people_declaration import ROLES
from core.catalog.people_references import STAFF_OR_GROUP
from core.catalog.quoting import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.entry import Entry
    from core.catalog.positions import KeyPath

Named = tuple["KeyPath", str, str]  # a path, the kind of what is named there, its name


def of_rota(raw: dict[str, Any]) -> Iterator[Named]:
    """Yields the staff that a rota's layers name."""
    for index, layer in _tables(raw, "layer"):
        for at, name in _texts(layer, "people"):
            yield ("layer", index, "people", at), "staff", name


def of_policy(raw: dict[str, Any]) -> Iterator[Named]:
    """Yields the rotas, staff and groups that a policy's steps tell; roles and channels are no names of the catalog."""
    for index, step in _tables(raw, "step"):
        for at, name in _texts(step, "tell"):
            path: KeyPath = ("step", index, "tell", at)
            if name.startswith(ROTA):
                yield path, "rota", name.removeprefix(ROTA)
            elif not name.startswith((ROLE, CHANNEL)):
                yield path, STAFF_OR_GROUP, name


def nobody_told(entries: list[Entry]) -> Iterator[tuple[Entry, KeyPath, str, str]]:
    """Yields (entry, path, what, next step) for each role and group without staff that a policy tells."""
    staff = {entry.id for entry in entries if entry.kind == "staff"}
    given = (entry.raw.get("role", "operator") for entry in entries if entry.kind == "staff")
    roles = {role for role in given if isinstance(role, str)}
    groups = {
        entry.id: {name for _, name in _texts(entry.raw, "members")}
        for entry in entries
        if entry.kind == "group"
    }
    for entry in entries:
        for index, step in _tables(entry.raw, "step") if entry.kind == "policy" else ():
            for at, name in _texts(step, "tell"):
                path: KeyPath = ("step", index, "tell", at)
                if name.startswith(ROLE) and name.removeprefix(ROLE) in set(ROLES) - roles:
                    what = f'none of the staff has the role "{short(name.removeprefix(ROLE))}"'
                    yield entry, path, what, "Name another role, or give it to one of the staff"
                elif name in groups and name not in staff and all("@" in each for each in groups[name]):
                    what = f'none of the staff is in group "{short(name)}"'
                    yield entry, path, what, "Put staff into it by id, or name another group"


def _tables(raw: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    found = raw.get(key)
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _texts(raw: dict[str, Any], key: str) -> Iterator[tuple[int, str]]:
    found = raw.get(key)
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, str):
            yield index, item
