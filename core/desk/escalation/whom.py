"""Whom a step tells: staff, a group's, a role's, who is on call, a kept address. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.oncall import CHANNEL, ROLE, ROTA
from core.desk.oncall.model import on_call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.catalog.model import Group, Staff
    from core.catalog.oncall import Rota
    from core.desk.oncall.model import Override


@dataclass(frozen=True, slots=True)
class People:
    """Everybody there is to tell: rotas and their overrides, staff and groups by id."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    overrides: Sequence[Override] = ()
    staff: Mapping[str, Staff] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)


class Found(NamedTuple):
    """Who is told, by name and as whom, and why nobody was found for what is left of a step."""

    told: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Returns the names alone."""
        return [name for name, _ in self.told]

    @property
    def words(self) -> str:
        """Returns what is missing in words; empty where nothing is."""
        return "; ".join(self.missing)


def whom(tell: Sequence[str], people: People, at: int) -> Found:
    """Returns whom a step tells at an instant (microseconds UTC), each once."""
    told: dict[str, str] = {}
    missing: list[str] = []
    for target in tell:
        names, why = _named(target, people, at)
        for name in names:
            told.setdefault(name, target)
        if not names:
            missing.append(why)
    return Found(tuple(told.items()), tuple(missing))


def _named(target: str, people: People, at: int) -> tuple[list[str], str]:
    """Returns the names a target stands for, or why it stands for none."""
    if target.startswith(CHANNEL):
        return [target.removeprefix(CHANNEL)], ""
    if target.startswith(ROTA):
        rota = people.rotas.get(target.removeprefix(ROTA))
        if rota is None:
            return [], f"there is no rota {target.removeprefix(ROTA)} any more"
        person = on_call(rota, people.overrides, at)
        if person and person not in people.staff:
            return [], f"{person}, on call in {rota.id}, is no longer of the staff"
        return ([person], "") if person else ([], f"nobody is on call in {rota.id}")
    if target.startswith(ROLE):
        role = target.removeprefix(ROLE)
        return [each.id for each in people.staff.values() if each.role == role], f"nobody has the role {role}"
    if target in people.staff:
        return [target], ""
    if target in people.groups:
        members = [name for name in people.groups[target].members if name in people.staff]
        return members, f"none of the staff is in group {target}"
    return [], f"{target} is no longer of the staff"
