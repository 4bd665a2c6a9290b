"""Reading what a policy is tried against: the items opened in a time, and what the journal told of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.desk.clocks.promises import Item, told_of
from core.desk.escalation.choosing import name_of_policy
from core.desk.escalation.trying import would_have
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

    from core.catalog.model import Catalog
    from core.catalog.oncall import Policy
    from core.desk.clocks.told import Told
    from core.desk.escalation.trying import Would
    from core.desk.escalation.whom import People


class Tried(NamedTuple):
    """An item, its title, and the steps that would have been taken of it."""

    name: str
    title: str
    steps: tuple[Would, ...]


class Trial(NamedTuple):
    """What a policy comes to over a time: how many items were opened in it, which of them it would have been for."""

    opened: int
    items: tuple[Tried, ...]

    @property
    def steps(self) -> int:
        """Returns how many steps would have been taken."""
        return sum(len(each.steps) for each in self.items)


def try_policy(
    connection: Connection, policy: Policy, catalog: Catalog, people: People, begin: int, end: int
) -> Trial:
    """Returns what a policy would have done of the items opened between two instants (microseconds UTC).

    It is tried on those whose agreement, by the priority they were opened with, or service names it in `catalog`; where
    nothing names it, on all. `people` are whoever would have been told: their rotas as they are, overrides as they were.
    """
    opened = 0
    found: list[Tried] = []
    is_named = policy.id in _named_in(catalog)
    for kind, table in (("incident", incident), ("request", request)):
        for item, title, agreement in _opened(connection, kind, table, begin, end):
            opened += 1
            told = told_of(connection, kind, [item.id])[item.id]
            if told and (not is_named or _is_for(policy.id, item, agreement, told, catalog)):
                steps = would_have(policy, told, people, end)
                found.append(Tried(label(kind, str(item.id)), title, tuple(steps)))
    return Trial(opened, tuple(found))


def _opened(
    connection: Connection, kind: str, table: Table, begin: int, end: int
) -> list[tuple[Item, str, str]]:
    rows = connection.execute(
        select(table).where(table.c.opened_at >= begin, table.c.opened_at < end).order_by(table.c.id)
    ).all()
    return [
        (Item(kind, row.id, row.service, row.opened_at), row.title, getattr(row, "agreement", ""))
        for row in rows
    ]


def _is_for(policy: str, item: Item, agreement: str, told: Sequence[Told], catalog: Catalog) -> bool:
    chosen = catalog.agreements.get(agreement)
    agreements = (
        [chosen]
        if chosen is not None
        else [each for each in catalog.agreements.values() if item.service in each.services]
    )
    priority = next((each.priority for each in told if each.priority is not None), 4)
    return name_of_policy(agreements, priority, catalog.services.get(item.service)) == policy


def _named_in(catalog: Catalog) -> set[str]:
    named = {each.policy for each in catalog.services.values()}
    for agreement in catalog.agreements.values():
        named |= {agreement.policy, *(target.policy for target in agreement.targets)}
    return named - {""}
