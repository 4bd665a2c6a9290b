"""The board as it was while something was broken, looked at when all is well again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey


SLIDER = 3
"""The line that says which entry one is at."""


def step_back(desk: Terminal) -> None:
    at = desk.text.splitlines()[SLIDER]
    desk.press("left")
    desk.wait_until(lambda text: text.splitlines()[SLIDER] != at)


def test_what_was_broken_is_seen_as_it_was_after_it_is_mended(running: House) -> None:
    desk = running.console(size=(120, 30))
    desk.wait_until(lambda text: "home ▸ Home" in text and "STALE" not in text, timeout_s=60)
    desk.press("1")
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    running.orders("fault", "store", "kill")
    desk.wait_until(lambda text: "■ CRIT    orders-store" in text and "I-1" in text, timeout_s=60)
    running.orders("start", "store")
    desk.wait_until(lambda text: text.count("● OK") >= 8 and "CRIT" not in text, timeout_s=60)

    desk.press("@")
    desk.wait_for("then, in UTC")
    desk.wait_quiet()
    desk.type_text("I-1")
    desk.press("enter")
    desk.wait_until(lambda text: "◄◄ THEN" in text and "■ CRIT    orders-store" in text)
    text = desk.text
    first = text.splitlines()[0]
    assert "agent" not in first
    assert "now " in first
    assert "[1 Board·THEN]" in text
    opened = running.data("incidents", "I-1")[0]["opened_at"]
    assert opened[11:19] in first

    desk.press("X")
    desk.wait_for("not now; @ returns to now")
    desk.wait_quiet()  # what is typed at once behind it was meant for its box
    while "■ CRIT" in desk.text.split("COMPONENT", 1)[1] or "◇ UNRCH" in desk.text:
        step_back(desk)
    desk.press("9")
    desk.wait_until(lambda text: "◄◄ THEN" in text and "every entry up to then" in text)
    desk.press("0")
    desk.wait_for("this screen shows now; the others show")
    desk.press("1")
    desk.wait_for("◄◄ THEN")
    desk.press("g", "enter")
    desk.wait_until(
        lambda text: "◄◄ THEN" in text and "PROBES" in text and "what it said then is not kept" in text
    )
    desk.press("escape")
    desk.wait_until(lambda text: "◄◄ THEN" in text and "COMPONENT" in text)
    desk.press("escape")
    desk.wait_until(lambda text: "THEN" not in text and text.count("● OK") >= 8)

    printed = running.run("board", "--at", "I-1").stdout
    assert printed.startswith(f"THEN {opened[:10]} {opened[11:19]}Z, ")
    rows = {row["id"]: row for row in running.data("board", "--at", opened[:19].replace("T", " ") + "Z")}
    assert rows["orders-worker"]["at"].startswith(opened[:19])
    then = {row["id"]: row for row in json.loads(running.run("board", "--at", "I-1", "--json").stdout)}
    assert (then["orders-store"]["state"], then["orders-store"]["incident"]) == ("critical", "I-1")
    found = running.data("incidents", "--at", "I-1")
    assert [(each["id"], each["state"]) for each in found] == [("I-1", "open")]
    assert running.data("incidents", "I-1", "--at", "I-1")[0]["state"] == "open"
    refused = running.run("board", "--at", "2999-01-01 00:00", code=2).stderr
    assert "is still to come" in refused
    assert "is no instant" in running.run("incidents", "--at", "", code=2).stderr
    assert "there is no incident I-9" in running.run("board", "--at", "I-9", code=1).stderr
    assert (
        "does nothing"
        in running.run("incidents", "1", "take", "--at", "-1h".removeprefix("-"), code=2).stderr
    )
