"""From lines of a log to signals, and what people do with them, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from core.catalog.logs import LogSource
from core.desk.queries import one_incident
from core.errors import BadInput, Moved, NotPermitted, NotPossible
from core.gate.undo import last_undoable, take_back
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.operations.tables import run
from core.restorers import RESTORERS
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.judging import Judge
from core.security.signals.model import MOST_A_DAY, OTHERS, SignalState
from core.security.signals.pages import VIEWS, Wanted, count, figures
from core.security.signals.queries import one_signal
from core.security.signals.readers import readers
from core.security.signals.rules import ALL, OF_WATCH
from core.security.signals.suppressing import (
    end_suppression,
    end_suppressions,
    is_suppression_over,
    suppress_signal,
    suppressions,
)
from core.security.signals.taking_in import DUTY, raise_signal, raised_by, take_in
from core.store.lease import LeaseLost, take_lease
from core.timekeeping import to_micros
from tests.core.security.signals.house import AGENT, BOX, LEE, MONDAY, House, accepted, failed

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from core.store.work import Author, Work

_S = SignalState


def five(source: str = "203.0.113.9", account: str = "root") -> list[str]:
    return [failed(source, account, f"09:00:0{n}") for n in range(5)]


def test_five_refusals_from_one_address_are_one_signal_and_four_are_only_counted(house: House) -> None:
    house.read(*five()[:4])
    assert list(house.all()) == ["refused-sign-in"]
    assert house.all()["refused-sign-in"].count == 4
    house.read(failed("203.0.113.9", at="09:00:05"))
    found = house.all()["failures-of-address 203.0.113.9"]
    assert (found.state, found.severity, found.count, found.component) == (_S.NEW, "low", 5, "shop-1")
    assert "Failed password for root from 203.0.113.9" in found.samples[-1]
    assert "refused-sign-in" not in house.all("new")
    house.read(*five())
    assert house.all()["failures-of-address 203.0.113.9"].count == 10


def test_a_sign_in_let_in_after_five_refusals_is_grave(house: House) -> None:
    house.read(*five(), accepted("203.0.113.9"))
    assert house.all("grave").keys() == {"success-after-failures 203.0.113.9"}
    house.read(accepted("203.0.113.9"))
    assert house.all()["success-after-failures 203.0.113.9"].count == 6


def test_a_sign_in_let_in_after_accounts_were_guessed_is_grave(house: House) -> None:
    guessed = [failed("203.0.113.9", f"user{n}", f"09:00:0{n}", invalid=True) for n in range(3)]
    house.read(*guessed, *five()[:1], accepted("203.0.113.9"))
    assert not house.all("grave")
    house.read(*guessed, accepted("203.0.113.9"))
    assert house.all("grave").keys() == {"success-after-failures 203.0.113.9"}


def test_what_a_catalog_declares_is_looked_for_too(house: House) -> None:
    house.read("2026-11-23T09:00:00+00:00 shop-1 app[1]: the vault opened by mallory\n")
    found = house.all()["vault-opened mallory"]
    assert (found.severity, found.title) == ("critical", "vault opened")


def test_it_is_acknowledged_with_a_reason_and_that_is_taken_back(house: House) -> None:
    house.read(*five())
    number = house.all()["failures-of-address 203.0.113.9"].id
    with pytest.raises(BadInput, match="what it was"):
        house.do(acknowledge_signal, number, "  ")
    found = house.do(acknowledge_signal, number, "our own scanner")
    assert (found.state, found.why, found.judged_by) == (_S.ACKNOWLEDGED, "our own scanner", "ada")
    with pytest.raises(Moved):
        house.do(acknowledge_signal, number, "again", seen=1)
    entry = house.store.read(last_undoable, RESTORERS, "ada", house.now)
    assert entry is not None
    house.do(take_back, RESTORERS, entry.seq)
    found = house.all()["failures-of-address 203.0.113.9"]
    assert (found.state, found.why, found.judged_by, found.judged_at) == (_S.NEW, "", "", None)


def test_what_was_acknowledged_and_grows_tenfold_is_new_again(house: House) -> None:
    house.read(*five())
    number = house.all()["failures-of-address 203.0.113.9"].id
    house.do(acknowledge_signal, number, "a typo")
    house.read(*five()[:4])
    assert house.all()["failures-of-address 203.0.113.9"].state is _S.ACKNOWLEDGED
    house.read(failed("203.0.113.9", at="09:00:05"))
    assert house.all()["failures-of-address 203.0.113.9"].state is _S.NEW
    kinds = [each.kind for each in house.store.read(of_subject, Subject("signal", str(number)))]
    assert kinds == ["signal.seen", "signal.acknowledged", "signal.returned"]


def test_one_doing_makes_an_incident_with_the_lines_on_its_time_line(house: House) -> None:
    house.read(*five(), accepted("203.0.113.9"))
    number = house.all()["success-after-failures 203.0.113.9"].id
    with pytest.raises(BadInput, match="asks to be confirmed"):
        house.do(make_incident, number, house_consent())
    found = house.do(make_incident, number, BOX)
    assert found.incident is not None
    incident = house.store.read(one_incident, found.incident)
    assert (incident.component, incident.service, incident.severity) == ("shop-1", "shop", 2)
    assert incident.title.startswith("security: a sign-in let in after it was refused 5 times: 203.0.113.9")
    notes = [e.note for e in house.store.read(of_subject, Subject("incident", str(incident.id)))]
    (evidence,) = (note for note in notes if "SG-" in note)
    assert "Accepted password for root" in evidence
    assert "\n6 times from " in evidence
    assert "; 6 lines kept\n" in evidence, "who reads the time line sees how many of the lines are there"
    assert all(f"T09:00:0{n}+00:00 shop-1 sshd[4711]: Failed" in evidence for n in range(5))
    with pytest.raises(NotPossible, match="it cannot become"):
        house.do(acknowledge_signal, number, "no")
    other = house.all()["failures-of-address 203.0.113.9"].id
    assert house.do(make_incident, other, BOX, into=incident.id).incident == incident.id


def house_consent() -> object:
    from core.gate.model import AT_ONCE

    return AT_ONCE


def test_a_suppression_has_an_owner_a_reason_and_an_end_and_ends_by_itself(house: House) -> None:
    house.read(*five())
    number = house.all()["failures-of-address 203.0.113.9"].id
    until = house.now + timedelta(hours=2)
    for args, what in (
        ((house.now - timedelta(seconds=1), "lee", "a test"), "is past"),
        ((house.now + timedelta(days=400), "lee", "a test"), "too far ahead"),
        ((until, "", "a test"), "needs an owner"),
        ((until, "lee", " "), "needs a reason"),
    ):
        with pytest.raises(BadInput, match=what):
            house.do(suppress_signal, number, *args, BOX, author=LEE)
    with pytest.raises(NotPermitted, match="for the role lead"):
        house.do(suppress_signal, number, until, "lee", "a test", BOX)
    house.do(suppress_signal, number, until, "lee", "a test of ours", BOX, author=LEE)
    house.read(*five())
    found = house.all()["failures-of-address 203.0.113.9"]
    assert (found.state, found.count, found.suppression) == (_S.SUPPRESSED, 10, 1)
    house.pass_(hours=2)
    assert house.store.read(is_suppression_over, house.now)
    token = house.do(take_lease, "endings", "agent", author=AGENT)
    house.do(end_suppressions, token, author=AGENT)
    assert house.store.read(suppressions) == []
    house.begin_anew()
    house.read(*(line.replace("T09:", "T10:") for line in five()))
    found = house.all()["failures-of-address 203.0.113.9"]
    assert (found.state, found.suppression) == (_S.NEW, None)


def test_what_comes_under_a_suppression_is_never_shown_and_ending_it_shows_what_comes_then(
    house: House,
) -> None:
    house.read(*five())
    number = house.all()["failures-of-address 203.0.113.9"].id
    house.do(
        suppress_signal,
        number,
        house.now + timedelta(days=3),
        "lee",
        "a test",
        BOX,
        author=LEE,
        whatever=True,
    )
    house.read(*five("198.51.100.7", "ana"))
    assert house.all()["failures-of-address 198.51.100.7"].state is _S.SUPPRESSED
    house.do(end_suppression, 1, BOX)
    with pytest.raises(NotPossible, match="has ended already"):
        house.do(end_suppression, 1, BOX)
    house.read(*five("198.51.100.8", "ben"))
    assert house.all()["failures-of-address 198.51.100.8"].state is _S.NEW


@pytest.mark.parametrize("rule", sorted(OF_WATCH))
def test_what_says_that_the_watch_is_blind_is_never_suppressed_and_new_each_time(
    house: House, rule: str
) -> None:
    (found,) = [each for each in ALL if each.id == rule]

    def again(work: Work) -> int:
        return raise_signal(work, house.followed.origin, raised_by(found, to_micros(house.now), "auth", "x"))

    number = house.do(again, author=AGENT)
    with pytest.raises(NotPossible, match="never suppressed"):
        house.do(
            suppress_signal,
            number,
            house.now + timedelta(days=1),
            "lee",
            "noise",
            BOX,
            author=LEE,
            whatever=True,
        )
    house.do(acknowledge_signal, number, "the disk was full")
    house.do(again, author=AGENT)
    assert house.store.read(one_signal, number).state is _S.NEW


def test_a_flood_of_subjects_is_bounded_and_the_rest_stands_together(house: House) -> None:
    for n in range(MOST_A_DAY + 7):
        house.write(*five(f"10.0.{n}.1", f"user{n}"))
    house.look()
    of_rule = [each for each in house.all().values() if each.rule == "failures-of-address"]
    assert len(of_rule) == MOST_A_DAY + 1
    others = house.all()[f"failures-of-address {OTHERS}"]
    assert others.count == 35
    assert "10.0." in others.samples[0]


def test_a_reader_that_was_replaced_writes_nothing(house: House) -> None:
    house.read(*five()[:2])
    house.write(*five())
    part = house.followed.look(house.now)
    assert part is not None
    behind = house.followed.look(house.now)
    assert behind is None
    house.do(take_in, house.token, DUTY, house.followed.origin, part.raised, part.step, author=AGENT)
    with pytest.raises(Moved):
        house.do(take_in, house.token, DUTY, house.followed.origin, part.raised, part.step, author=AGENT)
    house.do(take_lease, DUTY, "other", author=AGENT, over=lease(house))
    with pytest.raises(LeaseLost):
        house.do(take_in, house.token, DUTY, house.followed.origin, part.raised, part.step, author=AGENT)
    assert house.all()["refused-sign-in"].count == 7


def lease(house: House) -> object:
    from core.store.lease import lease_of

    return house.store.read(lease_of, DUTY)


def test_windows_last_across_a_restart(house: House) -> None:
    house.read(*five()[:4])
    house.begin_anew()
    house.read(failed("203.0.113.9", at="09:00:05"))
    assert house.all()["failures-of-address 203.0.113.9"].count == 5


def test_views_and_figures_agree(house: House) -> None:
    house.read(*five(), accepted("203.0.113.9"))
    house.do(acknowledge_signal, house.all()["failures-of-account root"].id, "ours")
    today = house.now.date()
    counts = {view: house.store.read(count, Wanted("ada", today, view)) for view in VIEWS}
    assert counts == {
        "new": 2, "grave": 1, "today": 3, "acknowledged": 1, "suppressed": 0, "incidents": 0, "counted": 1, "all": 4,
    }  # fmt: skip
    found = house.store.read(figures, today)
    assert (found.new, found.high, found.acknowledged, found.counted) == (2, 1, 1, 5)
    assert house.store.read(count, Wanted("ada", today, "all", "203.0.113.9 !let")) == 1


def test_a_silent_reader_is_stale_and_never_clean(house: House) -> None:
    (reader,) = house.store.read(readers)
    assert "no agent has read it yet: STALE" in reader.words(house.now)
    house.read(failed("203.0.113.9"))
    for _ in range(5):
        house.pass_(minutes=4)
        house.read(failed("203.0.113.9", at=f"{house.now:%H:%M:%S}"))
    (reader,) = house.store.read(readers)
    assert reader.words(house.now) == "auth of shop-1: a line 0s ago, usually every 4m"
    house.pass_(hours=3)
    house.write("half a li")
    assert house.followed.look(house.now) is None
    house.do(note_all, author=AGENT)
    (reader,) = house.store.read(readers)
    assert reader.words(house.now) == "auth of shop-1: no line for 3h, usually every 4m: STALE"
    assert "read 6 lines, used 6" in reader.figures()
    house.log.unlink()
    house.look()
    (reader,) = house.store.read(readers)
    assert reader.words(house.now) == "auth of shop-1: there is no such file: STALE"


def note_all(work: object) -> None:
    from core.security.signals.taking_in import note_read

    note_read(work, 1, DUTY, ["auth"])  # type: ignore[arg-type]


def test_a_component_that_is_started_outside_a_run_is_a_signal(
    place: Path | str, ada: Author, tmp_path: Path
) -> None:
    house = House(place, ada, tmp_path, unit="shop.service")
    started = "2026-11-23T{at}+00:00 shop-1 systemd[1]: Started shop.service - The shop.\n"
    house.store.write(ada, put_run, house.now)
    house.read(started.format(at="09:01:00"))
    assert house.all() == {}
    house.pass_(hours=1)
    house.read(
        started.format(at="10:00:00"), started.format(at="10:00:01").replace("shop.service", "other.service")
    )
    found = house.all()["started-outside-run shop"]
    assert (found.severity, found.count) == ("high", 1)
    house.store.close()


def put_run(work: Work, at: datetime) -> None:
    """Puts a run in place that was under way for a minute."""
    values = {
        "procedure": "p", "procedure_version": 1, "title": "Restart", "component": "shop-1", "effect": "restart", "incident": None,
        "state": "done", "begun_by": "ada", "reason": "x", "created_at": to_micros(at), "started_at": to_micros(at),
        "ended_at": to_micros(at + timedelta(minutes=1)), "text": "", "beat_at": None, "conductor": "", "request": None, "despite": "",
    }  # fmt: skip
    work.connection.execute(insert(run).values(id=1, version=1, **values))
    work.record("run.begun", Subject("run", "1"), {name: (None, value) for name, value in values.items()})


def test_lines_with_wrong_bytes_and_halves_are_read_and_counted(house: House) -> None:
    house.read(
        b"\xff\xfe garbage \xc3\x28\n", b"\0\0\0\n", failed("203.0.113.9", "r\u00f6t"), b"2026-11-23T09:00:01"
    )
    found = house.all()["refused-sign-in"]
    assert "r\u00f6t" in found.samples[0]
    house.read(failed("203.0.113.9").removeprefix("2026-11-23T09:00:00"))
    assert house.all()["refused-sign-in"].count == 2
    (reader,) = house.store.read(readers)
    assert (reader.lines, reader.wrong) == (4, 1)


def test_a_line_in_which_several_things_are_seen_was_used_once() -> None:
    line = b'203.0.113.9 - - [23/Nov/2026:09:00:00 +0000] "GET /wp-login.php HTTP/1.1" 404 12 "-" "x"\n'
    judged = Judge(LogSource("web", "web", "web", "/x")).judge(3 * line, MONDAY, is_live=False)
    assert judged.used == 3


def test_escapes_in_a_line_never_reach_a_terminal(house: House) -> None:
    house.read(failed("203.0.113.9", "\x1b[2J\x1b]0;owned\x07root"))
    (sample,) = house.all()["refused-sign-in"].samples
    assert "\x1b" not in sample
    assert "root" in sample


def test_a_clock_that_is_off_is_a_signal_and_arrival_counts(house: House) -> None:
    house.read(failed("203.0.113.9"))
    house.pass_(hours=30)
    house.read(failed("203.0.113.9", at="09:00:05"))
    found = house.all()
    assert found["clock-off"].severity == "low"
    assert "-107995 s" in found["clock-off"].samples[0]
    days = {str(each.day) for each in house.all().values() if each.rule == "refused-sign-in"}
    assert days <= {"2026-11-23", "2026-11-24"}
    assert str(found["clock-off"].day) == "2026-11-24"


def test_a_journal_is_read_in_both_of_its_forms(place: Path | str, ada: Author, tmp_path: Path) -> None:
    house = House(place, ada, tmp_path, format="journal")
    stamp = str(to_micros(house.now))
    said = "Failed password for root from 203.0.113.9 port 40000 ssh2"
    fields = {
        "__REALTIME_TIMESTAMP": stamp,
        "_HOSTNAME": "shop-1",
        "SYSLOG_IDENTIFIER": "sshd",
        "_PID": "7",
        "MESSAGE": said,
    }
    house.read(json.dumps(fields) + "\n", json.dumps({**fields, "MESSAGE": list(said.encode())}) + "\n")
    assert house.all()["refused-sign-in"].count == 2
    record = "".join(f"{name}={value}\n" for name, value in fields.items() if name != "MESSAGE").encode()
    odd = said.encode() + b"\n\nand more"
    binary = record + b"MESSAGE\n" + len(odd).to_bytes(8, "little") + odd + b"\n\n"
    house.log.rename(tmp_path / "auth.log.1")
    house.read(record + f"MESSAGE={said}\n\n".encode(), binary, record)
    assert house.all()["refused-sign-in"].count == 3
    house.read(f"MESSAGE={said}\n\n".encode())
    assert house.all()["refused-sign-in"].count == 4
    house.store.close()
