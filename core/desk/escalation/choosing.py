"""Which policy an item is escalated by: that of its priority under its agreement, the agreement's own, or its service's.

It is chosen when the item is opened, in the version that is in force then, and stays: what is declared later is for what
comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from core.catalog.tables import catalog_item
from core.desk.agreements.coverage import promise_of
from core.desk.agreements.versions import values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from core.catalog.model import Agreement, Service
    from core.catalog.oncall import Policy
    from core.desk.agreements.versions import Key
    from core.desk.clocks.told import Told

_ITEM = catalog_item.c
_STOOD = select(_ITEM.kind, _ITEM.id, _ITEM.since).where(
    or_(_ITEM.kind == "policy", and_(_ITEM.kind == "service", _ITEM.id == bindparam("service"))),
    _ITEM.since <= bindparam("at"),
    or_(_ITEM.until.is_(None), _ITEM.until > bindparam("at")),
)
"""Its text is always the same: it goes in one message with whatever else is asked of an item."""


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


def policies_question(service: str, at: int) -> tuple[Any, dict[str, Any]]:
    """Returns the statement, with its values, that asks for what a policy for an item of a service is chosen from."""
    return _STOOD, {"service": service, "at": at}


def chosen_from(
    connection: Connection, rows: Iterable[Sequence[Any]], agreements: Iterable[Agreement], priority: int
) -> Chosen | None:
    """Returns the policy that an item of a priority under these agreements goes by; None where none is named. `rows` are the answer."""
    stood: dict[str, dict[str, Key]] = {"policy": {}, "service": {}}
    for kind, name, since in rows:
        stood[kind][name] = (kind, name, since)
    if not stood["policy"]:
        return None
    services = values_of(connection, list(stood["service"].values()))
    key = stood["policy"].get(name_of_policy(agreements, priority, next(iter(services.values()), None)))
    return None if key is None else Chosen(values_of(connection, [key])[key], key[2])


def policy_for(
    connection: Connection, agreements: Iterable[Agreement], priority: int, service: str, at: int
) -> Chosen | None:
    """Returns the policy for an item under these agreements, as it stands at an instant; None where none is named."""
    return chosen_from(
        connection, connection.execute(*policies_question(service, at)).all(), agreements, priority
    )


def is_any_declared(connection: Connection) -> bool:
    """Tells whether a policy was ever declared."""
    return connection.scalar(select(_ITEM.id).where(_ITEM.kind == "policy").limit(1)) is not None


def policy_version(connection: Connection, name: str, since: int) -> Policy:
    """Returns a policy in the version that came into force at an instant (microseconds UTC)."""
    key = ("policy", name, since)
    found: Policy = values_of(connection, [key])[key]
    return found
