"""`watchfloor incidents I-7` prints the whole incident, every line that was written of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import work_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    with opened(tmp_path / "w.db") as store:
        work_in(store, [("open", "till is slow", 1)])
    return str(tmp_path / "w.db")


def test_what_its_row_has_no_room_for_stands_below_it(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["incidents", "I-1", "resolve", "--text", "the cable was loose\nit is fixed now", "--yes"]
    assert main([*words, "--db", place]) == 0
    assert "the cable" not in capsys.readouterr().out
    assert main(["incidents", "I-1", "--db", place]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("I-1 ")
    assert lines[2].startswith("opened        20")
    at = lines.index("resolution    the cable was loose")
    assert lines[at + 1] == "              it is fixed now"
    assert not any(line.startswith("closed") for line in lines)


def test_how_it_went_is_printed_entry_by_entry_with_its_distance_in_time(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["incidents", "I-1", "take", "--db", place]) == 0
    capsys.readouterr()
    assert main(["incidents", "I-1", "--replay", "--db", place]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "+0s"
    assert [line.split("I-1 ")[1].split(":")[0] for line in lines] == ["opened", "taken"]
    assert main(["incident", "I-1", "--replay", "--json", "--db", place]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in data] == ["entry 1 of 2", "entry 2 of 2"]
    assert data[0]["after_s"] == 0
    assert data[1]["entry"]["kind"] == "incident.taken"
    assert main(["incidents", "I-1", "--replay", "--plain", "--db", place]) == 0
    assert "says: I-1 taken" in capsys.readouterr().out
    assert main(["incidents", "I-9", "--replay", "--db", place]) == 1
    for words in (["incidents", "--replay"], ["incidents", "I-1", "take", "--replay"]):
        assert main([*words, "--db", place]) == 2
        assert "--replay does nothing with" in capsys.readouterr().err


def test_what_one_did_is_attached_and_printed_again(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["incidents", "I-1", "take", "--db", place]) == 0
    capsys.readouterr()
    assert main(["incidents", "I-1", "attach", "--since", "I-1", "--preview", "--db", place]) == 0
    before = capsys.readouterr().out.splitlines()
    assert before[-2].endswith("I-1 taken")
    assert before[-1].endswith("would be attached to I-1")
    assert main(["incidents", "I-1", "logs", "--db", place]) == 0
    assert capsys.readouterr().out == "No log is attached to I-1.\n"
    assert main(["incidents", "I-1", "attach", "--since", "1h", "--db", place]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == before[:-1]
    assert main(["incident", "I-1", "logs", "--db", place]) == 0
    said = capsys.readouterr().out.splitlines()
    assert " attached what " in said[0]
    assert said[1:] == before[:-1]
    assert main(["incidents", "I-1", "logs", "--json", "--db", place]) == 0
    (log,) = json.loads(capsys.readouterr().out)
    assert log["is_as_attached"] is True
    assert log["entries"][-1]["kind"] == "incident.taken"
    assert main(["incidents", "I-1", "logs", "--plain", "--db", place]) == 0
    assert "is as attached: yes" in capsys.readouterr().out
    assert main(["log", "-n", "1", "--db", place]) == 0
    assert "I-1 has a log of what" in capsys.readouterr().out
    for words, said_of_it in (
        (["attach"], "since when is not said"),
        (["attach", "--since", "never"], "is no instant"),
        (["logs", "--since", "1h"], "--since does nothing with"),
        (["take", "--since", "1h"], "--since does nothing with"),
    ):
        assert main(["incidents", "I-1", *words, "--db", place]) == 2
        assert said_of_it in capsys.readouterr().err
    assert main(["incidents", "I-9", "attach", "--since", "1h", "--db", place]) == 1
