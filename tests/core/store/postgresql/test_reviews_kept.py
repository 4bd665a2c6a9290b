"""On a server a review is led by leads, answered by whom it asks and as themselves alone, and timed by the agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg import errors
from sqlalchemy import create_engine, insert, text

from core.catalog.commands import load_catalog
from core.errors import NotPermitted
from core.gate.rights import Role
from core.journal.model import Subject, Via
from core.security.grants.commands import accept_grant
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.grants.tables import access_grant
from core.security.requests import commands as requests
from core.security.requests.model import AskState, Wish
from core.security.reviews import carrying_out, deciding, following, opening, stepping
from core.security.reviews.events import open_on_events
from core.security.reviews.model import Decision, ReviewState
from core.security.reviews.pages import PAGES, Wanted
from core.security.reviews.plans import By, Plan, Stage
from core.security.reviews.queries import one_review, staged_of
from core.store.lease import take_lease
from core.store.migrations.versions import v0027_how_grants_stood
from core.store.postgresql.connecting import connect
from core.store.postgresql.preparing import prepare
from core.store.schema import PROGRAM_SCHEMA
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.security.reviews.house import BOX, CATALOG, STAFF, grant_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

ROLES = {
    "lea": Role.LEAD, "ada": Role.ADMIN, "ben": Role.OPERATOR, "dee.d": Role.REVIEWER, "vic": Role.VIEWER,
    "watcher": Role.AGENT,
}  # fmt: skip


def author(name: str) -> Author:
    return Author(name, Via.AGENT if name == "watcher" else Via.CLI, f"seat-{name}")


def _put(work: Work, rows: list[dict[str, Any]], first: int = 1) -> None:
    for number, row in enumerate(rows, start=first):
        beside = {"is_open": 1, "place": 4, "words": row["principal"]}
        work.connection.execute(insert(access_grant).values(id=number, version=1, **row, **beside))
        work.record("grant.listed", Subject("grant", str(number)), {k: (None, v) for k, v in row.items()})


class People:
    """Each of them at their own connection."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.stores = {name: Store.at(house.person(name, role)) for name, role in ROLES.items()}
        self.do("ada", load_catalog, CATALOG, directory="x", digest="1", changes=["all"])

    def do(self, who: str, command: Any, *args: Any, **named: Any) -> Any:
        return self.stores[who].write(author(who), command, *args, **named)

    def read(self, question: Any, *args: Any) -> Any:
        return self.stores["vic"].read(question, *args)


@pytest.fixture
def people(house: House) -> Iterator[People]:
    made = People(house)
    rows = [
        grant_row("u1", owner="ben"),
        grant_row("u2", owner="dee"),
        grant_row("ben", owner="ben", person="ben"),
    ]
    made.do("lea", _put, rows)
    yield made
    for store in made.stores.values():
        store.close()


def opened(people: People) -> None:
    plan = Plan((Stage(By.OWNER),), ("lea", "ada"))
    people.do("lea", opening.draft_review, "All", plan)
    people.do("lea", opening.open_review, 1, BOX)


def test_who_is_asked_answers_a_lead_carries_out_and_the_agent_follows(people: People) -> None:
    opened(people)
    for who, item, decision in (
        ("ben", 1, Decision.KEEP),
        ("dee.d", 2, Decision.REVOKE),
        ("lea", 3, Decision.KEEP),
    ):
        done = people.do(who, deciding.stage_decisions, 1, [item], decision, "so it is")
        assert not done.not_done, (who, done)
        people.do(who, deciding.write_out, 1, people.read(staged_of, 1, who).mark, BOX)
    people.do("lea", stepping.close_stage, 1, "all have answered", BOX)
    came = people.do("lea", carrying_out.carry_out, 1, BOX)
    assert (came.ordered, came.left) == (("RI-2",), 0)
    token = people.do("watcher", take_lease, stepping.DUTY, "agent:one", over=None, info={})
    assert not people.do("watcher", stepping.step_due, token)
    assert not people.do("watcher", following.note_gone, token)
    people.do("lea", opening.sign_review, 1, "one was not needed", BOX, despite_open=True)
    assert people.read(one_review, 1).state is ReviewState.SIGNED


def test_the_agent_opens_what_events_ask_for_and_asks_for_access_end(people: People) -> None:
    token = people.do("watcher", take_lease, stepping.DUTY, "agent:one", over=None, info={})
    assert people.do("watcher", open_on_events, token) == []
    staff = {each.id: replace(each, role="lead") if each.id == "ben" else each for each in STAFF}
    people.do("ada", load_catalog, replace(CATALOG, staff=staff), directory="x", digest="2", changes=["ben"])
    assert people.do("watcher", open_on_events, token) == ["RV-1"]
    assert [each.principal for each in people.read(PAGES.page, Wanted(1, "", "all"))] == ["ben"]
    asked = people.do(
        "ben", requests.ask_access, Wish("ben", "hosts", "ben2", "admin", "component:web", "needed")
    )
    with pytest.raises(NotPermitted):
        people.do("ben", requests.approve_access, asked.id, "", BOX)
    approved = people.do("ada", requests.approve_access, asked.id, "", BOX)
    assert approved.state is AskState.APPROVED
    people.do("ada", requests.end_access, asked.id, "done", BOX)
    assert people.read(one_grant, approved.grant).ended_at is not None


