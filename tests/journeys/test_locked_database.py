"""Another program holds the database for longer than a command waits: the agent goes on trying, and then goes on."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held(house: House) -> Iterator[None]:
    """Has another program hold the database's lock meanwhile."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(house.home / "watchfloor.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.communicate()


@contextmanager
def agent(house: House) -> Iterator[subprocess.Popen[str]]:
    """Runs an agent meanwhile; its lines go to agent.log."""
    with (house.home / "agent.log").open("w") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "console", "agent"], env=house.env, cwd=house.home, stderr=log, text=True
        )
    try:
        yield started
    finally:
        started.terminate()
        assert started.wait(timeout=30) == 0


def wait_said(house: House, words: str) -> None:
    house.wait(lambda: words in (house.home / "agent.log").read_text())


def test_an_agent_that_meets_a_lock_at_its_start_begins_once_it_is_gone(house: House) -> None:
    Store.at(house.home / "watchfloor.db").close()
    with ExitStack() as lock:
        lock.enter_context(held(house))
        with agent(house) as waiting:
            wait_said(house, "cannot go on yet, trying again: ")
            wait_said(house, "is locked by another program")
            assert waiting.poll() is None
            lock.close()
            wait_said(house, "the database can be used again")
            wait_said(house, "in force for")


def test_an_agent_told_to_end_while_it_waits_ends_well(house: House) -> None:
    Store.at(house.home / "watchfloor.db").close()
    with held(house):
        with agent(house) as waiting:
            wait_said(house, "cannot go on yet, trying again: ")
        assert waiting.returncode == 0


def test_an_agent_in_force_keeps_what_it_saw_and_writes_it_when_the_lock_is_gone(house: House) -> None:
    with agent(house) as working:
        wait_said(house, "in force for")
        with held(house):
            wait_said(house, "nothing can be written, looking goes on: ")
            refused = house.run("actions", "new", "--set", "deviation=meanwhile", code=3)
            assert "is locked by another program" in " ".join(refused.stderr.split())
            assert working.poll() is None
        wait_said(house, "writing works again")
        assert working.poll() is None
        house.wait(lambda: "STALE" not in house.run("board").stdout)


def test_a_console_says_by_itself_why_its_agent_is_silent_and_stops_saying_it(running: House) -> None:
    desk = running.console("--view", "board", size=(80, 24))
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    agent = running.agent_pid()
    with held(running):
        desk.wait_for(
            "STALE agent silent", "no agent can be in force", "is locked by another program", timeout_s=40
        )
    desk.wait_until(lambda text: "STALE" not in text and "locked" not in text, timeout_s=40)
    assert running.agent_pid() == agent
