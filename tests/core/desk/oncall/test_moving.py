"""Days on which clocks are set are told ahead, with what that does to shifts and to agreements' hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.catalog.model import Agreement, Calendar
from core.catalog.oncall import Layer, Rota
from core.desk.agreements.coverage import AgreementVersion
from core.desk.escalation.whom import People
from core.desk.hours.clock_changes import clock_changes
from core.desk.oncall.moving import moved
from core.timekeeping import from_micros, to_micros

YEAR = (to_micros(datetime(2026, 1, 1, tzinfo=UTC)), to_micros(datetime(2027, 1, 1, tzinfo=UTC)))
OFFICE = Calendar("office", "Europe/Berlin", tuple((day, 8 * 60, 18 * 60) for day in range(5)))
ROUND = Calendar("round", "Europe/Berlin", tuple((day, 0, 1440) for day in range(7)))
FAR = Calendar("far", "Asia/Tokyo", OFFICE.hours)


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("UTC", []),
        ("Asia/Tokyo", []),
        ("Europe/Berlin", ["2026-03-29 01:00 +3600", "2026-10-25 01:00 -3600"]),
        ("America/New_York", ["2026-03-08 07:00 +3600", "2026-11-01 06:00 -3600"]),
        ("Australia/Lord_Howe", ["2026-04-04 15:00 -1800", "2026-10-03 15:30 +1800"]),
    ],
)
def test_when_the_clocks_of_a_zone_are_set(zone: str, found: list[str]) -> None:
    told = [f"{from_micros(each.at):%Y-%m-%d %H:%M} {each.by_s:+d}" for each in clock_changes(zone, *YEAR)]
    assert told == found


def test_what_is_moved_is_told_of_each_rota_and_agreement() -> None:
    agreements = [
        AgreementVersion(Agreement(name, name, "acme", ("shop",), name), 0, calendar)
        for name, calendar in (("office", OFFICE), ("round", ROUND), ("far", FAR))
    ]
    agreements.append(AgreementVersion(Agreement("bare", "bare", "acme", ("shop",), ""), 0, None))
    night = Layer("all", ("ada",), "2026-01-05", 20 * 60, 24 * 60)
    day = replace(night, at=8 * 60, hours=tuple((each, 8 * 60, 18 * 60) for each in range(7)))
    people = People(
        {
            "ops": Rota("ops", "Ops", "Europe/Berlin", (night,)),
            "day": Rota("day", "Day", "Europe/Berlin", (day,)),
        },
        (),
        {},
    )
    spring, autumn = (
        [each.words for each in moved(people, agreements, *YEAR) if each.change.by_s == by_s]
        for by_s in (3600, -3600)
    )
    lead = "Sun 29 Mar 2026 clocks of Europe/Berlin are set 1h forward: "
    moves = "hours are 1h earlier in UTC from then on"
    assert [each.removeprefix(lead) for each in spring] == [
        f"agreement office: its {moves}",
        f"agreement round: that day has 23h of its hours, not 1d; its {moves}",
        f"rota day: its {moves}",
        "rota ops: the shift of ada, on call then, has 1h less",
    ]
    assert "that day has 1d 1h of its hours, not 1d; its hours are 1h later" in autumn[1]
    assert autumn[3].endswith("has 1h more")
