"""An empty file is no database: only what is documented to make one fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.places import named_database
from core.errors import StoreUnavailable
from core.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

READING = [["board"], ["log"], ["incidents"], ["actions"], ["run", "--list"], ["actions", "A-1", "done"]]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    file = tmp_path / "a place" / "empty.db"
    file.parent.mkdir()
    file.touch()
    return file


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.mark.parametrize("words", [*READING, ["agent"]], ids=" ".join)
def test_an_empty_file_that_is_named_stays_as_it_was(
    empty: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    told = complaint(capsys, *words, "--db", str(empty))
    assert told == (
        f"watchfloor: {empty}: is empty: no Watchfloor database yet. Name another one, "
        f"or make it one: watchfloor init --db '{empty}'\n"
    )
    assert (empty.stat().st_size, list(empty.parent.iterdir())) == (0, [empty])


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_an_empty_file_at_the_default_place_is_left_to_the_console(
    empty: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    place = empty.parent.parent / "home" / "watchfloor.db"
    place.parent.mkdir()
    place.touch()
    told = complaint(capsys, *words)
    assert f"{place}: is empty: no Watchfloor database yet. Start watchfloor once" in told
    assert list(place.parent.iterdir()) == [place]


def test_init_makes_an_empty_file_a_database(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(empty.parent / "catalog"), "--db", str(empty)]) == 0
    assert "made an empty database" in capsys.readouterr().out
    assert main(["incidents", "--db", str(empty)]) == 0


def test_a_database_that_is_being_used_is_never_taken_for_an_empty_file(empty: Path) -> None:
    store = Store.at(empty)
    try:
        assert named_database(str(empty)) == empty
    finally:
        store.close()
    with pytest.raises(StoreUnavailable, match="there is no database"):
        named_database(str(empty.with_name("none.db")))
