"""A morning's queue worked from the keyboard: three requests each in its own way, two at once and back, and a line that is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey
ASKED = (
    ("the ledger is down", 1, 1), ("VPN drops in Lagos", 2, 2), ("new circuit", 2, 2), ("printer, floor 3", 3, 3),
    ("printer, floor 4", 3, 3),
)  # fmt: skip


def fill(house: House) -> None:
    Store.at(house.home / "watchfloor.db").close()
    for title, impact, urgency in ASKED:
        house.run(
            "request", "new", "--title", title, "--service", "orders", "--requester", "ade@lagos.example", "--yes",
            "--impact", str(impact), "--urgency", str(urgency),
        )  # fmt: skip


def queue(house: House) -> Terminal:
    desk = house.console("--no-agent", "--view", "queue", size=(80, 24))
    desk.wait_until(lambda text: "view unowned+mine" in text and "printer" in text, timeout_s=60)
    return desk


def box(desk: Terminal, key: str, *words: str) -> None:
    """Presses a key and waits until its box is there and listens."""
    desk.press(key)
    desk.wait_for(*words)
    desk.wait_quiet()


def request(house: House, label: str) -> dict[str, Any]:
    found: dict[str, Any] = house.data("request", label)
    return found


def kinds(house: House, label: str) -> list[str]:
    subject = f"request:{label[2:]}"
    return [each["kind"] for each in house.data("log", "-n", "200") if each["subject"] == subject]


def test_three_requests_are_triaged_and_answered_without_leaving_the_list(house: House) -> None:
    fill(house)
    desk = queue(house)
    desk.wait_until(lambda text: "── R-1  the ledger is down" in text)
    box(desk, "P", "priority of R-1")
    desk.press("2")
    desk.wait_for("R-1 has priority 2")
    desk.press("t")
    desk.wait_for("R-1 taken by")
    box(desk, "r", "to: ade@lagos.example", "1 we see it")
    desk.press("1")
    desk.wait_for("We have seen it")
    desk.press("enter")
    desk.wait_for("R-1: ade@lagos.example is told")

    desk.press("N")
    desk.wait_until(lambda text: "── R-2  VPN drops" in text)
    desk.press("t")
    desk.wait_for("R-2 taken by")
    box(desk, "r", "to: ade@lagos.example")
    desk.type_text("Since when?")
    desk.wait_for("Since when?")
    desk.press("enter")
    desk.wait_for("R-2: ade@lagos.example is told")

    desk.press("N")
    desk.wait_until(lambda text: "── R-3  new circuit" in text)
    box(desk, "W", "what R-3 waits for")
    desk.press("s")
    desk.wait_for("what is waited for")
    desk.wait_quiet()
    desk.type_text("the carrier names the day")
    desk.press("enter", "enter")
    desk.wait_for("R-3 waits on supplier")

    me = request(house, "R-1")["owner"]
    assert (request(house, "R-1")["priority"], request(house, "R-1")["state"]) == (2, "acknowledged")
    assert (request(house, "R-2")["owner"], request(house, "R-3")["standing"]) == (me, "waiting on supplier")
    assert "request.told" in kinds(house, "R-1")
    assert "request.told" in kinds(house, "R-2")


def test_two_at_once_are_shown_before_and_taken_back_with_one_key(house: House) -> None:
    fill(house)
    desk = queue(house)
    desk.press("G", "space", "k", "space")
    desk.wait_for("2 marked")
    box(desk, "P", "priority of R-")
    desk.press("1")
    desk.wait_for("2 requests of 2 will change", "has priority 1 (had 4)")
    desk.wait_quiet()
    desk.press("tab", "enter")
    desk.wait_for("2 of 2 has priority 1")
    assert [request(house, label)["priority"] for label in ("R-4", "R-5")] == [1, 1]
    desk.press("u")
    desk.wait_for("and 1 more")
    assert [request(house, label)["priority"] for label in ("R-4", "R-5")] == [4, 4]
    assert "2 marked" in desk.text


def test_an_answer_survives_a_cut_line_and_goes_once(house: House) -> None:
    fill(house)
    desk = queue(house)
    box(desk, "r", "to: ade@lagos.example")
    desk.type_text("We come at nine with a new")
    desk.wait_for("We come at nine with a new")
    desk.hang_up()
    desk.wait_exit(timeout_s=20)
    assert "request.told" not in kinds(house, "R-1")

    again = queue(house)
    box(again, "r", "a draft was kept", "We come at nine with a new")
    again.type_text(" disk")
    again.wait_for("with a new disk")
    again.press("enter")
    again.wait_for("R-1: ade@lagos.example is told")
    assert kinds(house, "R-1").count("request.told") == 1
    box(again, "r", "(nothing yet)")
    assert "a draft was kept" not in again.text
