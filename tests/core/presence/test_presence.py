"""Who is here: said by each console of itself, seen by the others, and never in the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.gate.people import declare_staff
from core.journal import queries as journal
from core.journal.model import START, Via
from core.presence.commands import SWEPT_AFTER, be_here, leave
from core.presence.model import BEAT_S, GONE_S, Open, Present, Roll, with_open, writing_in
from core.presence.queries import everyone
from core.security.signals.own import look_through
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOB = Author("bob", Via.CONSOLE, "seat-2")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A steady clock and a wall clock that are moved by hand."""

    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, NOON

    def pass_s(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(place: Path | str, clock: Clock) -> Iterator[Store]:
    opened = Store.at(place, now=lambda: clock.wall)
    yield opened
    opened.close()


def test_a_console_says_what_it_has_open_and_is_known_by_who_and_since_when(
    store: Store, ada: Author, clock: Clock
) -> None:
    store.write(ada, be_here, "watch-1", Open("incident", "I-7"))
    clock.pass_s(90)
    store.write(ada, be_here, "watch-1", Open("incident", "I-7", "note:I-7"))
    (found,) = store.read(everyone)
    assert found == Present(
        "seat-1", "ada", "watch-1", Open("incident", "I-7", "note:I-7"), NOON, NOON + timedelta(seconds=90)
    )
    assert (found.edited, found.doing()) == ("I-7", "writes a note on I-7")


def test_nothing_of_it_is_in_the_journal(store: Store, ada: Author) -> None:
    store.write(ada, be_here, "watch-1", Open("board"))
    store.write(ada, leave)
    assert store.read(journal.after, START) == []


def test_who_leaves_is_gone_and_nobody_else_is(store: Store, ada: Author) -> None:
    store.write(ada, be_here, "watch-1", Open("board"))
    store.write(BOB, be_here, "watch-2", Open("board"))
    store.write(ada, leave)
    store.write(ada, leave)
    assert [each.actor for each in store.read(everyone)] == ["bob"]


def test_what_a_dead_console_left_is_removed_by_one_that_comes(
    store: Store, ada: Author, clock: Clock
) -> None:
    store.write(ada, be_here, "watch-1", Open("board"))
    clock.pass_s(SWEPT_AFTER.total_seconds() + 1)
    store.write(BOB, be_here, "watch-2", Open("board"))
    assert [each.actor for each in store.read(everyone)] == ["bob"]


def test_what_is_too_long_or_not_printable_is_kept_within_bounds(store: Store, ada: Author) -> None:
    store.write(ada, be_here, "h" * 999, Open("incident", "\x1b[31m" + "I" * 999, "note:" + "x" * 999))
    (found,) = store.read(everyone)
    texts = (found.host, found.open.view, found.open.subject, found.open.editing)
    assert all(len(text) <= 200 and text.isprintable() for text in texts)


def present(seat: str, actor: str = "bob", opened: Open = Open(), beat: datetime = NOON) -> Present:  # noqa: B008
    return Present(seat, actor, "watch-2", opened, NOON, beat)


def roll(clock: Clock) -> Roll:
    return Roll("seat-1", steady=lambda: clock.steady, wall=lambda: clock.wall)


def test_one_s_own_seat_is_nobody_else(clock: Clock) -> None:
    seen = roll(clock)
    assert not seen.look([present("seat-1", "ada")])
    assert seen.others == ()


def test_a_beat_alone_changes_nothing_that_is_shown(clock: Clock) -> None:
    seen = roll(clock)
    assert seen.look([present("seat-2")])
    for _ in range(10):
        clock.pass_s(BEAT_S)
        assert not seen.look([present("seat-2", beat=clock.wall)])
    assert [each.actor for each in seen.others] == ["bob"]
    assert seen.look([present("seat-2", opened=Open("incident", "I-7"), beat=clock.wall)])
    assert seen.look([])


@pytest.mark.parametrize("ahead_s", [-7200.0, 0.0, 7200.0])
def test_who_is_not_heard_of_is_gone_whatever_the_clocks_say(clock: Clock, ahead_s: float) -> None:
    seen = roll(clock)
    theirs = clock.wall + timedelta(seconds=ahead_s)
    seen.look([present("seat-2", beat=theirs)])
    clock.pass_s(BEAT_S)
    theirs += timedelta(seconds=BEAT_S)
    seen.look([present("seat-2", beat=theirs)])  # it moved: whoever gave it lives
    assert len(seen.others) == 1
    clock.pass_s(GONE_S - BEAT_S - 1)
    assert not seen.look([present("seat-2", beat=theirs)])
    clock.pass_s(BEAT_S + 2)
    assert seen.look([present("seat-2", beat=theirs)])
    assert not seen.others


def test_who_cannot_look_knows_of_nobody_that_they_left(clock: Clock) -> None:
    seen = roll(clock)
    seen.look([present("seat-2")])
    clock.pass_s(GONE_S * 10)
    assert len(seen.others) == 1


def test_who_writes_in_a_subject_comes_before_who_looks_at_it() -> None:
    looks = present("seat-2", "bob", Open("incident", "I-7"))
    writes = present("seat-3", "eve", Open("incidents", "", "incident.resolve:I-7"))
    elsewhere = present("seat-4", "kim", Open("actions", "", "operate"))
    found = with_open([looks, writes, elsewhere], "I-7")
    assert [(each.actor, each.doing()) for each in found] == [("eve", "resolves I-7"), ("bob", "")]
    assert writing_in([looks, writes, elsewhere], "I-7") == [writes]
    assert with_open([looks, writes, elsewhere], "") == []


def test_somebody_without_a_role_who_comes_in_is_written_down_once(tmp_path: Path, ada: Author) -> None:
    store = Store.at(tmp_path / "watchfloor.db", now=lambda: NOON)
    declared = [("ada", "Ada", "admin"), ("bob", "Bob", "viewer")]
    store.write(ada, declare_staff, declared)
    store.write(BOB, be_here, "host", Open("board"))
    store.write(ada, declare_staff, declared[:1])
    eve, bob_again = Author("eve", Via.CONSOLE, "seat-3"), Author("bob", Via.CONSOLE, "seat-4")
    for who in (eve, bob_again, eve):
        store.write(who, be_here, "host", Open("board"))
    found = [each for each in store.read(journal.page) if each.kind == "staff.refused"]
    assert [(each.actor, each.note) for each in reversed(found)] == [
        ("eve", "opened a console, and is not one of the staff"), ("bob", "opened a console, and is not one of the staff"),
    ]  # fmt: skip
    raised = store.read(look_through, 0).raised
    assert [each.about for _, each in raised if each.rule == "refused"] == ["eve", "bob"]
    store.close()
