"""What is typed in a box that asks for consent is kept, offered to the same question again, and ended once it was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.widgets import Button, Input

from core.gate.model import Level
from screens.boxes.confirm import ConfirmBox, Confirmed, Question
from screens.boxes.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.pilot import Pilot


class Desk(App[None]):
    """Shows a box and keeps what is typed in it."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: dict[str, dict[str, str]] = {}
        self.answers: list[Confirmed | None] = []

    def draft_of(self, place: str) -> Mapping[str, str]:
        return self.drafts.get(place, {})

    def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
        self.drafts[place] = dict(fields)


def question(level: Level, text: str = "") -> Question:
    asks = "how it was resolved:" if level < Level.NAME else ""
    return Question("Resolve I-7", ["what"], ["I-7"], level, "Resolve", asks_text=asks, text=text)


async def opened(pilot: Pilot[None], asked: Question, place: str) -> ConfirmBox:
    desk = pilot.app
    assert isinstance(desk, Desk)
    box = ConfirmBox(asked, Draft(desk, place))
    await desk.push_screen(box, desk.answers.append)
    await pilot.pause()
    return box


def shown(box: ConfirmBox) -> str:
    return "\n".join(str(each.render()) for each in box.query("Static").results())


@pytest.mark.parametrize("leaving", ["escape", "cancel"])
async def test_a_sentence_is_kept_when_the_box_is_left_and_offered_for_the_same_subject_alone(
    leaving: str,
) -> None:
    desk = Desk()
    async with desk.run_test(size=(100, 30)) as pilot:
        box = await opened(pilot, question(Level.BOX), "incident.resolve:I-7")
        assert "a draft was kept" not in shown(box)
        await pilot.press(*"it was full")
        assert desk.drafts["incident.resolve:I-7"]["text"] == "it was full"  # already before it is left
        if leaving == "escape":
            await pilot.press("escape")
        else:
            box.dismiss(None)
        await pilot.pause()
        assert desk.answers == [None]

        other = await opened(pilot, question(Level.BOX), "incident.resolve:I-8")
        assert other.query_one("#text", Input).value == ""
        await pilot.press("escape")
        again = await opened(pilot, question(Level.BOX), "incident.resolve:I-7")
        assert again.query_one("#text", Input).value == "it was full"
        assert "a draft was kept" in shown(again)


async def test_a_reason_is_kept_and_the_name_that_arms_never_is() -> None:
    desk = Desk()
    async with desk.run_test(size=(100, 30)) as pilot:
        box = await opened(pilot, question(Level.NAME), "run.begin:stop")
        box.query_one("#name", Input).value = "I-7"
        box.query_one("#reason", Input).value = "it hangs"
        await pilot.pause()
        assert not box.query_one("#do", Button).disabled
        assert "I-7" not in desk.drafts["run.begin:stop"].values()
        await pilot.press("escape")

        again = await opened(pilot, question(Level.NAME), "run.begin:stop")
        assert again.query_one("#name", Input).value == ""
        assert again.query_one("#reason", Input).value == "it hangs"
        assert again.query_one("#do", Button).disabled


async def test_what_stood_there_already_is_no_draft() -> None:
    desk = Desk()
    async with desk.run_test(size=(100, 30)) as pilot:
        box = await opened(pilot, question(Level.BOX, "restarted"), "incident.close:I-7")
        line = box.query_one("#text", Input)
        line.value = "restarted twice"
        await pilot.pause()
        assert desk.drafts["incident.close:I-7"]
        line.value = "restarted"
        await pilot.pause()
        assert not desk.drafts["incident.close:I-7"]


def test_a_draft_that_was_used_is_ended() -> None:
    kept: dict[str, Mapping[str, str]] = {}

    class Keeper:
        def draft_of(self, place: str) -> Mapping[str, str]:
            return kept.get(place, {})

        def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
            kept[place] = dict(fields)

    draft = Draft(Keeper(), "incident.resolve:I-7")
    draft.keep({"text": "it was full"}, {"text": ""})
    assert draft.texts() == {"text": "it was full"}
    draft.used()
    assert not draft.texts()
