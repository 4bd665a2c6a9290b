"""`watchfloor who`: a real command on a real database, in which consoles say that they are here."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from core.journal.model import Via
from core.presence.commands import be_here
from core.presence.model import GONE_S, Open
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = Author("ada", Via.CONSOLE, "seat-1")
BOB = Author("bob", Via.CONSOLE, "seat-2")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "watchfloor.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = Store.at(place)
    yield opened
    opened.close()


def silent_one(place: Path) -> None:
    """Leaves what a console leaves that was killed a while ago."""
    then = utc_now() - timedelta(seconds=GONE_S + 5)
    store = Store.at(place, now=lambda: then)
    store.write(Author("eve", Via.CONSOLE, "seat-3"), be_here, "watch-3", Open("board"))
    store.close()


@pytest.mark.usefixtures("store")
def test_where_nobody_is_it_says_so(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["who", "--db", str(place)]) == 0
    assert capsys.readouterr().out == "Nobody is here.\n"
    assert main(["who", "--db", str(place), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_who_is_here_is_a_line_each_and_who_fell_silent_is_not_counted(
    place: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    silent_one(place)
    store.write(BOB, be_here, "watch-2 from 10.0.0.7", Open("incident", "I-7", "incident.resolve:I-7"))
    store.write(ADA, be_here, "watch-1", Open("board"))
    assert main(["who", "--db", str(place)]) == 0
    titles, ada, bob, silent = capsys.readouterr().out.splitlines()
    assert titles.split() == ["PERSON", "HAS", "OPEN", "WRITES", "SINCE", "HEARD", "WHERE"]
    assert ada.split()[:3] == ["ada", "board", "-"]
    assert bob.split()[:5] == ["bob", "incident", "I-7", "resolves", "I-7"]
    assert bob.endswith("watch-2 from 10.0.0.7")
    assert silent == "Not counted: 1 console that was not heard of for 75 s."


def test_json_has_the_same(place: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    silent_one(place)
    store.write(BOB, be_here, "watch-2", Open("run", "PR-3", "run.skip/2:PR-3"))
    assert main(["who", "--db", str(place), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["person"], found["seat"], found["where"]) == ("bob", "seat-2", "watch-2")
    assert (found["view"], found["open"], found["writes_in"]) == ("run", "PR-3", "PR-3")
    assert found["writing"] == "skips a step of PR-3"
    assert found["heard_s"] < GONE_S


@pytest.mark.parametrize(("subject", "code"), [("I-7", 0), ("i-7", 0), ("A-1", 0), ("I-8", 1)])
def test_with_a_subject_the_exit_code_answers(
    place: Path, store: Store, capsys: pytest.CaptureFixture[str], subject: str, code: int
) -> None:
    store.write(BOB, be_here, "watch-2", Open("incident", "I-7"))
    store.write(ADA, be_here, "watch-1", Open("actions", "", "action:A-1"))
    assert main(["who", subject, "--db", str(place)]) == code
    out = capsys.readouterr().out
    assert (out == f"Nobody has {subject} open.\n") == bool(code)
    assert main(["who", subject, "--db", str(place), "--json"]) == code
    assert len(json.loads(capsys.readouterr().out)) == 1 - code


def test_what_cannot_be_asked_is_refused_in_a_line(
    place: Path, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write(BOB, be_here, "watch-2", Open("board"))
    assert main(["who", " ", "--db", str(place)]) == 2
    assert main(["who", "--db", str(tmp_path / "none.db")]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 2
