"""`watchfloor incidents I-1 link`: what an incident is to another item, said, printed and taken away."""

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
PLACE = {"web": "I-1", "till": "I-2"}


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    for component in PLACE:
        store.write(AGENT, raise_for_failure, component, "shop", f"{component} is down", 1, cause=None)
    store.close()

    def command(*words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", str(place))

    return command


def links(say: Any, label: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(say("incidents", label, "--json")[1])[0]["links"]
    return found


def test_a_link_is_said_seen_from_both_and_taken_away(say: Any) -> None:
    assert say("incidents", "I-2", "link", "--as", "caused by", "--to", "I-1")[0] == 0
    assert links(say, "I-2") == [{"is": "caused by", "item": "I-1", "title": "web is down", "state": "open"}]
    assert "link          cause of I-2 till is down" in say("incidents", "I-1")[1]
    assert say("incidents", "I-1", "unlink", "--to", "I-2")[0] == 0
    assert links(say, "I-1") == links(say, "I-2") == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("link", "--as", "caused by", "--to", "I-1"), "I-1 is nothing to itself"),
        (("link", "--as", "near", "--to", "I-2"), "no item is 'near' another"),
        (("link", "--as", "caused by", "--to", "web"), "'web' is no item"),
        (("unlink", "--to", "I-2"), "are not linked"),
        (("acknowledge", "--to", "I-2"), "--to"),
    ],
)
def test_what_is_no_link_is_refused_in_one_line(say: Any, words: tuple[str, ...], told: str) -> None:
    code, out, err = say("incidents", "I-1", *words)
    assert (code != 0, out) == (True, "")
    assert told in err
    assert links(say, "I-1") == []
