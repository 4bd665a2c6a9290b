"""`watchfloor signals` and `signal`: what they print, and how they end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli.signals import sentence
from core.catalog.commands import load_catalog
from core.catalog.logs import LogSource
from core.catalog.model import Catalog, Component, Service
from core.journal.model import Via
from core.security.signals.commands import evidence_of
from core.security.signals.following import FollowedLog
from core.security.signals.queries import one_signal
from core.security.signals.taking_in import DUTY, take_in
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.console.answers import answer
from tests.core.security.signals.house import PATTERN, accepted, failed

LINES = "".join([*(failed("203.0.113.9", at=f"09:00:0{n}") for n in range(5)), accepted("203.0.113.9")])


@pytest.fixture
def db(tmp_path: Path) -> str:
    place, log = tmp_path / "watchfloor.db", tmp_path / "auth.log"
    log.write_text(LINES)
    source = LogSource("auth", "auth", "auth", str(log), component="shop-1")
    catalog = Catalog(
        services={"shop": Service("shop", "Shop")}, components={"shop-1": Component("shop-1", "Shop", "shop")},
        log_sources={"auth": source, "app": LogSource("app", "app", "generic", "/x", patterns=(PATTERN,))},
    )  # fmt: skip
    store = Store.at(place)
    store.write(Author("ada", Via.CLI), load_catalog, catalog, directory="x", digest="1", changes=["all"])
    agent = Author("agent", Via.AGENT)
    token = store.write(agent, take_lease, DUTY, "agent")
    log_read = FollowedLog(source, None)
    part = log_read.look(utc_now())
    assert part is not None
    store.write(agent, take_in, token, DUTY, log_read.origin, part.raised, part.step)
    store.close()
    return str(place)


def test_what_was_seen_once_is_said_so(db: str) -> None:
    store = Store.at(Path(db))
    once = replace(store.read(one_signal, 1), count=1)
    store.close()
    assert ", 1 time, last " in sentence(once)
    assert "\n1 time from " in evidence_of(once)


def number_of(db: str, capsys: pytest.CaptureFixture[str], rule: str) -> str:
    _, out, _ = answer(capsys, "signals", "--json", "--view", "all", "--db", db)
    return next(str(each["id"]) for each in json.loads(out) if each["rule"] == rule)


def test_signals_are_listed_judged_and_made_an_incident(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "signals", "--plain", "--db", db)
    assert code == 0
    assert "a sign-in let in after it was refused 5 times (203.0.113.9) in auth of shop-1, 6 times" in out
    number = number_of(db, capsys, "failures-of-address")
    code, _, err = answer(capsys, "signal", number, "acknowledge", "--db", db)
    assert (code, "a sentence is asked for" in err) == (2, True)
    code, out, _ = answer(capsys, "signal", number, "acknowledge", "--text", "a typo", "--plain", "--db", db)
    assert (code, f"{number} acknowledged" in out) == (0, True)
    number = number_of(db, capsys, "success-after-failures")
    code, _, err = answer(capsys, "signal", number, "incident", "--db", db)
    assert (code, "asks to be confirmed" in err) == (2, True)
    code, out, _ = answer(capsys, "signal", number, "incident", "--yes", "--db", db)
    assert (code, "incident I-1" in out) == (0, True)
    assert "Accepted password for root" in out
    code, _, err = answer(capsys, "signal", number, "acknowledge", "--text", "no", "--db", db)
    assert (code, "it cannot become acknowledged" in err) == (1, True)


def test_a_suppression_needs_its_end_and_is_ended(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = number_of(db, capsys, "failures-of-address")
    words = ("signal", number, "suppress", "--to", "ada", "--text", "a test", "--yes", "--db", db)
    code, _, err = answer(capsys, *words)
    assert (code, "a suppression needs an end" in err) == (2, True)
    for end in ("7d", "2h", f"{utc_now().year + 1}-01-02 18:00"):
        code, out, _ = answer(capsys, *words, "--until", end)
        assert (code, "suppressed by SU-" in out) == (0, True), end
    _, out, _ = answer(capsys, "signals", "--suppressions", "--json", "--db", db)
    assert {(each["rule"], each["owner"], each["reason"]) for each in json.loads(out)} == {
        ("failures-of-address", "ada", "a test")
    }
    code, out, _ = answer(capsys, "signals", "--end", "SU-1", "--yes", "--db", db)
    assert (code, "SU-1" in out, "SU-2" in out) == (0, False, True)


def test_a_file_is_tried_and_nothing_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "old.log"
    log.write_text(LINES)
    code, out, _ = answer(capsys, "signals", "--try", str(log))
    assert code == 0
    assert "success-after-failures" in out
    assert "read 6 lines, used 6" in out
    assert list(tmp_path.iterdir()) == [log]
    code, _, err = answer(capsys, "signals", "--try", str(tmp_path / "none.log"))
    assert (code, "there is no such file" in err) == (2, True)
    code, _, err = answer(capsys, "signals", "--readers", "--kind", "web")
    assert (code, "--kind does nothing with --readers" in err) == (2, True)


def test_a_file_is_tried_as_a_declared_log_with_its_patterns(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "app.log"
    log.write_text("2026-11-23T09:00:00Z app: vault opened by kim\n")
    words = ("signals", "--try", str(log), "--db", db)
    code, out, _ = answer(capsys, *words, "--log", "app")
    assert code == 0
    assert "vault-opened" in out
    assert "kim" in out
    code, _, err = answer(capsys, *words, "--log", "apq")
    assert (code, "no log 'apq' is declared. Did you mean" in err) == (2, True)
    code, _, err = answer(capsys, *words, "--log", "app", "--kind", "web")
    assert (code, "--kind does nothing with --log" in err) == (2, True)


def test_lines_that_could_not_be_used_are_counted_and_the_first_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "foreign.log"
    log.write_bytes(LINES.encode() + b"hello world\n" * 7 + b"2026-11-23T09:00:01Z \xff\xfe\nhalf a li")
    code, out, _ = answer(capsys, "signals", "--try", str(log))
    assert code == 0
    assert "read 14 lines, used 6" in out
    assert "7 with no stamp that says when" in out
    assert "1 with bytes that are no UTF-8" in out
    assert "9 bytes behind the last end of a line" in out
    assert "line 7: no stamp that says when: hello world" in out
    assert out.count("hello world") == 5
    assert "Most of it" not in out
    log.write_bytes(b"hello\n" * 3)
    _, out, _ = answer(capsys, "signals", "--try", str(log))
    assert "Most of it is not written as a log of the kind auth is" in out


def test_readers_say_how_they_stand(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "signals", "--readers", "--db", db)
    assert code == 0
    assert "app: no agent has read it yet: STALE" in out
    assert "\nauth of shop-1: a line " in out
    assert "read 6 lines, used 6" in out
