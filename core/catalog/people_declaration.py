"""How people are named in a catalog file: by address, by domain, by group, as staff, by role; and `[[group]]`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from core.catalog import model
from core.catalog.fields import Id, Title, id_fault, told
from core.catalog.nearest import did_you_mean, listed
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short

ANYBODY = "*"
ROLE = "role:"
ROLES = ("viewer", "operator", "lead", "reviewer", "admin")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)\w([\w-]{0,61}\w)?(\.\w([\w-]{0,61}\w)?)*")
_HOW_ADDRESS = "Write an address as ann@acme.example, all of a domain as @acme.example"


def _address(text: str) -> str:
    """Returns an address or `@domain` in small letters: servers do not tell large ones apart."""
    local, _, domain = text.rpartition("@")
    if not _DOMAIN.fullmatch(domain) or (local and not _LOCAL.fullmatch(local)) or not text.isprintable():
        raise told(f'"{short(text)}" is neither an address nor a domain', _HOW_ADDRESS)
    return text.lower()


def _name(text: str, step: str) -> str:
    fault = id_fault(text)
    if fault is not None:
        raise told(fault[0], step)
    return text


def _asker(text: str) -> str:
    if text == ANYBODY:
        return text
    return _address(text) if "@" in text else _name(text, f"{_HOW_ADDRESS}, or name a group")


def _deliverer(text: str) -> str:
    if text.startswith(ROLE):
        role = text.removeprefix(ROLE)
        if role not in ROLES:
            step = did_you_mean(role, ROLES, f"The roles are: {listed(ROLES)}")
            raise told(f'there is no role "{short(role)}"', step)
        return text
    if "@" in text:
        raise told(f'"{short(text)}" is an address', "Name staff or a group by id, or a role as role:lead")
    return _name(text, "Name staff or a group by id, or a role as role:lead")


def _member(text: str) -> str:
    return _address(text) if "@" in text else _name(text, f"{_HOW_ADDRESS}, or name staff by id")


def _once(names: list[str]) -> list[str]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise told(f'names "{short(name)}" twice', "Name it once", at=(index,))
        seen.add(name)
    return names


Askers = Annotated[
    list[Annotated[str, AfterValidator(_asker)]], Field(max_length=1000), AfterValidator(_once)
]
Deliverers = Annotated[
    list[Annotated[str, AfterValidator(_deliverer)]], Field(max_length=1000), AfterValidator(_once)
]
Members = Annotated[
    list[Annotated[str, AfterValidator(_member)]],
    Field(min_length=1, max_length=10_000),
    AfterValidator(_once),
]


class GroupDeclaration(Declaration):
    """`[[group]]`: people who ask, people who deliver, or both."""

    id: Id
    title: Title | None = None
    members: Members

    def value(self) -> model.Group:
        """Returns the group; without a title it goes by its id."""
        return model.Group(self.id, self.title or self.id, tuple(self.members))
