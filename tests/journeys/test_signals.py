"""However the console ends: the draft is kept, the terminal given back, the process gone."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psutil
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
        assert_given_back(opened.raw)
    again = house.console("--no-agent", "--view", "actions")
    again.wait_for("No corrective action yet")
    again.press("n")
    again.wait_for("a draft was kept", "the queue has no")


def test_quitting_gives_the_terminal_back(house: House) -> None:
    opened = house.console("--no-agent")
    opened.wait_for("Home")
    opened.wait_for("STALE")
    house.wait(lambda: b"\x1b[22;0t" in opened.raw)  # a title of ours is set
    opened.press("q")
    opened.wait_for("ctrl+q ends the console")
    opened.press("ctrl+q")
    assert opened.wait_exit() == 0
    assert_given_back(opened.raw)
    house.wait(lambda: opened.raw.endswith(b"\x1b[23;0t"))  # the title that was is given back


def assert_given_back(raw: bytes) -> None:
    """The other screen, the cursor, the keys and the paste marks are as they were: what ends comes after what began."""
    for began, ended in (
        (b"\x1b[?1049h", b"\x1b[?1049l"),
        (b"\x1b[?25l", b"\x1b[?25h"),
        (b"\x1b[?2004h", b"\x1b[?2004l"),
        (b"\x1b[?1000h", b"\x1b[?1000l"),
        (b"\x1b[?7l", b"\x1b[?7h"),
    ):
        assert raw.rfind(ended) > raw.rfind(began) >= 0, (began, raw[-400:])


def test_a_console_that_is_stopped_and_continued_from_outside_takes_every_key_once(house: House) -> None:
    opened = house.console("--no-agent", "--view", "actions")
    opened.wait_for("No corrective action yet")
    for _ in range(3):
        opened.signal(signal.SIGSTOP)
        opened.signal(signal.SIGCONT)
    opened.press("n")
    opened.wait_for("new corrective action")
    opened.wait_quiet()
    opened.type_text("abcdefghijklmnopqrstuvwxyz")
    opened.wait_for("abcdefghijklmnopqrstuvwxyz")
    opened.press("escape")
    opened.wait_gone("new corrective action")
    opened.press("ctrl+q")
    assert opened.wait_exit() == 0
    assert_given_back(opened.raw)


def test_a_running_agent_ends_with_the_console_that_started_it(house: House) -> None:
    opened = house.console("--view", "log")
    opened.wait_for("catalog loaded", timeout_s=60)
    pid = house.agent_pid()
    opened.signal(signal.SIGTERM)
    assert opened.wait_exit() == 0
    house.wait(lambda: not psutil.pid_exists(pid))
    assert_given_back(opened.raw)
