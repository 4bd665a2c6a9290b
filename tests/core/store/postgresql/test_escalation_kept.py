"""Escalation on a shared database: the agent and people do it in their roles, and nobody changes its rows in silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, update

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Service, Staff
from core.catalog.oncall import Layer, Policy, PolicyStep, Rota
from core.desk.commands import acknowledge_incident, open_incident
from core.desk.escalation.commands import escalate
from core.desk.escalation.paging import DUTY, escalate_due
from core.desk.escalation.queries import escalation_of
from core.desk.escalation.tables import escalation, escalation_step
from core.desk.oncall.commands import end_override, make_override
from core.desk.oncall.tables import rota_override
from core.errors import NotPermitted, StoreRefused
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Subject, Via
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

AGENT, ADA = Author("agent", Via.AGENT, "agent:one"), Author("ada", Via.CONSOLE, "seat-1")
BOX = Consent(Level.BOX)
CATALOG = Catalog(
    services={"shop": Service("shop", "Shop", policy="p")},
    staff={name: Staff(name, name, email=f"{name}@house.example") for name in ("ada", "bob")},
    rotas={"ops": Rota("ops", "Ops", "UTC", (Layer("all", ("ada", "bob"), "2026-01-05"),))},
    policies={"p": Policy("p", "P", (PolicyStep(("rota:ops",)), PolicyStep(("bob",), 3600.0)))},
)


@pytest.fixture
def agent(house: House) -> Iterator[Store]:
    opened = Store.at(house.person("watcher", Role.AGENT))
    opened.write(AGENT, load_catalog, CATALOG, directory="/c", digest="1", changes=["a"])
    yield opened
    opened.close()


@pytest.fixture
def ada(house: House, agent: Store) -> Iterator[Store]:
    opened = Store.at(house.person("ada", Role.OPERATOR))
    opened.write(ADA, open_incident, "", "shop", "the till is down", 1, BOX)
    yield opened
    opened.close()


def test_the_agent_and_a_person_escalate_each_in_their_role(agent: Store, ada: Store) -> None:
    token = agent.write(AGENT, take_lease, DUTY, AGENT.seat)
    agent.write(AGENT, escalate_due, token)
    assert ada.write(ADA, escalate, "incident", 1, "it is worse", BOX).told == ("bob",)
    found = ada.read(escalation_of, "incident", 1)
    assert found is not None
    assert [each.step for each in found.taken] == [1, 2]
    ada.write(ADA, acknowledge_incident, 1)
    stopped = ada.read(escalation_of, "incident", 1)
    assert stopped is not None
    assert stopped.is_over


def test_an_override_is_made_and_ended_by_a_person_and_names_nobody_else(ada: Store) -> None:
    now = utc_now()
    made = ada.write(ADA, make_override, "ops", "bob", now, now + timedelta(hours=1), "a swap", BOX)
    assert made.made_by == "ada"
    assert ada.write(ADA, end_override, made.id, "back", BOX).ended_by == "ada"

    def forge(work: Work) -> None:
        values: dict[str, Any] = {
            "rota": "ops", "person": "bob", "from_at": 1, "until_at": 2, "reason": "r", "made_at": 1, "made_by": "bob",
            "ended_at": None, "ended_by": "",
        }  # fmt: skip
        work.connection.execute(insert(rota_override).values(id=9, version=1, **values))
        work.record(
            "override.made", Subject("override", "9"), {name: (None, value) for name, value in values.items()}
        )

    with pytest.raises(NotPermitted):
        ada.write(ADA, forge)


def test_nobody_ends_an_escalation_in_silence_or_forgets_a_step(agent: Store, ada: Store) -> None:
    token = agent.write(AGENT, take_lease, DUTY, AGENT.seat)
    agent.write(AGENT, escalate_due, token)

    def quieten(work: Work) -> None:
        work.connection.execute(update(escalation).values(next_at=None))

    def forget(work: Work) -> None:
        work.connection.execute(delete(escalation_step))

    def rewrite(work: Work) -> None:
        work.connection.execute(update(escalation_step).values(told="[]"))

    for attempt in (quieten, forget, rewrite):
        with pytest.raises((NotPermitted, StoreRefused)):
            ada.write(ADA, attempt)
