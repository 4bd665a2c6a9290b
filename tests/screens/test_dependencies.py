"""What a component needs and what needs it, as a tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.model import State
from screens.dependencies import Dependencies
from screens.dependency_tree import MOST_ROWS, tree_of
from tests.screens.view_host import ViewHost, board_row, picture_of

SHOP = (
    board_row("front", needs=["store", "cache"]),
    board_row("worker", needs=["store"]),
    board_row("cache", needs=["disk"]),
    board_row("store", State.CRITICAL, needs=["disk"]),
    board_row("disk"),
)


def outline(name: str) -> list[tuple[int, str, str, bool]]:
    return [(r.depth, r.way, r.component, r.seen) for r in tree_of(name, picture_of(*SHOP)).rows.values()]


def test_both_ways_each_child_below_its_parent() -> None:
    assert outline("store") == [
        (0, "", "store", False),
        (1, "needs", "disk", False),
        (1, "needed by", "front", False),
        (1, "needed by", "worker", False),
    ]


def test_what_was_shown_above_is_not_opened_again() -> None:
    assert outline("front") == [
        (0, "", "front", False),
        (1, "needs", "cache", False),
        (2, "needs", "disk", False),
        (1, "needs", "store", False),
        (2, "needs", "disk", True),
    ]


def test_a_circle_ends_where_it_closes() -> None:
    picture = picture_of(board_row("a", needs=["b"]), board_row("b", needs=["a"]))

    assert [(r.way, r.component, r.seen) for r in tree_of("a", picture).rows.values()][1:] == [
        ("needs", "b", False), ("needs", "a", True), ("needed by", "b", False), ("needed by", "a", True),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=200), st.integers(0, 40))
def test_any_graph_gives_a_bounded_tree_with_everybody_once(edges: list[tuple[int, int]], start: int) -> None:
    needs: dict[str, list[str]] = {str(n): [] for n in range(41)}
    for child, parent in edges:
        if str(parent) not in needs[str(child)]:
            needs[str(child)].append(str(parent))

    rows = tree_of(str(start), picture_of(*(board_row(n, needs=p) for n, p in needs.items()))).rows.values()

    opened = [(r.way, r.component) for r in rows if not r.seen]
    assert len(opened) == len(set(opened))
    assert len(rows) <= MOST_ROWS + 1


def test_a_wide_tree_is_cut_and_says_so() -> None:
    picture = picture_of(board_row("hub"), *(board_row(f"c{n:04}", needs=["hub"]) for n in range(2000)))

    tree = tree_of("hub", picture)

    assert tree.is_cut
    assert len(tree.rows) <= MOST_ROWS + 1


async def test_it_shows_states_and_enter_opens_the_component_under_the_cursor() -> None:
    view = Dependencies()
    app = ViewHost(view, picture_of(*SHOP))
    async with app.run_test(size=(80, 24)) as pilot:
        view.shown("front")
        await pilot.pause()
        shown = app.text()
        assert "front needs 3" in shown
        assert "needs disk" in shown
        assert "CRIT" in shown

        await pilot.press("j", "j", "enter")
        await pilot.pause()

        assert app.gone_to == [("component", "disk")]


async def test_another_component_shows_its_own_tree_from_the_top() -> None:
    view = Dependencies()
    app = ViewHost(view, picture_of(*SHOP))
    async with app.run_test(size=(80, 24)) as pilot:
        view.shown("front")
        await pilot.press("j", "j", "j")
        view.do_component_dependencies()
        assert app.gone_to == [("dependencies", "store")]
        view.shown("store")
        await pilot.pause()

        assert view.component_id() == "store"
        assert view.grid.model.rows == ["0 store", "1 disk", "2 front", "3 worker"]
