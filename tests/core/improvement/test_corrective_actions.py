from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.errors import BadInput, NotPossible
from core.improvement import commands, queries
from core.improvement.checking import close_action
from core.improvement.model import FOLLOWS, ActionState, Origin
from core.journal.model import Subject, Via
from core.store.work import Author
from tests.core.improvement.actions import BOX, WRITTEN

if TYPE_CHECKING:
    from core.store.store import Store

BOB = Author("bob", Via.CONSOLE, "seat-2")


def test_closing_asks_for_all_that_is_not_written(store: Store, ada: Author) -> None:
    drafted = store.write(
        ada, commands.draft_action, {"deviation": "orders stuck"}, about=Subject("incident", "7")
    )
    assert (drafted.incident, drafted.origin) == (7, Origin.INCIDENT)
    with pytest.raises(NotPossible, match="A-1 is open; it cannot become closed"):
        store.write(BOB, close_action, drafted.id, "worked", BOX)
    store.write(
        ada,
        commands.revise_action,
        drafted.id,
        {"action": "set a limit", "owner": "ada", "due": "2026-12-01"},
    )
    store.write(ada, commands.complete_action, drafted.id)
    with pytest.raises(NotPossible, match="cause, cause category, evidence, effectiveness check, measure"):
        store.write(BOB, close_action, drafted.id, "worked", BOX)
    store.write(ada, commands.revise_action, drafted.id, WRITTEN)
    store.write(ada, commands.add_evidence, drafted.id, "the setting, as it is now")
    closed = store.write(BOB, close_action, drafted.id, "no alarm for a month", BOX)
    assert (closed.state, closed.closed_by, closed.due) == (ActionState.CLOSED, "bob", date(2026, 12, 1))
    assert store.read(queries.corrective_actions) == []
    assert [a.id for a in store.read(queries.corrective_actions, ended=True)] == [drafted.id]
    assert [a.id for a in store.read(queries.actions_from, Subject("incident", "7"))] == [drafted.id]


def test_bad_fields_are_refused_with_their_name(store: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="deviation"):
        store.write(ada, commands.draft_action, {})
    with pytest.raises(BadInput, match="due"):
        store.write(ada, commands.draft_action, {"deviation": "x", "due": "next week"})
    with pytest.raises(BadInput, match="priority"):
        store.write(ada, commands.draft_action, {"deviation": "x", "priority": "1"})


def declare(store: Store, ada: Author, *staff: Staff) -> None:
    catalog = Catalog(staff={person.id: person for person in staff})
    store.write(ada, load_catalog, catalog, directory="", digest="x", changes=())


def test_an_owner_is_one_of_the_staff_by_id_or_login(store: Store, ada: Author) -> None:
    declare(store, ada, Staff("ada", "Ada", login="alovelace"), Staff("grace", "Grace"))
    ada = replace(ada, actor="alovelace")
    for owner, said in (("nobody", "Staff: ada, alovelace, grace"), ("Grce", 'Did you mean "grace"?')):
        with pytest.raises(BadInput) as refused:
            store.write(ada, commands.draft_action, {"deviation": "x", "owner": owner})
        assert (refused.value.where, refused.value.next_step) == ("owner", said)
        assert f"'{owner}' is not declared as staff" in refused.value.what
    assert store.read(queries.corrective_actions) == []
    drafted = store.write(ada, commands.draft_action, {"deviation": "x", "owner": "alovelace"})
    with pytest.raises(BadInput, match="not declared as staff"):
        store.write(ada, commands.revise_action, drafted.id, {"owner": "nobody"})
    assert store.write(ada, commands.revise_action, drafted.id, {"owner": " grace "}).owner == "grace"
    assert store.write(ada, commands.revise_action, drafted.id, {"owner": ""}).owner == ""


def test_without_declared_staff_any_owner_is_accepted(store: Store, ada: Author) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "x", "owner": "nobody"})
    assert drafted.owner == "nobody"


def test_an_owner_who_left_the_staff_keeps_no_other_field_from_being_written(
    store: Store, ada: Author
) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "x", "owner": "kim"})
    declare(store, ada, Staff("ada", "Ada"))
    revised = store.write(ada, commands.revise_action, drafted.id, {"owner": "kim", "cause": "y"})
    assert (revised.owner, revised.cause) == ("kim", "y")


def test_an_action_past_its_date_is_overdue_until_carried_out(store: Store, ada: Author) -> None:
    fields = {"deviation": "x", "due": "2026-01-31", "action": "y", "owner": "ada"}
    drafted = store.write(ada, commands.draft_action, fields)
    assert not drafted.is_overdue(date(2026, 1, 31))
    assert drafted.is_overdue(date(2026, 2, 1))
    assert not store.write(ada, commands.complete_action, drafted.id).is_overdue(date(2026, 2, 1))


def test_an_action_of_which_nothing_is_written_was_not_carried_out(store: Store, ada: Author) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "x"})
    with pytest.raises(NotPossible, match="not written yet: action, owner, due"):
        store.write(ada, commands.complete_action, drafted.id)
    fields = {"action": "y", "owner": "ada", "due": "2026-12-01"}
    store.write(ada, commands.revise_action, drafted.id, fields)
    store.write(ada, commands.complete_action, drafted.id)


def test_an_ended_action_is_reopened_before_it_is_written_again(store: Store, ada: Author) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "x"})
    store.write(ada, commands.cancel_action, drafted.id, "a duplicate", BOX)
    with pytest.raises(NotPossible, match="Reopen"):
        store.write(ada, commands.revise_action, drafted.id, {"cause": "y"})
    store.write(ada, commands.reopen_action, drafted.id, "not a duplicate", BOX)
    assert store.write(ada, commands.revise_action, drafted.id, {"cause": "y"}).cause == "y"


def test_every_state_has_a_way_out() -> None:
    assert all(FOLLOWS[state] for state in ActionState)
