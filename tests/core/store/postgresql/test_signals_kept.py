"""On a server only the agent raises signals and only people judge them, whatever program they use."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from psycopg import errors

from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Subject, Via
from core.journal.queries import page
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.own import look_through, newest_entry, notice_broken, take_in_own, tell_broken
from core.security.signals.queries import one_signal
from core.security.signals.reading.files import Position
from core.security.signals.rules import BUILT_IN
from core.security.signals.suppressing import suppress_signal
from core.security.signals.taking_in import DUTY, From, Step, raised_by, take_in
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
AUTH = From("auth", "auth of shop-1")
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
RULE = next(rule for rule in BUILT_IN if rule.id == "not-in-sudoers")


def author(name: str) -> Author:
    return Author(name, Via.CONSOLE, f"console:host:{name}:0000")


@pytest.fixture
def people(house: House) -> Iterator[dict[str, Store]]:
    roles = {"ada": Role.OPERATOR, "lee": Role.LEAD, "vic": Role.VIEWER, "agent": Role.AGENT}
    opened = {name: Store.at(house.person(name, role)) for name, role in roles.items()}
    agent = opened["agent"]
    token = agent.write(AGENT, take_lease, DUTY, "agent")
    assert token == 1
    now = to_micros(utc_now())
    step = Step("auth", 0, "/var/log/auth.log", Position(1, 2, 3, "x"), [])
    raised = [raised_by(RULE, now, "bob", "a line"), raised_by(RULE, now, "eve", "another")]
    assert agent.write(AGENT, take_in, token, DUTY, AUTH, raised, step) == 1
    assert agent.write(AGENT, take_in, token, DUTY, AUTH, raised, step._replace(before=1)) == 2
    yield opened
    for store in opened.values():
        store.close()


def test_each_does_what_their_role_may(people: dict[str, Store]) -> None:
    found = people["vic"].read(one_signal, 1)
    assert (found.count, found.about, found.version) == (2, "bob", 1)
    with pytest.raises(NotPermitted):
        people["vic"].write(author("vic"), acknowledge_signal, 1, "no")
    people["ada"].write(author("ada"), acknowledge_signal, 1, "a new colleague")
    until = utc_now() + timedelta(hours=1)
    with pytest.raises(NotPermitted):
        people["ada"].write(author("ada"), suppress_signal, 1, until, "ada", "no", BOX)
    people["lee"].write(author("lee"), suppress_signal, 1, until, "lee", "a test", BOX)
    made = people["ada"].write(author("ada"), make_incident, 2, BOX)
    assert made.incident == 1


def test_a_refusal_is_an_entry_of_who_was_refused_and_a_signal(people: dict[str, Store]) -> None:
    with pytest.raises(NotPermitted):
        people["vic"].write(author("vic"), acknowledge_signal, 1, "no")
    refused = next(each for each in people["ada"].read(page) if each.kind == "staff.refused")
    assert (refused.actor, refused.subject) == ("vic", Subject("staff", "vic"))
    found = people["agent"].read(look_through, refused.seq - 1)
    people["agent"].write(AGENT, take_in_own, 1, DUTY, found, 0)
    signal = people["ada"].read(one_signal, 3)
    assert (signal.rule, signal.about, signal.severity) == ("refused", "vic", "low")


def test_whoever_may_read_says_that_the_journal_does_not_hold_and_raises_no_signal_themselves(
    people: dict[str, Store],
) -> None:
    since = people["vic"].read(newest_entry)
    people["vic"].write(author("vic"), tell_broken, "entry 7 was changed")
    with pytest.raises(NotPermitted):
        people["vic"].write(author("vic"), notice_broken, "entry 7 was changed")
    found = people["agent"].read(look_through, since)
    people["agent"].write(AGENT, take_in_own, 1, DUTY, found, 0)
    signal = people["ada"].read(one_signal, 3)
    assert (signal.rule, signal.severity, signal.samples) == (
        "journal-broken", "critical", (f"entry 7 was changed (found by vic, #{since + 1})",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE signal SET state = 'acknowledged', version = version + 1",
        "UPDATE signal SET severity = 'info', grade = 3",
        "UPDATE signal SET state = 'suppressed'",
        "DELETE FROM signal",
        "UPDATE log_reader SET place = '{}'",
        "INSERT INTO suppression VALUES (1, 1, 'in force', 'r', 's', '*', 'ada', 'x', 'ada', '', 1, 2, NULL)",
    ],
)
def test_what_is_forged_is_refused(people: dict[str, Store], house: House, change: str) -> None:
    with connect(house.person("bob", Role.OPERATOR)) as raw:
        raw.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute(change.encode())


def by_hand(
    raw: Connection[Any], kind: str, subject: str, about: str, said: dict[str, Any], change: str
) -> None:
    """Changes a row as somebody does who writes SQL, with an entry that says all of it."""
    entry = ["", kind, subject, about, json.dumps([said, "x"]), None, None]
    with raw.transaction():
        raw.execute(change.encode())
        raw.execute("SELECT journal_append(0, 'cli', %s, %s)", (str(uuid4()), json.dumps([entry])))


def test_sql_by_hand_judges_no_signal_about_oneself(people: dict[str, Store], house: House) -> None:
    said = {"state": ["new", "acknowledged"], "judged_by": ["", "bob"]}
    change = "UPDATE signal SET state = 'acknowledged', judged_by = 'bob', version = version + 1 WHERE id = "
    with connect(house.person("bob", Role.OPERATOR)) as raw:
        raw.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege, match="SG-1 is about bob"):
            by_hand(raw, "signal.acknowledged", "signal", "1", said, f"{change}1")
        by_hand(raw, "signal.acknowledged", "signal", "2", said, f"{change}2")


@pytest.mark.parametrize(
    ("whom", "owner", "days", "what"),
    [("bob", "lee", 1, "about who makes it"), ("lee", "lee", 1, "about who makes it"), ("*", "lee", 400, "within a year"), ("*", "", 1, "has an owner")],
)  # fmt: skip
def test_sql_by_hand_suppresses_nothing_without_an_end_or_about_oneself(
    people: dict[str, Store], house: House, whom: str, owner: str, days: int, what: str
) -> None:
    now = to_micros(utc_now())
    row = {
        "id": 1, "version": 1, "state": "in force", "rule": "not-in-sudoers", "source": "auth", "whom": whom, "owner": owner,
        "reason": "x", "begins_at": now, "ends_at": now + days * 86_400_000_000, "made_by": "bob", "ended_at": None, "ended_by": "",
    }  # fmt: skip
    values = ", ".join("NULL" if each is None else repr(each) for each in row.values())
    change = f"INSERT INTO suppression ({', '.join(row)}) VALUES ({values})"
    said = {name: [None, value] for name, value in row.items() if name not in {"id", "version"}}
    with connect(house.person("bob", Role.LEAD)) as raw:
        raw.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege, match=what):
            by_hand(raw, "suppression.made", "suppression", "1", said, change)
