"""What is planned, on the screens: marks on the board, what is said of it, and what may be done with a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.monitoring.model import Maintenance, State
from core.operations.windows.commands import Plan, checked_plan
from core.operations.windows.model import Scope, Window, WindowState
from screens.board_rows import board_cells, board_counts, nothing_wrong
from screens.picture import Patch, Vital
from screens.planned_rows import end_words, planned_lines
from screens.planning import begun_by
from screens.staleness import FRESH, Stale
from screens.tones import Tone
from screens.widgets.glyphs import ASCII, UNICODE, Glyphs
from screens.window_doing import why_not
from tests.screens.view_host import board_row, picture_of

if TYPE_CHECKING:
    from core.monitoring.queries import BoardRow

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
IN_W3 = Maintenance(3, NOW + timedelta(hours=2))
_S = WindowState


def window(**other: object) -> Window:
    made = Window(
        3, 1, _S.RUNNING, Scope(("db",)), "ada", "a new disk", "UTC", NOW, NOW + timedelta(hours=2), NOW, "ada",
    )  # fmt: skip
    return replace(made, **other)  # type: ignore[arg-type]


def planned(name: str, state: State) -> BoardRow:
    row = board_row(name, state)
    return replace(row, status=replace(row.status, maintenance=IN_W3))


@pytest.mark.parametrize(("glyphs", "sign"), [(UNICODE, "▣"), (ASCII, "M")])
@pytest.mark.parametrize(("state", "word"), [(State.CRITICAL, "CRIT"), (State.OK, "OK")])
def test_a_row_keeps_its_state_as_a_word_and_has_the_sign_and_the_end(
    glyphs: Glyphs, sign: str, state: State, word: str
) -> None:
    cells = board_cells(planned("db", state), NOW, glyphs, behind=0, stale=FRESH, work="", spark=())
    assert cells["state"][0][0] == f"{sign} {word}"
    assert cells["work"][0][0] == "22:00Z"


def test_an_incident_from_before_is_named_and_what_is_planned_does_not_shout() -> None:
    cells = board_cells(
        planned("db", State.CRITICAL), NOW, UNICODE, behind=0, stale=FRESH, work="I-7", spark=()
    )
    assert cells["work"][0][0] == "I-7"
    assert cells["state"][0][1] is Tone.STOPPED


def test_what_nobody_looks_at_is_stale_in_maintenance_too() -> None:
    cells = board_cells(
        planned("db", State.CRITICAL), NOW, UNICODE, behind=0, stale=Stale(everything=True), work="", spark=()
    )
    assert cells["state"][0] == ("▣ STALE", Tone.STALE)


@pytest.mark.parametrize(
    ("after", "words"),
    [(timedelta(hours=2), "22:00Z"), (timedelta(hours=30), "25 Nov"), (-timedelta(minutes=5), "late")],
)
def test_the_end_has_room_in_six_cells(after: timedelta, words: str) -> None:
    assert end_words(Maintenance(1, NOW + after), NOW) == words


def test_planned_time_is_counted_apart_and_is_never_called_ok() -> None:
    picture = picture_of(board_row("web", State.OK), planned("db", State.OK), planned("disk", State.CRITICAL))
    counts = picture.live_counts(FRESH)
    line = "".join(text for text, _ in board_counts(counts, FRESH, UNICODE)).strip()
    assert line == "● OK 1   ▣ MAINT 2"
    assert nothing_wrong(counts, stale=FRESH) == "1 of 3 ok, 2 in maintenance."
    patch = Patch(Vital({}, None, None), board={"db": board_row("db", State.OK)})
    picture.apply(patch)
    assert picture.live_counts(FRESH).planned == 1


def test_it_says_whose_it_is_and_why_and_what_is_behind_says_that_it_is_planned() -> None:
    behind = board_row("shop", State.UNREACHABLE)
    behind = replace(behind, status=replace(behind.status, roots=("db",)))
    picture = picture_of(planned("db", State.CRITICAL), behind)
    picture.windows = {"W-3": window()}

    def said(name: str) -> str:
        return " ".join(
            "".join(text for text, _ in line) for line in planned_lines(picture.board[name], picture, UNICODE)
        )

    assert said("db") == " ▣ in maintenance until 2026-11-23 22:00Z W-3, it raises nothing (ada: a new disk)"
    assert said("shop") == " ▣ that is planned: db is in maintenance until 2026-11-23 22:00Z W-3"


@pytest.mark.parametrize(
    ("verb", "made", "words"),
    [
        ("window.end", window(), None), ("window.end", window(state=_S.COMING), "W-3 does not hold yet; K cancels it"),
        ("window.skip", window(state=_S.COMING), "W-3 comes once; K cancels it"), ("window.skip", window(state=_S.COMING, every="daily"), None),
        ("window.skip", window(every="daily"), "W-3 holds now"), ("window.change", window(state=_S.OVER), "W-3 is over"),
        ("window.cancel", window(state=_S.MISSED), "W-3 is missed"), ("list.view", window(state=_S.OVER), None),
    ],
)  # fmt: skip
def test_a_verb_that_is_not_possible_says_why(verb: str, made: Window, words: str | None) -> None:
    assert why_not(verb, made) == words


def test_a_plan_from_now_that_is_read_for_minutes_begins_when_it_is_confirmed_and_ends_as_shown() -> None:
    shown = Plan(Scope(("db",)), NOW, NOW + timedelta(hours=2), "ada", "a new disk")
    later = NOW + timedelta(minutes=5)
    made = checked_plan(begun_by(shown, later), later)
    assert (made.begins_at, made.ends_at) == (later, shown.ends_at)
    coming = replace(shown, begins_at=NOW + timedelta(hours=1))
    assert begun_by(coming, later) == coming
