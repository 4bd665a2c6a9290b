"""However the console ends: the draft is kept, the terminal given back, the process gone."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING

import psutil
import pyte
import pytest

from tests.terminal import Terminal, assert_given_back

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey
BEHIND = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
child = os.fork()
if not child:
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", "console", *sys.argv[1:]])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""Starts a console in a session of its own, as `su -c` does: no terminal controls it, so no signal says that it is gone."""


def half_type_a_note(opened: Terminal) -> None:
    opened.wait_for("No corrective action yet")
    opened.press("n")
    opened.wait_for("new corrective action")
    opened.wait_quiet()
    opened.type_text("the queue has no")
    opened.wait_for("the queue has no")


@pytest.mark.parametrize("end", ["term", "hup", "line"])
def test_a_half_typed_note_survives(house: House, end: str) -> None:
    house.run("agent", "--help")
    opened = house.console("--no-agent", "--view", "actions")
    half_type_a_note(opened)
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


def test_a_console_that_no_terminal_controls_ends_with_its_line(house: House) -> None:
    house.run("agent", "--help")
    command = [sys.executable, "-c", BEHIND, "--no-agent", "--view", "actions"]
    opened = Terminal.start(command, env=house.env, cwd=house.home)
    house.open.append(opened)
    half_type_a_note(opened)
    opened.hang_up()
    assert opened.wait_exit(timeout_s=20) == 0
    again = house.console("--no-agent", "--view", "actions")
    again.wait_for("No corrective action yet")
    again.press("n")
    again.wait_for("a draft was kept", "the queue has no")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
def test_a_half_typed_reason_survives(house: House, end: signal.Signals) -> None:
    opened = house.console("--no-agent", "--view", "actions")
    opened.wait_for("No corrective action yet")
    opened.press("O")
    opened.wait_for("OPERATE for 15 minutes")
    opened.wait_quiet()
    opened.type_text("the front hangs")
    opened.wait_for("the front hangs")
    opened.signal(end)
    assert opened.wait_exit(timeout_s=20) == 0
    again = house.console("--no-agent", "--view", "actions")
    again.wait_for("No corrective action yet")
    again.press("O")
    again.wait_for("a draft was kept", "the front hangs")
    again.wait_quiet()
    again.press("enter")
    again.wait_for("O goes back to WATCH")
    again.wait_until(lambda text: " OPERATE " in text.splitlines()[0])
    again.press("O")
    again.wait_until(lambda text: "back in WATCH" in text and " WATCH " in text.splitlines()[0])
    again.press("O")
    again.wait_for("OPERATE for 15 minutes")
    assert "a draft was kept" not in again.text  # it was used


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


@pytest.mark.parametrize("box", [False, True])
def test_after_a_while_in_the_shell_the_screen_is_whole_again(house: House, box: bool) -> None:
    opened = house.console("--no-agent", "--view", "actions", size=(100, 30))
    opened.wait_for("No corrective action yet")
    if box:
        opened.press("n")
        opened.wait_for("new corrective action")
        opened.wait_quiet()
        opened.type_text("half a ")
        opened.wait_for("half a")
    opened.press("ctrl+z")
    shell = psutil.Process(opened.process.pid)
    house.wait(lambda: shell.status() == psutil.STATUS_STOPPED)
    house.wait(lambda: opened.raw.endswith(b"\x1b[?1004l"))  # all it wrote is read
    assert_given_back(opened.raw)
    before = len(opened.raw)
    opened.signal(signal.SIGCONT)

    def painted() -> str:
        """Returns what was painted since, on an empty screen."""
        screen = pyte.Screen(100, 30)
        text = re.sub(rb"\x1b\[[<>=][0-9;]*[A-Za-z]|\x1b\[[0-9;?]*\$[A-Za-z]", b"", opened.raw[before:])
        pyte.ByteStream(screen).feed(text)
        return "\n".join(screen.display)

    wanted = ["Corrective actions", "6 Actions", "? help", "0 of 0"]
    if box:
        wanted += ["new corrective action", "half a"]
    else:
        wanted.append("No corrective action yet")
    house.wait(lambda: all(words in painted() for words in wanted))
    if box:
        opened.type_text("sentence")
        opened.wait_for("half a sentence")


def test_a_running_agent_ends_with_the_console_that_started_it(house: House) -> None:
    opened = house.console("--view", "log")
    opened.wait_for("catalog loaded", timeout_s=60)
    pid = house.agent_pid()
    opened.signal(signal.SIGTERM)
    assert opened.wait_exit() == 0
    house.wait(lambda: not psutil.pid_exists(pid))
    assert_given_back(opened.raw)


def test_a_shell_with_job_control_takes_it_down_and_up_again(house: House) -> None:
    shell = Terminal.start(
        ["bash", "--norc", "-i"], size=(100, 30), env={**house.env, "PS1": "shell> "}, cwd=house.home
    )
    house.open.append(shell)
    shell.wait_for("shell>")
    shell.type_text(f"{sys.executable} -m console --no-agent --view actions")
    shell.press("enter")
    shell.wait_for("No corrective action yet", "? help")
    shell.press("ctrl+z")
    shell.wait_for("Stopped")
    shell.type_text("echo $((20+22)); bg")
    shell.press("enter")  # a console in the background does not touch the terminal: it stops again
    shell.wait_for("42", "console")
    shell.type_text("fg")
    shell.press("enter")
    shell.wait_for("No corrective action yet", "[6 Actions]", "? help", "0 of 0")
    shell.press("9")
    shell.wait_for("[9 Log]")
    shell.press("ctrl+q")
    shell.wait_for("shell>")
