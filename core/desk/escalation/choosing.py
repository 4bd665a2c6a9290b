"""Which policy an item is escalated by: that of its priority under its agreement, the agreement's own, or its service's.

It is chosen when the item is opened, in the version that is in force then, and stays: what is declared later is for what
comes later.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, or_, select

from core.catalog.codec import decode
from core.catalog.model import Service
from core.catalog.oncall import Policy
from core.catalog.tables import catalog_item
from core.desk.agreements.coverage import promise_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from core.catalog.model import Agreement
    from core.desk.clocks.told import Told

_ITEM = catalog_item.c
_STOOD = (
    select(_ITEM.definition, _ITEM.since)
    .where(
        _ITEM.kind == bindparam("kind"),
        _ITEM.id == bindparam("name"),
        _ITEM.since <= bindparam("at"),
        or_(_ITEM.until.is_(None), _ITEM.until > bindparam("at")),
    )
    .order_by(_ITEM.since.desc())
    .limit(1)
)
_VERSION = select(_ITEM.definition).where(
    _ITEM.kind == "policy", _ITEM.id == bindparam("name"), _ITEM.since == bindparam("since")
)


class Chosen(NamedTuple):
    """A policy in one version, and since when that is in force (microseconds UTC)."""

    policy: Policy
    since: int


def name_of_policy(agreements: Iterable[Agreement], priority: int, service: Service | None) -> str:
    """Returns the policy that an item of a priority goes by; empty where none is named."""
    found = list(agreements)
    for agreement in found:
        promise = promise_of(agreement, priority)
        if promise is not None and promise.policy:
            return promise.policy
    named = next((each.policy for each in found if each.policy), "")
    return named or (service.policy if service is not None else "")


def priority_of(told: Sequence[Told]) -> int:
    """Returns the priority, or severity, that an item has of which this was told; 4, the least, where that is not known."""
    return next((each.priority for each in reversed(told) if each.priority is not None), 4)


def policy_for(
    connection: Connection, agreements: Iterable[Agreement], priority: int, service: str, at: int
) -> Chosen | None:
    """Returns the policy for an item under these agreements, as it stands at an instant; None where none is named."""
    found = list(agreements)
    name = name_of_policy(found, priority, None)
    if not name:
        row = connection.execute(_STOOD, {"kind": "service", "name": service, "at": at}).first()
        name = name_of_policy((), priority, _service(row.definition) if row is not None else None)
    if not name:
        return None
    row = connection.execute(_STOOD, {"kind": "policy", "name": name, "at": at}).first()
    return None if row is None else Chosen(_policy(row.definition), row.since)


def is_any_declared(connection: Connection) -> bool:
    """Tells whether a policy was ever declared."""
    return connection.scalar(select(_ITEM.id).where(_ITEM.kind == "policy").limit(1)) is not None


def policy_version(connection: Connection, name: str, since: int) -> Policy | None:
    """Returns a policy in the version that came into force at an instant; None where there is no such one."""
    text = connection.scalar(_VERSION, {"name": name, "since": since})
    return None if text is None else _policy(text)


# A definition never changes: what it says is found once.


@lru_cache(maxsize=1024)
def _policy(definition: str) -> Policy:
    return decode(Policy, json.loads(definition))


@lru_cache(maxsize=1024)
def _service(definition: str) -> Service:
    return decode(Service, json.loads(definition))
