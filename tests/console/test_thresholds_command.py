"""`watchfloor thresholds`: lists, revises, ends and tries out; what is wrong is one message."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from console.__main__ import main
from core.monitoring.batch import Batch, write_batch
from core.monitoring.commands import ProbeRecord
from core.monitoring.model import State
from core.monitoring.numbers import number_probes
from core.monitoring.watch import DUTY
from core.store.lease import take_lease
from core.timekeeping import to_micros, utc_now
from tests.core.monitoring.revisions.house import AGENT, House

if TYPE_CHECKING:
    from pathlib import Path


class Desk:
    """The command line of a house whose front has been measured for ten minutes."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self.capsys = place, capsys
        house = House(place)
        house.now = utc_now()
        numbers = house.store.write(AGENT, number_probes, [("shop", "http")])
        number = numbers["shop", "http"]
        token = house.store.write(AGENT, take_lease, DUTY, AGENT.seat, info={})
        begun = to_micros(house.now - timedelta(minutes=10)) // 1000
        values = [100.0] * 40 + [250.0] * 15 + [450.0] * 5
        batch = Batch(samples=[(number, begun + n * 10_000, value, 0) for n, value in enumerate(values)])
        batch.probes[number] = ProbeRecord(
            number, "shop", "http", State.OK, "answered", "", "latency_ms", "ms", to_micros(house.now), "{}"
        )
        house.store.write(AGENT, write_batch, batch, token, {})
        house.store.close()

    def __call__(self, *words: str, code: int = 0) -> str:
        assert main(["thresholds", *words, "--db", str(self.place)]) == code
        told = self.capsys.readouterr()
        return told.err if code else told.out

    def data(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("console.cli.printing.actor", lambda: "ada")
    return Desk(tmp_path / "watchfloor.db", capsys)


def test_every_threshold_is_listed_with_what_it_is_judged_by(desk: Desk) -> None:
    told = desk(
        "revise", "shop", "--warning", "300", "--critical", "600", "--until", "3h", "--reason", "the backup"
    )
    assert "shop/http/latency_ms  warning 200 (clears 150), critical 400  warning 300, critical 600" in told
    lines = desk().splitlines()
    assert [line.split()[0] for line in lines] == [
        "THRESHOLD",
        "shop/http/latency_ms",
        "vault/tcp/latency_ms",
    ]
    assert "the backup" in lines[1]
    assert "the catalog" in lines[2]
    assert len(desk("--revised").splitlines()) == 2
    (found,) = desk.data("--revised")
    assert found["judged_by"]["warning"] == "300"
    assert (found["revision"]["owner"], found["revision"]["weakens"]) == ("ada", True)
    assert "revision owner: ada" in desk("--revised", "--plain")
    assert "the catalog" in desk("end", "shop")
    assert desk("--revised") == "Nothing is revised.\n"


def test_what_would_have_been_is_told_and_nothing_is_changed(desk: Desk) -> None:
    told = desk("try", "shop", "--warning", "300", "--critical", "none")
    assert "60 values of the last 9m; nothing is changed" in told
    assert "lowest 100, middle 100, highest 450 ms" in told
    was, would = [line for line in told.splitlines() if line.startswith(("judged", "tried"))]
    assert "25.0%    8.3%" in was
    assert "critical 1 time" in was
    assert "8.3%     0.0%" in would
    assert "critical 0 times" in would
    found = desk.data("try", "shop", "--warning", "300", "--critical", "none")
    assert found["with_judged_by"]["criticals_confirmed"] == 1
    assert found["with_tried"]["critical"] == 0
    assert "with tried warning: 5" in desk("try", "shop", "--warning", "300", "--critical", "none", "--plain")
    assert desk("--revised") == "Nothing is revised.\n"


def test_what_is_tried_is_bounded_and_what_is_left_out_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "left out" not in desk("try", "shop", "--warning", "300")
    monkeypatch.setattr("core.monitoring.revisions.trying.MOST", 20)
    told = desk("try", "shop", "--warning", "300")
    assert "20 values of the last 3m; nothing is changed" in told
    assert "Older values are left out" in told
    assert desk.data("try", "shop", "--warning", "300")["is_cut"] is True
    monkeypatch.setattr("core.monitoring.revisions.trying.MOST", 60)
    monkeypatch.setattr("core.monitoring.revisions.trying._DAY_MS", 120_000)
    told = desk("try", "shop", "--warning", "300")  # read in many parts, none twice
    assert "60 values of the last 9m" in told
    assert "left out" not in told


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("revise", "shop", "--warning", "3oo"), 2, "warning: '3oo' is not a range: column 2, 'o'"),
        (("revise", "shop", "--warning", "300", "--reason", "x"), 2, "needs an end"),
        (("revise", "shop", "--warning", "300", "--until", "3h"), 2, "needs a reason"),
        (("revise", "shop", "--until", "3h", "--reason", "x"), 2, "no range was said"),
        (("revise", "shop", "--warning", "300", "--until", "2020-01-01 00:00"), 2, "is past"),
        (("revise", "--warning", "300"), 2, "has to be named"),
        (("revise", "shpo", "--warning", "300"), 1, 'Did you mean "shop"?'),
        (("revise", "shop/http/latency", "--warning", "1"), 2, 'Did you mean "latency_ms"?'),
        (("try", "shop/http/size_bytes", "--warning", "300"), 2, "no value of size_bytes is kept"),
        (("try", "shop", "--warning", "300", "--until", "3h"), 2, "--until does nothing with try"),
        (("try", "shop", "--warning", "300", "--hours", "745"), 2, "745 hours of values cannot be tried"),
        (("end", "shop"), 1, "is not revised"),
    ],
)
def test_what_is_wrong_is_one_message(desk: Desk, words: tuple[str, ...], code: int, told: str) -> None:
    said = desk(*words, code=code)
    assert told in said
    assert len(said.splitlines()) == 1
    assert desk("--revised") == "Nothing is revised.\n"


def test_who_says_which_version_they_saw_changes_no_other(desk: Desk) -> None:
    (before,) = [each for each in desk.data() if each["id"] == "shop/http/latency_ms"]
    assert before["version"] == 0
    wider = ("revise", "shop/http/latency_ms", "--warning", "300", "--until", "2h", "--reason", "why")
    desk(*wider, "--version", "0")
    assert desk("--revised").split()[-1] == "1"
    assert "changed since you saw it" in desk(*wider, "--version", "0", code=1)
    assert "changed since you saw it" in desk("end", "shop/http/latency_ms", "--version", "2", code=1)
    (after,) = desk.data("end", "shop/http/latency_ms", "--version", "1")
    assert (after["is_revised"], after["version"]) == (False, 0)


def test_an_end_back_from_now_and_a_reason_that_is_too_long_are_refused_in_one_message(desk: Desk) -> None:
    wider = ("revise", "shop/http/latency_ms", "--warning", "300")
    said = desk(*wider, "--until", "-2h", "--reason", "why", code=2)
    assert said == "watchfloor: '-2h' is past. Write it as 14:30, 2026-03-02 09:00 or 2h, in UTC\n"
    said = desk(*wider, "--until", "2h", "--reason", "x" * 2001, code=2)
    assert said == (
        "watchfloor: reason: it has 2,001 characters; at most 2,000 fit. Nothing was changed. Shorten it\n"
    )
    assert desk("--revised") == "Nothing is revised.\n"
