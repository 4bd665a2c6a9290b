"""However the console ends: the draft is kept, the terminal given back, the process gone."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("end", ["term", "hup", "line"])
def test_a_half_typed_note_survives(house: House, end: str) -> None:
    house.run("agent", "--help")
    opened = house.console("--no-agent", "--view", "actions")
    opened.wait_for("No corrective action yet")
    opened.press("n")
    opened.wait_for("new corrective action")
    opened.wait_quiet()
    opened.type_text("the queue has no")
    opened.wait_for("the queue has no")
    if end == "term":
        opened.signal(signal.SIGTERM)
    elif end == "hup":
        opened.signal(signal.SIGHUP)
    else:
        opened.hang_up()
    opened.wait_exit(timeout_s=20)
    if end != "line":
        assert b"\x1b[?1049l" in opened.raw
        assert b"\x1b[?25h" in opened.raw
    again = house.console("--no-agent", "--view", "actions")
    again.wait_for("No corrective action yet")
    again.press("n")
    again.wait_for("a draft was kept", "the queue has no")


def test_quitting_gives_the_terminal_back(house: House) -> None:
    opened = house.console("--no-agent")
    opened.wait_for("Home")
    opened.wait_for("STALE")
    opened.press("q")
    opened.wait_for("ctrl+q ends the console")
    opened.press("ctrl+q")
    assert opened.wait_exit() == 0
    assert opened.raw.rstrip().endswith(b"\x1b[23;0t") or b"\x1b[?1049l" in opened.raw
