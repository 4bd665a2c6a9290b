"""What the screen can do, the command line can; and every refusal is one clear line with its exit code."""

from __future__ import annotations

import os
import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from console.identity import actor

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


def test_board_incidents_runs_and_actions_as_data(running: House) -> None:
    agent = running.console("agent")
    board = running.wait(lambda: (running.home / "watchfloor.db").exists() and settled(running))
    assert {"id", "service", "state", "since", "summary"} <= set(board[0])
    running.orders("fault", "store", "kill")
    incident = running.wait(lambda: next(iter(running.data("incidents")), None))
    assert {"id", "state", "component", "opened_at"} <= set(incident)
    assert (incident["id"], incident["component"]) == ("I-1", "orders-store")
    promised = {each["kind"]: each for each in running.data("incidents", "I-1", "due")}
    assert set(promised) == {"respond", "update", "resolve"}
    assert promised["respond"]["agreement"] == "corner-shop-orders"
    assert promised["respond"]["met_at"] is None
    assert [part["why"] for part in promised["resolve"]["parts"]] == ["open"]
    assert "until note is taken" in running.run("incidents", "I-1", "due").stdout
    running.wait(lambda: set(running.data("incidents")[0]["affected"]) == {"orders-front", "orders-worker"})

    refused = running.run("run", "orders-store-restart", code=1)
    assert "acts on the service system" in refused.stderr
    done = running.run(
        "run", "orders-store-restart", "--operate", "--reason", "drill", "--yes", "--incident", "I-1"
    )
    assert "[run done]" in done.stdout
    running.wait(lambda: running.data("incidents")[0]["state"] == "resolved")
    assert running.data("incidents")[0]["standing"] == "cleared, nobody looked"
    running.run("incidents", "I-1", "close", "--text", "drill", code=2)
    running.run("incidents", "I-1", "close", "--text", "drill", "--yes")
    assert running.data("incidents") == []
    refused = running.run("actions", "new", "--from", "I-1", "--set", "owner=no one", code=2)
    assert "watchfloor: owner: 'no one' is not declared as staff. Staff: " in refused.stderr
    made = running.data("actions", "new", "--from", "I-1", "--set", f"owner={actor()}")
    assert made[0]["deviation"].startswith("Orders: store is critical")
    assert "I-1" in running.run("log").stdout
    stop = running.run(
        "run", "orders-front-stop", "--operate", "--reason", "leave", "--confirm", "orders-front"
    )
    assert "[run done]" in stop.stdout
    front = next(row for row in running.data("board") if row["id"] == "orders-front")
    assert (front["state"], front["stopped"]["reason"]) == ("stopped", "leave")
    agent.close()


def settled(house: House) -> list[dict[str, object]] | None:
    done = house.run("board", "--json", code=0) if house_is_live(house) else None
    import json

    rows: list[dict[str, object]] = json.loads(done.stdout) if done else []
    return rows if rows and all(row["state"] == "ok" for row in rows) else None


def house_is_live(house: House) -> bool:
    import subprocess
    import sys

    return (
        subprocess.run(
            [sys.executable, "-m", "console", "board"], env=house.env, capture_output=True, check=False
        ).returncode
        == 0
    )


def one_line(text: str) -> str:
    lines = text.strip().split("\n")
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_refusals_are_one_line_with_what_where_and_what_to_do(house: House, tmp_path: Path) -> None:
    assert "there is no database" in one_line(
        house.run("board", "--db", str(tmp_path / "none.db"), code=3).stderr
    )
    text = tmp_path / "text.db"
    text.write_text("hello\n" * 1000)
    assert "is not a database" in one_line(house.run("log", "--db", str(text), code=3).stderr)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    assert "another program" in one_line(house.run("log", "--db", str(other), code=3).stderr)
    assert "needs a terminal" in one_line(house.run(code=3).stderr)
    assert "not a heartbeat's name" in one_line(house.run("beat", "../x", code=2).stderr)
    house.run("beat", "nightly", "--note", "ok")
    assert house.run("nonsense", code=2).stderr
    if os.getuid() == 0:
        return  # root may write anywhere
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert "cannot" in one_line(house.run("init", "--db", str(folder / "x.db"), code=3).stderr)


def test_check_prints_every_problem_at_once(house: House) -> None:
    catalog = house.home / "catalog"
    assert "no problems" in house.run("check").stdout
    (catalog / "bad.toml").write_text('[[component]]\nid = "x"\nservice = "ordrs"\nneedz = []\n')
    (catalog / "worse.toml").write_bytes(b"\xff\xfe")
    checked = house.run("check", code=1)
    printed = checked.stdout
    assert "bad.toml:3" in printed
    assert 'Did you mean "orders"?' in printed
    assert "bad.toml:4" in printed
    assert "worse.toml" in printed
    assert "UTF-8" in printed
    assert len(checked.stderr.splitlines()) == 1
    assert "problems" in checked.stderr


def test_a_catalog_broken_while_the_console_runs_stays_on_screen_until_mended(house: House) -> None:
    desk = house.console("--view", "log")
    desk.wait_for("catalog loaded", timeout_s=60)
    file = house.home / "catalog" / "machine.toml"
    text = file.read_text()
    file.write_text(text + '\n[[component]]\nid = "host-load"\n')
    desk.wait_for("catalog refused", "machine.toml:", timeout_s=30)
    file.write_text(re.sub(r'every = "\w+"', 'every = "7s"', text, count=1))
    desk.wait_gone("the last good one is in force", timeout_s=30)

    def says_what_was_mended() -> bool:
        """A file that is seen half written is loaded once more when it is whole."""
        (entry,) = house.data("log", "kind:catalog.loaded", "-n", "1")
        return any("every_s" in line for line in entry["changes"]["differences"][1])

    house.wait(says_what_was_mended)
