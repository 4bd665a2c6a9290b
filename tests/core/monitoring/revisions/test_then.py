"""The board says what is revised, and the board of 03:12 what was in force at 03:12."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.journal.past import number_at
from core.monitoring.as_of import board_at
from core.monitoring.queries import board, board_rows
from core.monitoring.revisions.commands import end_revision, revise_threshold
from core.monitoring.revisions.ending import end_revisions
from tests.core.monitoring.revisions.house import LATENCY, House

if TYPE_CHECKING:
    from core.monitoring.queries import BoardRow


def shown(rows: list[BoardRow]) -> dict[str, list[str]]:
    return {row.status.id: [each.threshold.warning for each in row.revised] for row in rows}


def at(house: House, minutes: int) -> dict[str, list[str]]:
    instant = house.now.replace(hour=3, minute=0, second=0) + timedelta(minutes=minutes)
    return shown(house.store.read(lambda connection: board_at(connection, number_at(connection, instant))))


def test_the_board_of_each_minute_knows_what_was_judged_by(house: House) -> None:
    start = house.now
    revisions = [(5, "300", 1.0), (10, "350", 1.0), (15, "", 0.0), (20, "250", 0.1)]
    for minute, warning, hours in revisions:
        house.now = start + timedelta(minutes=minute)
        if warning:
            house.do(revise_threshold, LATENCY, {"warning": warning}, house.hours(hours), "", "why")
        else:
            house.do(end_revision, LATENCY)
    live = house.store.read(board)
    assert shown(live) == {"shop": ["250"], "vault": []}
    assert [row.revised for row in house.store.read(board_rows, ["shop"])] == [live[0].revised]
    house.now = start + timedelta(minutes=40)
    house.keep_endings(end_revisions)
    assert shown(house.store.read(board)) == {"shop": [], "vault": []}
    by_minute = [at(house, minute)["shop"] for minute in (4, 6, 11, 16, 21, 41)]
    assert by_minute == [[], ["300"], ["350"], [], ["250"], []]


def test_a_row_of_then_is_the_live_one_only_where_it_is_judged_alike(house: House) -> None:
    house.do(revise_threshold, LATENCY, {"warning": "300"}, house.hours(1), "", "why")
    seq = house.store.read(lambda connection: number_at(connection, house.now))
    live = {row.status.id: row for row in house.store.read(board)}
    now = {row.status.id: row for row in house.store.read(board_at, seq, live)}
    before = {row.status.id: row for row in house.store.read(board_at, seq - 1, live)}
    assert [each.threshold for each in now["shop"].revised] == [
        each.threshold for each in live["shop"].revised
    ]
    assert before["shop"].revised == ()
