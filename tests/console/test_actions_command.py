"""`watchfloor actions`: an action from what went wrong to what shows that it works, and the causes that come again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.desk.commands import raise_for_failure
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Say = Callable[..., tuple[int, str, str]]

AGENT = Author("agent", Via.AGENT)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Says a command as somebody, over a house in which a component failed once."""
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    staff = {each.id: each for each in (Staff("ada", "Ada"), Staff("lea", "Lea", role="lead"))}
    store.write(AGENT, load_catalog, Catalog(staff=staff), directory="", digest="x", changes=())
    store.write(AGENT, raise_for_failure, "till", "shop", "the till is down", 1, cause=None)
    store.close()

    def said(*words: str, by: str = "ada") -> tuple[int, str, str]:
        monkeypatch.setattr("console.cli.printing.actor", lambda: by)
        return answer(capsys, *words, "--db", str(place))

    return said


def one(say: Say, *words: str) -> dict[str, Any]:
    code, out, err = say("actions", *words, "--json")
    assert code == 0, err
    (data,) = json.loads(out)
    return dict(data)


def fields(**written: str) -> list[str]:
    return [word for name, text in written.items() for word in ("--set", f"{name}={text}")]


def test_from_an_incident_to_what_shows_that_it_works(say: Say, tmp_path: Path) -> None:
    drafted = one(say, "new", "--from", "i-1", *fields(owner="ada", due="2099-01-31"))
    assert (drafted["deviation"], drafted["origin"], drafted["measure"]) == (
        "the till is down", "incident", "component:till",
    )  # fmt: skip
    assert drafted["next"] == "its cause"
    written = fields(
        whys="it was full\nnobody looked",
        category="capacity",
        cause="no limit",
        action="a limit",
        check="watch it",
    )
    assert one(say, "A-1", "revise", *written)["whys"] == ["it was full", "nobody looked"]
    proof = tmp_path / "limit.conf"
    proof.write_text("limit = 7\n")
    added = one(say, "A-1", "evidence", "--text", "the limit", "--file", str(proof))["evidence"]
    digest = hashlib.sha256(b"limit = 7\n").hexdigest()
    assert [(each["text"], each["path"], each["digest"], each["by"]) for each in added] == [
        ("the limit", str(proof), digest, "ada")
    ]
    assert one(say, "A-1", "done")["recurred_since"]["count"] == 0
    code, out, err = say("actions", "A-1", "close", "--text", "it holds", "--yes")
    assert (code, out) == (1, "")
    assert "is for the role lead" in err
    code, out, _ = say("actions", "A-1", "close", "--text", "it holds", "--yes", by="lea")
    assert code == 0
    assert "closed, waits for nothing" in out
    assert f"SHA-256 {digest}" in out


def test_causes_that_come_again_are_counted(say: Say) -> None:
    assert "No corrective action names a cause yet." in say("actions", "causes")[1]
    for _ in range(2):
        one(say, "new", *fields(deviation="x", category="capacity"))
    code, out, _ = say("actions", "causes", "--json")
    assert code == 0
    (found,) = json.loads(out)
    assert (found["category"], found["actions"], found["is_recurring"]) == ("capacity", ["A-2", "A-1"], True)
    _, out, _ = say("actions", "causes", "--plain")
    assert out.startswith("Too little of something: room, memory, people: comes again, 2 actions")
    _, out, _ = say("actions", "causes")
    assert "A-2, A-1" in out
    _, out, _ = say("actions", "--plain")
    assert out.splitlines()[0] == "A-2 open: x; from by hand; nobody's, no day is set; waits for its cause"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("new", "--from", "soon"), 2, "names nothing that an action comes from"),
        (("new", "--from", "I-9"), 1, "there is no incident I-9"),
        (("A-1", "evidence", "--file", "/nowhere/at all"), 2, "No such file or directory"),
        (("A-1", "evidence", "--file", "/dev/null"), 2, "is no file"),
        (("A-1", "done", "--overrule", "x"), 2, "--overrule does nothing with done"),
        (("causes", "--all"), 2, "--all does nothing with causes"),
        (("A-1", "refute", "--text", "no", "--yes"), 1, "A-1 is open; only of what was carried out"),
        (("A-1", "approve", "--yes"), 1, "role lead"),
    ],
)
def test_what_makes_no_sense_ends_with_one_message(
    say: Say, words: tuple[str, ...], code: int, told: str
) -> None:
    one(say, "new", *fields(deviation="x"))
    found, out, err = say("actions", *words)
    assert (found, out) == (code, "")
    assert told in err
    assert len(err.splitlines()) == 1
