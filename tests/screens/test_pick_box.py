"""A box to choose in: what stands beside a name is easy to find, and what cannot be chosen says so in words."""

from __future__ import annotations

from textual.widgets import OptionList, Static

from screens.boxes.pick import Choice, PickBox
from tests.screens.run_scene import run_host

CHOICES = [
    Choice("a", "go.home", "what waits", key="0"),
    Choice("b", "component.incident", "as a tree", "there is none", key="x"),
]


async def test_names_keys_and_notes_stand_below_one_another() -> None:
    host = run_host()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(PickBox("go or do", CHOICES))
        await pilot.pause()
        options = host.screen.query_one("#choices", OptionList)
        lines = [str(options.get_option_at_index(n).prompt) for n in range(2)]
        assert lines[0].index("what waits") == lines[1].index("not now: there is none")
        assert lines[0].index("0") == lines[1].index("x  not")


async def test_an_empty_list_says_that_there_is_none_yet() -> None:
    host = run_host()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(PickBox("saved views", [], anything=True))
        await pilot.pause()
        why = host.screen.query_one("#why", Static)
        assert str(why.render()) == "there is none yet"
        await pilot.press("x")
        await pilot.pause()
        assert str(why.render()) == "nothing by that name"
