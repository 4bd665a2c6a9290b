"""A real agent seals what is written, signs it, and leaves the head in its log; what is done to the file is found."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from core.journal.model import Subject, Via
from core.journal.sealing import BATCH
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)})


def write(house: House, count: int) -> None:
    store = Store.at(house.home / "watchfloor.db")
    store.write(Author("ada", Via.CLI, "ada"), doors, count)
    store.close()


def test_an_agent_seals_and_signs_and_what_is_forged_is_found(house: House) -> None:
    house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    place = house.home / "watchfloor.db"
    public = house.home / "public.pem"
    write(house, BATCH)
    house.run("journal", "key", "--file", f"{place}.sealing-key")
    public.write_text(house.run("journal", "key", "--public").stdout)
    agent = house.console("agent", size=(240, 50))
    agent.wait_for("seals are signed with key", f"journal sealed to {BATCH}:", timeout_s=60)
    sealed: list[dict[str, Any]] = house.data("journal", "seals")
    assert (sealed[0]["last"], sealed[0]["signed"]) == (BATCH, True)
    assert "Sealed by the agent on " in house.run("journal", "seals").stdout

    os.kill(house.agent_pid(), signal.SIGTERM)
    assert agent.wait_exit(timeout_s=30) == 0
    told = [line for line in agent.text.splitlines() if "journal sealed to" in line]
    kept = told[-1].split("journal sealed to ")[1].split()[0]
    assert kept.endswith(f":{len(house.data('journal', 'seals'))}")
    held = house.run("journal", "verify", "--public-key", str(public), "--head", kept).stdout
    assert "the journal holds" in held
    assert "whose hash was kept elsewhere" in held

    with sqlite3.connect(place) as connection:
        for name in ("journal_no_update", "journal_no_delete", "seal_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM seal WHERE n > 1")
        connection.execute("DELETE FROM journal WHERE seq > 1000")
    connection.close()
    house.run("journal", "verify", "--public-key", str(public))
    assert "cut off" in house.run("journal", "verify", "--head", kept, code=1).stderr
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE journal SET actor = 'eve' WHERE seq = 77")
    connection.close()
    assert "entry 77 (" in house.run("journal", "verify", code=1).stderr
