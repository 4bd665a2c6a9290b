from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.errors import BadInput, NotPossible
from core.gate.model import Consent, Level
from core.improvement import commands, queries
from core.improvement.model import FOLLOWS, ActionState

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
WRITTEN = {
    "cause": "no limit on the queue", "action": "set a limit", "owner": "ada", "due": "2026-12-01",
    "check_plan": "no backlog alarm in December",
}  # fmt: skip


def test_closing_asks_for_cause_action_owner_and_check(store: Store, ada: Author) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "orders stuck"}, incident=7)
    with pytest.raises(NotPossible, match="cause, action, owner, effectiveness check"):
        store.write(ada, commands.close_action, drafted.id, "worked", BOX)
    store.write(ada, commands.revise_action, drafted.id, WRITTEN)
    store.write(ada, commands.complete_action, drafted.id)
    closed = store.write(ada, commands.close_action, drafted.id, "no alarm for a month", BOX)
    assert (closed.state, closed.closed_by, closed.due) == (ActionState.CLOSED, "ada", date(2026, 12, 1))
    assert store.read(queries.corrective_actions) == []
    assert [a.id for a in store.read(queries.corrective_actions, ended=True)] == [drafted.id]


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
    fields = {"deviation": "x", "due": "2026-01-31", "action": "y"}
    drafted = store.write(ada, commands.draft_action, fields)
    assert not drafted.is_overdue(date(2026, 1, 31))
    assert drafted.is_overdue(date(2026, 2, 1))
    assert not store.write(ada, commands.complete_action, drafted.id).is_overdue(date(2026, 2, 1))


def test_an_action_of_which_nothing_is_written_was_not_carried_out(store: Store, ada: Author) -> None:
    drafted = store.write(ada, commands.draft_action, {"deviation": "x"})
    with pytest.raises(NotPossible, match="action is not written yet"):
        store.write(ada, commands.complete_action, drafted.id)
    store.write(ada, commands.revise_action, drafted.id, {"action": "y"})
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
