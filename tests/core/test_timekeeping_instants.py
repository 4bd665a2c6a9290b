from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import BadInput
from core.timekeeping import parse_future, parse_instant, parse_span

NOW = datetime(2026, 11, 28, 14, 32, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("03:12", "2026-11-28 03:12:00"), (" 3:12 ", "2026-11-28 03:12:00"), ("14:32:07Z", "2026-11-28 14:32:07"),
        ("2026-11-27 23:59", "2026-11-27 23:59:00"), ("2026-11-27T03:12:04Z", "2026-11-27 03:12:04"),
        ("-2h", "2026-11-28 12:32:07"), ("-1d2h", "2026-11-27 12:32:07"), ("-90s", "2026-11-28 14:30:37"), ("2h", "2026-11-28 12:32:07"),
    ],
)  # fmt: skip
def test_an_instant_is_read_in_utc(text: str, told: str) -> None:
    assert f"{parse_instant(text, NOW):%Y-%m-%d %H:%M:%S}" == told


@pytest.mark.parametrize(
    "text",
    ["", "then", "25:00", "03:60", "2026-02-30 03:12", "-2", "--2h", "-", "-99999999999999w", "٠٣:١٢"],
)
def test_what_is_no_instant_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInput, match=r"is no instant\. Write it in UTC as 03:12"):
        parse_instant(text, NOW)


def test_what_is_still_to_come_is_refused_and_yesterdays_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        parse_instant("15:00", NOW)
    assert str(refused.value) == (
        "2026-11-28 15:00:00Z is still to come. Now it is 2026-11-28 14:32:07Z; yesterday's is 2026-11-27 15:00"
    )
    with pytest.raises(BadInput, match="still to come"):
        parse_instant("2026-11-29 03:12", NOW)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("15:00", "2026-11-28 15:00:00"), ("03:12", "2026-11-29 03:12:00"), ("2026-12-01 09:00", "2026-12-01 09:00:00"),
        ("2h", "2026-11-28 16:32:07"), ("+90s", "2026-11-28 14:33:37"),
    ],
)  # fmt: skip
def test_an_instant_to_come_is_read_in_utc(text: str, told: str) -> None:
    assert f"{parse_future(text, NOW):%Y-%m-%d %H:%M:%S}" == told


def test_what_is_past_is_no_instant_to_come() -> None:
    with pytest.raises(BadInput, match="is past"):
        parse_future("2026-11-27 09:00", NOW)
    with pytest.raises(BadInput, match="is no instant"):
        parse_future("soon", NOW)


@pytest.mark.parametrize("text", ["9999999999d", "6000w", "1d" + "9" * 30 + "h"])
def test_a_span_that_leads_out_of_all_years_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInput, match=r"is longer than a hundred years\. write a shorter one"):
        parse_span(text)
    assert parse_span("5000w") == 5000 * 7 * 86400
