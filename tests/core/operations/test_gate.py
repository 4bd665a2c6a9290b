"""The gate at the start of a procedure: what the agreement of a request says, and what one without a request runs into."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import (
    Agreement,
    Approval,
    Catalog,
    Component,
    Customer,
    ProcedureText,
    RequestType,
    Service,
    Staff,
)
from core.desk.commands import open_incident, resolve_incident
from core.desk.requests import commands as requests
from core.desk.requests.approvals import approve_request
from core.desk.requests.as_of import whole_at
from core.desk.requests.model import Asked, Request, RequestState
from core.desk.requests.whole import whole_request
from core.errors import BadInput, Moved, NotFound, NotPermitted
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.journal.wording import sentence
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.operations import queries
from core.operations.as_of import some_runs_at
from core.operations.commands import begin_run
from core.operations.model import RunState
from core.operations.reports import end_run
from core.security.signals.own import look_through
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.journal.model import Entry
    from core.operations.queries import Run
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)
ADA, BOB, LEA = (Author(name, Via.CONSOLE, f"seat-{name}") for name in ("ada", "bob", "lea"))
BOX = Consent(Level.BOX)
RESTART = RequestType("restart", "Restart", "mail", procedure="mail-restart", may_run=("mail-look",))
ASKS = RequestType("wipe", "Wipe", "mail", procedure="mail-restart", approval=Approval(("role:lead",)))
PLAIN = RequestType("other", "Other", "mail")


def procedure(name: str, component: str) -> ProcedureText:
    text = f'+++\ntitle = "{name}"\ncomponent = "{component}"\neffect = "none"\n+++\n```run\ntrue\n```\n'
    return ProcedureText(name, f"{name}.md", text)


def declare(store: Store, **changes: Any) -> None:
    values: dict[str, Any] = {"may_ask": ("*",), "request_types": (RESTART, ASKS, PLAIN)} | changes
    procedures = [
        procedure(f"{name}-{what}", name) for name in ("mail", "vpn") for what in ("restart", "look")
    ]
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")},
        services={"mail": Service("mail", "Mail"), "vpn": Service("vpn", "VPN")},
        agreements={"acme-mail": Agreement("acme-mail", "Mail", "acme", ("mail",), **values)},
        components={name: Component(name, name, name) for name in ("mail", "vpn")},
        procedures={each.id: each for each in (*procedures, procedure("mail-wrong", "vpn"))},
        staff={
            "ada": Staff("ada", "Ada"),
            "bob": Staff("bob", "Bob"),
            "lea": Staff("lea", "Lea", role="lead"),
        },
    )
    store.write(AGENT, load_catalog, catalog, directory="/c", digest=str(values), changes=())


@pytest.fixture
def house(store: Store) -> Store:
    declare(store)
    for name in ("mail", "vpn"):
        found = Change(Status(name, 0, State.OK, True, utc_now(), "fine"), name, name, 2)
        store.write(AGENT, record_changes, [found])
    for person in (ADA, BOB, LEA):
        store.write(person, unlock_operate, "test")
    return store


def ask(store: Store, type_: str = "restart", **more: Any) -> Request:
    asked = Asked("Help", "mail", "eve@acme.example", type=type_, **more)
    found: Request = store.write(AGENT, requests.record_request, asked)
    return found


def begin(store: Store, name: str = "mail-restart", *, by: Author = ADA, **more: Any) -> Run:
    found: Run = store.write(by, begin_run, name, BOX, **more)
    return found


def last(store: Store, subject: Subject) -> Entry:
    return store.read(journal.of_subject, subject)[-1]


def test_a_procedure_that_its_type_names_is_begun_for_a_request_and_both_say_so(house: Store) -> None:
    number = ask(house).id
    run = begin(house, request=number)
    assert (run.request, run.despite) == (number, "")
    assert [each.id for each in house.read(whole_request, number, utc_now()).runs] == [run.id]
    entry = last(house, requests.subject(number))
    assert sentence(entry) == f"R-{number} PR-{run.id} begun for it: mail-restart"
    begun = last(house, Subject("run", str(run.id)))
    assert (begun.kind, entry.cause) == ("run.begun", begun.seq)


def test_how_a_run_ended_comes_onto_the_time_line_of_its_request(house: Store) -> None:
    number = ask(house).id
    run = begin(house, request=number)
    house.write(AGENT, end_run, run.id, RunState.FAILED, "step 1 ended with 7")
    entry = last(house, requests.subject(number))
    assert sentence(entry) == f"R-{number} PR-{run.id} failed: mail-restart: step 1 ended with 7"
    ended = last(house, Subject("run", str(run.id)))
    assert (ended.kind, entry.cause) == ("run.ended", ended.seq)


def test_the_runs_of_a_request_as_of_any_entry(house: Store) -> None:
    number = ask(house).id
    before = house.read(journal.newest).seq
    run = begin(house, request=number)
    begun = house.read(journal.newest).seq
    house.write(AGENT, end_run, run.id, RunState.DONE)
    for seq, stood in ((before, []), (begun, [RunState.WAITING]), (begun + 9, [RunState.DONE])):
        whole = house.read(whole_at, number, seq, utc_now())
        assert whole is not None
        assert [each.state for each in whole.runs] == stood
    assert [each.request for each in house.read(some_runs_at, [run.id], begun)] == [number]


def test_another_that_is_allowed_for_its_type_is_begun_too(house: Store) -> None:
    assert begin(house, "mail-look", request=ask(house).id).procedure == "mail-look"


REFUSED = {
    "of a type that names another": ("restart", "vpn-look", {}, "vpn is of vpn, and R-1 is about mail"),
    "of another procedure": ("restart", "mail-wrong", {}, "vpn is of vpn"),
    "of a type that names none": ("other", "mail-look", {}, "its type other names no procedure"),
    "of no type": ("", "mail-look", {}, "R-1 is of no request type of its agreement"),
    "of one its type does not name": ("wipe", "mail-look", {"approved": True}, "carried out by mail-restart, not by mail-look"),
    "not approved": ("wipe", "mail-restart", {}, "R-1 is awaiting approval"),
    "held": ("nonsense", "mail-restart", {}, "R-1 is held"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_its_agreement_does_not_cover_is_refused_with_the_clause_as_entry_and_signal(
    house: Store, case: str
) -> None:
    type_, name, how, clause = REFUSED[case]
    number = ask(house, type_).id
    if how:
        house.write(LEA, approve_request, number, "", BOX)
    since = house.read(journal.newest).seq
    with pytest.raises(NotPermitted, match=clause):
        begin(house, name, request=number)
    entry = last(house, requests.subject(number))
    assert (entry.kind, entry.actor) == ("request.run_refused", "ada")
    assert entry.note.startswith(f"{name}: ")
    assert clause in entry.note
    (raised,) = house.read(look_through, since).raised
    assert (raised[0], raised[1].rule, raised[1].about) == (entry.seq, "refused", "ada")
    assert house.read(queries.runs) == []


def test_once_it_is_approved_it_is_begun(house: Store) -> None:
    number = ask(house, "wipe").id
    house.write(LEA, approve_request, number, "", BOX)
    assert begin(house, request=number).request == number


@pytest.mark.parametrize("end", ["delivered", "cancelled"])
def test_nothing_is_begun_for_what_is_over(house: Store, end: str) -> None:
    number = ask(house).id
    command = requests.deliver_request if end == "delivered" else requests.cancel_request
    house.write(ADA, command, number, "so it is", BOX)
    with pytest.raises(NotPermitted, match=f"R-{number} is {end}"):
        begin(house, request=number)


def test_only_who_delivers_under_the_agreement_begins_one_for_a_request(house: Store) -> None:
    declare(house, may_deliver=("bob",))
    number = ask(house).id
    with pytest.raises(NotPermitted, match="only bob may deliver; ada is none of them"):
        begin(house, request=number)
    assert begin(house, by=BOB, request=number).begun_by == "bob"


def test_an_agreement_that_is_no_longer_declared_or_over_begins_nothing(house: Store) -> None:
    number = ask(house).id
    yesterday = (utc_now() - timedelta(days=2)).date().isoformat()
    declare(house, ends=yesterday)
    with pytest.raises(NotPermitted, match=f"agreement acme-mail: ended on {yesterday}"):
        begin(house, request=number)


def test_a_request_that_moved_is_looked_at_again(house: Store) -> None:
    number = ask(house).id
    house.write(ADA, requests.take_request, number)
    with pytest.raises(Moved):
        begin(house, request=number, seen=1)
    with pytest.raises(NotFound):
        begin(house, request=99)


def test_where_no_agreement_is_declared_the_service_alone_counts(store: Store, house: Store) -> None:
    bare = Catalog(
        services={"mail": Service("mail", "Mail"), "vpn": Service("vpn", "VPN")},
        components={name: Component(name, name, name) for name in ("mail", "vpn")},
        procedures={name: procedure(name, name.partition("-")[0]) for name in ("mail-look", "vpn-look")},
        staff={"ada": Staff("ada", "Ada")},
    )
    house.write(AGENT, load_catalog, bare, directory="/c", digest="bare", changes=())
    number = ask(house, "").id
    with pytest.raises(NotPermitted, match="vpn is of vpn"):
        begin(house, "vpn-look", request=number)
    assert begin(house, "mail-look", request=number).request == number


def test_without_a_request_everything_is_as_it_was(house: Store) -> None:
    assert begin(house).request is None
    assert begin(house, "vpn-restart").despite == ""


def test_what_runs_only_for_a_request_is_held_for_a_lead_with_a_reason(house: Store) -> None:
    declare(house, only_for_requests=("mail-restart",))
    since = house.read(journal.newest).seq
    clause = "agreement acme-mail: mail-restart runs only for a request"
    with pytest.raises(NotPermitted, match=clause):
        begin(house, reason="it hangs")
    entry = last(house, Subject("component", "mail"))
    assert (entry.kind, entry.note) == ("component.run_refused", f"mail-restart: {clause}")
    (raised,) = house.read(look_through, since).raised
    assert raised[1].rule == "refused"
    with pytest.raises(BadInput, match="a reason is asked for"):
        begin(house, by=LEA)
    run = begin(house, by=LEA, reason="it hangs, and ann rang")
    assert (run.despite, run.reason) == (clause, "it hangs, and ann rang")
    (then,) = house.read(some_runs_at, [run.id], house.read(journal.newest).seq)
    assert then.despite == clause


def test_where_the_agreement_refuses_a_lead_does_not_begin_it_either(house: Store) -> None:
    declare(house, only_for_requests=("mail-restart",), outside="refuse")
    with pytest.raises(NotPermitted, match="runs only for a request"):
        begin(house, by=LEA, reason="it hangs")
    assert begin(house, request=ask(house).id).despite == ""


def test_mending_an_incident_of_the_component_goes_on_with_a_reason(house: Store) -> None:
    declare(house, only_for_requests=("mail-restart",), outside="refuse")
    there = house.write(ADA, open_incident, "mail", "mail", "down", 1, BOX).id
    elsewhere = house.write(ADA, open_incident, "vpn", "vpn", "down", 1, BOX).id
    with pytest.raises(NotPermitted):
        begin(house, incident=elsewhere, reason="it hangs")
    with pytest.raises(BadInput, match="a reason"):
        begin(house, incident=there)
    run = begin(house, incident=there, reason="nobody can send")
    assert "only for a request" in run.despite
    house.write(AGENT, end_run, run.id, RunState.DONE)
    house.write(ADA, resolve_incident, there, "restarted", BOX)
    with pytest.raises(NotPermitted):
        begin(house, incident=there, reason="again")


def test_a_run_leaves_the_state_of_its_request_alone(house: Store) -> None:
    number = ask(house).id
    run = begin(house, request=number)
    house.write(AGENT, end_run, run.id, RunState.DONE)
    assert house.read(whole_request, number, utc_now()).request.state is RequestState.NEW
