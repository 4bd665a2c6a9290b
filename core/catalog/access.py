"""What is declared of where grants are read from, as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["csv", "ldif", "passwd", "group", "sudoers", "authorized_keys", "postgresql"]
READ_EVERY_S = 86_400.0
ABOUT = re.compile(r"(service|component|host):[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a source may speak of."""


@dataclass(frozen=True, slots=True)
class AccessSource:
    """A place that says who has which right on something. Passwords are kept elsewhere."""

    id: str
    kind: SourceKind
    about: str  # what it speaks of: `host:shop-1`, `component:db-1`, `service:orders`
    path: str = ""  # a file, or a pattern of several; on the host of the agent of its zone
    address: str = ""  # of a PostgreSQL database; empty: the one that Watchfloor itself is in
    account: str = ""  # whose keys they are, where the path does not say so
    owner: str = ""  # a staff id, or free text
    every_s: float = READ_EVERY_S
    privileged: tuple[
        str, ...
    ] = ()  # entitlements that are, beside those its kind knows; `*` stands for anything
    zone: str = ""  # empty: the home zone


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rights that one person is not to have together. Each is an entitlement, with `@` and a thing where that matters.

    `*` stands for anything: `payouts-*@component:bank`.
    """

    id: str
    title: str
    one: str
    other: str
