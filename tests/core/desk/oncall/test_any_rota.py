"""Whatever rotas a catalog declares: who is on call is one answer, and what is missing is what that answer leaves open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Staff
from core.desk.escalation.whom import People, whom
from core.desk.oncall.gaps import Sort, covered, lacks
from core.desk.oncall.model import Override, now_and_next, shifts
from core.timekeeping import to_micros
from tests.core.catalog.oncall_values import rotas
from tests.core.catalog.values import catalogs

if TYPE_CHECKING:
    from core.catalog.model import Catalog
    from core.catalog.oncall import Rota

HOUR, DAY = 3_600_000_000, 86_400_000_000
STAFF = ["ada", "bob", "cyd"]
BEGINS = st.sampled_from(
    [
        datetime(2026, 3, 27, 5, tzinfo=UTC),
        datetime(2026, 10, 24, tzinfo=UTC),
        datetime(2025, 12, 28, tzinfo=UTC),
    ]
).map(to_micros)  # clocks are set, and before anybody's first turn
LENGTHS = st.integers(1, 9 * 24).map(lambda hours: hours * HOUR)
PARTS = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=5)


@st.composite
def overrides(draw: st.DrawFn, begin: int) -> tuple[Override, ...]:
    spans = draw(
        st.lists(st.tuples(st.integers(0, 100), st.integers(1, 40), st.sampled_from(STAFF)), max_size=2)
    )
    return tuple(
        Override(n, 1, "ops", who, begin + at * HOUR, begin + (at + long) * HOUR, "swap", begin + n, "ada")
        for n, (at, long, who) in enumerate(spans, 1)
    )


@given(rotas("ops", STAFF), BEGINS, LENGTHS, PARTS, st.data())
def test_who_is_on_call_is_one_person_at_any_instant(
    rota: Rota, begin: int, length: int, parts: list[float], data: st.DataObject
) -> None:
    swaps = data.draw(overrides(begin))
    end = begin + length
    found = shifts(rota, swaps, begin, end)
    assert [each.begin for each in found] == [begin, *(each.end for each in found[:-1])]
    assert found[-1].end == end
    assert all(each.begin < each.end for each in found)
    people = {person for layer in rota.layers for person in layer.people} | {each.person for each in swaps}
    assert {each.person for each in found} <= people | {""}
    for part in parts:  # however it is asked, it is the same one
        at = begin + int(length * part)
        there = next(each for each in found if each.begin <= at < each.end)
        assert shifts(rota, swaps, at, at + 1)[0].person == there.person
        now, _ = now_and_next(rota, swaps, at, searched=2 * DAY)
        assert now.person == there.person
        told = whom(("rota:ops",), People({"ops": rota}, swaps, _staff()), at)
        assert told.names == ([there.person] if there.person else [])


@given(rotas("ops", STAFF), BEGINS, LENGTHS, st.data())
def test_gaps_are_just_the_covered_times_without_anybody(
    rota: Rota, begin: int, length: int, data: st.DataObject
) -> None:
    swaps, end = data.draw(overrides(begin)), begin + length
    gaps = [
        (each.begin, each.end)
        for each in lacks(People({"ops": rota}, swaps, _staff()), {}, begin, end)
        if each.sort is Sort.GAP
    ]
    open_times = [
        tuple(span)
        for shift in shifts(rota, swaps, begin, end)
        if not shift.person
        for span in covered(rota).spans(shift.begin, shift.end)
    ]
    assert gaps == open_times
    for at, until in gaps:
        assert at is not None
        assert until is not None
        assert {each.person for each in shifts(rota, swaps, at, until)} == {""}


@given(catalogs(), BEGINS)
def test_of_any_catalog_it_can_be_said_who_is_told_and_what_is_missing(catalog: Catalog, at: int) -> None:
    people = People(catalog.rotas, (), catalog.staff, catalog.groups_of_people)
    for lack in lacks(people, catalog.policies, at, at + 7 * DAY):
        assert lack.words.isprintable()
    for policy in catalog.policies.values():
        for step in policy.steps:
            found = whom(step.tell, people, at)
            assert set(found.names) <= {*catalog.staff, "room"}
            assert found.told or found.words  # nobody is told of nothing without a word why


def _staff() -> dict[str, Staff]:
    return {name: Staff(name, name.title(), email=f"{name}@house.example") for name in STAFF}
