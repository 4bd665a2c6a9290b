"""`watchfloor import`, `findings` and `finding`: what they print, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.console.answers import answer
from tests.core.security.findings.house import CATALOG, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path) -> str:
    place = tmp_path / "watchfloor.db"
    store = Store.at(place)
    store.write(Author("ada", Via.CLI), load_catalog, CATALOG, directory="x", digest="1", changes=["all"])
    store.close()
    return str(place)


def test_an_import_says_what_came_of_each_line(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = str(SAMPLES / "trivy.json")
    code, out, _ = answer(capsys, "import", report, "--dry-run", "--db", db)
    assert code == 0
    assert "nothing was written" in out
    code, out, _ = answer(capsys, "import", report, "--db", db)
    assert code == 0
    assert "read 5, matched 4, created 3, changed 0, closed 0, reopened 0, refused 1" in out
    assert "created F-1 CVE-2026-1001 in libssl3 of web (Results[0].Vulnerabilities[0])" in out
    assert "refused Results[1].Vulnerabilities[2]: names no vulnerability" in out
    _, out, _ = answer(capsys, "findings", "--json", "!zlib", "--db", db)
    assert [each["id"] for each in json.loads(out)] == ["F-1", "F-3"]
    _, out, _ = answer(capsys, "findings", "--scans", "--db", db)
    assert "S-1" in out


def test_a_report_that_cannot_be_read_ends_with_2_and_one_message(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.json"
    path.write_text('{"SchemaVersion": 2,')
    code, out, err = answer(capsys, "import", str(path), "--db", db)
    assert (code, out) == (2, "")
    assert "cut.json: line 1, column" in err
    assert "Nothing was changed" in err


def test_a_finding_is_worked_on_and_what_does_nothing_is_refused(
    db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", str(SAMPLES / "trivy.json"), "--db", db)
    code, out, _ = answer(capsys, "finding", "F-1", "start", "--plain", "--db", db)
    assert code == 0
    assert out.startswith(
        "F-1 in correction: critical CVE-2026-1001, in libssl3 3.0.14-1 of web, fixed in 3.0.15-1; due "
    )
    code, _, err = answer(
        capsys, "finding", "F-1", "accept", "--text", "x", "--to", "ada", "--yes", "--db", db
    )
    assert code == 2
    assert "an accepted risk needs an end" in err
    code, out, _ = answer(
        capsys,
        "finding",
        "F-1",
        "accept",
        "--until",
        "90d",
        "--text",
        "x",
        "--to",
        "ada",
        "--yes",
        "--db",
        db,
    )
    assert code == 0
    assert "accepted until" in out
    code, _, err = answer(capsys, "finding", "F-1", "confirm", "--text", "x", "--db", db)
    assert code == 2
    assert "--text does nothing with confirm" in err
    code, _, err = answer(capsys, "finding", "F-99", "--db", db)
    assert code == 1
    assert "there is no finding F-99" in err
