"""What is said before a command and behind it means the same; what would do nothing is refused."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.cli import COMMANDS
from core.monitoring.beats import expect_beats
from core.store.store import Store

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

WORDS = {
    "beat": ["nightly"], "journal": ["verify"], "release": ["web"], "admin": ["create"], "request": ["R-1"], "finding": ["F-1"], "signal": ["SG-1"], "window": ["add"], "import": ["report.json"],
}  # fmt: skip
"""What must be said behind a command, where its name alone is not enough."""
WITHOUT_A_DATABASE: dict[str, list[str]] = {
    "check": [],
    "connect": ["postgresql://h/d"],
    "connections": [],
    "demo": [],
}
"""What reads files only, makes its own database, or is told it as a URL."""
WITH_A_DATABASE = {name: [name, *WORDS.get(name, [])] for name in COMMANDS if name not in WITHOUT_A_DATABASE}


def taken(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> argparse.Namespace:
    """Returns what reached the command."""
    reached: list[argparse.Namespace] = []
    command = next(word for word in words if word in COMMANDS)
    module = importlib.import_module(COMMANDS[command].module)
    monkeypatch.setattr(module, "run", reached.append)
    assert main(words) == 0
    return reached[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_finds_its_database_on_either_side(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name in WITHOUT_A_DATABASE:
        with pytest.raises(SystemExit):
            main(["--db", "/x", name, *WITHOUT_A_DATABASE[name]])
        return
    words = WITH_A_DATABASE[name]
    assert taken(monkeypatch, ["--db", "/x", *words]).db == "/x"
    assert taken(monkeypatch, [*words, "--db", "/x"]).db == "/x"
    assert taken(monkeypatch, words).db is None


def test_a_word_may_stand_behind_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (
        ["admin", "backup", "--db", "/x", "/y"],
        ["admin", "backup", "/y", "--db", "/x"],
        ["admin", "--db", "/x", "backup", "/y"],
        ["--db", "/x", "admin", "backup", "/y"],
    ):
        found = taken(monkeypatch, words)
        assert (found.db, found.verb, found.path) == ("/x", "backup", "/y")


def test_the_agent_finds_its_catalog_on_either_side(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, ["--catalog", "/x", "agent"]).catalog == "/x"
    assert taken(monkeypatch, ["agent", "--catalog", "/x"]).catalog == "/x"


@pytest.mark.parametrize("name", WITH_A_DATABASE)
def test_two_different_databases_are_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--db", name, *WITH_A_DATABASE[name], "--db", "/y"])
    assert ended.value.code == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert f"--db is given twice: {name} before {name}, /y behind it" in told


def test_two_different_catalogs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--catalog=/x", "agent", "--catalog", "/y"])
    assert ended.value.code == 2
    assert "--catalog is given twice: /x before agent, /y behind it" in capsys.readouterr().err


def test_the_same_database_said_twice_is_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, ["--db", "/x", "board", "--db", "/x"]).db == "/x"


@pytest.mark.parametrize("command", ["board", "log", "incidents", "actions", "run"])
def test_a_database_that_is_not_there_is_named_on_either_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    place, words = str(tmp_path / "slip.db"), [command, *(["--list"] if command == "run" else [])]
    for said in (["--db", place, *words], [*words, "--db", place]):
        assert main(said) == 3
        told = capsys.readouterr().err
        assert f"there is no database {place}" in told
        assert f"watchfloor init --db {place}" in told


def test_a_view_that_does_not_exist_is_refused_without_a_terminal_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--view", "bord"]) == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert 'Did you mean "board"?' in told


@pytest.mark.parametrize(
    "words", [["--catalog", "/x", "check"], ["--view", "log", "board"], ["--no-agent", "log"], ["--db", "x", "check"]]
)  # fmt: skip
def test_what_a_command_would_not_heed_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert f"{words[0]} is the console's: {words[-1]} does not take it" in told


def test_a_database_that_is_not_there_is_not_made_by_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "folder" / "slip.db"
    assert main(["agent", "--db", str(place)]) == 3
    assert f"make it: watchfloor init --db {place}" in capsys.readouterr().err
    assert not place.parent.exists()


def test_a_database_is_made_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    place = tmp_path / "folder" / "team.db"
    assert main(["init", str(tmp_path / "catalog"), "--db", str(place)]) == 0
    assert f"{place}: made an empty database" in capsys.readouterr().out
    Store.at(place).close()


def test_a_starter_for_what_is_no_database_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "notes.db"
    place.write_text("no database at all\n" * 100)
    assert main(["init", str(tmp_path / "catalog"), "--db", str(place)]) == 3
    assert f"{place}: is not a database" in capsys.readouterr().err
    assert not (tmp_path / "catalog").exists()


def test_a_beat_beside_a_database_that_is_not_there_is_left_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "watchflor.db"
    assert main(["beat", "nightly", "--db", str(place)]) == 0
    told = capsys.readouterr().err
    assert f"the beat was left, but there is no database {place}" in told
    assert "watchfloor init --db" in told
    assert (tmp_path / "watchflor.db.beats" / "nightly").exists()


def test_a_beat_nobody_waits_for_is_left_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "w.db"
    beats = tmp_path / "w.db.beats"
    Store.at(place).close()
    assert main(["beat", "nitely", "--db", str(place)]) == 0
    assert capsys.readouterr().err == ""  # no agent has said what it waits for
    expect_beats(beats, ["nightly", "hourly"])
    expect_beats(beats, ["weekly"], "plant-2")
    assert main(["beat", "nightly", "--db", str(place)]) == 0
    assert main(["beat", "weekly", "--db", str(place)]) == 0
    assert capsys.readouterr().err == ""
    assert main(["beat", "nitely", "--db", str(place)]) == 0
    told = capsys.readouterr().err
    assert "no probe waits for nitely" in told
    assert 'Did you mean "nightly"?' in told
    assert (beats / "nitely").exists()


@pytest.mark.parametrize("words", [["cancel"], ["hold"], ["tick", "--step", "1"], ["--step", "2"]])
def test_what_is_ordered_of_a_procedure_begins_nothing(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "w.db")
    Store.at(place).close()
    given = ["run", "--db", place, "restart-it", *words, "--operate", "--reason", "x", "--yes"]
    assert main(given) == 2
    assert "is for a run, and restart-it is a procedure's id" in capsys.readouterr().err
