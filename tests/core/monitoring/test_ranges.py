from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.monitoring.ranges import parse_range

# (range, value, does it alert): the meanings of the Nagios plugin guidelines, re-expressed.
CASES = [
    ("10", 10, False), ("10", 10.01, True), ("10", -0.01, True), ("10:", 10, False), ("10:", 9.99, True),
    ("10:", 1e9, False), ("~:10", -1e9, False), ("~:10", 10.1, True), (":10", -1, True), (":10", 5, False),
    ("5:33", 5, False), ("5:33", 33, False), ("5:33", 33.1, True), ("@5:33", 5, True), ("@5:33", 33, True),
    ("@5:33", 34, False), ("@10", 0, True), ("@10", 11, False), ("-3:-1", -2, False), ("-3:-1", 0, True),
    ("1:12%%", 13, True), ("0:", -1, True), ("~:", -5, False), ("2.5:7.25", 7.26, True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "alerts"), CASES)
def test_a_value_alerts_as_the_guidelines_say(text: str, value: float, alerts: bool) -> None:
    assert parse_range(text).alerts(value) is alerts


@pytest.mark.parametrize(
    "text",
    ["", ":", "abc", "2:1", "1:2:3", "1:12%x", "~", "@", "1,5", "10ms", "٣", "5:~", "nan", "inf", "1e999"],
)
def test_what_the_old_parser_guessed_at_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_range(text)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("0:80", 91, "above 80"), ("5:", 1, "below 5"), ("@5:7", 6, "within 5 to 7"), ("@~:7", 6, "at most 7"),
        ("@7:", 9, "at least 7"), ("-3:-1", -4, "below -3"),
    ],
)  # fmt: skip
def test_how_a_value_breaks_it_is_said_in_words(text: str, value: float, words: str) -> None:
    assert parse_range(text).alerts(value)
    assert parse_range(text).broken_by(value) == words


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1e6), st.floats(allow_nan=False))
def test_the_at_sign_turns_a_range_round(start: float, width: float, value: float) -> None:
    text = f"{start!r}:{start + width!r}"
    assert parse_range(text).alerts(value) is not parse_range(f"@{text}").alerts(value)


@given(st.text(max_size=20))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    try:
        parse_range(text)
    except BadInput:
        pass
    else:
        assert parse_range(text).alerts(math.nan)
