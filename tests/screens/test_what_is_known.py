"""Home never claims more than is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.monitoring.model import State
from screens.board_rows import board_counts, nothing_wrong
from screens.picture import Counts, Patch, Vital
from screens.picture_words import short_counts, tab_counts
from screens.staleness import FRESH, Stale
from screens.widgets.glyphs import UNICODE
from tests.screens.view_host import board_row, picture_of

if TYPE_CHECKING:
    from core.monitoring.queries import BoardRow


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
    assert nothing_wrong(Counts(known), stale=Stale(everything=stale)) == words


@pytest.mark.parametrize(
    ("state", "live", "unwatched"), [(State.CRITICAL, {"board": "1"}, {"board": "1?"}), (State.OK, {}, {})]
)
def test_what_waits_on_the_board_is_in_doubt_while_nobody_watches(
    state: State, live: dict[str, str], unwatched: dict[str, str]
) -> None:
    picture = picture_of(board_row("web", state))
    assert tab_counts(picture, FRESH) == live
    assert tab_counts(picture, Stale(everything=True)) == unwatched


def test_what_a_silent_zone_last_said_is_counted_under_no_state() -> None:
    def at(zone: str, name: str, state: State) -> BoardRow:
        return replace(board_row(name, state), zone=zone)

    here = [at("", "web", State.CRITICAL), at("", "db", State.OK)]
    there = [
        at("plant", "pump", State.CRITICAL),
        at("plant", "mill", State.OK),
        at("plant", "oven", State.OK),
    ]
    picture = picture_of(*here, *there)
    silent = Stale(zones=frozenset({"plant"}))

    def line(stale: Stale) -> str:
        return "".join(text for text, _ in board_counts(picture.live_counts(stale), stale, UNICODE)).strip()

    assert line(FRESH) == "■ CRIT 2   ● OK 3"
    assert line(silent) == "○ zone plant: 3 not live   ■ CRIT 1   ● OK 1"
    assert line(Stale(everything=True)) == "last known, not live: ■ CRIT 2   ● OK 3"
    assert tab_counts(picture, silent) == {"board": "1?"}
    assert short_counts(picture, silent, UNICODE) == "■1 ○3"
    # It recovers, and what changes at the silent zone changes no count.
    mended = {row.status.id: row for row in (at("", "web", State.OK), at("plant", "mill", State.CRITICAL))}
    picture.apply(Patch(Vital({}, None, None), board=mended))
    assert line(silent) == "○ zone plant: 3 not live   ● OK 2"
    assert tab_counts(picture, silent) == {"board": "?"}
    assert (
        nothing_wrong(picture.live_counts(silent), stale=silent)
        == "2 of 2 ok; nobody looks at zone plant now, 3 not live."
    )
