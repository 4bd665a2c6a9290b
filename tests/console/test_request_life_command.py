"""`watchfloor request`: who attends to it, what it hangs together with, approvals, checklist, and how it was."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Approval, Catalog, Customer, FormField, RequestType, Service, Staff
from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ME = getpass.getuser()
AGENT = Author("agent", Via.AGENT)
PHONE = RequestType(
    "phone", "A phone", "mail", (FormField("model", "Model", "choice", True, ("small", "large")),),
    Approval(("role:lead",)), checklist=("number chosen",),
)  # fmt: skip
NEW = ("new", "--title", "A phone", "--service", "mail", "--requester", "eve@acme.example", "--yes")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
        agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("*",), request_types=(PHONE,))},
        staff={"me": Staff("me", "Me", login=ME, role="lead"), "bob": Staff("bob", "Bob")},
    )  # fmt: skip
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())
    store.write(AGENT, open_incident_, 0)
    store.close()

    def command(*words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", str(place))

    return command


def open_incident_(work: Any, _: int) -> None:
    work.roles = frozenset({"operator"})
    open_incident(work, "", "mail", "mail is down", 2, Consent(Level.BOX))


def told(say: Any, request: str = "R-1") -> dict[str, Any]:
    data: dict[str, Any] = json.loads(say("request", request, "--json")[1])
    return data


def test_every_doing_of_its_life_is_there(say: Any) -> None:
    for _ in range(2):
        assert say("request", *NEW)[0] == 0
    for words in (
        ("R-1", "watch"), ("R-1", "watch", "--to", "bob"), ("R-1", "unwatch"),
        ("R-1", "snooze", "--until", "2h", "--text", "the carrier calls"), ("R-1", "wake"),
        ("R-1", "link", "--as", "caused-by", "--to", "I-1"), ("R-1", "link", "--as", "child of", "--to", "R-2"),
        ("R-1", "unlink", "--to", "R-2"), ("R-1", "hand-over", "--to", "bob", "--text", "call them"),
        ("R-1", "check", "--text", "cable laid"), ("R-1", "check", "--text", "case", "--may-stay-open"),
        ("R-1", "drop-check", "--line", "2"), ("R-1", "tick", "--line", "1"), ("R-1", "untick", "--line", "1"),
        ("R-1", "change", "--title", "A better phone", "--yes"),
        ("R-2", "merge", "--to", "R-1", "--text", "the same", "--yes"), ("R-2", "unmerge", "--yes"),
    ):  # fmt: skip
        code, _, error = say("request", *words)
        assert (code, error) == (0, ""), words
    code, printed, _ = say("request", "R-1", "split", "--title", "and a case", "--yes")
    assert printed.splitlines()[1].startswith("R-3 ")
    found = told(say)
    assert (found["owner"], found["title"], found["watchers"]) == ("bob", "A better phone", ["bob"])
    assert [(each["is"], each["item"]) for each in found["links"]] == [
        ("caused by", "I-1"),
        ("split into", "R-3"),
    ]
    assert [each["text"] for each in found["checklist"]] == ["cable laid"]
    printed = say("request", "R-1")[1]
    for line in (
        "watched by    bob",
        "link          caused by I-1 mail is down",
        "checklist     [ ] 1 cable laid",
    ):
        assert line in printed
    assert say("request", "R-1", "deliver", "--text", "here", "--yes")[0] == 1
    assert say("request", "R-1", "deliver", "--text", "here", "--despite", "no cable left", "--yes")[0] == 0


def test_a_type_with_a_form_and_an_approval(say: Any) -> None:
    code, _, error = say("request", *NEW, "--type", "phone")
    assert code == 2
    assert "Model is missing" in error
    assert say("request", *NEW, "--type", "phone", "--form", "model=small")[0] == 0
    found = told(say)
    assert (found["state"], found["form"], found["approval"]["state"]) == (
        "awaiting approval",
        {"model": "small"},
        "asked",
    )
    assert "approval      asked of the role lead: 0 of 1 said yes" in say("request", "R-1")[1]
    assert say("request", "R-1", "change", "--form", "model=large", "--yes")[0] == 0
    assert say("request", "R-1", "approve", "--yes")[0] == 0
    assert told(say)["state"] == "new"
    assert say("request", *NEW, "--type", "phone", "--form", "model=small")[0] == 0
    assert say("request", "R-2", "decline", "--text", "no money", "--yes")[0] == 0
    assert told(say, "R-2")["outcome"] == "no money"


def test_it_is_printed_as_it_was(say: Any) -> None:
    say("request", *NEW)
    opened = "R-1"
    say("request", "R-1", "take")
    say("request", "R-1", "check", "--text", "more")
    code, printed, _ = say("request", "R-1", "--at", opened)
    assert code == 0
    assert printed.startswith("THEN ")
    assert "checklist" not in printed
    assert not printed.splitlines()[2].endswith(f"  {ME}")
    assert "R-1  3  new" in say("queue", "--at", opened)[1]
    assert json.loads(say("queue", "--at", opened, "--json")[1])[0]["owner"] == ""
    code, _, error = say("request", "R-1", "--at", "2020-01-01 10:00")
    assert code == 1
    assert "R-1 was not opened yet" in error


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("R-1", "snooze", "--text", "x"), 2, "a snooze has an end"),
        (("R-1", "link", "--as", "fond of", "--to", "I-1"), 2, "no item is 'fond of' another"),
        (("R-1", "link", "--as", "child of", "--to", "A-1"), 2, "'A-1' is no item"),
        (("R-1", "merge", "--to", "I-1", "--yes"), 2, "I-1 is no request"),
        (("R-1", "merge", "--to", "R-1", "--yes"), 1, "into itself"),
        (("R-1", "merge", "--to", "R-1"), 2, "asks to be confirmed"),
        (("R-1", "tick"), 2, "which line"),
        (("R-1", "tick", "--line", "4"), 1, "has no 4"),
        (("R-1", "approve", "--yes"), 1, "waits for no approval"),
        (("R-1", "change", "--form", "x", "--yes"), 2, "is no field of a form"),
        (("R-1", "take", "--at", "1h"), 2, "--at does nothing with take"),
        (("R-1", "hand-over", "--to", "bob"), 2, "bob has to know what is next"),
    ],
)
def test_bad_words_are_one_clear_line_and_change_nothing(
    say: Any, words: tuple[str, ...], code: int, error: str
) -> None:
    say("request", *NEW)
    before = told(say)
    result = say("request", *words)
    assert error in result[2]
    assert result[0] == code
    assert told(say) == before
