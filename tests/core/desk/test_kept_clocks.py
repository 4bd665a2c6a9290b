"""How a promise that is kept beside its item stands, and the words of it on a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.desk.clocks.due_words import kept_in_brief, kept_words
from core.desk.clocks.kept import KeptClock, Stand, kept_of, next_kept
from core.desk.clocks.model import ClockKind
from core.timekeeping import to_micros

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(**span: float) -> int:
    return to_micros(NOW + timedelta(**span))


RESPOND = KeptClock(ClockKind.RESPOND, "gold", at(minutes=28), at(minutes=20), None, None, None)
RESOLVE = RESPOND._replace(kind=ClockKind.RESOLVE, due=at(hours=7), risk_at=at(hours=6))


@pytest.mark.parametrize(
    ("clock", "stand", "words"),
    [
        (RESPOND, Stand.RUNS, "28m"),
        (RESPOND._replace(risk_at=at(minutes=-1)), Stand.AT_RISK, "at risk 28m"),
        (RESPOND._replace(due=at(hours=-2)), Stand.BROKEN, "broken 2h"),
        (RESPOND._replace(due=None, risk_at=None), Stand.PAUSED, "paused"),
        (RESPOND._replace(met_at=at(minutes=-5)), Stand.KEPT, "kept"),
        (
            RESPOND._replace(met_at=at(minutes=-5), broken_at=at(minutes=-9)),
            Stand.KEPT_LATE,
            "kept late",
        ),
        (RESPOND._replace(ended_at=at(minutes=-5)), Stand.OVER, "over"),
    ],
)
def test_it_is_said_in_a_word_that_needs_no_colour(clock: KeptClock, stand: Stand, words: str) -> None:
    assert kept_words(clock, NOW) == (stand, words)
    assert len(words) <= 11


def test_the_line_says_which_promise_is_due_next() -> None:
    assert kept_in_brief([RESPOND, RESOLVE], NOW) == ("respond 28m", Stand.RUNS)
    met = RESPOND._replace(met_at=at(minutes=-5))
    assert kept_in_brief([met, RESOLVE], NOW) == ("resolve 7h", Stand.RUNS)
    still = RESOLVE._replace(due=None, risk_at=None)
    assert kept_in_brief([met, still], NOW) == ("paused", Stand.PAUSED)
    assert kept_in_brief([met], NOW) == ("", None)


def test_of_several_agreements_the_most_urgent_promise_of_a_kind_counts() -> None:
    other = RESPOND._replace(agreement="plain", due=at(minutes=3))
    assert kept_of([RESPOND, other, RESOLVE], ClockKind.RESPOND) is other
    assert kept_of([RESPOND], ClockKind.UPDATE) is None
    assert next_kept([RESOLVE, RESPOND]) is RESPOND
