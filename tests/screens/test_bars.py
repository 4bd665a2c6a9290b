"""What the frame's bars say, at any width."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import StoreUnavailable
from screens.registry import Action
from screens.shell.bars import (
    MESSAGE_LINES,
    Freshness,
    HeaderState,
    Said,
    Tab,
    ThenSign,
    agent_names,
    footer_line,
    header_line,
    message_lines,
    tabs_line,
)
from screens.widgets.cells import plain
from screens.widgets.glyphs import ASCII

FULL = str(
    StoreUnavailable(
        "the disk is full. Nothing was changed", where="/var/lib/watchfloor/watchfloor.db",
        next_step="Make room on that disk, then do it again",
    )
)  # fmt: skip


@pytest.mark.parametrize("width", [80, 100, 240])
def test_what_was_refused_is_said_whole_with_what_to_do(width: int) -> None:
    lines = message_lines(Said(f"NOT done: {FULL}", is_bad=True), None, "", width, ASCII)
    said = " ".join(plain(line).strip() for line in lines)
    assert len(lines) <= MESSAGE_LINES
    assert said.replace(" ", "") == f"NOT done: {FULL}".replace(" ", "")


def test_a_message_never_takes_more_than_its_lines_and_shows_that_more_follows() -> None:
    lines = message_lines(Said("word " * 200), None, "", 40, ASCII)
    assert len(lines) == MESSAGE_LINES


def test_nothing_said_is_one_empty_line() -> None:
    assert [plain(line).strip() for line in message_lines(Said(), None, "", 80, ASCII)] == [""]


def test_where_the_footer_is_narrow_what_cannot_be_done_gives_way_and_the_order_stays() -> None:
    first, second, third = (Action(name, (name[0],), name, "") for name in ("alpha", "bravo", "charlie"))
    doors = (Action("go", (":",), "go", ""), Action("help", ("?",), "help", ""))
    given = [(first, "not now"), (second, None), (third, None), *((door, None) for door in doors)]

    assert plain(footer_line(given, 80, ASCII)).split() == [
        "a",
        "alpha",
        "b",
        "bravo",
        "c",
        "charlie",
        ":",
        "go",
        "?",
        "help",
    ]
    assert plain(footer_line(given, 36, ASCII)).split() == [
        "b",
        "bravo",
        "c",
        "charlie",
        ":",
        "go",
        "?",
        "help",
    ]


@pytest.mark.parametrize(
    ("width", "is_live", "said"),
    [
        (100, True, "agent 2s (watch-1:4711)"), (72, True, "agent 2s (watch-1)"), (60, True, "agent 2s  "),
        (100, False, "STALE agent silent 2s (watch-1:4711)"), (50, False, "STALE agent silent 2s "),
    ],
)  # fmt: skip
def test_the_header_says_which_agent_is_in_force_where_there_is_room(
    width: int, is_live: bool, said: str
) -> None:
    fresh = Freshness(is_live, 2.0, names=agent_names({"host": "watch-1", "pid": 4711}))
    state = HeaderState("home", ("Incidents", "I-207"), None, "ana", fresh, datetime(2026, 3, 1, tzinfo=UTC))
    line = plain(header_line(state, width, ASCII))
    assert said in line
    assert len(line) == width


def test_a_way_too_long_for_the_line_keeps_its_end_and_a_gap_before_the_mode() -> None:
    fresh = Freshness(True, 2.0, names=agent_names({"host": "watch-1", "pid": 4711}))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    state = HeaderState("home", ("Board", "orders-front", "dependencies"), 900.0, "ana", fresh, now)
    wide, narrow = plain(header_line(state, 80, ASCII)), plain(header_line(state, 60, ASCII))
    assert " .. > orders-front > dependencies " in wide
    assert " .. > dependencies " in narrow
    for width in range(60, 101):
        assert " OPERATE " in plain(header_line(state, width, ASCII))
        assert len(plain(header_line(state, width, ASCII))) == width


@pytest.mark.parametrize("trouble", ["database away", "older than the database"])
@pytest.mark.parametrize(
    "crumbs", [("Board",), ("Incidents", "I-207"), ("Board", "orders-front", "dependencies")]
)
def test_the_age_of_the_picture_is_told_while_the_database_is_away_and_hides_no_place(
    trouble: str, crumbs: tuple[str, ...]
) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for operating in (None, 899.0):
        fresh = Freshness(False, 2.0, trouble=trouble, picture_age_s=187.0)
        state = HeaderState("home", crumbs, operating, "ana", fresh, now, here=3)
        line = plain(header_line(state, 120, ASCII))
        assert line.startswith(f" STALE {trouble} 3m ")
        narrow = plain(header_line(state, 80, ASCII))
        assert narrow.startswith((f" STALE {trouble} 3m ", " STALE 3m "))
        assert f" {crumbs[-1]} " in narrow
        assert "3 here" in narrow
        assert len(narrow) == 80


def test_while_nothing_is_shown_yet_nothing_has_an_age() -> None:
    fresh = Freshness(False, None, trouble="database away")
    state = HeaderState("home", ("opening",), None, "ana", fresh, datetime(2026, 3, 1, tzinfo=UTC))
    assert plain(header_line(state, 80, ASCII)).startswith(" STALE database away  home > opening")


@pytest.mark.parametrize("is_live", [True, False])
def test_others_are_counted_at_any_width(is_live: bool) -> None:
    fresh = Freshness(is_live, 2.0, names=agent_names({"host": "watch-1", "pid": 4711}))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for here, said in ((0, False), (2, True), (50, True)):
        state = HeaderState("home", ("Incidents", "I-7"), 900.0, "ana", fresh, now, here=here)
        for width in range(60, 120):
            line = plain(header_line(state, width, ASCII))
            assert (f"{here} here" in line) is said
            assert len(line) == width


def test_a_tab_is_never_a_word_cut_off() -> None:
    tabs = [Tab("1", "Board", "4"), Tab("3", "Incidents", "1"), Tab("4", "Procedures"), Tab("6", "Actions")]
    assert "Incidents" in plain(tabs_line(tabs, "1", 80, ASCII))
    assert plain(tabs_line(tabs, "1", 40, ASCII)) == "[1 Board-4] 3 Inc-1  4 Proc  6 Acts "


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_demonstration_says_so_before_everything_else(width: int) -> None:
    then = ThenSign(datetime(2026, 3, 1, tzinfo=UTC), 60.0, 0)
    for fresh in (Freshness(True, 1.0), Freshness(False, None)):
        for past in (None, then):
            state = HeaderState(
                "demo",
                ("Incidents", "I-7"),
                900.0,
                "ana",
                fresh,
                datetime(2026, 3, 1, tzinfo=UTC),
                then=past,
                is_demo=True,
            )
            assert header_line(state, width, ASCII)[0][0] == " DEMO "


@pytest.mark.parametrize("fresh", [Freshness(False, None), Freshness(False, 250.0), Freshness(True, 1.0)])
@pytest.mark.parametrize("is_demo", [True, False])
@pytest.mark.parametrize("majors", [(), ("I-35",)])
@pytest.mark.parametrize("operating", [None, 900.0])
def test_the_sign_of_the_past_is_whole_at_80_columns(
    fresh: Freshness, is_demo: bool, majors: tuple[str, ...], operating: float | None
) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for story, news in (("", 0), ("I-17", 0), ("I-1234", 12)):
        state = HeaderState(
            "eu-prod", ("Incidents", "I-17"), operating, "r.okafor", fresh, now, majors=majors, is_demo=is_demo,
            then=ThenSign(now, 600.0, news, story),
        )  # fmt: skip
        line = plain(header_line(state, 80, ASCII))
        assert len(line) == 80
        assert "<< THEN 01 Mar 00:00:00Z " in line
        assert "..." not in line.replace("... >", ""), "nothing but the way here is left out"
        assert fresh.words(short=True) in line or fresh.is_live


def test_what_is_replayed_is_named_before_the_way_there() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    then = ThenSign(now, 600.0, 0, "I-17")
    state = HeaderState("demo", ("Incidents", "I-17"), None, "root", Freshness(False, None), now, then=then, is_demo=True)  # fmt: skip
    line = plain(header_line(state, 80, ASCII))
    assert "replay I-17" in line
    assert line.endswith(" STALE no agent  now 00:00:00Z ")