def test_what_was_only_found_is_granted_by_a_review_and_silence_is_suspended_by_the_agent(
    people: People,
) -> None:
    only_found: dict[str, Any] = {"state": Standing.FOUND, "is_granted": 0}
    rows = [
        grant_row("u4", **only_found),
        grant_row("u5", entitlement="admin", is_privileged=1, **only_found),
    ]
    people.do("lea", _put, rows, 4)
    plan = Plan((Stage(By.OWNER),), ("lea", "ada"), is_suspended_by_agent=True)
    people.do("lea", opening.draft_review, "All", plan)
    people.do("lea", opening.open_review, 1, BOX)
    people.do("ben", deciding.stage_decisions, 1, [4], Decision.KEEP, "so it is")
    people.do("ben", deciding.write_out, 1, people.read(staged_of, 1, "ben").mark, BOX)
    for _ in ("the stage", "the last call"):
        people.do("lea", stepping.close_stage, 1, "nobody else answers", BOX)
    token = people.do("watcher", take_lease, stepping.DUTY, "agent:one", over=None, info={})
    assert people.do("watcher", following.suspend_silent, token)
    assert people.read(one_grant, 5).standing is Standing.REMOVING
    came = people.do("lea", carrying_out.carry_out, 1, BOX)
    assert (came.done, came.left) == (("RI-4",), 0)
    assert people.read(one_grant, 4).standing is Standing.GRANTED


def test_an_upgrade_fills_in_how_a_grant_stood_where_that_is_still_known(people: People) -> None:
    opened(people)
    people.do("ada", accept_grant, 2, "dee", "for another month", None, BOX)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(people.house.database.socket_url()),
        use_native_hstore=False,
    )
    with engine.begin() as as_owner:
        as_owner.exec_driver_sql("SET search_path = watchfloor")
        as_owner.exec_driver_sql("ALTER TABLE access_item DROP COLUMN stood")
        with Operations.context(MigrationContext.configure(as_owner)):
            v0027_how_grants_stood.upgrade()
        as_owner.execute(text("UPDATE schema_info SET version = :now"), {"now": PROGRAM_SCHEMA})
    engine.dispose()
    prepare(people.house.database.socket_url())
    found = [each.stood for each in people.read(PAGES.page, Wanted(1, "", "all", order="id"))]
    assert found == ["granted", "", "granted"]


def test_access_that_no_source_ever_showed_is_ended_by_the_agent(people: People) -> None:
    token = people.do("watcher", take_lease, stepping.DUTY, "agent:one", over=None, info={})
    asked = people.do(
        "ben", requests.ask_access, Wish("ben", "hosts", "ben2", "admin", "component:web", "needed")
    )
    approved = people.do("ada", requests.approve_access, asked.id, "", BOX)
    address = people.house.database.loopback_url("watcher", password="of-watcher")
    then = Store.at(address, now=lambda: utc_now() + timedelta(days=2))
    assert then.write(author("watcher"), requests.end_due_access, token)
    then.close()
    assert people.read(one_grant, approved.grant).standing is Standing.ENDED


def test_who_may_not_leads_and_decides_nothing(people: People) -> None:
    opened(people)
    for who, command, args in (
        ("vic", deciding.stage_decisions, (1, [1], Decision.KEEP)),
        ("dee.d", opening.draft_review, ("Mine", Plan((Stage(By.OWNER),), ("lea",)))),
        ("ben", carrying_out.carry_out, (1, BOX)),
        ("watcher", opening.sign_review, (1, "x", BOX)),
    ):
        with pytest.raises(NotPermitted):
            people.do(who, command, *args)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE watchfloor.access_item SET outcome = 'keep' WHERE id = 1",
        (
            "INSERT INTO watchfloor.access_answer (item, stage, said_by, review, decision, reason, until, said_at) "
            "VALUES (2, 1, 'ben', 1, 'keep', '', '', 0)"
        ),
        (
            "INSERT INTO watchfloor.access_staged (item, stage, reviewer, review, decision, reason, until, staged_at) "
            "VALUES (2, 1, 'dee', 1, 'keep', '', '', 0)"
        ),
        "UPDATE watchfloor.access_review SET state = 'signed off' WHERE id = 1",
        "DELETE FROM watchfloor.access_item WHERE id = 1",
    ],
)
def test_nothing_of_a_review_is_changed_past_its_entries(people: People, house: House, change: str) -> None:
    opened(people)
    with connect(house.database.loopback_url("ben", password="of-ben")) as raw:
        with pytest.raises(errors.InsufficientPrivilege):
            _change(raw, change)
        raw.rollback()


def _change(raw: Any, change: str) -> None:
    raw.execute(change.encode())
    raw.commit()
