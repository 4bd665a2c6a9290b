"""`watchfloor admin move`, `backup` and `restore`: what is said, and with which exit code."""

from __future__ import annotations

import getpass
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from core.errors import StoreUnavailable
from core.store.postgresql.filling import filling
from core.store.store import Store
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


def test_what_is_broken_is_saved_by_a_word_and_ends_with_one(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(source)) as one, one:
        one.execute("DROP TRIGGER journal_no_update")
        one.execute("UPDATE journal SET actor = 'eve' WHERE seq = 1")
    saved = str(tmp_path / "b.db")
    assert main(["admin", "backup", saved, "--db", source]) == 1
    assert not (tmp_path / "b.db").exists()
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["admin", "backup", saved, "--db", source, "--even-broken"]) == 1
    told = capsys.readouterr()
    assert "1 entry and" in told.out
    assert "What does not hold of them is written into it" in told.out
    assert told.err.startswith(f"watchfloor: {saved}: the journal does not hold: entry 1 (")
    assert len(told.err.splitlines()) == 1
    assert main(["admin", "backup", saved, "--db", source, "--even-broken", "--force", "--json"]) == 1
    assert "entry 1 (" in json.loads(capsys.readouterr().out)["broken"]
    assert main(["admin", "restore", saved, "--db", str(tmp_path / "r.db")]) == 1
    told = capsys.readouterr()
    assert "It was saved so on purpose" in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("with_rights", [True, False])
def test_who_is_listed_is_named_and_what_they_may(
    source: str, postgres: Database, capsys: pytest.CaptureFixture[str], *, with_rights: bool
) -> None:
    with closing(sqlite3.connect(source)) as one, one:
        login = getpass.getuser()
        one.execute("INSERT INTO staff VALUES (?, 'Me', 'admin', 'active', 1)", (login,))
        one.execute("INSERT INTO staff VALUES ('listed_eve', 'Eve', 'operator', 'active', 1)")
    words = ["--with-rights"] if with_rights else []
    assert main(["admin", "move", source, "--db", postgres.socket_url(), *words]) == 0
    out = capsys.readouterr().out
    assert "listed_eve (operator)" in out
    assert ("They have their roles" in out) is with_rights
    assert ("kept out until an admin lets them in" in out) is not with_rights
    if not with_rights:
        assert main(["staff", "resume", "listed_eve", "--db", postgres.socket_url()]) == 0
    with postgres.connect() as server:
        group = f"{postgres.name}_operator"
        assert server.execute("SELECT pg_has_role('listed_eve', %s, 'MEMBER')", (group,)).fetchone() == (
            True,
        )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["backup"], 2),
        (["move"], 2),
        (["restore", "b.db"], 2),
        (["restore", "w.db", "--db", "new.db", "--with-rights"], 2),
        (["move", "w.db", "--take-back", "--with-rights"], 2),
        (["move", "w.db", "--even-broken"], 2),
        (["backup", "b.db", "--with-rights"], 2),
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


@pytest.mark.parametrize("verb", ["create", "upgrade"])
def test_a_database_that_is_being_moved_into_is_left_alone_and_said_to_be_just_that(
    verb: str, postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgres.socket_url()
    with filling(url) as target:
        target.begin()
    assert main(["admin", verb, "--db", url]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "another database is being moved into this one" in told.err
    assert "upgrade" not in told.err
    assert "Update" not in told.err
    with filling(url) as target:
        assert target.is_begun()
    with pytest.raises(StoreUnavailable, match="being moved into this one"):
        Store.at(url)
