"""`--plain` says every fact that `--json` holds, one a line: of requests, the queue and incidents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from console.__main__ import main
from core.catalog.commands import load_catalog
from core.catalog.desk import Macro, ReplyText
from core.catalog.model import Agreement, Catalog, Customer, Promise, Service
from core.desk.commands import raise_for_failure
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work

ADA = Author("ada", Via.CLI, "cli:test")
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={"network": Service("network", "Network")},
    agreements={
        "gold": Agreement("gold", "Gold", "acme", ("network",), targets=(Promise(3, 3600, 7200, 1800),), may_ask=("*",))
    },
    replies={"seen": ReplyText("seen", "seen", "$item is seen.")},
    macros={"seen": Macro("seen", "seen by me", "seen", owner="me", priority=3)},
)  # fmt: skip


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(ADA, load_catalog, CATALOG, directory="c", digest="d", changes=["all"])
    asked = Asked("VPN drops", "network", "ade@acme.example", text="Every hour.\nFor a minute.")
    store.write(ADA, commands.new_request, asked, Consent(Level.BOX))

    def fail(work: Work) -> None:
        raise_for_failure(work, "vpn", "network", "vpn does not answer", 2, cause=None)

    store.write(ADA, fail)
    store.close()

    def command(*words: str) -> str:
        assert main([*words, "--db", str(place)]) == 0
        return capsys.readouterr().out

    return command


def facts(value: Any) -> list[str]:
    """Returns every text, number and name in what JSON holds, but for spans that go on while it is asked."""
    if isinstance(value, dict):
        return [found for key, each in value.items() for found in [str(key).replace("_", " "), *facts(each)]]
    if isinstance(value, list):
        return [found for each in value for found in facts(each)]
    text = "" if value is None or isinstance(value, bool | float) else str(value)
    return [text.split("\n")[0][:10]]


@pytest.mark.parametrize(
    "words", [("queue",), ("request", "R-1"), ("incidents",), ("incidents", "I-1"), ("queue", "--all")]
)
def test_plain_says_all_that_json_holds(say: Any, words: tuple[str, ...]) -> None:
    held, plain = json.loads(say(*words, "--json")), say(*words, "--plain")
    for fact in facts(held):
        assert fact in plain or fact == "id", fact
    assert all(line.startswith("  ") or line.endswith(":") for line in plain.splitlines())


def test_nothing_is_said_aloud(say: Any) -> None:
    say("request", "R-1", "cancel", "--text", "no longer", "--yes")
    assert say("queue", "--plain") == "No request is open.\n"


def test_a_macro_is_applied_on_the_command_line(say: Any) -> None:
    say("request", "R-1", "macro", "--macro", "seen", "--yes")
    found = json.loads(say("request", "R-1", "--json"))
    assert found["state"] == "acknowledged"
    assert found["owner"]
    assert "R-1 is seen." in say("log")
