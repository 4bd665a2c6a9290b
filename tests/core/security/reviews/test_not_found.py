"""What is granted here and not found at its source is asked about: kept it stays expected, revoked it ends, and silence leaves it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.security.grants.commands import end_grant
from core.security.grants.effects import By, effect
from core.security.grants.matching import Of, Step, What
from core.security.grants.model import Standing
from core.security.grants.queries import history_of, one_grant, to_grant
from core.security.grants.revising import revise_grant
from core.security.grants.sources.model import Line
from core.security.grants.tables import access_grant
from core.security.reviews import carrying_out, following, stepping
from core.security.reviews.evidence import evidence_of
from core.security.reviews.model import Decision, ItemState
from core.store.rows import row_of
from tests.core.security.reviews.house import AGENT, BOX, grant_row

if TYPE_CHECKING:
    from typing import Any

    from core.security.grants.model import Grant
    from core.store.work import Work
    from tests.core.security.reviews.house import House

K, C, R = Decision.KEEP, Decision.CHANGE, Decision.REVOKE
UNTIL = date(2027, 1, 31)


def missing_row(principal: str, **fields: Any) -> dict[str, Any]:
    """One right that was granted here and that its source does not show."""
    return grant_row(principal, **{"state": Standing.MISSING, "is_found": 0, **fields})


MISSING = (
    grant_row("u1"), missing_row("u2"), missing_row("u3", entitlement="admin", is_privileged=1), missing_row("u4"),
    missing_row("u5", state=Standing.IGNORED, due="2026-12-31"), missing_row("u6"),
    grant_row("u7", state=Standing.IGNORED, is_granted=0, due="2026-12-31"),
    missing_row("gone", state=Standing.ENDED, is_granted=0), missing_row("u8", state=Standing.MISSING),
)  # fmt: skip


def grant(house: House, number: int) -> Grant:
    return house.store.read(one_grant, number)


def closed(house: House) -> None:
    house.pass_(minutes=5)
    house.do(stepping.close_stage, 1, "all have answered", BOX)


def shown_again(work: Work, number: int) -> None:
    """Has the source of a grant show it, as a reading of it does."""
    row = row_of(work, access_grant, "grant", number)
    known = to_grant(row)
    line = Line("1", known.principal, known.entitlement)
    step = Step(What.BACK, known.right, line, known)
    after = effect(Of(known.source, known.on), step, row, By(work.now, work.actor, {}))
    revise_grant(work, row, "grant.found_again", after)


def test_it_is_drawn_and_says_how_it_stood_and_what_was_decided_is_done(house: House) -> None:
    review = house.opened(grants=MISSING)
    assert {each.principal: each.stood for each in house.items()} == {
        "u1": "granted", **dict.fromkeys(("u2", "u3", "u4", "u5", "u6", "u8"), "granted, not found"), "u7": "ignored",
    }  # fmt: skip
    assert (review.items, review.privileged) == (8, 1)
    house.say("ben", K, "u1", "u2", why="he is on leave")
    house.say("ben", R, "u3", "u5", why="left in March")
    house.stage("ben", C, "u4", why="for the move", until=UNTIL)
    house.say("ben", R, "u6", "u8", why="left in March")
    house.say("ben", K, "u7", why="asked them")
    house.do(shown_again, 6)
    house.do(end_grant, 9, "he left", BOX)
    closed(house)
    came = house.do(carrying_out.carry_out, 1, BOX, by="lea")
    assert (came.refused, came.left, came.ordered) == ((), 0, (house.item("u6").label,))
    kept = grant(house, 2)
    assert (kept.standing, kept.version, kept.expires) == (Standing.MISSING, 1, None)
    for number in (3, 5, 9):
        assert grant(house, number).standing is Standing.ENDED
    assert grant(house, 3).why == "RV-1 revoke (ben: left in March)"
    assert [each.kind for each in house.store.read(history_of, 3)][-1] == "grant.ended"
    changed = grant(house, 4)
    assert (changed.standing, changed.expires) == (Standing.MISSING, UNTIL)
    assert grant(house, 6).standing is Standing.REMOVING  # its source shows it again
    states = {each.principal: each.state for each in house.items()}
    assert states == dict.fromkeys(states, ItemState.DONE) | {"u6": ItemState.ORDERED}


def test_silence_ends_nothing_that_could_not_be_given_back(house: House) -> None:
    house.opened(grants=[missing_row("u1", is_privileged=1), grant_row("u2", is_privileged=1)])
    closed(house)
    closed(house)
    assert [each.silence for each in house.items()] == ["not reviewed", "suspend"]
    house.do(carrying_out.carry_out, 1, BOX, by="lea")
    assert [grant(house, number).standing for number in (1, 2)] == [Standing.MISSING, Standing.REMOVING]
    assert not house.store.write(AGENT, following.note_gone, house.token())


def test_the_evidence_says_of_how_many_it_was_so(house: House) -> None:
    house.opened(grants=MISSING)
    found = house.store.read(evidence_of, 1)
    head = "\n".join(found.head)
    assert "state granted, found, granted and not found, or left alone" in head
    assert "Of 6 it was the other way round" in head
    assert [each.stood for each in found.items][:2] == ["granted", "granted, not found"]
