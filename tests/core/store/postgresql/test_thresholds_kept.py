"""On a server an operator widens no threshold for long, nor a grave one, whatever program they write with."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors
from psycopg.sql import SQL, Identifier, Literal

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Probe, Service, Staff, TcpTarget, Threshold
from core.errors import BadInput
from core.gate.rights import Role
from core.gate.undo import last_undoable, take_back
from core.journal.model import Via
from core.monitoring.revisions.commands import revise_threshold
from core.monitoring.revisions.model import Name, revised, weakens
from core.restorers import RESTORERS
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tests.core.store.postgresql.conftest import House

AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
DB, GATE = Name("db", "port", "latency_ms"), Name("gate", "port", "latency_ms")
HOUR = 3_600_000_000


def author(name: str) -> Author:
    return Author(name, Via.CONSOLE, f"console:host:{name}:0000")


@pytest.fixture
def people(house: House) -> Iterator[dict[str, Store]]:
    roles = {"ada": Role.OPERATOR, "lee": Role.LEAD, "agent": Role.AGENT}
    opened = {name: Store.at(house.person(name, role)) for name, role in roles.items()}
    probe = Probe("port", TcpTarget("127.0.0.1", 9), thresholds=(Threshold("latency_ms", "50", "200"),))
    catalog = Catalog(
        services={"s": Service("s", "S")},
        components={
            name: Component(name, name, "s", probes=(probe,), severity=severity)
            for name, severity in (("db", 2), ("gate", 1))
        },
        staff={"lee": Staff("lee", "Lee", role="lead")},
    )
    opened["agent"].write(AGENT, load_catalog, catalog, directory="x", digest="1", changes=["all"])
    yield opened
    for store in opened.values():
        store.close()


def row(name: Name, hours: float | None, **others: Any) -> dict[str, Any]:
    now = to_micros(utc_now())
    return {
        "id": str(name), "version": 1, "state": "in force", "component": name.component, "warning": "100", "critical": "200",
        "warning_clear": "", "critical_clear": "", "declared": "x", "weakens": True, "owner": "ada", "reason": "x",
        "made_by": "ada", "begins_at": now, "ends_at": None if hours is None else now + int(hours * HOUR), "ended_at": None,
        "ended_by": "", "why_ended": "",
    } | others  # fmt: skip


def by_hand(
    raw: Connection[Any], kind: str, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    """Revises as somebody does who writes SQL: the row, and an entry that says all of it."""
    name = (before or after)["id"]
    if before is None:
        query = SQL("INSERT INTO threshold_revision ({}) VALUES ({})").format(
            SQL(", ").join(map(Identifier, after)), SQL(", ").join(map(Literal, after.values()))
        )
    else:
        query = SQL("UPDATE threshold_revision SET {}, version = version + 1 WHERE id = {}").format(
            SQL(", ").join(SQL("{} = {}").format(Identifier(key), Literal(value)) for key, value in after.items()),
            Literal(name),
        )  # fmt: skip
    said = {key: [(before or {}).get(key), value] for key, value in after.items()}
    entry = ["", kind, "threshold", name, json.dumps([said, "x"]), None, None]
    with raw.transaction():
        raw.execute(query)
        raw.execute("SELECT journal_append(0, 'cli', %s, %s)", (str(uuid4()), json.dumps([entry])))


def hand_of(house: House, name: str) -> Connection[Any]:
    raw = connect(house.database.loopback_url(name, password=f"of-{name}"))
    raw.autocommit = True
    return raw


def test_sql_by_hand_widens_nothing_for_long_and_nothing_grave(
    house: House, people: dict[str, Store]
) -> None:
    with hand_of(house, "ada") as ada:
        for name, hours in ((DB, 13), (GATE, 1)):
            with pytest.raises(errors.InsufficientPrivilege, match="a lead's to widen"):
                by_hand(ada, "threshold.revised", row(name, hours))
            with pytest.raises(errors.InsufficientPrivilege, match="role lead"):
                by_hand(ada, "threshold.widened", row(name, hours))
        for others in ({"hours": None}, {"hours": 1, "weakens": False}):
            with pytest.raises(errors.InsufficientPrivilege, match="its row says so, and when it ends"):
                by_hand(ada, "threshold.revised", row(DB, **others))
        by_hand(ada, "threshold.revised", row(GATE, 100, warning="40", weakens=False))
        held = row(DB, 11)
        by_hand(ada, "threshold.revised", held)
        with pytest.raises(errors.InsufficientPrivilege, match="a lead's to widen"):
            by_hand(ada, "threshold.revised", {"ends_at": held["ends_at"] + 2 * HOUR}, held)
        with pytest.raises(errors.InsufficientPrivilege, match="a lead's to widen"):
            by_hand(ada, "threshold.taken_back", {"ends_at": held["ends_at"] + 2 * HOUR}, held)


def test_what_a_lead_widened_is_made_less_and_not_more_by_an_operator(
    house: House, people: dict[str, Store]
) -> None:
    until = utc_now() + timedelta(days=3)
    people["lee"].write(author("lee"), revise_threshold, DB, {"warning": "100"}, until, "", "a new disk")
    sooner = utc_now() + timedelta(days=2)
    found = people["ada"].write(
        author("ada"), revise_threshold, DB, {"warning": "90"}, sooner, "", "it is better", 1
    )
    assert found.ends_at is not None
    assert found.ends_at < until
    held = {"id": str(DB), "warning": "90", "ends_at": to_micros(found.ends_at)}
    with hand_of(house, "ada") as ada:
        for change in ({"warning": "110"}, {"warning": ""}, {"ends_at": to_micros(until)}):
            with pytest.raises(errors.InsufficientPrivilege, match="a lead's to widen"):
                by_hand(ada, "threshold.revised", change, held)
    entry = people["ada"].read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    people["ada"].write(
        author("ada"), take_back, RESTORERS, entry.seq
    )  # as the lead had it: that adds nothing


EDGE = st.one_of(st.integers(-3, 3).map(str), st.sampled_from(["1.5", "-.5", "1e1", "2."]))
RANGE = st.one_of(
    st.just(""), EDGE,
    st.tuples(st.sampled_from(["", "@"]), st.one_of(st.just("~"), st.just(""), EDGE), st.one_of(st.just(""), EDGE)).map(
        lambda parts: "{}{}:{}".format(*parts)
    ),
)  # fmt: skip
ORDER = ("warning", "critical", "warning_clear", "critical_clear")
RANGES = st.fixed_dictionaries(dict.fromkeys(ORDER, RANGE))


@pytest.fixture
def raw(house: House, people: dict[str, Store]) -> Iterator[Connection[Any]]:
    with hand_of(house, "ada") as found:
        yield found


@given(before=RANGES, after=RANGES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_server_finds_what_widens_as_the_program_does(
    raw: Connection[Any], before: dict[str, str], after: dict[str, str]
) -> None:
    declared, now = Threshold("x", **before), Threshold("x", **after)
    try:
        revised(declared, {})
        revised(now, {})
        expected = weakens(declared, now)
    except BadInput:
        return
    said = [[each[name] for name in ORDER] for each in (before, after)]
    assert raw.execute("SELECT weakens(%s::text[], %s::text[])", said).fetchone() == (expected,)
