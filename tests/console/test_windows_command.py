"""`watchfloor window` and `watchfloor windows`: what they print, what they ask for, and how they end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Need, Service, Staff
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.console.answers import answer

if TYPE_CHECKING:
    from pathlib import Path

ADA = Author("ada", Via.CLI)


class Line:
    """A command line on a house of its own."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self._capsys = place, capsys
        store = Store.at(place)
        catalog = Catalog(
            services={"data": Service("data", "Data"), "shop": Service("shop", "Shop")},
            components={
                "db": Component("db", "Database", "data"), "shop": Component("shop", "Shop", "shop", needs=(Need(("db",), 1),)),
            },
            staff={"ada": Staff("ada", "Ada", role="lead")},
        )  # fmt: skip
        store.write(ADA, load_catalog, catalog, directory="x", digest="1", changes=["all"])
        store.close()

    def say(self, *words: str) -> tuple[int, str, str]:
        return answer(self._capsys, *words, "--db", str(self.place))


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr("console.cli.printing.actor", lambda: "ada")
    return Line(tmp_path / "watchfloor.db", capsys)


def test_without_a_yes_it_says_what_it_would_touch_and_plans_nothing(line: Line) -> None:
    code, out, err = line.say("window", "add", "db", "--from", "2h", "--for", "90m", "--reason", "a new disk")
    assert code == 2
    assert "shop would be unreachable" in out
    assert "--yes" in err
    assert line.say("windows", "--all")[:2] == (0, "No maintenance window.\n")


def test_it_is_planned_changed_ended_and_listed(line: Line) -> None:
    code, out, _ = line.say(
        "window", "add", "db", "--for", "2h", "--reason", "a new disk", "--owner", "ada", "--yes"
    )
    assert code == 0
    assert "W-1 running: db, from " in out
    assert line.say("board", "--json")[1].count('"window": "W-1"') == 1
    assert line.say("window", "change", "W-1", "--for", "3h", "--reason", "it takes longer", "--yes")[0] == 0
    (found,) = json.loads(line.say("windows", "--json")[1])
    assert (found["id"], found["standing"], found["owner"], found["components"]) == (
        "W-1",
        "running",
        "ada",
        ["db"],
    )
    assert "it raises" not in line.say("windows", "--plain")[1]
    assert "W-1  running" in line.say("windows")[1]
    assert "W-1 maintenance, in force: raises no incident of db" in line.say("ends", "--plain")[1]
    assert line.say("window", "end", "W-1", "--reason", "done", "--yes")[0] == 0
    assert line.say("windows")[1] == "Nothing is in maintenance, and nothing is planned.\n"
    assert "W-1 over" in line.say("windows", "--all", "--plain")[1]
    assert line.say("window", "show", "1")[1].startswith("W-1 over")


def test_one_that_recurs_says_its_rule_and_is_skipped_and_cancelled(line: Line) -> None:
    last = (utc_now() + timedelta(days=60)).date().isoformat()
    words = (
        "--from",
        "22:30",
        "--for",
        "1h",
        "--every",
        "weekly tue thu",
        "--last",
        last,
        "--tz",
        "Europe/Berlin",
        "--reason",
        "patches",
    )
    code, out, _ = line.say("window", "add", "--service", "data", *words, "--yes")
    assert code == 0
    assert f"again weekly tue thu at 22:30 Europe/Berlin, last on {last}" in out
    begins = json.loads(line.say("window", "show", "W-1", "--json")[1])["begins_at"]
    assert line.say("window", "skip", "W-1", "--reason", "a holiday", "--yes")[0] == 0
    assert json.loads(line.say("window", "show", "W-1", "--json")[1])["begins_at"] > begins
    assert line.say("window", "cancel", "W-1", "--reason", "no more", "--yes")[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "db", "--reason", "x"), 2, "a window has an end"), (("add", "dbb", "--for", "1h", "--reason", "x"), 1, "'dbb'"),
        (("add", "db", "--for", "1h", "--until", "23:00", "--reason", "x"), 2, "both say its end"),
        (("add", "db", "--for", "1h", "--tz", "Mars", "--reason", "x"), 2, "no zone of time"),
        (("add", "db", "--for", "1h", "--every", "daily", "--from", "22:00", "--last", "soon", "--reason", "x"), 2, "no day"),
        (("end", "W-1", "--for", "1h"), 2, "does nothing with end"), (("end", "--yes"), 2, "about one window"),
        (("end", "W-9", "--reason", "x", "--yes"), 1, "no window W-9"), (("change", "W-9"), 1, "no window W-9"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_clear_line(line: Line, words: tuple[str, ...], code: int, told: str) -> None:
    ended, _, err = line.say("window", *words)
    assert ended == code
    assert told in err
    assert err.strip().count("\n") == 0


@pytest.mark.parametrize("option", ["--until", "--from"])
def test_a_time_back_from_now_is_refused_in_one_message_that_says_how_it_is_written(
    line: Line, option: str
) -> None:
    code, _, err = line.say("window", "add", "db", option, "-2h", "--reason", "a new disk", "--yes")
    assert code == 2
    assert err == (
        "watchfloor: '-2h' is past. Write it as now, 22:00, 2026-11-27 22:00 or 2h, in the local time of its zone\n"
    )
    assert line.say("windows", "--all")[:2] == (0, "No maintenance window.\n")


def test_a_reason_that_is_too_long_is_refused_and_nothing_is_planned(line: Line) -> None:
    code, _, err = line.say("window", "add", "db", "--for", "2h", "--reason", "x" * 612, "--yes")
    assert code == 2
    assert (
        err == "watchfloor: reason: it has 612 characters; at most 500 fit. Nothing was changed. Shorten it\n"
    )
    assert line.say("windows", "--all")[:2] == (0, "No maintenance window.\n")


@pytest.mark.parametrize("words", [("change", "W-1", "--for", "3h"), ("end", "W-1"), ("cancel", "W-1")])
def test_who_says_which_version_they_saw_changes_no_other(line: Line, words: tuple[str, ...]) -> None:
    meant = ("--reason", "why", "--yes")
    line.say("window", "add", "db", "--for", "2h", *meant)
    shown = json.loads(line.say("window", "show", "W-1", "--json")[1])
    assert f"version {shown['version']}" in line.say("window", "show", "W-1")[1]
    assert line.say("windows")[1].split()[-1] == str(shown["version"])
    assert line.say("window", "change", "W-1", "--for", "4h", *meant)[0] == 0
    code, _, err = line.say("window", *words, *meant, "--version", str(shown["version"]))
    assert code == 1
    assert "W-1 changed since you saw it: ada changed" in err
    assert line.say("window", *words, *meant, "--version", str(shown["version"] + 1))[0] == 0


def test_a_version_does_nothing_where_nothing_was_seen(line: Line) -> None:
    code, _, err = line.say(
        "window", "add", "db", "--for", "2h", "--reason", "why", "--yes", "--version", "1"
    )
    assert code == 2
    assert "--version does nothing with add" in err
