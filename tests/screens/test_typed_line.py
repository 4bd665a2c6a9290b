"""A line to type in sends nothing while nobody types."""

from __future__ import annotations

import re
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Input

import screens
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.pick import Choice, PickBox
from screens.widgets.typed_line import TypedLine

TOP = Path(screens.__file__).parents[1]


class NoDrafts:
    """Keeps nothing."""

    def draft_of(self, _place: str) -> dict[str, str]:
        return {}

    def keep_draft(self, _place: str, _fields: object) -> None:
        pass


class Host(App[None]):
    """Shows a line."""

    def compose(self) -> ComposeResult:
        yield TypedLine("abc", id="line")


async def test_its_cursor_stands_still_and_is_seen() -> None:
    async with Host().run_test() as pilot:
        line = pilot.app.query_one("#line", TypedLine)
        line.focus()
        await pilot.pause()

        assert not line.cursor_blink
        assert line._cursor_visible


async def test_boxes_have_no_other_line() -> None:
    async with Host().run_test() as pilot:
        for box in (
            PickBox("pick", [Choice("a", "a")]),
            FormBox("form", [FormField("a", "a")], Draft(NoDrafts(), "form")),
        ):
            pilot.app.push_screen(box)
            await pilot.pause()

            assert [type(each) for each in box.query(Input)] == [TypedLine]


def test_nothing_else_makes_lines_or_areas_to_type_in() -> None:
    made = re.compile(r"\b(?:Input|TextArea|MaskedInput)\(")
    found = [
        path.name
        for part in ("screens", "console")
        for path in (TOP / part).rglob("*.py")
        if made.search(path.read_text()) and path.name != "typed_line.py"
        and any(not line.strip().startswith("raise") and made.search(line.replace("BadInput(", "")) for line in path.read_text().splitlines())
    ]  # fmt: skip

    assert found == []


async def test_what_stands_in_it_is_typed_on_and_not_selected() -> None:
    async with Host().run_test() as pilot:
        line = pilot.app.query_one("#line", TypedLine)
        line.focus()
        await pilot.pause()
        await pilot.press("d")

        assert line.value == "abcd"


async def test_a_line_end_in_it_has_a_width_and_a_sign() -> None:
    async with Host().run_test() as pilot:
        line = pilot.app.query_one("#line", TypedLine)
        line.put("a\nb")
        await pilot.pause()

        assert line.cursor_position == 3
        assert line._cursor_offset == 4
        assert line._value.plain == "a↵b"
