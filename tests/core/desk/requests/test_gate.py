from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Customer, FormField, RequestType, Service, Staff
from core.desk.requests import commands, queries
from core.desk.requests.model import Asked, Request, RequestState
from core.errors import BadInput, NotPermitted
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.store.work import Author

if TYPE_CHECKING:
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)
BOX = Consent(Level.BOX)
ACCESS = RequestType(
    "access", "Access to a share", "mail", (FormField("share", "Share", "text", required=True),)
)


def declare(store: Store, **changes: Any) -> None:
    values: dict[str, Any] = {
        "may_ask": ("@acme.example",), "request_types": (ACCESS,), "priority": ((1, 1, 1), (2, 2, 2), (4, 4, 4)),
    }  # fmt: skip
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")},
        services={"mail": Service("mail", "Mail"), "vpn": Service("vpn", "VPN")},
        agreements={"acme-mail": Agreement("acme-mail", "Mail", "acme", ("mail",), **values | changes)},
        staff={
            "ada": Staff("ada", "Ada"),
            "bob": Staff("bob", "Bob"),
            "lea": Staff("lea", "Lea", role="lead"),
        },
    )
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())


def ask(store: Store, requester: str = "eve@acme.example", service: str = "mail", **more: Any) -> Request:
    found: Request = store.write(AGENT, commands.record_request, Asked("Help", service, requester, **more))
    return found


def lines(store: Store, number: int) -> list[str]:
    return [sentence(each) for each in store.read(journal.of_subject, commands.subject(number))]


def test_what_is_covered_comes_in_under_its_agreement_with_its_priority(store: Store) -> None:
    declare(store)
    found = ask(store, impact=3, urgency=1)
    assert (found.state, found.customer, found.agreement, found.priority) == (
        RequestState.NEW,
        "acme",
        "acme-mail",
        4,
    )
    graded = store.write(Author("ada", Via.CONSOLE), commands.grade_request, 1, 2, 1)
    assert graded.priority == 2


def test_who_may_not_ask_is_held_with_the_clause_until_a_lead_decides(store: Store) -> None:
    declare(store)
    found = ask(store, requester="mal@elsewhere.example")
    assert found.state is RequestState.HELD
    assert "agreement acme-mail" in found.held_why
    assert lines(store, 1)[-1] == f"R-1 held for a lead's decision: {found.held_why}"
    with pytest.raises(NotPermitted):
        store.write(Author("ada", Via.CONSOLE), commands.admit_request, 1, "known to us", BOX)
    let_in = store.write(Author("lea", Via.CONSOLE), commands.admit_request, 1, "known to us", BOX)
    assert (let_in.state, let_in.held_why) == (RequestState.NEW, "")


def test_what_an_agreement_refuses_is_recorded_as_refused_with_the_clause(store: Store) -> None:
    declare(store, outside="refuse")
    found = ask(store, service="vpn")
    assert (found.state, found.closed_at is not None) == (RequestState.REFUSED, True)
    assert "covers mail, not vpn" in found.outcome
    assert lines(store, 1)[-1].startswith("R-1 refused by the agreement: ")


def test_a_form_that_is_not_filled_in_is_refused_and_a_good_one_is_kept_as_typed(store: Store) -> None:
    declare(store)
    with pytest.raises(BadInput, match="Share"):
        ask(store, type="access")
    assert ask(store, type="access", form={"share": " ledger "}).form == {"share": "ledger"}
    assert ask(store, type="unknown").state is RequestState.HELD


def test_without_any_agreement_everything_comes_in(store: Store) -> None:
    assert ask(store).state is RequestState.NEW


def test_who_may_not_deliver_is_refused_and_the_refusal_is_an_entry(store: Store) -> None:
    declare(store, may_deliver=("bob",))
    ask(store)
    with pytest.raises(NotPermitted, match="only bob may deliver; ada is none of them"):
        store.write(Author("ada", Via.CONSOLE), commands.deliver_request, 1, "done", BOX)
    assert store.read(queries.one_request, 1).state is RequestState.NEW
    assert "only bob may deliver" in lines(store, 1)[-1]
    assert store.read(journal.of_subject, commands.subject(1))[-1].actor == "ada"
    done = store.write(Author("bob", Via.CONSOLE), commands.deliver_request, 1, "done", BOX)
    assert done.state is RequestState.DELIVERED


def test_a_request_keeps_the_version_of_its_agreement(store: Store) -> None:
    declare(store)
    ask(store, impact=3, urgency=3)
    declare(store, priority=((1, 1, 1), (1, 1, 1), (1, 1, 1)), may_deliver=("bob",))
    ada = Author("ada", Via.CONSOLE)
    assert store.write(ada, commands.grade_request, 1, 3, 2).priority == 4
    assert store.write(ada, commands.deliver_request, 1, "done", BOX).state is RequestState.DELIVERED
