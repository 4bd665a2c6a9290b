"""`watchfloor admin move`, `backup` and `restore`: what is said, and with which exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import verified, work_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))


@pytest.fixture
def source(tmp_path: Path) -> str:
    with opened(tmp_path / "w.db") as store:
        work_in(store, [("open", "till is slow", 1), ("seal", "", 0)])
    return str(tmp_path / "w.db")


def test_there_and_back(
    source: str, tmp_path: Path, postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, new = str(tmp_path / "b.db"), str(tmp_path / "new.db")
    assert main(["admin", "move", source, "--db", postgres.socket_url()]) == 0
    assert "2 entries" in capsys.readouterr().out
    assert main(["admin", "backup", saved, "--db", postgres.socket_url(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["seals"]) == (2, 1)
    assert main(["admin", "restore", saved, "--db", new]) == 0
    assert told["hash"] in capsys.readouterr().out
    with opened(new) as store:
        assert verified(store) == 2
    assert main(["admin", "move", source, "--take-back"]) == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["backup"], 2),
        (["move"], 2),
        (["restore", "b.db"], 2),
        (["create", "b.db"], 2),
        (["backup", "b.db", "--take-back"], 2),
        (["backup", "no/such/folder/b.db", "--db", "w.db"], 3),
        (["restore", "w.db", "--db", "w.db"], 2),
        (["restore", "nothing.db", "--db", "new.db"], 3),
        (["move", "w.db", "--db", "w.db"], 2),
        (["move", "nothing.db", "--db", "postgresql://127.0.0.1:9/x?user=u"], 3),
    ],
)
def test_wrong_words(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], code: int,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in tmp_path.iterdir()} | {"home", "w.db-wal", "w.db-shm"}
    assert main(["admin", *words]) == code
    told = capsys.readouterr().err.strip()
    assert told.startswith("watchfloor: ")
    assert "\n" not in told
    assert {path.name for path in tmp_path.iterdir()} <= before
