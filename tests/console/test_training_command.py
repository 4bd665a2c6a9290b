"""`watchfloor training`: what is asked and missing, records by hand and from a list, and what is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.identity import actor
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.catalog.training import Training
from core.gate.model import Consent, Level
from core.improvement.training.commands import record_training, withdraw_training
from core.journal.model import Via
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path


CATALOG = Catalog(
    staff={"me": Staff("me", "Me", login=actor(), role="lead"), "ben": Staff("ben", "Ben")},
    trainings={"desk": Training("desk", "On the desk", roles=("operator",), months=12)},
)


@pytest.fixture
def db(tmp_path: Path) -> tuple[str, str]:
    store = Store.at(tmp_path / "watchfloor.db")
    store.write(Author("agent", Via.AGENT), load_catalog, CATALOG, directory="/", digest="1", changes=[])
    store.close()
    return ("--db", str(tmp_path / "watchfloor.db"))


@pytest.fixture
def old_db(tmp_path: Path) -> tuple[str, str]:
    """A record of two hours ago that was withdrawn an hour ago, and another since."""
    place, me = tmp_path / "old.db", Author(actor(), Via.CLI)
    hours = 3
    store = Store(backend_for(place), now=lambda: utc_now() - timedelta(hours=hours))
    store.open()
    store.write(Author("agent", Via.AGENT), load_catalog, CATALOG, directory="/", digest="1", changes=[])
    hours = 2
    store.write(me, record_training, "ben", "desk", date(2000, 1, 1))
    hours = 1
    store.write(me, withdraw_training, 1, "another Ben", Consent(Level.BOX))
    store.write(me, record_training, "ben", "desk", date(2001, 1, 1))
    store.close()
    return ("--db", str(place))


def test_what_is_missing_is_printed_until_it_is_recorded(
    db: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["training", "--missing", *db]) == 1
    assert "ben  desk      missing  -       has the role operator" in capsys.readouterr().out
    assert main(["training", "record", "ben", "desk", *db]) == 2
    assert "a day is asked for" in capsys.readouterr().err
    assert main(["training", "record", "ben", "desk", "--on", "2000-01-01", "--evidence", "no. 5", *db]) == 0
    assert "TR-1  ben  desk      2000-01-01  no. 5" in capsys.readouterr().out
    assert main(["training", "list", "--json", *db]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["state"], found["expires_on"], found["record"]["id"]) == ("expired", "2001-01-01", "TR-1")
    assert main(["training", "--plain", *db]) == 0
    assert "state: expired" in capsys.readouterr().out


def test_what_has_expired_is_not_said_to_be_in_force(
    old_db: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ends", *old_db]) == 1
    printed = capsys.readouterr().out
    assert "expired, not renewed" in printed
    assert "in force" not in printed


def test_nobody_records_their_own_and_what_was_recorded_is_withdrawn_with_a_reason(
    db: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["training", "record", "me", "desk", "--on", "2026-01-01", *db]) == 1
    assert "nobody records their own training" in capsys.readouterr().err
    assert main(["training", "record", "ben", "desk", "--on", "2026-01-01", *db]) == 0
    assert main(["training", "withdraw", "TR-1", "--text", "another Ben", *db]) == 2
    assert main(["training", "withdraw", "TR-1", "--text", "another Ben", "--yes", *db]) == 0
    capsys.readouterr()
    assert main(["training", "--records", "--json", *db]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["withdrawn_by"], found["withdrawn_why"]) == (actor(), "another Ben")


def test_how_everybody_stood_at_a_time(old_db: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    db, when = old_db, "90m"
    assert main(["training", "--at", when, *db]) == 0
    out = capsys.readouterr().out
    assert out.startswith("THEN ")
    assert "ben  desk      expired 2001-01-01  TR-1 2000-01-01  has the role operator" in out
    assert main(["training", "--missing", "--at", when, "--json", *db]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["record"]["id"], found["record"]["withdrawn_by"]) == ("TR-1", "")
    assert main(["training", "--records", "--at", when, *db]) == 0
    assert "TR-2" not in capsys.readouterr().out
    assert main(["training", "--records", "--limit", "1", *db]) == 0
    out = capsys.readouterr().out
    assert ("TR-1" in out, "TR-2" in out) == (False, True)
    assert main(["training", "--at", "2000-01-01 00:00", *db]) == 0
    assert "before the first entry" in capsys.readouterr().out
    assert main(["training", "record", "ben", "desk", "--at", when, *db]) == 2
    assert "--at does nothing with record" in capsys.readouterr().err
    assert main(["training", "--limit", "1", *db]) == 2


def test_a_list_is_imported_and_says_what_it_did_line_by_line(
    db: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("who,training,on\nben,desk,2026-01-01\nbon,desk,2026-01-01\n")
    assert main(["training", "import", str(file), *db]) == 0
    out = capsys.readouterr().out
    assert "list.csv: 2 read, 0 matched, 1 created, 1 refused" in out
    assert "refused line 3: 'bon' is not declared as staff" in out
    assert main(["training", "import", str(file), "--json", *db]) == 0
    assert json.loads(capsys.readouterr().out)["matched"] == 1
    file.write_bytes(b"who,training,on\n\xff,desk,2026-01-01\n")
    assert main(["training", "import", str(file), *db]) == 2
    assert main(["training", "list", "--on", "2026-01-01", *db]) == 2
