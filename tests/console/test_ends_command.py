"""`watchfloor ends`: what it prints, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.__main__ import main
from core.catalog.commands import load_catalog
from core.journal.model import Via
from core.monitoring.revisions.commands import revise_threshold
from core.security.findings.commands import accept_finding
from core.security.findings.importing import import_report
from core.security.findings.reports.reading import read_report
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.core.monitoring.revisions.house import DECLARED, LATENCY, PROBE, catalog
from tests.core.security.findings.house import BOX, CATALOG, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ADA = Author("ada", Via.CLI)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(list(words))
    return code, capsys.readouterr().out


def test_what_is_past_and_still_in_force_stands_first_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "watchfloor.db"
    earlier = [utc_now() - timedelta(days=3)]
    store = Store.at(place, now=lambda: earlier[0])
    store.write(ADA, load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    store.write(ADA, import_report, read_report(SAMPLES / "findings.csv"))
    db = ("--db", str(place))
    assert said(capsys, "ends", *db) == (0, "Nothing that weakens control ends within 7 days.\n")
    store.write(ADA, accept_finding, 1, utc_now().date() + timedelta(days=20), "ada", "no way in", BOX)
    assert said(capsys, "ends", *db)[0] == 0
    code, out = said(capsys, "ends", "--days", "30", "--plain", *db)
    assert code == 0
    assert out.startswith("F-1 accepted risk, in force: accepted: ")
    assert "ada: no way in" in out
    store.write(ADA, accept_finding, 2, earlier[0].date() + timedelta(days=1), "ada", "only read", BOX)
    store.close()
    code, out = said(capsys, "ends", "--days", "30", "--json", *db)
    assert code == 1
    assert [(each["id"], each["is_past"], each["owner"]) for each in json.loads(out)] == [
        ("F-2", True, "ada"), ("F-1", False, "ada"),
    ]  # fmt: skip
    code, out = said(capsys, "ends", *db)
    assert code == 1
    assert "ended, still in force" in out


def test_what_needs_an_end_and_has_none_is_said_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(ADA, load_catalog, catalog(), directory="x", digest="1", changes=["all"])
    store.write(ADA, revise_threshold, LATENCY, {"warning": "140"}, None, "", "a slow front")
    db = ("--db", str(place))
    assert said(capsys, "ends", *db)[0] == 0
    stricter = replace(PROBE, thresholds=(replace(DECLARED, warning="100", warning_clear=""),))
    store.write(ADA, load_catalog, catalog(stricter), directory="x", digest="2", changes=["all"])
    store.close()
    code, out = said(capsys, "ends", *db)
    assert code == 1
    assert "no end is set" in out
    code, out = said(capsys, "ends", "--plain", *db)
    assert "shop threshold, in force, without end: http latency_ms" in out
    assert "; no end is set; ada: a slow front" in out
    code, out = said(capsys, "ends", "--json", *db)
    assert [(each["ends_at"], each["standing"]) for each in json.loads(out)] == [
        (None, "in force, without end")
    ]
