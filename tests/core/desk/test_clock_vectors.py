"""Lives of items as lines, and when each promise is due: rules that other desks publish, and where they go wrong, in our own numbers.

A life is read left to right: `0` is Monday 2026-11-23 09:00Z; `+30m` is so long after; `@` begins what happened.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Agreement, Calendar, Pauses, Promise
from core.desk.agreements.targets import Terms
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promised import Clock, clocks_of
from core.desk.clocks.told import Covered, Told
from core.desk.hours.service_hours import ServiceHours
from core.timekeeping import from_micros, parse_span, to_micros
from tests.core.desk.at_the_desk import MONDAY

HOUR = 3600.0
BEGIN = to_micros(MONDAY)
WEEK = 7 * 86_400_000_000
TARGETS = (
    Promise(1, HOUR, 4 * HOUR, 2 * HOUR),
    Promise(2, 2 * HOUR, 8 * HOUR, 4 * HOUR),
    Promise(3, 4 * HOUR, 16 * HOUR),
)
PLAIN = Agreement("plain", "Plain", "acme", ("mail",), targets=TARGETS)
ALWAYS = Terms(PLAIN, ServiceHours())
OFFICE = Terms(
    PLAIN,
    ServiceHours(
        Calendar("office", "UTC", tuple((d, 540, 1020) for d in range(5)), ("2026-11-25 Founders",))
    ),
)
NEW_YORK = Terms(
    PLAIN, ServiceHours(Calendar("ny", "America/New_York", tuple((d, 540, 1020) for d in range(5))))
)
NIGHT = Terms(
    PLAIN,
    ServiceHours(
        Calendar("n", "UTC", (*((d, 1320, 1440) for d in range(7)), *((d, 0, 360) for d in range(7))))
    ),
)
SUPPLIED = Terms(
    replace(PLAIN, pauses=Pauses(supplier=("resolve",), until=("resolve", "update"))), ServiceHours()
)
STRICT = Terms(replace(PLAIN, pauses=Pauses(customer=())), ServiceHours())
HAPPENS = {
    "noted": {"is_noted": True}, "unnoted": {"is_noted": False}, "told": {"is_status_told": True},
    "customer": {"state": "waiting", "waits_for": "customer"}, "supplier": {"state": "waiting", "waits_for": "supplier"},
    "until": {"state": "waiting", "waits_for": "until"}, "work": {"state": "in progress", "waits_for": ""},
    "done": {"state": "delivered"}, "closed": {"state": "closed"}, "again": {"state": "reopened"},
    "cancel": {"state": "cancelled"}, "refuse": {"state": "refused"}, "merge": {"state": "merged"},
    "held": {"state": "held"}, "approval": {"state": "awaiting approval"}, "admit": {"state": "new"},
    "p1": {"priority": 1}, "p2": {"priority": 2}, "p3": {"priority": 3}, "p4": {"priority": 4},
    "own": {"owner": "eve"}, "other": {"owner": "bob"}, "older": {"counts_from": BEGIN - 3_600_000_000},
    "said": {}, "plain": {"covered": Covered("plain", None)},
}  # fmt: skip


def life(text: str, begin: int = BEGIN) -> list[Told]:
    """Returns what `p1 +30m noted +1h done` tells: its first priority, then spans from one to the next."""
    first, *rest = text.split()
    told = [Told(begin, "new", int(first[1]), requester="eve")]
    at = begin
    for word in rest:
        if word.startswith("+"):
            at += int(parse_span(word[1:]) * 1e6)
        elif HAPPENS[word]:
            told.append(Told(at, **HAPPENS[word]))  # type: ignore[arg-type]
    return told


def stands(terms: Terms, text: str) -> str:
    """Returns the three clocks in words: due, `met` or `over` or `-` while it stands still, and `!` with when it was broken."""
    now = BEGIN + 10 * WEEK
    found = clocks_of(terms, life(text), now)
    return "; ".join(_words(clock) for clock in found)


def _words(clock: Clock) -> str:
    if clock.met_at is not None:
        word = "met"
    elif clock.ended_at is not None:
        word = "over"
    else:
        word = "-" if clock.due is None else f"{from_micros(clock.due):%a %H:%M}"
    broken = clock.broken_at
    late = (
        f" !{from_micros(broken):%a %H:%M}"
        if broken is not None and word != f"{from_micros(broken):%a %H:%M}"
        else ""
    )
    return f"{clock.kind} {word}{late}"


VECTORS = [
    # Nothing happens: each is due by its own target, in its own hours.
    (ALWAYS, "p1", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (OFFICE, "p2", "respond Mon 11:00; update Mon 13:00; resolve Mon 17:00"),
    (OFFICE, "p3", "respond Mon 13:00; resolve Tue 17:00"),
    (NEW_YORK, "p1", "respond Mon 15:00; update Mon 16:00; resolve Mon 18:00"),
    (NIGHT, "p1", "respond Mon 23:00; update Tue 00:00; resolve Tue 02:00"),
    # The first answer.
    (ALWAYS, "p1 +30m noted", "respond met; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +60m noted", "respond met; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +61m noted", "respond met !Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +30m noted +10m unnoted", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +30m noted +1h unnoted", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +30m said +30m said", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +10m customer +3h work", "respond Mon 10:00; update Mon 14:00; resolve Mon 16:00"),
    (ALWAYS, "p1 +10m done", "respond met; update met; resolve met"),
    (ALWAYS, "p1 +10m done +1h again", "respond met; update Mon 12:00; resolve Mon 14:00"),
    # Waiting.
    (ALWAYS, "p1 noted +1h customer", "respond met; update -; resolve -"),
    (ALWAYS, "p1 noted +1h customer +2h work", "respond met; update Mon 13:00; resolve Mon 15:00"),
    (ALWAYS, "p1 noted +1h customer +1h customer +1h work", "respond met; update Mon 13:00; resolve Mon 15:00"),
    (ALWAYS, "p1 noted +1h customer +1h work customer +1h work", "respond met; update Mon 13:00; resolve Mon 15:00"),
    (ALWAYS, "p1 noted +30m customer +1h work +30m customer +1h work", "respond met; update Mon 13:00; resolve Mon 15:00"),
    (ALWAYS, "p1 noted +1h supplier +2h work", "respond met; update Mon 11:00; resolve Mon 13:00"),
    (SUPPLIED, "p1 noted +1h supplier +2h work", "respond met; update Mon 11:00; resolve Mon 15:00"),
    (SUPPLIED, "p1 noted +1h until +2h work", "respond met; update Mon 13:00; resolve Mon 15:00"),
    (STRICT, "p1 noted +1h customer +2h work", "respond met; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 noted +1h customer +1h supplier +1h work", "respond met; update Mon 12:00; resolve Mon 14:00"),
    (OFFICE, "p2 noted +3h customer +20h work", "respond met; update Tue 10:00; resolve Tue 14:00"),
    (OFFICE, "p2 noted +4h customer +72h work", "respond met; update Mon 13:00; resolve Thu 17:00"),
    (ALWAYS, "p1 +5h customer", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 noted +4h customer +9h work", "respond met; update Mon 11:00; resolve Mon 13:00"),
    # Approval is the customer's, being held is not.
    (ALWAYS, "p1 approval +2h admit noted", "respond met !Mon 10:00; update Mon 13:00; resolve Mon 15:00"),
    (ALWAYS, "p1 held +30m admit noted", "respond met; update Mon 11:00; resolve Mon 13:00"),
    # The next update.
    (ALWAYS, "p1 noted +90m told", "respond met; update Mon 12:30; resolve Mon 13:00"),
    (ALWAYS, "p1 noted +90m told +10m told", "respond met; update Mon 12:40; resolve Mon 13:00"),
    (ALWAYS, "p1 noted +150m told", "respond met; update Mon 13:30 !Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 noted +90m told customer +3h work", "respond met; update Mon 15:30; resolve Mon 16:00"),
    (OFFICE, "p2 noted +7h told", "respond met; update Tue 12:00 !Mon 13:00; resolve Mon 17:00"),
    # Done, and again.
    (ALWAYS, "p1 noted +3h done +20h closed", "respond met; update met !Mon 11:00; resolve met"),
    (ALWAYS, "p1 noted +5h done", "respond met; update met !Mon 11:00; resolve met !Mon 13:00"),
    (ALWAYS, "p1 noted +1h done +3h again", "respond met; update Mon 14:00; resolve Mon 16:00"),
    (ALWAYS, "p1 noted +50m done +3h again +50m done +3h again", "respond met; update Mon 17:00; resolve Mon 19:00"),
    (ALWAYS, "p1 noted +5h done +3h again", "respond met; update Mon 11:00; resolve Mon 13:00"),
    (OFFICE, "p2 noted +6h done +20h again", "respond met; update Mon 13:00; resolve Tue 13:00"),
    # Another priority.
    (ALWAYS, "p3 +30m p1", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p3 +2h p1", "respond Mon 10:00 !Mon 11:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p1 +90m p3", "respond Mon 13:00 !Mon 10:00; update over; resolve Tue 01:00"),
    (ALWAYS, "p1 noted +5h p2", "respond met; update Mon 13:00 !Mon 11:00; resolve Mon 17:00 !Mon 13:00"),
    (ALWAYS, "p1 noted +1h p2", "respond met; update Mon 13:00; resolve Mon 17:00"),
    (ALWAYS, "p1 noted +1h customer +2h work p2", "respond met; update Mon 15:00; resolve Mon 19:00"),
    (ALWAYS, "p1 noted +1h p4", "respond met; update over; resolve over"),
    (ALWAYS, "p4 +1h p1", "respond Mon 10:00; update Mon 11:00; resolve Mon 13:00"),
    (ALWAYS, "p4", ""),
    # Over without being done.
    (ALWAYS, "p1 noted +1h cancel", "respond met; update over; resolve over"),
    (ALWAYS, "p1 +30m refuse", "respond over; update over; resolve over"),
    (ALWAYS, "p1 +5h merge", "respond over !Mon 10:00; update over !Mon 11:00; resolve over !Mon 13:00"),
    # Who has in hand what they asked for themselves.
    (ALWAYS, "p1 noted +1h own", "respond met; update -; resolve -"),
    (ALWAYS, "p1 noted +1h own +1h other", "respond met; update Mon 12:00; resolve Mon 14:00"),
    # What an older one brought with it.
    (ALWAYS, "p1 noted +30m older", "respond met; update Mon 10:00; resolve Mon 12:00"),
    (ALWAYS, "p1 noted +210m older", "respond met; update Mon 10:00 !Mon 11:00; resolve Mon 12:00 !Mon 12:30"),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "text", "expected"), VECTORS)
def test_a_life_and_what_is_promised_of_it(terms: Terms, text: str, expected: str) -> None:
    assert stands(terms, text) == expected


def test_there_are_enough_of_them() -> None:
    assert len(VECTORS) >= 40


# What holds of every life

WORDS = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from(sorted(HAPPENS.keys() - {"plain", "said"}))), max_size=7
)
TERMS = st.sampled_from([ALWAYS, OFFICE, NEW_YORK, NIGHT, SUPPLIED, STRICT])


def written(words: list[tuple[int, str]]) -> str:
    return " ".join(["p1", *(f"+{hours}h {word}" for hours, word in words)])


@given(TERMS, WORDS)
def test_what_is_pending_has_run_for_what_is_allowed_when_it_is_due(
    terms: Terms, words: list[tuple[int, str]]
) -> None:
    for clock in clocks_of(terms, life(written(words)), BEGIN):
        if clock.is_pending and clock.due is not None and clock.segments[0].begin <= clock.due:
            parts = clock.explain(clock.due)
            assert parts[-1].passed == round(clock.allowed_s * 1e6)


@given(TERMS, WORDS, st.integers(0, 400), st.integers(0, 400))
def test_what_has_passed_never_shrinks(
    terms: Terms, words: list[tuple[int, str]], one: int, other: int
) -> None:
    early, late = sorted((BEGIN + one * 1_800_000_000, BEGIN + other * 1_800_000_000))
    for clock in clocks_of(terms, life(written(words)), BEGIN):
        assert clock.left_s(early) >= clock.left_s(late)


@given(st.sampled_from([ALWAYS, NIGHT, SUPPLIED, STRICT]), WORDS, st.integers(1, 30))
def test_a_week_later_all_is_due_a_week_later_where_no_day_is_another(
    terms: Terms, words: list[tuple[int, str]], weeks: int
) -> None:
    words = [(hours, word) for hours, word in words if word != "older"]
    now = clocks_of(terms, life(written(words)), BEGIN)
    later = clocks_of(terms, life(written(words), BEGIN + weeks * WEEK), BEGIN)
    moved = [None if each.due is None else each.due + weeks * WEEK for each in now]
    assert [each.due for each in later] == moved


@given(TERMS, WORDS, st.data())
def test_what_comes_later_takes_no_breach_back(
    terms: Terms, words: list[tuple[int, str]], data: st.DataObject
) -> None:
    words = [(hours, word) for hours, word in words if word != "unnoted"]
    cut = data.draw(st.integers(0, len(words)))
    instant = BEGIN + sum(hours for hours, _ in words[:cut]) * 3_600_000_000
    then = {each.kind: each.broken_at for each in clocks_of(terms, life(written(words[:cut])), instant)}
    now = {each.kind: each.broken_at for each in clocks_of(terms, life(written(words)), BEGIN + 10 * WEEK)}
    for kind, broken in then.items():
        assert broken is None or now[kind] == broken


def test_a_later_version_of_the_agreement_is_another_and_the_one_that_runs_stays() -> None:
    told = [Told(BEGIN, "new", 1, covered=Covered("plain", BEGIN - 5)), *life("p1 +1h noted")[1:]]
    (respond, *_) = clocks_of(ALWAYS._replace(since=BEGIN - 5), told, BEGIN)
    assert respond.terms.since == BEGIN - 5
    other = ALWAYS._replace(begun=BEGIN + int(timedelta(hours=3).total_seconds() * 1e6))
    resolve = clocks_of(other, life("p1"), BEGIN + WEEK)[-1]
    assert (resolve.kind, from_micros(resolve.broken_at or 0)) == (
        ClockKind.RESOLVE,
        MONDAY + timedelta(hours=4),
    )
