"""Pages of the queue, against the whole of it sorted at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.desk.requests import commands, pages, queries
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.pages import ORDERS, Wanted
from core.desk.requests.queries import one_request
from core.gate.model import Consent, Level

if TYPE_CHECKING:
    from core.desk.requests.model import Request
    from core.store.store import Store
    from core.store.work import Author, Work

BOX = Consent(Level.BOX)
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(store: Store, ada: Author) -> Store:
    """Forty requests of every sort."""

    def fill(work: Work) -> None:
        for n in range(1, 41):
            work.now = BEGUN + timedelta(minutes=(n * 7) % 40)
            asked = Asked(
                f"matter {n}", ("net", "mail")[n % 2], f"p{n % 5}@acme.example", text="x" * (700 if n == 1 else 5),
                component=("vpn", "", "")[n % 3], impact=1 + n % 3, urgency=1 + n % 2,
            )  # fmt: skip
            commands.record_request(work, asked)
        for n in range(1, 9):
            commands.assign_request(work, n, ("ada", "bob")[n % 2])
        commands.wait_for(work, 2, WaitingFor.SUPPLIER, "a part")
        commands.cancel_request(work, 3, "no longer", BOX)
        commands.deliver_request(work, 4, "done", BOX)

    store.write(ada, fill)
    return store


def whole(desk: Store, wanted: Wanted) -> list[Request]:
    found = desk.read(pages.page, replace(wanted, order="id", is_reversed=False), limit=1000)
    return sorted(found, key=ORDERS[wanted.order].of, reverse=wanted.is_reversed)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_one_behind_the_other_are_the_whole_queue(desk: Store, order: str, is_reversed: bool) -> None:
    wanted = Wanted("ada", "all", order=order, is_reversed=is_reversed)
    rows = whole(desk, wanted)
    assert len(rows) == 40
    found = desk.read(pages.page, wanted, limit=7)
    while more := desk.read(pages.page, wanted, behind=found[-1], limit=7):
        found += more
    assert found == rows
    assert desk.read(pages.page, wanted, before=rows[20], limit=5) == rows[15:20]
    assert desk.read(pages.page, wanted, at=rows[20], limit=5) == rows[20:25]
    assert desk.read(pages.first_window, wanted, 10) == (rows[:10], True, False, 40)
    assert desk.read(pages.last_window, wanted, 10) == (rows[-10:], False, True, 40)
    assert desk.read(pages.window_again, wanted, rows[30], 20) == (rows[30:], False, True, 40)


def test_a_page_holds_of_a_request_what_is_read_of_it_alone_but_for_its_long_texts(desk: Store) -> None:
    for each in desk.read(pages.page, Wanted("ada", "all")):
        alone = desk.read(one_request, each.id)
        assert each == replace(alone, text=alone.text[: pages.BEGINNING], form={}, kept=each.kept)


def test_what_is_around_a_request_is_found_and_nothing_where_it_is_not_in_the_view(desk: Store) -> None:
    wanted = Wanted("ada", "all open")
    found = desk.read(pages.window_around, wanted, 20)
    assert found == (whole(desk, wanted), True, True, 39)
    assert desk.read(pages.window_around, wanted, 3) is None


def test_each_view_shows_what_its_name_says(desk: Store) -> None:
    def ids(view: str, words: str = "") -> set[int]:
        wanted = Wanted("ada", view, words)
        found = {each.id for each in desk.read(pages.page, wanted)}
        assert desk.read(pages.count, wanted) == len(found)
        assert set(desk.read(pages.ids_of, wanted, 100)) == found
        return found

    assert ids("mine") == {2, 6, 8}
    assert ids("unowned") == set(range(9, 41))
    assert ids("unowned+mine") == ids("mine") | ids("unowned")
    assert ids("waiting") == {2}
    assert ids("delivered") == {4}
    assert ids("all open") == set(range(1, 41)) - {3}
    assert ids("all", "state:cancelled") == {3}
    assert ids("all", "r-10 net") == {10}
    assert ids("all", "id<20 matter !net id>=10") == {11, 13, 15, 17, 19}
    assert ids("all", "service:net id:10,11,12") == {10, 12}
    assert ids("all", "state:open @me") == {2, 6, 8}
    assert ids("all", "xxxxx -is:over") == set(range(2, 41)) - {3} | {1}
    assert ids("all", "100%_") == set()


def test_figures_count_what_is_where(desk: Store) -> None:
    found = desk.read(pages.figures, "ada")
    worst = sum(r.priority == 1 and r.state.is_open for r in whole(desk, Wanted("ada", "all")))
    assert found == pages.Figures(39, 32, 3, 1, 0, 1, worst)


def test_a_list_holds_the_beginning_of_a_long_text(desk: Store) -> None:
    found = desk.read(pages.some, [1, 3, 999])
    assert [(each.id, len(each.text)) for each in found] == [(1, pages.BEGINNING), (3, 5)]
    assert [each.id for each in desk.read(pages.some, [1, 3], Wanted("ada", "all open"))] == [1]


def test_a_row_of_a_list_is_what_the_request_is(desk: Store) -> None:
    for each in desk.read(pages.page, Wanted("ada", "all")):
        whole_one = desk.read(queries.one_request, each.id)
        assert each == replace(whole_one, text=whole_one.text[: pages.BEGINNING])


def test_like_are_those_of_the_same_component_or_requester_in_the_same_hour(desk: Store, ada: Author) -> None:
    one = next(each for each in desk.read(pages.some, [6]))
    late = Asked("later", "net", one.requester)

    def add(work: Work) -> None:
        work.now = one.opened_at + timedelta(hours=2)
        commands.record_request(work, late)

    desk.write(ada, add)
    found = desk.read(pages.like, one, 100)
    rows = whole(desk, Wanted("ada", "all"))
    alike = [r for r in rows if r.component == "vpn" or r.requester == one.requester]
    assert {each.id for each in found} == {r.id for r in alike if r.id not in {6, 41}}
    assert all(each.state is not RequestState.MERGED for each in found)
