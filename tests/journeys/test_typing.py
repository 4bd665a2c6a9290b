"""What is typed and pasted takes effect in the order in which it came, however fast it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey

LEFT, HOME, END, F2 = b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1bOQ"
NEW = "new corrective action"


def actions(house: House) -> Terminal:
    """A console on the list of corrective actions."""
    opened = house.console("--no-agent", "--view", "actions")
    opened.wait_for("No corrective action yet", "? help")
    return opened


def pasted(text: bytes) -> bytes:
    """Returns what a terminal sends for a paste."""
    return b"\x1b[200~" + text + b"\x1b[201~"


def test_keys_in_a_field_take_effect_in_the_order_typed(house: House) -> None:
    opened = actions(house)
    opened.press("n")
    opened.wait_for(NEW)
    opened.wait_quiet()
    opened.send(
        b"a b"
        + LEFT
        + LEFT
        + b"X"
        + HOME
        + b"<"
        + END
        + b">"
        + b"\x7f"
        + b"y"
        + b"\x17"
        + b"z"
        + LEFT * 2
        + b"Q"
    )
    opened.wait_for("<aXQ z")


def test_one_packet_that_opens_fills_and_closes_a_box_and_goes_on(house: House) -> None:
    opened = actions(house)
    opened.send(b"n" + b"no oil" + LEFT * 3 + b"X" + b"\r" + b"why so" + F2 + b"9")
    opened.wait_for("[9 Log]", "A-1 drafted")
    assert house.data("actions")[0]["deviation"] == "no Xoil"


def test_one_packet_that_leaves_a_box_goes_on_behind_it(house: House) -> None:
    opened = actions(house)
    opened.send(b"nhalf a word")
    opened.wait_for("half a word")
    opened.send(b" more\x1b[Z\t")  # to the field before and back
    opened.wait_for("half a word more")
    opened.send(b"\x1b")
    opened.wait_gone(NEW)
    opened.send(b"9/draft" + LEFT * 5 + b"\x1b[C" + b"\x7f" + b"D" + b"\r" + b"1")
    opened.wait_for("[1 Board]")


def test_what_is_typed_behind_the_go_line_belongs_to_it(house: House) -> None:
    opened = actions(house)
    opened.send(b":log\r")
    opened.wait_for("[9 Log]")


def test_a_filled_field_is_typed_on_not_replaced(house: House) -> None:
    opened = actions(house)
    opened.send(b"norders stood still" + F2)
    opened.wait_for("A-1 drafted")
    opened.wait_until(lambda text: "A-1" in text and "1 of 1" in text)
    opened.send(b"e\x1b[A for an hour")
    opened.wait_for("orders stood still for an hour")


def test_a_paste_of_several_lines_becomes_one_in_a_line_and_says_so(house: House) -> None:
    opened = actions(house)
    opened.send(b"/one " + pasted(b"two\r\nthree\n\n four\x1b[31m\x07") + b" five" + LEFT + b"X")
    opened.wait_for("one two three four fivXe", "3 lines pasted as one; 2 control characters left out")


def test_a_paste_keeps_its_lines_where_lines_are_kept_and_its_order_with_keys(house: House) -> None:
    opened = actions(house)
    opened.send(b"nbefore " + pasted(b"first\nsecond \x1b[31mred\x1b\nthird") + b" after" + F2)
    opened.wait_for("A-1 drafted")
    made = house.data("actions")[0]
    assert made["deviation"] == "before first\nsecond red\nthird after"


def test_a_paste_is_said_in_the_box_it_went_to(house: House) -> None:
    opened = actions(house)
    opened.send(b"n" + pasted(b"a\x1bb"))
    opened.wait_for(NEW, "1 control character left out")


def test_a_paste_where_nothing_is_typed_runs_no_verb_and_says_so(house: House) -> None:
    opened = actions(house)
    opened.send(pasted(b"n\nR") + b"9")
    opened.wait_for("[9 Log]", "nothing was pasted")


@pytest.mark.parametrize("kind", ["one line", "many lines"])
def test_a_huge_paste_neither_hangs_nor_gets_lost_silently(house: House, kind: str) -> None:
    text = b"x" * 1_000_000 if kind == "one line" else b"one line of it\n" * 70_000
    opened = actions(house)
    opened.send(b"n" + pasted(text))
    opened.wait_for(f"{len(text):,} characters", "the first 4,000 were kept", timeout_s=60)
    opened.send(b"Z")
    opened.wait_for("4,000 characters are the most")
    opened.send(b"\x7f" * 6 + HOME + b"start ")
    opened.wait_for("start ")
    opened.press("escape")
    opened.wait_gone(NEW)
