"""`watchfloor problem` and `watchfloor major`: real commands on a real database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.commands import raise_for_failure
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGENT = Author("agent", Via.AGENT)
KNOWN = ("known", "--set", "cause=the log fills the disk", "--set", "workaround=empty it\nthen restart")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    for component in ("web", "till"):
        store.write(AGENT, raise_for_failure, component, "shop", f"{component} is down", 1, cause=None)
    store.close()

    def command(*words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", str(place))

    return command


def one(say: Any, *words: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(say(*words, "--json")[1])[0]
    return data


def test_a_problem_goes_through_its_life_on_the_command_line(say: Any) -> None:
    assert say("problem")[1] == "No problem is open.\n"
    assert say("problem", "new", "--incident", "I-1", "--set", "owner=bob")[0] == 0
    for words in (
        KNOWN, ("note", "--text", "seen twice\nat ten past two"), ("link", "--incident", "I-2"), ("unlink", "--incident", "2"),
        ("revise", "--set", "title=web dies"),
    ):  # fmt: skip
        assert say("problem", "P-1", *words)[::2] == (0, ""), words
    found = one(say, "problem", "P-1")
    assert (found["state"], found["title"], found["incidents"]) == ("known error", "web dies", ["I-1"])
    printed = say("problem", "1")[1]
    assert "workaround    empty it\n              then restart" in printed
    assert "incident      I-1 open: web is down" in printed
    assert "noted: seen twice …\n              at ten past two" in printed
    assert [each["kind"] for each in found["told"]] == [
        "problem.opened", "problem.known", "problem.noted", "problem.revised",
    ]  # fmt: skip
    incident = say("incidents", "I-1")[1]
    assert "problem       P-1" in incident
    assert "known error   P-1 web dies; its cause: the log fills the disk" in incident
    assert "try first     empty it\n              then restart" in incident
    assert one(say, "incidents", "I-1")["known_errors"][0]["id"] == "P-1"
    assert "known error" in say("problem", "P-1", "--at", "0s")[1]
    assert say("problem", "P-1", "solve", "--text", "the log turns over", "--yes")[::2] == (0, "")
    assert say("problem", "P-1", "close", "--text", "quiet", "--yes")[::2] == (0, "")
    assert say("problem")[1] == "No problem is open.\n"
    assert "P-1  closed" in say("problem", "--all")[1]
    assert say("problem", "P-1", "reopen", "--text", "full again", "--yes")[0] == 0


def test_what_comes_again_and_again_is_suggested(say: Any, tmp_path: Path) -> None:
    from core.desk.commands import clear_after_recovery, close_incident
    from core.gate.model import Consent, Level

    store = Store.at(tmp_path / "watchfloor.db")
    for number in (1, 3):
        store.write(AGENT, clear_after_recovery, "web", cause=None)
        store.write(Author("ada", Via.CLI), close_incident, number, "came back", Consent(Level.BOX))
        store.write(AGENT, raise_for_failure, "web", "shop", "web is down", 1, cause=None)
    store.close()
    assert say("problem")[1].splitlines()[1] == (
        "suggested: 3 incidents of web in 7 days, and no problem is open for it;"
        " watchfloor problem new --incident I-4 opens one"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("new",), "needs a title"),
        (("new", "solve"), "'solve' does nothing with new"),
        (("P-1", "link"), "link names no incident"),
        (("P-1", "revise"), "revise says no field"),
        (("P-1", "known", "--set", "owner=bob"), "known takes no 'owner'"),
        (("P-1", "known", "--set", "owner"), "'owner' has no value"),
        (("P-1", "unlink", "--incident", "I-1"), "I-1 does not belong to P-1"),
        (("P-1", "solve", "--text", "x"), "asks to be confirmed"),
        (("P-9",), "there is no problem P-9"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(say: Any, words: tuple[str, ...], why: str) -> None:
    say("problem", "new", "--set", "title=web dies")
    code, out, error = say("problem", *words)
    assert (code, out) == (2, "") or words == ("P-9",)
    assert why in error


def test_a_major_incident_on_the_command_line(say: Any) -> None:
    assert say("major")[1] == "No incident is a major one, and no review is owed.\n"
    assert say("major", "I-1")[1] == "I-1 is no major incident.\n"
    declare = ("declare", "--commander", "bob", "--role", "scribe=eve", "--every", "15m", "--text", "till")
    assert say("major", "I-1", *declare, "--yes")[::2] == (0, "")
    assert "1    MAJOR, acknowledged" in say("incidents")[1]
    printed = say("major")[1]
    assert "MAJOR, acknowledged" in printed
    assert "I-1  bob commands, scribe eve; who waits is told every 15 min" in printed
    assert say("major", "I-1", "command", "--commander", "eve", "--role", "scribe=")[::2] == (0, "")
    assert one(say, "incidents", "I-1")["major"]["commander"] == "eve"
    assert say("major", "I-1", "stand-down", "--text", "over", "--due", "2099-01-31", "--yes")[::2] == (0, "")
    assert "stood down; its review is owed by eve until 2099-01-31" in say("major", "I-1")[1]
    assert "review owed" in say("major")[1]
    words = ("review", "--text", "no spare till", "--action", "buy one", "--due", "2099-02-28", "--yes")
    assert say("major", "I-1", *words)[::2] == (0, "")
    assert one(say, "actions", "A-1")["action"] == "buy one"
    assert one(say, "major", "--all")["major"]["review_action"] == "A-1"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("declare",), "asks to be confirmed"),
        (("declare", "--role", "scribe", "--yes"), "'scribe' names nobody"),
        (("declare", "--every", "soon", "--yes"), "'soon' is not a span of time"),
        (("declare", "--due", "2099-01-31", "--yes"), "--due does nothing with declare"),
        (("stand-down", "--text", "x", "--due", "soon", "--yes"), "'soon' is not a date"),
    ],
)
def test_what_cannot_be_of_a_major_one_is_refused(say: Any, words: tuple[str, ...], why: str) -> None:
    code, out, error = say("major", "I-1", *words)
    assert (code, out) == (2, "")
    assert why in error
