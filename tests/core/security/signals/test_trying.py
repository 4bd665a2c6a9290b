"""A log that is tried comes to what reading it would, and to no more than is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.signals.model import MOST_A_DAY
from core.security.signals.trying import try_log
from tests.core.security.signals.house import House, failed

if TYPE_CHECKING:
    import pytest

    from core.security.signals.trying import Trial

Told = dict[tuple[str, str], tuple[int, tuple[str, ...]]]


def fill(house: House, addresses: int) -> None:
    for number in range(addresses):
        house.write(*(failed(f"10.0.{number}.1", f"user{number}", f"09:00:0{n}") for n in range(5)))


def tried(house: House) -> Trial:
    return try_log(house.source, house.now)


def told(trial: Trial) -> Told:
    return {(each.rule, each.about): (each.times, each.samples) for each in trial.raised}


def test_what_is_tried_comes_to_the_signals_that_reading_brings(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.security.signals.reading.files.AT_ONCE", 4096)  # many portions
    fill(house, MOST_A_DAY + 7)
    trial = tried(house)
    house.look()
    read = {(each.rule, each.about): (each.count, each.samples) for each in house.all().values()}
    assert told(trial) == read
    assert (trial.lines, trial.left_out) == (5 * (MOST_A_DAY + 7), 0)
    assert not any("others" in line for line in trial.words("auth"))


def test_no_more_than_the_first_are_kept_and_what_is_left_out_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, 20)
    whole = tried(house)
    monkeypatch.setattr("core.security.signals.trying.MOST", 7)
    trial = tried(house)
    assert [(each.rule, each.about) for each in trial.raised] == [
        (each.rule, each.about) for each in whole.raised[:7]
    ]
    assert trial.left_out == sum(each.times for each in whole.raised[7:])
    assert f"  only the first 7 signals are shown: {trial.left_out} times others were raised" in [
        *trial.words("auth")
    ]
