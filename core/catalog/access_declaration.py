"""`[[access_source]]` and `[[conflict]]` as they are written in a catalog file."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from core.catalog import access
from core.catalog.fields import AbsolutePath, Duration, Given, Id, Line, Names, Plain, Title, told
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short

_SHORTEST_EVERY_S = 10.0


def _about(text: str) -> str:
    if not access.ABOUT.fullmatch(text):
        step = "Write service:ID, component:ID or host:NAME"
        raise told(f'"{short(text)}" is neither a service, a component nor a host', step)
    return text


def _address(text: str) -> str:
    if not text:
        return text
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in {"postgresql", "postgres"} and bool(parts.path.strip("/"))
        has_password = parts.password is not None
    except ValueError:
        is_right = has_password = False
    if has_password:
        raise told("holds a password", "Take it out: `watchfloor access password ID` keeps it in the keyring")
    if not is_right:
        raise told(
            "is no address of a PostgreSQL database", "Write it as postgresql://user@host:port/database"
        )
    return text


class AccessSourceDeclaration(Declaration):
    """`[[access_source]]`."""

    id: Id
    kind: access.SourceKind
    about: Annotated[Given, AfterValidator(_about)]
    path: AbsolutePath = ""
    address: Annotated[Plain, AfterValidator(_address)] = ""
    account: Line = ""
    owner: Line = ""
    every: Duration = access.READ_EVERY_S
    privileged: Names = Field(default=[])
    zone: str = ""

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.every < _SHORTEST_EVERY_S:
            raise told("is more often than every 10 seconds", "Read it less often", at=("every",))
        if self.kind == "postgresql" and self.path:
            raise told("means nothing for a database", "Take it out; its address is in address", at=("path",))
        if self.kind != "postgresql" and not self.path:
            raise told("does not say where it lies", "Add path", at=("id",), concerns=(("path",),))
        if self.kind != "postgresql" and self.address:
            raise told(
                f"means nothing for {self.kind}", "Take it out", at=("address",), concerns=(("kind",),)
            )
        if self.account and self.kind != "authorized_keys":
            raise told(
                f"means nothing for {self.kind}", "Take it out", at=("account",), concerns=(("kind",),)
            )
        return self

    def value(self) -> access.AccessSource:
        """Returns the source."""
        return access.AccessSource(
            self.id, self.kind, self.about, self.path, self.address, self.account, self.owner, self.every,
            tuple(self.privileged), self.zone,
        )  # fmt: skip


def _right(text: str) -> str:
    entitlement, at, thing = text.partition("@")
    if not entitlement.strip() or (at and not thing.strip()):
        step = "Write an entitlement, or ENTITLEMENT@THING; * stands for anything"
        raise told(f'"{short(text)}" names no right', step)
    return text


Right = Annotated[Given, AfterValidator(_right)]


class ConflictDeclaration(Declaration):
    """`[[conflict]]`."""

    id: Id
    title: Title
    one: Right
    other: Right

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.one == self.other:
            raise told("is the same right twice", "Name another one", at=("other",), concerns=(("one",),))
        return self

    def value(self) -> access.Conflict:
        """Returns the pair."""
        return access.Conflict(self.id, self.title, self.one, self.other)
