"""`watchfloor redact`: shows where a text stands, takes it out for good, and never asks for it where it would be kept."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from core.desk.requests.queries import one_request
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.core.redaction.secrets_typed import SECRET, texts_holding, type_secrets

if TYPE_CHECKING:
    from pathlib import Path

ADA = Author("ada", Via.CLI, "ada")
Said = pytest.CaptureFixture[str]
SURELY = ("--confirm", "R-1", "--reason", "a password was typed")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path / "home"))
    store = Store.at(tmp_path / "w.db")
    type_secrets(store, ADA)
    store.close()
    return tmp_path / "w.db"


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    return path


def said(capsys: Said, place: Path, *words: object, code: int = 0) -> tuple[str, str]:
    assert main(["redact", "--db", str(place), *map(str, words)]) == code
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    return out, err


def left_in(place: Path) -> list[str]:
    store = Store.at(place)
    try:
        return store.read(texts_holding, "hunter", "zurich")
    finally:
        store.close()


def test_it_is_shown_asked_and_taken_out(capsys: Said, place: Path, secret_file: Path) -> None:
    out, _ = said(capsys, place, "R-1", "--file", secret_file, "--preview")
    assert "stands 10 times in 4 entries and 4 kept texts" in out
    assert "--everywhere takes it out there, too" in out
    before = left_in(place)
    assert before
    _, err = said(capsys, place, "R-1", "--file", secret_file, code=2)
    assert "--confirm R-1 --reason TEXT" in err
    assert left_in(place) == before
    out, _ = said(capsys, place, "R-1", "--file", secret_file, "--everywhere", *SURELY)
    assert "The file was written anew" in out
    assert left_in(place) == []
    assert b"hunter" not in place.read_bytes().lower()


def test_verify_names_what_was_redacted(capsys: Said, place: Path, secret_file: Path, tmp_path: Path) -> None:
    said(capsys, place, "R-1", "--file", secret_file, *SURELY)
    for words in (["--db", str(place)], [str(tmp_path / "out.jsonl")]):
        assert main(["journal", "export", str(tmp_path / "out.jsonl"), "--db", str(place)]) == 0
        capsys.readouterr()
        assert main(["journal", "verify", *words]) == 0
        out = capsys.readouterr().out
        assert "Entry 1: redacted by " in out
        assert "its text cannot be checked, its place in the chain can." in out
        assert "Of a redacted entry not even that" in out


def test_a_pipe_and_json(capsys: Said, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SECRET.encode())))
    out, _ = said(capsys, place, "R-1", "--file", "-", "--json", *SURELY)
    found = json.loads(out)
    assert found["left"] == ""
    assert found["entries"][0]["subject"] == "request:1"


def test_all_of_a_field(capsys: Said, place: Path) -> None:
    said(capsys, place, "R-1", "--field", "title", *SURELY)
    store = Store.at(place)
    assert store.read(one_request, 1).title == "[redacted]"
    store.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("R-1", "--text", "ab"), "2 characters"),
        (("R-1", "--text", ""), "no text is named"),
        (("R-1", "--text", "never written"), "stands nowhere in R-1"),
        (("Q-1", "--text", "secret"), "'Q-1' names no item"),
        (("--text", "secret"), "no item is named"),
        (("R-77", "--text", "secret"), "there is no request R-77"),
        (("M-1", "--text", "secret"), "no text can be taken out of M-1"),
        (("R-1", "--field", "nonsense"), "has no text"),
        (("R-1", "--file", "/nonexistent/file"), "cannot be read"),
        (("R-1",), "no text is named"),
        (("R-1", "--field", f"note:{10**30}"), "has no text"),
        (("R-1", "--scour"), "'R-1' does nothing with --scour"),
    ],
)
def test_bad_input_is_one_clear_line(capsys: Said, place: Path, words: tuple[str, ...], told: str) -> None:
    before = left_in(place)
    assert main(["redact", "--db", str(place), *words, *SURELY]) in {1, 2, 3}
    err = capsys.readouterr().err
    assert told in err
    assert len(err.splitlines()) == 1
    assert left_in(place) == before


def test_that_it_stands_in_one_entry_of_another_item_is_said(capsys: Said, place: Path) -> None:
    assert main(["redact", "--db", str(place), "R-2", "--text", "an innocent note", *SURELY]) == 2
    assert "It stands in 1 entry of other items" in capsys.readouterr().err


def test_the_file_is_scoured_by_itself(capsys: Said, place: Path) -> None:
    out, _ = said(capsys, place, "--scour")
    assert "The file was written anew" in out
