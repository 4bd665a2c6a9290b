"""`watchfloor access review` and `access request`: what they print, and how they end."""

from __future__ import annotations

import json
import resource
import zipfile
from typing import TYPE_CHECKING

import pytest

from console.cli.access_reviews import stage_of
from core.errors import BadInput, Unavailable
from core.security.reviews.evidence_file import write_evidence
from core.security.reviews.model import OutcomeRule
from core.security.reviews.plans import By, Stage
from core.timekeeping import utc_now
from tests.console.answers import answer
from tests.core.security.reviews.house import House, author, grant_row, put_grants

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    house = House(tmp_path / "watchfloor.db", author("ada"))
    house.now = utc_now()
    house.do(
        put_grants,
        [grant_row("u1"), grant_row("u2", entitlement="admin", is_privileged=1), grant_row("u3", owner="cy")],
    )
    house.store.close()
    act_as(monkeypatch, "ada")
    return str(tmp_path / "watchfloor.db")


def act_as(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr("console.cli.printing.actor", lambda: who)


def said(capsys: pytest.CaptureFixture[str], db: str, *words: str) -> tuple[int, str, str]:
    return answer(capsys, "access", *words, "--db", db)


def test_a_review_is_drafted_opened_decided_carried_out_signed_and_proved(
    db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, out, _ = said(
        capsys,
        db,
        "review",
        "draft",
        "Q4 hosts",
        "--last",
        "lea",
        "--stage",
        "owner:7",
        "--privileged",
        "--on",
        "component:web",
    )
    assert (code, "RV-1 draft: Q4 hosts, ada's" in out) == (0, True)
    assert "grants that their source shows: privileged; on component:web" in out
    code, _, err = said(capsys, db, "review", "RV-1", "open")
    assert (code, "opening a review of access asks to be confirmed" in err) == (2, True)
    code, out, _ = said(capsys, db, "review", "RV-1", "open", "--yes")
    assert (code, "open, stage 1 of 1" in out, "ben: 1 item to decide" in out) == (0, True, True)
    act_as(monkeypatch, "ben")
    code, out, _ = said(capsys, db, "review", "RV-1", "keep", "RI-1")
    assert (code, "not staged: RI-1: it is privileged: say why it is needed" in out) == (1, True)
    code, out, _ = said(capsys, db, "review", "RV-1", "revoke", "RI-1", "--text", "he left")
    assert (code, out) == (
        0,
        "Staged of RV-1: 0 keep, 0 change, 1 revoke, 0 undecided. Nothing of it is said until it is written out.\n",
    )
    code, out, err = said(capsys, db, "review", "RV-1", "write-out")
    assert (code, "RI-1  u2   admin !" in out, "asks to be confirmed" in err) == (2, True, True)
    code, out, _ = said(capsys, db, "review", "RV-1", "write-out", "--yes")
    assert (code, "1 decision written out." in out, "revoke: he left" in out) == (0, True, True)
    assert out.endswith("You have staged nothing of RV-1.\n")
    act_as(monkeypatch, "ada")
    assert said(capsys, db, "review", "RV-1", "close-stage", "--text", "all said", "--yes")[0] == 0
    code, out, _ = said(capsys, db, "review", "RV-1", "carry-out", "--yes")
    assert (code, "0 done, 1 told to where grants are kept." in out, "1 still to be gone" in out) == (
        0,
        True,
        True,
    )
    code, out, _ = said(capsys, db, "review", "--json")
    assert json.loads(out)[0]["progress"]["revoke"] == 1
    code, _, err = said(capsys, db, "review", "RV-1", "sign", "--text", "one left", "--yes")
    assert (code, "1 of what RV-1 decided is not known to be gone yet" in err) == (1, True)
    assert said(capsys, db, "review", "RV-1", "sign", "--text", "one left", "--yes", "--despite-open")[0] == 0
    made = tmp_path / "RV-1.zip"
    assert said(capsys, db, "review", "RV-1", "evidence", "--out", str(made))[:2] == (0, f"{made}\n")
    assert "read-me.txt" in zipfile.ZipFile(made).namelist()
    code, _, err = said(capsys, db, "review", "RV-1", "evidence", "--out", str(made))
    assert (code, "is there already" in err) == (1, True)
    assert said(capsys, db, "review")[1] == "No review is there.\n"
    assert "RV-1 signed off" in said(capsys, db, "review", "--all", "--plain")[1]


def test_access_is_asked_for_approved_by_another_and_ended(
    db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "cy")
    wish = (
        "--source",
        "hosts",
        "--entitlement",
        "admin",
        "--on",
        "component:web",
        "--days",
        "2",
        "--text",
        "the disk is full",
    )
    code, out, _ = said(capsys, db, "request", "ask", *wish, "--plain")
    assert (code, out) == (
        0,
        "AQ-1 asked: cy as cy: admin on component:web of hosts for 2 days, asked by cy (the disk is full); version 1\n",
    )
    act_as(monkeypatch, "lea")
    assert said(capsys, db, "request", "AQ-1", "approve", "--yes")[0] == 0
    _, out, _ = said(capsys, db, "request", "--json")
    assert (json.loads(out)[0]["state"], json.loads(out)[0]["grant"]) == ("approved", "G-4")
    assert said(capsys, db, "request", "AQ-1", "end", "--text", "done", "--yes")[0] == 0
    assert said(capsys, db, "request")[1] == "Nobody asks for access.\n"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("review", "RV-1", "approve"), "was told to approve"),
        (("review", "RV-1", "items", "--text", "x"), "--text does nothing with access review items"),
        (("review", "RV-1", "open", "--days", "3"), "--days does nothing with access review open"),
        (("grants", "--stage", "owner"), "--stage does nothing with access grants"),
        (("review", "RV-1", "keep"), "was given no item"),
        (("review", "draft", "X", "--last", "lea", "--opens", "soon"), "'soon' is no day"),
        (("review", "draft", "X"), "nobody is named who decides where all others are silent"),
        (("request", "AQ-1", "grant"), "access request was told"),
        (("request", "ask", "--text", "x"), "the request says nothing of"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(
    db: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], what: str
) -> None:
    code, _, err = said(capsys, db, *words)
    assert code == 2
    assert what in err
    assert err.count("\n") == 1


def test_a_stage_is_written_in_a_word() -> None:
    assert stage_of("owner") == Stage(By.OWNER)
    assert stage_of("named=ana+ben:7:all must keep") == Stage(
        By.NAMED, ("ana", "ben"), 7, OutcomeRule.ALL_KEEP
    )
    for text in ("boss", "owner:soon", "owner:7:7", "lead:all must keep:one keep keeps"):
        with pytest.raises(BadInput):
            stage_of(text)


def test_what_is_refused_is_printed_harmless(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, db, "review", "RV-1\x1b[2J", "nope")
    assert (code, "RV-1 was told to nope" in err, "\x1b" in err) == (2, True, False)


def test_a_file_that_does_not_fit_is_not_left_half_written(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            write_evidence(tmp_path / "RV-1.zip", b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_reviews_are_worked_on_in_fewer_words_too(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    drafted = answer(capsys, "review", "draft", "Q4", "--stage", "owner:7", "--last", "lea", "--db", db)
    assert drafted[0] == 0, drafted
    one = said(capsys, db, "review", "--json")
    assert answer(capsys, "review", "--json", "--db", db) == one
    assert "Q4" in one[1]
    assert answer(capsys, "review", "RV-1", "--db", db) == said(capsys, db, "review", "RV-1")
