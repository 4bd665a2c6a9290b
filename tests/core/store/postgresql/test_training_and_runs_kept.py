"""Training and runs for requests on a server, by people with roles of their own: what the rules of the database allow, and what not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from core.catalog.commands import load_catalog
from core.catalog.model import (
    Agreement,
    Catalog,
    Component,
    Customer,
    ProcedureText,
    RequestType,
    Service,
    Staff,
)
from core.catalog.training import Training
from core.desk.requests.commands import new_request, subject
from core.desk.requests.model import Asked
from core.errors import NotPermitted
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.improvement.training.commands import record_training, withdraw_training
from core.journal import queries as journal
from core.journal.model import Via
from core.operations.commands import begin_run
from core.operations.model import RunState
from core.operations.reports import end_run, take_up_run
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
ROOT, LEA, BOB = (Author(name, Via.CONSOLE, f"seat-{name}") for name in ("root", "lea", "bob"))
LOOK = '+++\ntitle = "look"\ncomponent = "web"\neffect = "none"\n+++\n```run\ntrue\n```\n'
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={"shop": Service("shop", "Shop")},
    components={"web": Component("web", "Web", "shop")},
    procedures={"look": ProcedureText("look", "look.md", LOOK)},
    agreements={
        "a": Agreement(
            "a", "A", "acme", ("shop",), may_ask=("*",), request_types=(RequestType("look", "Look", "shop", procedure="look"),),
            only_for_requests=("look",),
        )
    },
    staff={"bob": Staff("bob", "Bob"), "lea": Staff("lea", "Lea", role="lead")},
    trainings={"desk": Training("desk", "Desk", roles=("operator",))},
)  # fmt: skip


@pytest.fixture
def shared(house: House) -> House:
    root = Store.at(house.person("root", Role.ADMIN))
    root.write(ROOT, load_catalog, CATALOG, directory="/c", digest="1", changes=())
    root.close()
    return house


def test_a_lead_records_and_withdraws_and_an_operator_does_not_by_any_program(shared: House) -> None:
    lea, bob = Store.at(shared.person("lea", Role.LEAD)), Store.at(shared.person("bob", Role.OPERATOR))
    assert lea.write(LEA, record_training, "bob", "desk", date(2026, 1, 1)).recorded_by == "lea"
    with pytest.raises(NotPermitted, match="for the role lead"):
        bob.write(BOB, record_training, "lea", "desk", date(2026, 1, 1))
    with connect(shared.person("ben", Role.OPERATOR)) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("UPDATE training_record SET withdrawn_by = 'ben'")
    assert lea.write(LEA, withdraw_training, 1, "another Bob", BOX).is_withdrawn
    lea.close()
    bob.close()


def test_an_operator_begins_a_run_for_a_request_and_is_refused_one_without(shared: House) -> None:
    bob = Store.at(shared.person("bob", Role.OPERATOR))
    asked = Asked("Please look", "shop", "eve@acme.example", type="look")
    number = bob.write(BOB, new_request, asked, BOX).id
    bob.write(BOB, unlock_operate, "to look")
    with pytest.raises(NotPermitted, match="look runs only for a request"):
        bob.write(BOB, begin_run, "look", BOX, reason="to see")
    run = bob.write(BOB, begin_run, "look", BOX, reason="asked", request=number).id
    bob.write(BOB, take_up_run, run, "seat-bob")
    bob.write(BOB, end_run, run, RunState.DONE)
    kinds = [each.kind for each in bob.read(journal.of_subject, subject(number))]
    assert kinds[-2:] == ["request.run_begun", "request.run_ended"]
    bob.close()
