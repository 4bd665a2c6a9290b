"""`watchfloor request`, `queue` and `satisfaction`: real commands on a real database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.store.store import Store
from tests.console.answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEW = ("new", "--title", "VPN drops", "--service", "network", "--requester", "ada@acme.example", "--yes")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    place = tmp_path / "watchfloor.db"
    Store.at(place).close()

    def command(*words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", str(place))

    return command


def told(say: Any, request: str = "R-1") -> dict[str, Any]:
    data: dict[str, Any] = json.loads(say("request", request, "--json")[1])
    return data


def test_a_request_goes_through_its_life_on_the_command_line(say: Any) -> None:
    assert say("queue")[1] == "No request is open.\n"
    assert say("request", *NEW)[0] == 0
    for words in (
        ("take",), ("note", "--text", "carrier called"), ("tell", "--text", "we look into it"), ("start",),
        ("priority", "--impact", "1", "--urgency", "1"), ("wait", "--for", "supplier", "--text", "carrier"),
        ("start",), ("deliver", "--text", "tunnel reset", "--yes"), ("score", "--score", "2", "--text", "slow"),
        ("close", "--yes"),
    ):  # fmt: skip
        code, _, error = say("request", "R-1", *words)
        assert (code, error) == (0, ""), words
    found = told(say)
    assert (found["state"], found["priority"], found["outcome"]) == ("closed", 1, "tunnel reset")
    assert (found["satisfaction"]["score"], found["satisfaction"]["follow_up"]) == (2, "A-1")
    assert "follow-up A-1" in say("request", "R-1")[1]
    assert say("queue")[1] == "No request is open.\n"
    assert "R-1  1  closed" in say("queue", "--all")[1]
    printed = say("satisfaction")[1]
    assert printed.splitlines()[1].split()[:3] == ["CSAT", "all", "0.0"]
    assert json.loads(say("satisfaction", "--json")[1])["measures"][0]["rate"] == 100.0


def test_a_list_that_is_cut_says_so(say: Any) -> None:
    for _ in range(2):
        assert say("request", *NEW)[0] == 0
    assert say("queue")[2] == ""
    for words in (("--limit", "1"), ("--limit", "1", "--at", "0s"), ("--limit", "1", "drops")):
        code, printed, beside = say("queue", "--json", *words)
        assert (code, len(json.loads(printed))) == (0, 1)
        assert beside == "These are the first 1; there are more. --limit N prints N.\n"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("new", "--title", "x"), 2, "asks to be confirmed"),
        (("new", "take"), 2, "new takes no take"),
        (("R-1", "take", "--text", "x"), 2, "--text does nothing with take"),
        (("R-9", "take"), 1, "there is no request R-9"),
        (("R-x",), 2, "is no request's number"),
        (("R-1", "priority"), 2, "a priority is asked for"),
        (("R-1", "score"), 2, "a score is asked for"),
        (("R-1", "close", "--yes"), 1, "it cannot become closed"),
        (("R-1", "deliver", "--yes"), 2, "what was delivered"),
        (("R-1", "wait", "--text", "x", "--until", "yesterday"), 2, "is no instant"),
        (("R-1", "wait", "--text", "x", "--until", "2020-01-01 10:00"), 2, "is past"),
    ],
)
def test_bad_words_are_one_clear_line_and_change_nothing(
    say: Any, words: tuple[str, ...], code: int, error: str
) -> None:
    say("request", *NEW)
    before = told(say)
    result = say("request", *words)
    assert result[0] == code
    assert error in result[2]
    assert told(say) == before
