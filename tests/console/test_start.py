"""What must not be done before the first frame, and what keys and command lines may be handed to the start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.driver import Ending

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "sqlalchemy", "pydantic", "psutil", "alembic", "watchfiles", "markdown_it", "cryptography", "keyring",
}  # fmt: skip

_LOADED = """
import json, sys
import console.launch
def stop(options):
    import console.app
    print(json.dumps([options.view, sorted(sys.modules)]))
    return 0
console.launch.open_console = stop
from console.__main__ import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("words", [[], ["--view", "board"], ["--view", "log", "--no-agent"]])
def test_nothing_heavy_is_imported_before_the_first_frame(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *words],
        capture_output=True, text=True, check=True, env={**os.environ, "WATCHFLOOR_HOME": str(tmp_path)},
    )  # fmt: skip
    view, modules = json.loads(done.stdout)
    assert view == (words[1] if words else "")
    assert not HEAVY & {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vieww"], "unrecognized arguments: --vieww"),
        (["bord"], "invalid choice: 'bord'"),
        (["--view"], "--view: expected one argument"),
        (["--view", "board", "boards"], "invalid choice: 'boards'"),
    ],
)
def test_a_wrong_word_is_named(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert "watchfloor" in told


def test_a_command_is_found_behind_the_console_s_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["board", "--db", str(tmp_path / "log"), "--json"]) == 3
    assert "there is no database" in capsys.readouterr().err


def test_waiting_for_keys_ends_when_it_is_told_to_and_can_begin_again() -> None:
    ending = Ending()
    for _ in range(3):
        read = threading.Thread(target=os.read, args=(os.dup(ending.descriptor), 0))
        read.start()
        ending.set()
        ending.set()
        assert ending.is_set()
        read.join(timeout=10)
        assert not read.is_alive()
        ending.clear()
        ending.clear()
        assert not ending.is_set()
