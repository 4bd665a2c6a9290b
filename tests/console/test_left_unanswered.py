"""A question of a command that is left without an answer ends with one clear line, and nothing is done."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.core.redaction.secrets_typed import SECRET, texts_holding, type_secrets
from tests.terminal import Terminal

ADA = Author("ada", Via.CLI, "ada")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    store = Store.at(tmp_path / "w.db")
    type_secrets(store, ADA)
    store.close()
    return tmp_path / "w.db"


@pytest.mark.journey
@pytest.mark.parametrize(
    ("words", "asks", "told"),
    [
        (["redact", "R-1"], "the text to take out", "no text is named"),
        (
            ["redact", "R-1", "--text", SECRET],
            "why, in one sentence",
            "asks to be confirmed by typing the name",
        ),
        (["mail", "reach", "ada"], "URL of ada", "no URL was given"),
        (["access", "password", "hr"], "password of hr", "no password was given"),
    ],
)
def test_what_is_asked_is_left_with_ctrl_d(place: Path, words: list[str], asks: str, told: str) -> None:
    command = [sys.executable, "-m", "console", *words, "--db", str(place)]
    env = {"WATCHFLOOR_HOME": str(place.parent / "home"), "PATH": os.environ["PATH"]}
    with Terminal.start(command, size=(120, 30), env=env, cwd=ROOT) as terminal:
        terminal.wait_for(asks)
        terminal.send(b"\x04")
        if words[-1] == SECRET:
            terminal.wait_for("to take it out for good")
            terminal.send(b"\x04")
        terminal.wait_exit()
        assert told in terminal.text
        assert "Traceback" not in terminal.text
    store = Store.at(place)
    assert store.read(texts_holding, "hunter")
    store.close()
