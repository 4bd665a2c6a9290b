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
from tests.core.security.findings.house import CATALOG, SAMPLES, the_list

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


def test_the_list_of_exploited_vulnerabilities_is_printed_as_it_is_kept(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = answer(capsys, "findings", "--kev", "--db", db)
    assert out == "No list of exploited vulnerabilities was imported.\n"
    path = the_list(tmp_path, {"CVE-2026-1002": "2026-11-26", "CVE-2020-9999": ""})
    _, out, _ = answer(capsys, "import", str(path), "--db", db)
    assert "on the list of exploited vulnerabilities 2: 2 put on, 0 changed, 0 taken off" in out
    _, out, _ = answer(capsys, "import", str(SAMPLES / "trivy.json"), "--db", db)
    assert "reopened 0, refused 1; 1 finding due by the list of exploited vulnerabilities" in out
    assert "due by the list F-2 CVE-2026-1002 in zlib1g of web" in out
    _, out, _ = answer(capsys, "finding", "F-2", "--plain", "--db", db)
    assert " (known to be exploited); nobody's" in out
    _, out, _ = answer(capsys, "findings", "--kev", "--db", db)
    first, titles, *rows = out.splitlines()
    assert first == f"S-1 of kev, made 2026-11-23 08:00Z, {path.name}"
    assert titles.split() == ["VULNERABILITY", "DUE", "ADDED", "SAID", "BY"]
    assert [row.split() for row in rows] == [
        ["CVE-2020-9999", "-", "2026-11-20", "S-1"],
        ["CVE-2026-1002", "2026-11-26", "2026-11-20", "S-1"],
    ]
    _, out, _ = answer(capsys, "findings", "--kev", "--limit", "1", "--db", db)
    assert out.splitlines()[-1] == "1 more (--limit 2 prints them)"
    _, out, _ = answer(capsys, "findings", "--kev", "cve-2026", "--json", "--db", db)
    said = json.loads(out)
    assert (said["report"]["id"], [each["vulnerability"] for each in said["lines"]]) == (
        "S-1",
        ["CVE-2026-1002"],
    )
    _, out, _ = answer(capsys, "findings", "--kev", "nginx", "--db", db)
    assert out.splitlines()[-1] == "Nothing on it has these words in its name."
    code, _, err = answer(capsys, "findings", "--kev", "--view", "late", "--db", db)
    assert (code, "--view does nothing with --kev" in err) == (2, True)
