"""`watchfloor incidents I-7` prints the whole incident, every line that was written of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.__main__ import main
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import work_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_its_row_has_no_room_for_stands_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    place = str(tmp_path / "w.db")
    with opened(tmp_path / "w.db") as store:
        work_in(store, [("open", "till is slow", 1)])
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    place = str(tmp_path / "w.db")
    with opened(tmp_path / "w.db") as store:
        work_in(store, [("open", "till is slow", 1)])
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
