"""`watchfloor find`, filters, `since` and `handover`: real commands on a real database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.commands import open_incident
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer

if TYPE_CHECKING:
    from pathlib import Path

BOB = Author("bob", Via.CONSOLE, "seat-1")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(BOB, commands.record_request, Asked("VPN drops", "network", "eve@acme.example"))
    store.write(BOB, commands.record_request, Asked("Printer jams", "print", "eve@acme.example"))
    store.write(BOB, commands.take_request, 2)
    store.write(BOB, open_incident, "vpn", "network", "The VPN is down", 1, Consent(Level.BOX))
    store.close()

    def command(*words: str) -> tuple[int, str, str]:
        return answer(capsys, *words, "--db", str(place))

    return command


def ids(answer: tuple[int, str, str]) -> list[str]:
    return [each["id"] for each in json.loads(answer[1])]


def test_filters_and_words_on_the_command_line(say: Any) -> None:
    assert ids(say("find", "vpn", "--json")) == ["I-1", "R-1"]
    assert say("find", "toner") == (1, "Nothing is found.\n", "")
    assert ids(say("queue", "owner:bob", "--json")) == ["R-2"]
    assert ids(say("queue", "state:open", "!@bob", "--json")) == ["R-1"]
    assert ids(say("incidents", "--filter", "sev:1 vpn", "--json")) == ["I-1"]
    assert say("incidents", "--filter", "state:closed")[1] == "No incident is open.\n"


def test_what_is_wrong_in_a_filter_is_one_line_with_its_column(say: Any) -> None:
    code, out, error = say("queue", "state:open servce:x")
    assert (code, out) == (2, "")
    assert error.startswith(
        "watchfloor: the filter, column 12: no field is called 'servce'. Did you mean \"service\"?"
    )
    assert say("find")[0] == 2
    assert say("find", "due<")[0] == 2


def test_what_changed_is_told_until_it_is_said_to_be_seen(say: Any) -> None:
    first = json.loads(say("since", "--json")[1])
    assert {each["id"] for each in first["items"]} == {"R-1", "R-2", "I-1"}
    assert say("since", "--seen")[0] == 0
    assert json.loads(say("since", "--json")[1])["items"] == []
    assert "R-1" in say("since", "--from", "1h")[1]


def test_a_shift_is_handed_over_and_nobody_takes_it_from_themselves(say: Any) -> None:
    assert say("handover")[0] == 1
    assert "--yes" in say("handover", "begin")[2]
    assert "I-1" in say("handover", "begin", "--yes")[1]
    assert "in own words" in say("handover", "add", "--text", "Carrier calls at noon.")[1]
    assert "nobody takes over from themselves" in say("handover", "accept", "--line", "1")[2]
    assert "does nothing with accept" in say("handover", "accept", "--line", "1", "--text", "x")[2]
    assert say("handover", "withdraw", "--text", "wrong shift", "--yes")[0] == 0
    assert json.loads(say("handover", "--all", "--json")[1])[0]["state"] == "withdrawn"
