"""What ends a box, its buttons and what its keys do, is on the screen however low the terminal is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from core.gate.model import Level
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from tests.screens.run_scene import run_host

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from tests.screens.view_host import ViewHost

LONG = "Orders: store is critical: the process is gone: pid file /var/lib/orders/orders-store.pid names 6453 "
QUESTION = Question(
    "Restart orders-store", [("what", LONG * 2), ("effect", "restart"), ("incident", LONG)], ["orders-store"],
    Level.NAME, "Begin", incident="I-1",
)  # fmt: skip


async def assert_ending_shows(host: ViewHost, pilot: Pilot[None]) -> None:
    for _ in range(50):
        await pilot.pause(0.02)
        if host.screen.query_one("#ending").region.bottom <= host.screen.query_one("#box").region.bottom:
            break
    await pilot.pause()
    box, ending = host.screen.query_one("#box"), host.screen.query_one("#ending")
    assert ending.region.bottom <= box.region.bottom
    assert box.region.bottom <= host.size.height
    for part in host.screen.query("#ending > *"):
        if part.display:
            assert ending.region.contains_region(part.region)


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (200, 50)])
async def test_the_buttons_of_a_question_with_much_to_say_show_and_so_does_the_field_typed_in(
    size: tuple[int, int],
) -> None:
    host = run_host()
    async with host.run_test(size=size) as pilot:
        await host.push_screen(ConfirmBox(QUESTION, Draft(host, "run.begin:x")))
        await assert_ending_shows(host, pilot)
        for name in ("#name", "#reason", "#incident"):
            field, asked = host.screen.query_one(name), host.screen.query_one("#asked")
            assert host.screen.focused is field
            for _ in range(50):  # laid out, fitted and scrolled one after the other: waited for, not counted
                if asked.region.contains_region(field.region):
                    break
                await pilot.pause(0.02)
            assert asked.region.contains_region(field.region)
            await pilot.press("tab")
        await pilot.resize_terminal(60, 16)
        await assert_ending_shows(host, pilot)


async def test_a_form_fits_the_first_design_whole_and_what_saves_it_shows_on_any() -> None:
    fields = [FormField(f"f{n}", f"field {n}: what stands in it") for n in range(6)]
    host = run_host()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(FormBox("new corrective action", fields, Draft(host, "action:new")))
        await assert_ending_shows(host, pilot)
        assert host.screen.query_one("#asked").max_scroll_y == 0
        await pilot.resize_terminal(60, 16)
        await assert_ending_shows(host, pilot)


async def test_what_a_thing_is_stands_beside_its_name_on_every_line() -> None:
    host = run_host()
    async with host.run_test(size=(80, 40)) as pilot:
        await host.push_screen(ConfirmBox(QUESTION))
        await pilot.pause()
        name, words = next(iter(host.screen.query(".fact"))).children
        assert words.region.height > 1
        assert words.region.x == name.region.right


class _FormWithMuchAbove(FormBox):
    def above_fields(self) -> ComposeResult:
        yield Static("\n".join(f"fact {n}" for n in range(12)), id="facts")


async def test_what_stands_above_the_fields_gives_way_to_the_field_that_is_typed_in() -> None:
    fields = [FormField(f"f{n}", f"field {n}") for n in range(5)]
    host = run_host()
    async with host.run_test(size=(40, 12)) as pilot:
        await host.push_screen(_FormWithMuchAbove("thresholds", fields, Draft(host, "threshold:x")))
        for name in ("#f-f0", "#f-f1", "#f-f2"):
            await assert_ending_shows(host, pilot)
            field, asked = host.screen.query_one(name), host.screen.query_one("#asked")
            assert host.screen.focused is field
            for _ in range(50):
                if asked.region.contains_region(field.region):
                    break
                await pilot.pause(0.02)
            assert asked.region.contains_region(field.region)
            await pilot.press("down")
        await pilot.resize_terminal(80, 40)
        await assert_ending_shows(host, pilot)
        facts, above = host.screen.query_one("#facts"), host.screen.query_one("#above")
        assert above.region.contains_region(facts.region)
