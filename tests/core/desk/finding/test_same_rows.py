"""Both databases give the rows of a filter that a plain reading of it gives, looked up by the index or without."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from core.desk.finding import by_words, compiling, queries
from core.desk.finding.compiling import TABLES, WORDS, Compiler, condition_of
from core.desk.finding.fields import Kind
from core.desk.finding.keeping import rebuild
from core.desk.finding.parsing import parse
from core.desk.finding.reading import At, Sight, passes
from core.desk.finding.tree import All, Number, Op
from core.desk.model import IncidentState
from core.desk.queries import to_incident
from core.desk.requests.model import RequestState
from core.desk.requests.queries import to_request
from core.desk.tables import clock
from core.timekeeping import to_micros
from tests.core.desk.finding.trees import LETTERS, trees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from core.store.store import Store

NOW = datetime(2026, 3, 7, 12, 30, tzinfo=UTC)
SIGHT = Sight("ada", NOW)
WORDS_OF = (
    "net",
    "Network",
    "netwide",
    "dröp",
    "droop",
    "a",
    "ab",
    "mail-box",
    "漢字",
    "or",
    "100%",
    "x'y",
    "",
    "é",
    "it's",
)
NAMES = ("", "net", "Mail", "mail-2", "none", "@me", "ada", "Ada", "bob", "p1@acme", "ß'x", "vpn")


def _instant(random: Random) -> int | None:
    if random.random() < 0.3:
        return None
    return to_micros(NOW + timedelta(minutes=random.randrange(-20_000, 20_000)))


def _text(random: Random) -> str:
    return " ".join(random.choice(WORDS_OF) for _ in range(random.randrange(1, 5)))


def _request(random: Random, number: int) -> dict[str, Any]:
    names = ("customer", "agreement", "service", "type", "component", "requester", "source", "owner")
    return {
        "id": number, "version": 1, "state": str(random.choice(list(RequestState))), "priority": random.randrange(1, 5), "impact": 2,
        "urgency": 2, **{name: random.choice(NAMES) for name in names}, "requester_name": "", "title": _text(random),
        "text": _text(random), "form": "{}", "opened_at": to_micros(NOW - timedelta(minutes=random.randrange(20_000))),
        "opened_by": "ada", "answered_at": _instant(random), "answered_by": "", "waiting_for": "", "wait_until": _instant(random),
        "held_why": "", "delivered_at": _instant(random), "closed_at": _instant(random), "closed_by": "", "outcome": "",
        "due": _instant(random), "snoozed_until": _instant(random),
    }  # fmt: skip


def _incident(random: Random, number: int) -> dict[str, Any]:
    return {
        "id": number, "version": 1, "state": str(random.choice(list(IncidentState))), "severity": random.randrange(1, 5),
        **{name: random.choice(NAMES) for name in ("component", "service", "owner")}, "title": _text(random),
        "opened_at": to_micros(NOW - timedelta(minutes=random.randrange(20_000))), "opened_by": "ada",
        "acknowledged_at": _instant(random), "acknowledged_by": "", "cleared_at": _instant(random), "resolved_at": _instant(random),
        "closed_at": _instant(random), "closed_by": "", "resolution": "", "affected": "[]", "due": _instant(random),
        "declared_at": _instant(random), "stood_down_at": _instant(random),
    }  # fmt: skip


def _clock(random: Random, kind: Kind, number: int) -> dict[str, Any]:
    return {
        "subject_kind": str(kind), "subject_id": number, "agreement": "gold", "kind": "resolve", "agreement_since": 0,
        "calendar_version": 0, "allowed_s": 1.0, "broken_at": _instant(random), "warned_at": _instant(random), "version": 1,
    }  # fmt: skip


def fill(connection: Connection, random: Random, many: int = 60) -> None:
    """Writes random items, past every command: what is looked at is how they are found."""
    for kind, made in ((Kind.REQUEST, _request), (Kind.INCIDENT, _incident)):
        connection.execute(insert(TABLES[kind]), [made(random, n) for n in range(1, many)])
        connection.execute(insert(clock), [_clock(random, kind, n) for n in range(1, many, 2)])
    rebuild(connection)
    for kind in Kind:
        for n in range(1, many, 7):
            connection.execute(update(WORDS[kind]).where(WORDS[kind].c.id == n).values(said="droop net ab"))


def items(connection: Connection, kind: Kind) -> list[At]:
    """Returns every item at hand."""
    table, words = TABLES[kind], WORDS[kind]
    read = to_request if kind is Kind.REQUEST else to_incident
    clocks = {
        row.subject_id: row
        for row in connection.execute(select(clock).where(clock.c.subject_kind == str(kind))).all()
    }
    texts = {row.id: f"{row.own} {row.said}" for row in connection.execute(select(words)).all()}
    return [
        At(
            read(row), texts[row.id], row.id in clocks and clocks[row.id].broken_at is not None,
            row.id in clocks and clocks[row.id].warned_at is not None,
        )
        for row in connection.execute(select(table)).all()
    ]  # fmt: skip


def rows(connection: Connection, tree: Any, kind: Kind, *, by_index: bool) -> set[int]:
    condition = condition_of(connection, tree, kind, SIGHT, by_index=by_index)
    return set(connection.scalars(select(TABLES[kind].c.id).where(condition)))


class _TakenBack(Exception):
    """Ends a transaction that is not to be kept."""


@pytest.fixture
def full(store: Store) -> Iterator[Connection]:
    """A connection that sees random items; what is written is taken back: no entry says it."""
    with suppress(_TakenBack), store._backend.writing() as connection:
        fill(connection, Random(7))
        yield connection
        raise _TakenBack


SAID = st.sampled_from(WORDS_OF) | st.sampled_from(
    ("net drop", "drop dr", "ab a", "mail box", "漢", "netw", "netwo", "netwx", "a netwo", "x y", "s")
)
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=["as few", "as many"])
def as_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has what is found taken for few items and words, or for so many that they are not listed one by one."""
    if request.param == "as many":
        monkeypatch.setattr(compiling, "FEW", 0)
        monkeypatch.setattr(compiling, "MANY_ITEMS", 0)
        for name, value in (
            ("FEW_ITEMS", 0), ("NEWEST", 5), ("NEWER", 20), ("AT_ONCE", 7), ("MANY", 0), ("NARROWEST", 3),
        ):  # fmt: skip
            monkeypatch.setattr(by_words, name, value)


