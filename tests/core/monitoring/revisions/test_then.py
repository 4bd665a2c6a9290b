"""The board says what is revised, and the board of 03:12 what was in force at 03:12."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.gate.undo import last_undoable, take_back
from core.journal.body import told_in
from core.journal.folding import fold_all
from core.journal.past import instant_of, number_at, told_between
from core.journal.queries import newest
from core.monitoring.as_of import board_at
from core.monitoring.queries import board, board_rows
from core.monitoring.revisions.as_of import revisions_at
from core.monitoring.revisions.commands import end_revision, revise_threshold
from core.monitoring.revisions.ending import end_revisions
from core.monitoring.revisions.model import IN_FORCE, Name
from core.restorers import RESTORERS
from core.timekeeping import to_micros
from tests.core.monitoring.revisions.house import LATENCY, LEE, SIZE, House

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Connection

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


def folded(house: House, seq: int) -> dict[str, tuple[str, str]]:
    """Returns what all entries up to one come to, folded from the first."""

    def read(connection: Connection) -> dict[str, tuple[str, str]]:
        now = to_micros(instant_of(connection, seq))
        states = fold_all({}, told_between(connection, "threshold", 0, seq))
        return {
            id_: (told["warning"], told["owner"])
            for id_, told in states.items()
            if told["state"] == IN_FORCE and (told.get("ends_at") is None or told["ends_at"] > now)
        }

    return house.store.read(read)


def held(house: House, seq: int, component: str = "") -> dict[str, tuple[str, str]]:
    found = house.store.read(revisions_at, seq, component)
    return {str(each.name): (each.threshold.warning, each.owner) for own in found.values() for each in own}


def took_back(house: House) -> None:
    entry = house.store.read(last_undoable, RESTORERS, "ada", house.now)
    assert entry is not None
    house.do(take_back, RESTORERS, entry.seq)


def worked_on(house: House) -> int:
    """Has thresholds revised, revised on, ended, their end come, and each of that taken back; returns the newest entry."""
    vault = Name("vault", "tcp", "latency_ms")
    for number in range(12):
        house.do(revise_threshold, LATENCY, {"warning": str(210 + number)}, house.hours(2), "", "why", by=LEE)
        house.do(revise_threshold, LATENCY, {"critical": str(900 + number)}, house.hours(3), "", "why")
        if number % 2:
            house.do(revise_threshold, vault, {"warning": str(100 + number)}, None, "", "why")
        if number % 3 == 0:
            house.do(end_revision, LATENCY)
        if number % 4 == 0:
            took_back(house)
        if number % 5 == 0:
            house.now += timedelta(hours=4)
            house.keep_endings(end_revisions)
        if number % 6 == 1:
            house.do(end_revision, vault)
            took_back(house)
    return house.store.read(newest).seq


def test_what_was_judged_by_at_any_entry_is_what_all_entries_up_to_it_come_to(house: House) -> None:
    last = worked_on(house)
    for seq in range(last + 1):
        whole = folded(house, seq)
        assert held(house, seq) == whole, seq
        for component in ("shop", "vault"):
            own = {name: value for name, value in whole.items() if name.startswith(f"{component}/")}
            assert held(house, seq, component) == own, seq


def test_thresholds_that_were_not_revised_then_or_not_touched_since_are_not_folded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        house.do(revise_threshold, LATENCY, {"warning": str(210 + number)}, house.hours(2), "", "why")
    between = house.store.read(newest).seq
    house.do(end_revision, LATENCY)
    ended = house.store.read(newest).seq
    house.do(revise_threshold, SIZE, {"warning": "9"}, None, "", "why")
    read: list[str] = []

    def noted(body: str) -> Any:
        read.append(body)
        return told_in(body)

    monkeypatch.setattr("core.journal.past.told_in", noted)
    assert held(house, ended) == {}
    assert set(held(house, house.store.read(newest).seq)) == {str(SIZE)}
    assert read == []
    assert set(held(house, between)) == {str(LATENCY)}
    assert len(read) == 20
