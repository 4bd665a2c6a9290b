"""Two consoles and their agent, killed in turn: who is left goes on, and nothing is lost."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import permutations
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.bench.kills import faults

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

ORDERS = list(permutations(("agent", "host", "other")))
TYPED = "the queue has no"


def kept(house: House) -> str:
    """Returns what the draft files hold, as one text."""
    files = (house.home / "state").glob("drafts-*.json")
    return " ".join(json.dumps(json.loads(each.read_text())["drafts"]) for each in files)


def agent_in_force(house: House) -> psutil.Process:
    """Returns the agent whose lease stands."""
    found: psutil.Process = house.wait(lambda: _living_agent(house))
    return found


def _living_agent(house: House) -> psutil.Process | None:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(house.agent_pid())
        # Its number may be another program's by now; one that nobody has reaped yet has no command left.
        return process if str(house.home) in " ".join(process.cmdline()) else None
    return None


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_whoever_is_killed_first_they_lose_nothing(house: House, order: tuple[str, ...]) -> None:
    host = house.console("--view", "actions")
    host.wait_for("No corrective action yet", "agent 0s", timeout_s=60)
    other = house.console("--view", "actions")
    other.wait_for("No corrective action yet", "agent 0s", timeout_s=60)
    other.press("n")
    other.wait_for("new corrective action")
    other.wait_quiet()
    typed = TYPED
    other.type_text(typed)
    house.wait(lambda: typed in kept(house))

    dead: set[str] = set()
    for victim in order:
        if victim == "agent":
            if dead != {"host", "other"}:
                agent_in_force(house).kill()
            elif last := _living_agent(house):  # without a console it ends by itself, soon
                last.kill()
        else:
            console = {"host": host, "other": other}[victim]
            console.process.kill()
            console.wait_exit()
        dead.add(victim)
        house.run("actions", "new", "--set", f"deviation=without {victim}")
        if "host" not in dead:
            host.wait_for(f"without {victim}")
        if "other" not in dead:
            typed += f" {victim}"
            other.type_text(f" {victim}")
            other.wait_for(typed)
            house.wait(lambda: typed in kept(house))  # noqa: B023 – asked at once

    new = house.console("--view", "actions")
    new.wait_for(*(f"without {victim}" for victim in order))
    # An agent of theirs may have stood for a moment still: it is the new console's own that must be in force.
    house.wait(lambda: (agent := _living_agent(house)) and agent.ppid() == new.process.pid)
    new.wait_until(lambda text: "STALE" not in text and "agent 0s" in text, timeout_s=60)
    new.press("n")
    new.wait_for("a draft was kept", typed)
    assert "STALE" not in house.run("board").stdout
    assert faults(str(house.home / "watchfloor.db"), {}, 0, "")[0] == []