@pytest.mark.usefixtures("as_many")
@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_found_is_what_a_plain_reading_finds(full: Connection, kind: Kind) -> None:
    at_hand = items(full, kind)

    @OFTEN
    @given(trees(frozenset({kind}), SAID))
    def hold(tree: Any) -> None:
        passing = sorted(each.item.id for each in at_hand if passes(tree, each, SIGHT))
        for seconds in (None, 60):
            found = queries.find_within(full, tree, SIGHT, seconds, kinds=[kind], limit=len(at_hand))
            assert sorted(item.id for item in found.items) == passing
            assert not found.unseen

    hold()


@pytest.mark.usefixtures("as_many")
@pytest.mark.parametrize("kind", list(Kind))
def test_who_has_no_time_is_told_what_was_not_looked_through_and_goes_on_there(
    full: Connection, kind: Kind
) -> None:
    at_hand, looks = items(full, kind), list[int]()

    @OFTEN
    @given(trees(frozenset({kind}), SAID))
    def hold(tree: Any) -> None:
        passing = {each.item.id for each in at_hand if passes(tree, each, SIGHT)}
        parts = tree.parts if isinstance(tree, All) else (tree,)
        found, upto, times = set[int](), len(at_hand), 0
        while upto:
            bound = Number("id", Op.UPTO, (upto,))
            now = queries.find_within(full, All((*parts, bound)), SIGHT, 0, kinds=[kind], limit=len(at_hand))
            before, upto, times = upto, now.unseen.get(kind, 0), times + 1
            seen = {item.id for item in now.items}
            assert seen == {number for number in passing if upto < number <= before}
            found |= seen
        assert found == passing
        looks.append(times)

    hold()
    assert min(looks) == 1


@pytest.mark.usefixtures("as_many")
def test_words_that_seldom_stand_in_order_are_looked_for_in_several_looks(full: Connection) -> None:
    if by_words.MANY:
        return
    tree = parse('"net droop"', frozenset({Kind.REQUEST})).tree
    found = queries.find_within(full, tree, SIGHT, 0, kinds=[Kind.REQUEST])
    assert found.unseen == {Kind.REQUEST: 54}


@pytest.mark.parametrize(
    ("width", "took_s", "left_s", "then"),
    [
        (4096, 0.01, 0.1, 16_384),
        (16_384, 0.1, 0.05, 8192),
        (65_536, 0.01, 9, 65_536),
        (4096, 9, 0.01, 512),
        (4096, 0, 0.1, 16_384),
    ],
)
def test_as_much_is_looked_through_as_there_is_time_for(
    width: int, took_s: float, left_s: float, then: int
) -> None:
    assert by_words.next_width(width, took_s, left_s) == then


@pytest.mark.usefixtures("as_many")
@pytest.mark.parametrize("kind", list(Kind))
def test_rows_are_those_of_a_plain_reading(full: Connection, kind: Kind) -> None:
    at_hand = items(full, kind)
    counts: list[int] = []

    @OFTEN
    @given(trees(frozenset({kind}), SAID), st.booleans())
    def hold(tree: Any, by_index: bool) -> None:
        found = rows(full, tree, kind, by_index=by_index)
        assert found == {each.item.id for each in at_hand if passes(tree, each, SIGHT)}
        counts.append(len(found))

    hold()
    assert {0 < count < len(at_hand) for count in counts} == {True, False}


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_that_is_typed_is_read_as_sql(full: Connection, kind: Kind) -> None:
    at_hand = items(full, kind)
    attacks = (
        "'",
        '"',
        "\\",
        "';--",
        "') OR 1=1 --",
        "x' UNION SELECT",
        "%",
        "_",
        ":*",
        "'a'",
        "a:b",
        "NEAR(",
        "*",
        "\0",
        "$1",
        "?",
    )

    @OFTEN
    @given(
        st.lists(st.sampled_from(attacks) | st.text(LETTERS, max_size=4), min_size=1, max_size=5).map(
            "".join
        ),
        st.booleans(),
    )
    def hold(text: str, by_index: bool) -> None:
        for typed in (text, f'"{text}"', f'owner:"{text}"', f'service="{text}"', f"-{text}"):
            tree = parse(typed, frozenset({kind})).tree
            assert rows(full, tree, kind, by_index=by_index) == {
                e.item.id for e in at_hand if passes(tree, e, SIGHT)
            }
            condition = str(Compiler(kind, SIGHT, "sqlite", by_index=by_index).condition(tree))
            assert "UNION" not in condition
            assert "--" not in condition

    hold()
