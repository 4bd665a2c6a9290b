"""Each command tells scripts how it went: 0 done, 1 the answer is no, 2 wrong use, 3 not possible now."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


@pytest.fixture
def made(house: House) -> House:
    """A house with an empty database that no agent watches."""
    Store.at(house.home / "watchfloor.db").close()
    return house


def complaint(house: House, *words: str, code: int) -> str:
    """Returns the one line on standard error; nothing may stand on standard output."""
    done = house.run(*words, code=code)
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("watchfloor: ")
    return lines[0]


def test_what_does_not_exist_is_named(made: House) -> None:
    assert "there is no incident I-99" in complaint(made, "incidents", "I-99", code=1)
    assert "A-99" in complaint(made, "actions", "A-99", code=1)
    assert "PR-99" in complaint(made, "run", "PR-99", code=1)
    asked = ("run", "nonsense", "--operate", "--reason", "x", "--yes")
    assert "nonsense" in complaint(made, *asked, code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("incidents", "7x"), "'7x' is no incident's number"),
        (("actions", "B-3"), "is no action's number"),
        (("run", "PR-x"), "is no run's number"),
        (("run",), "no procedure is named"),
        (("log", "-n", "0"), "'0' is not a whole number from 1"),
        (("log", "--as-of", "incident"), "names no subject at an instant"),
        (("actions", "new", "--set", "owner"), "--set 'owner' has no value"),
        (("beat", "../x"), "is not a heartbeat's name"),
    ],
)
def test_wrong_use_says_what_was_wrong(made: House, words: tuple[str, ...], said: str) -> None:
    assert said in complaint(made, *words, code=2)


def test_empty_lists_are_empty_data_and_a_sentence_for_people(made: House) -> None:
    for words, sentence in (
        (("incidents",), "No incident is open."),
        (("actions",), "No corrective action"),
        (("run", "--runs"), "Nothing was run yet."),
        (("run", "--list"), "No procedure is declared."),
    ):
        assert made.data(*words) == []
        assert sentence in made.run(*words).stdout
    assert made.data("log") == []
    assert made.data("board", code=1) == []
    assert "STALE: no agent is watching (none ever ran)" in made.run("board", code=1).stdout


def test_a_database_of_a_newer_program_is_left_alone(made: House) -> None:
    file = made.home / "watchfloor.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE schema_info SET version = 99, min_reader = 99, min_writer = 99")
    connection.close()
    line = complaint(made, "board", code=3)
    assert str(file) in line
    assert "schema 99" in line
    assert "Update Watchfloor" in line
    desk = made.console("--no-agent")
    assert desk.wait_exit() == 3
    assert "schema 99" in desk.raw.decode()


def test_a_console_does_not_open_what_is_not_there(house: House) -> None:
    for words, code, said in (
        (("--view", "bord"), 2, 'Did you mean "board"?'),
        (("--db", str(house.home / "slip" / "x.db")), 3, "there is no database"),
    ):
        desk = house.console(*words)
        assert desk.wait_exit() == code
        told = " ".join(desk.raw.decode().split())
        assert said in told
        assert "\x1b[?1049h" not in told  # the screen was never taken
    assert not (house.home / "slip").exists()


def test_a_folder_is_not_a_database(house: House, tmp_path: Path) -> None:
    line = complaint(house, "board", "--db", str(tmp_path), code=3)
    assert str(tmp_path) in line
    assert "Traceback" not in line


def test_a_reader_that_stops_reading_is_no_error(made: House) -> None:
    for _ in range(3):
        made.run("log")
    words = [sys.executable, "-m", "console", "run", "--help"]
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    assert reader.stdin is not None
    reader.wait()
    done = subprocess.run(
        words, env=made.env, stdout=reader.stdin, stderr=subprocess.PIPE, text=True, check=False
    )
    reader.stdin.close()
    assert "Traceback" not in done.stderr


def test_check_gives_each_problem_as_data(house: House) -> None:
    assert house.data("check") == []
    (house.home / "catalog" / "bad.toml").write_text('[[component]]\nid = "x"\nservice = "ordrs"\n')
    problems = house.data("check", code=1)
    assert {"file", "line", "key", "what", "next_step"} <= set(problems[0])
    assert any(p["file"].endswith("bad.toml") and p["line"] == 3 for p in problems)
    missing = house.run("check", str(house.home / "nowhere"), code=1).stderr
    assert "nowhere" in missing


def test_a_board_narrowed_to_what_does_not_exist_never_says_that_all_is_quiet(made: House) -> None:
    assert 'Did you mean "critical"?' in complaint(made, "board", "--state", "critcal", code=2)
    made.run("board", "--state", "CRIT", code=1)  # the screen's own word; 1, for no agent watches
    assert "No component is declared." in made.run("board", "--state", "warning", code=1).stdout


def test_what_cannot_be_printed_is_said_in_one_line(made: House) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123  (a device, not a file of ours)
        done = subprocess.run(
            [sys.executable, "-m", "console", "board"],
            env=made.env, cwd=made.home, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.strip().splitlines() == [
        "watchfloor: what is to be printed cannot be written: No space left on device"
    ]


def test_a_log_in_which_nothing_is_found_says_so(made: House) -> None:
    assert "there is no entry 9999" in complaint(made, "log", "--chain", "9999", code=1)
    done = made.run("log", "subject:I-7")
    assert (done.stdout, done.stderr) == ("", "watchfloor: no entry there ever was passes the filter\n")
    assert made.data("log", "kind:nothing") == []
    assert "It did not exist then" in made.run("log", "--as-of", "I-7@now", code=1).stdout
