"""What is decided about a grant, and what the next reading, or the next day, makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput, Moved, NotPermitted, NotPossible
from core.gate.model import Consent
from core.gate.people import declare_staff
from core.gate.undo import take_back
from core.restorers import RESTORERS
from core.security.findings.commands import DUTY
from core.security.grants import commands
from core.security.grants.ending import end_grants, is_grant_over
from core.security.grants.model import FOLLOWS, REMOVAL_DAYS, Standing
from core.security.grants.pages import PAGES, VIEWS, Wanted, figures
from core.security.grants.queries import history_of, one_grant, weakenings_until
from core.security.together import together
from core.store.lease import take_lease
from core.store.store import Store
from core.timekeeping import utc_now
from tests.core.security.grants.house import ADA, BOX, all_of, begin, day, standing, take

if TYPE_CHECKING:
    from pathlib import Path


ADMIN = "alice,admin,yes,,,,\n"


def test_a_difference_is_granted_with_owner_reason_and_end(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN)
    accept = commands.accept_grant
    for owner, why, until, says in (
        ("", "why", day(9), "needs an owner"), ("mallory", "why", day(9), "not declared as staff"),
        ("ada", " ", day(9), "why the right is granted"), ("ada", "why", None, "a privileged right needs an end"),
        ("ada", "why", day(-1), "is past"), ("ada", "why", day(400), "too far ahead"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=says):
            store.write(ADA, accept, 1, owner, why, until, BOX)
    with pytest.raises(BadInput, match="asks to be confirmed"):
        store.write(ADA, accept, 1, "ada", "why", day(9), Consent())
    with pytest.raises(Moved):
        store.write(ADA, accept, 1, "ada", "why", day(9), BOX, seen=7)
    granted = store.write(ADA, accept, 1, "ada", "runs the shop", day(9), BOX, seen=1)
    assert (granted.standing, granted.owner, granted.granted_by, granted.expires) == (
        Standing.GRANTED, "ada", "ada", day(9),
    )  # fmt: skip
    assert [entry.kind for entry in store.read(history_of, 1)] == ["grant.found", "grant.granted"]


def test_what_is_ended_is_tracked_until_its_source_shows_it_gone(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN + "bob,reader,no,,,,\n")
    ended = store.write(ADA, commands.end_grant, 1, "left the team", BOX)
    assert (ended.standing, ended.due, ended.owner) == (Standing.REMOVING, day(REMOVAL_DAYS), "ada")
    take(store, tmp_path, ADMIN + "bob,reader,no,,,,\n")
    assert standing(store)["alice admin"] == "to be removed"
    assert store.read(one_grant, 1).is_late(day(REMOVAL_DAYS + 1))
    take(store, tmp_path, "bob,reader,no,,,,\n")
    gone = store.read(one_grant, 1)
    assert (gone.standing, gone.due, gone.why) == (Standing.ENDED, None, "left the team")
    assert store.read(history_of, 1)[-1].kind == "grant.removed"
    with pytest.raises(NotPossible, match="has ended"):
        store.write(ADA, commands.accept_grant, 1, "ada", "why", day(9), BOX)


def test_what_is_granted_and_not_found_can_be_ended_at_once(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, "bob,reader,no,ada,why,,\n", granted=True, consent=BOX)
    assert store.write(ADA, commands.end_grant, 1, "not needed", BOX).standing is Standing.ENDED


def test_a_difference_is_left_alone_until_a_day(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN)
    with pytest.raises(BadInput, match="too far ahead"):
        store.write(ADA, commands.ignore_grant, 1, day(400), "why", BOX)
    store.write(ADA, commands.ignore_grant, 1, day(3), "is looked at next week", BOX)
    take(store, tmp_path, ADMIN)
    assert standing(store) == {"alice admin": "ignored"}
    assert not store.read(is_grant_over, day(3))
    assert store.read(is_grant_over, day(4))
    (weak,) = store.read(weakenings_until, utc_now(), utc_now() + timedelta(days=5))
    assert (weak.subject, weak.owner, weak.ends_on, weak.reason) == (
        "G-1",
        "ada",
        day(3),
        "is looked at next week",
    )


def test_only_a_lead_grants_or_leaves_alone(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN)
    store.write(ADA, declare_staff, [("ada", "Ada", "operator")])
    with pytest.raises(NotPermitted):
        store.write(ADA, commands.accept_grant, 1, "ada", "why", day(9), BOX)
    with pytest.raises(NotPermitted):
        store.write(ADA, commands.ignore_grant, 1, day(9), "why", BOX)
    assert store.write(ADA, commands.end_grant, 1, "why", BOX).standing is Standing.REMOVING


def test_who_owns_it_can_be_said_and_taken_back(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN)
    store.write(ADA, commands.assign_grant, 1, "alice")
    assert store.read(one_grant, 1).owner == "alice"
    entry = store.read(history_of, 1)[-1]
    store.write(ADA, take_back, RESTORERS, entry.seq)
    assert store.read(one_grant, 1).owner == ""
    with pytest.raises(BadInput, match="what you saw or did"):
        store.write(ADA, commands.note_grant, 1, "  ")
    store.write(ADA, commands.note_grant, 1, "asked alice")
    assert store.read(history_of, 1)[-1].note == "asked alice"


def test_several_at_once_and_what_cannot_be_done_of_it(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, "".join(f"u{n},reader,no,,,,\n" for n in range(3)))
    store.write(ADA, commands.end_grant, 2, "gone", BOX)
    seen = [(each.id, each.version) for each in all_of(store)]
    outcome = store.write(
        ADA, together, "grant.ignore", commands.ignore_grant, seen, BOX, day(3), "next week", BOX
    )
    assert outcome.done == ("G-1", "G-3")
    assert outcome.not_done[0][0] == "G-2"


def test_the_list_is_paged_filtered_and_counted(store: Store, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN + "".join(f"user{n},reader,no,,,,2026-01-01\n" for n in range(9)))
    store.write(ADA, commands.accept_grant, 1, "ada", "runs it", day(9), BOX)
    store.write(ADA, commands.end_grant, 2, "gone", BOX)
    store.write(ADA, commands.ignore_grant, 3, day(3), "later", BOX)
    me = Wanted("ada", utc_now().date())
    rows = store.read(PAGES.page, me, limit=4)
    rest = store.read(PAGES.page, me, behind=rows[-1], limit=99)
    assert [each.id for each in (*rows, *rest)] == [4, 5, 6, 7, 8, 9, 10, 2, 3, 1]
    counts = {view: store.read(PAGES.count, Wanted("ada", utc_now().date(), view)) for view in VIEWS}
    assert counts == {
        "open": 10, "to decide": 7, "found": 7, "missing": 0, "removing": 1, "late": 0, "ignored": 1, "granted": 1,
        "privileged": 1, "ends soon": 1, "unused": 9, "unknown people": 9, "mine": 3, "ended": 0, "all": 10,
    }  # fmt: skip
    told = store.read(figures, utc_now().date())
    assert (told.open, told.found, told.removing, told.ignored, told.privileged, told.ends_soon) == (
        10,
        7,
        1,
        1,
        1,
        1,
    )
    words = Wanted("ada", utc_now().date(), words="user !user1 source:orders")
    assert store.read(PAGES.count, words) == 8


def test_nothing_is_open_that_no_decision_leads_out_of() -> None:
    for now, follows in FOLLOWS.items():
        assert bool(follows) is now.is_open


def test_the_agent_ends_what_is_over(store: Store, place: Path | str, tmp_path: Path) -> None:
    begin(store)
    take(store, tmp_path, ADMIN + "bob,reader,no,,,,\ncarol,reader,no,,,,\n")
    take(store, tmp_path, f"dave,reader,no,ada,why,{day(2)},\n", granted=True, consent=BOX)
    store.write(ADA, commands.accept_grant, 1, "ada", "runs it", day(2), BOX)
    store.write(ADA, commands.ignore_grant, 2, day(2), "later", BOX)
    token = store.write(ADA, take_lease, DUTY, "seat-1")
    assert store.write(ADA, end_grants, token) is False
    assert standing(store)["alice admin"] == "granted"
    then = Store.at(place, now=lambda: utc_now() + timedelta(days=3))
    then.write(ADA, end_grants, token)
    then.close()
    assert standing(store) == {
        "alice admin": "found, not granted", "bob reader": "found, not granted", "carol reader": "found, not granted",
        "dave reader": "ended",
    }  # fmt: skip
    assert store.read(history_of, 1)[-1].kind == "grant.expired"
    assert store.read(history_of, 2)[-1].kind == "grant.ignored_over"
