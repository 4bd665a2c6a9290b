"""What is wrong, where, and what to do: one line, in words that can be typed back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.connections.address import address_of
from core.store.postgresql.place import shown
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import work_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with opened(tmp_path / "w.db") as store:
        work_in(store, [("open", "till is slow", 1)])
    return tmp_path / "w.db"


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (["staff", "add", "eve", "--role", "boss"], "'viewer', 'operator', 'lead'"),
        (["connections", "bogus"], "'test', 'rename', 'forget', 'default'"),
        (["--theme", "pink"], "'dark', 'light'"),
        (["--glyphs", "runes"], "'unicode', 'ascii'"),
    ],
)
def test_choices_are_the_words_that_can_be_typed(
    words: list[str], choices: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert f"(choose from {choices}" in capsys.readouterr().err


def told(capsys: pytest.CaptureFixture[str], code: int, *words: object) -> str:
    """Returns the one line of standard error with which a command ends."""
    assert main([str(word) for word in words]) == code
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_what_is_not_there_says_where_all_are_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, 1, "incidents", "I-99", "note", "--text", "x", "--db", place)
    assert line.endswith("there is no incident I-99. watchfloor incidents --all lists them")


def test_names_are_counted_as_people_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert "connections rename was given 1 name." in told(capsys, 2, "connections", "rename", "two")


def test_a_missing_file_is_not_moved_and_not_made(
    tmp_path: Path, postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.db"
    line = told(capsys, 2, "admin", "move", missing, "--db", postgres.socket_url())
    assert f"{missing}: there is no such database" in line
    assert not missing.exists()


def test_a_backup_onto_a_file_names_the_word_that_replaces_it(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "b.db"
    shutil.copy(place, there)
    line = told(capsys, 1, "admin", "backup", there, "--db", place)
    assert line.endswith("Name another file, or replace it with --force")


def test_a_damaged_backup_is_not_the_backup_to_restore(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "b.db"
    assert main(["admin", "backup", str(saved), "--db", str(place)]) == 0
    capsys.readouterr()
    data = bytearray(saved.read_bytes())
    data[8192:] = b"\x55" * (len(data) - 8192)
    saved.write_bytes(data)
    line = told(capsys, 3, "admin", "restore", saved, "--db", tmp_path / "new.db")
    assert line.endswith("Nothing was made of it. Take another backup")
    assert f"{saved}: is damaged" in line
    assert not (tmp_path / "new.db").exists()


def test_what_was_moved_names_a_place_and_a_command_that_can_be_typed(
    place: Path, postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["admin", "move", str(place), "--db", postgres.socket_url()]) == 0
    capsys.readouterr()
    line = told(capsys, 3, "incidents", "I-1", "note", "--text", "x", "--db", place)
    assert "admin move FILE --take-back" in line
    where = line.partition("moved to ")[2].partition(",")[0]
    named, real = address_of(where).words, address_of(postgres.socket_url()).words
    assert all(named[word] == real[word] for word in ("host", "port", "dbname"))


def test_a_sockets_folder_is_shown_where_it_can_be_read_back() -> None:
    url = "postgresql://ada@/wf3?host=/tmp/dir&port=43419"
    assert shown(url) == url
    assert shown("postgresql://ada@db.example:5433/wf3") == "postgresql://ada@db.example:5433/wf3"


def test_who_keeps_staff_is_told_what_came_of_it(
    postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    root = postgres.socket_url()
    postgres.role("eve", None, ["peer_users"])
    assert main(["admin", "create", "--db", root]) == 0
    capsys.readouterr()
    for words, line in (
        (["add", "eve", "--role", "viewer", "--no-password"], "eve is let in as viewer"),
        (["role", "eve", "--role", "lead"], "eve is let in as lead"),
        (["suspend", "eve"], "eve is kept out (suspended), as lead until then"),
        (["resume", "eve"], "eve is let in as lead"),
        (["remove", "eve"], "eve has no role here any more, and is kept out"),
    ):
        assert main(["staff", *words, "--db", root]) == 0
        assert capsys.readouterr().out == f"{line}\n"
