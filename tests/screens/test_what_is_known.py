"""Home never claims more than is known."""

from __future__ import annotations

import pytest

from core.monitoring.model import State
from screens.board_rows import nothing_wrong
from screens.picture_words import tab_counts
from screens.staleness import Stale
from tests.screens.view_host import board_row, picture_of


def counts(ok: int = 0, pending: int = 0) -> dict[State, int]:
    return dict.fromkeys(State, 0) | {State.OK: ok, State.PENDING: pending}


@pytest.mark.parametrize(
    ("known", "stale", "words"),
    [
        (counts(ok=5), False, "All 5 components are ok."),
        (counts(ok=3, pending=2), False, "3 of 5 ok, 2 pending: not looked at yet."),
        (counts(pending=2), False, "0 of 2 ok, 2 pending: not looked at yet."),
        (counts(), False, "No component is declared."),
        (counts(ok=5), True, "Nobody looks now; last known: 5 of 5 ok, 0 pending."),
    ],
)
def test_what_is_said_where_no_component_is_worse_than_pending(
    known: dict[State, int], stale: bool, words: str
) -> None:
    assert nothing_wrong(known, stale=Stale(everything=stale)) == words


@pytest.mark.parametrize(
    ("state", "live", "unwatched"), [(State.CRITICAL, {"board": "1"}, {"board": "1?"}), (State.OK, {}, {})]
)
def test_what_waits_on_the_board_is_in_doubt_while_nobody_watches(
    state: State, live: dict[str, str], unwatched: dict[str, str]
) -> None:
    picture = picture_of(board_row("web", state))
    assert tab_counts(picture, stale=False) == live
    assert tab_counts(picture, stale=True) == unwatched
