"""A component's own screen: everything about it, readable on a small terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.model import Component, Need, Probe, TcpTarget, Threshold
from core.journal.model import Entry, Subject, Via
from core.journal.queries import of_subject
from core.monitoring.model import State
from core.monitoring.queries import Minute, ProbeView, minutes_of, probes_of, recent_samples
from core.timekeeping import to_micros, utc_now
from screens.component import ComponentView
from screens.component_parts import ProcedureHead, procedure_heads
from screens.component_seen import declared_and_judged
from tests.screens.view_host import NOON, ViewHost, board_row, picture_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

STORE = Component(
    "store", "Store", "shop", needs=(Need(("disk-a", "disk-b"), 1),), procedures=("store-restart", "store-lost"),
    probes=(Probe("port", TcpTarget("127.0.0.1", 9), thresholds=(Threshold("latency_ms", "50", "200"),)),),
)  # fmt: skip
ENTRY = Entry(
    4,
    NOON,
    "agent",
    Via.AGENT,
    "component.changed",
    Subject("component", "store"),
    {"state": ("ok", "critical")},
)


def minutes_asked(_number: int, *, since: int) -> list[Minute]:
    """One value a minute for two days."""
    minute = to_micros(utc_now()) // 60_000_000
    return [Minute(m, 1, 9.0, 9.0, 9.0, 0) for m in range(max(since, minute - 2880), minute)]


def app_with(view: ComponentView, **answers: Any) -> ViewHost:
    probe = ProbeView(1, "port", State.CRITICAL, "refused", "", "latency_ms", "ms", utc_now())
    rows = (
        board_row("store", State.CRITICAL, needs=["disk-a", "disk-b"]), board_row("disk-a"), board_row("disk-b"),
        board_row("front", State.UNREACHABLE, needs=["store"]),
    )  # fmt: skip
    return ViewHost(
        view, picture_of(*rows),
        {
            declared_and_judged: (STORE, []), probes_of: answers.get("probes", [probe]), of_subject: [ENTRY],
            recent_samples: [(to_micros(utc_now() - timedelta(seconds=2)) // 1000, 9.0, 0)],
            minutes_of: minutes_asked,
            procedure_heads: [
                ProcedureHead("store-restart", "Restart the store", "restart", 3),
                ProcedureHead("store-lost", "", fault="not in the catalog"),
            ],
        },
    )  # fmt: skip


async def settled(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture(params=[(80, 24), (200, 50)], ids=["small", "wall"])
async def pilot(request: pytest.FixtureRequest) -> AsyncIterator[Pilot[None]]:
    view = ComponentView()
    async with app_with(view).run_test(size=request.param) as each:
        view.shown("store")
        await settled(each)
        yield each


def seen_on_all_pages(pilot: Pilot[None]) -> str:
    app, view = pilot.app, pilot.app.query_one(ComponentView)
    assert isinstance(app, ViewHost)
    text = app.text()
    for _ in range(6):
        view.action_page(1)
        text += app.text()
    return text


async def test_it_holds_state_thresholds_dependencies_procedures_and_entries(pilot: Pilot[None]) -> None:
    text = seen_on_all_pages(pilot)

    for words in (
        "CRIT", "since 2026-03-01 12:00:00Z", "latency_ms: ok within warning 50, critical 200",
        "store-restart", "3 steps", "Restart the store", "not in the catalog",
        "needs 1 of 2", "disk-a", "needed by", "front", "store is critical",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("size", "probe", "actor"), [
    ((80, 24), "a-probe-with-…", "bartholom…"), ((200, 50), "a-probe-with-a-long-name", "bartholomew-jones"),
])  # fmt: skip
async def test_long_names_have_room_where_there_is_some_and_else_a_mark(
    size: tuple[int, int], probe: str, actor: str
) -> None:
    probes = [ProbeView(1, "a-probe-with-a-long-name", State.OK, "ok", "", "", "", utc_now())]
    view = ComponentView()
    app = app_with(view, probes=probes)
    app.answers[of_subject] = [replace(ENTRY, actor="bartholomew-jones")]
    async with app.run_test(size=size) as pilot:
        view.shown("store")
        await settled(pilot)
        text = seen_on_all_pages(pilot)

    assert f" {probe} " in text
    assert actor in text


async def test_a_component_that_flaps_says_so_in_words() -> None:
    view = ComponentView()
    app = app_with(view)
    row = app.picture.board["store"]
    app.picture.board["store"] = replace(row, status=replace(row.status, flapping=True))
    async with app.run_test(size=(80, 24)) as pilot:
        view.shown("store")
        await settled(pilot)

        assert "it is flapping: it changes so often that its state may not stay" in app.text()


async def test_procedures_say_how_they_are_begun(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, ViewHost)
    assert "X begins one, in OPERATE: O first" in seen_on_all_pages(pilot)
    app.operates = True

    assert "O first" not in seen_on_all_pages(pilot)


async def test_z_goes_through_the_time_scales_and_round(pilot: Pilot[None]) -> None:
    view, app = pilot.app.query_one(ComponentView), pilot.app
    assert isinstance(app, ViewHost)
    assert view.why_not("chart.scale") is None
    spans = []
    for _ in range(5):
        plot = view._plot()
        assert plot is not None
        spans.append(((plot.until - plot.since) // timedelta(hours=1), len(plot.points)))
        view.do_chart_scale()
        await settled(pilot)

    assert [hours for hours, _ in spans] == [1, 6, 24, 168, 1]
    assert spans[1][1] > spans[0][1]
    assert app.said[-1] == "the chart shows the last 6 h"


async def test_without_a_probe_there_is_no_scale_and_that_is_said() -> None:
    view = ComponentView()
    async with app_with(view, probes=[]).run_test(size=(80, 24)) as pilot:
        view.shown("store")
        await settled(pilot)

        assert view.why_not("chart.scale") == "nothing was looked at yet, so there is no chart"


async def test_it_opens_on_the_probe_that_fails_and_the_choice_is_then_the_operators() -> None:
    now = utc_now()
    probes = [
        ProbeView(1, "port", State.OK, "answers", "", "latency_ms", "ms", now),
        ProbeView(2, "disk", State.CRITICAL, "full", "", "used", "%", now),
    ]
    view = ComponentView()
    async with app_with(view, probes=probes).run_test(size=(80, 24)) as pilot:
        view.shown("store")
        await settled(pilot)
        assert view._chosen == "disk"
        view.action_choose(1)
        await settled(pilot)
        assert view._chosen == "port"


async def test_words_older_than_the_figure_beside_them_say_how_old_they_are() -> None:
    probe = ProbeView(
        1, "port", State.OK, "answered in 2 ms", "", "latency_ms", "ms", utc_now() - timedelta(seconds=40)
    )
    view = ComponentView()
    async with app_with(view, probes=[probe]).run_test(size=(200, 50)) as pilot:
        view.shown("store")
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, ViewHost)
        assert len(re.findall(r"answered in 2 ms \(said 4\ds ago\)", app.text())) == 2
