"""Nobody judges a review that asks about rights of their own, as long as another lead can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import NotPermitted
from core.journal import queries as journal
from core.journal.wording import sentence
from core.security.grants.model import Standing
from core.security.grants.queries import one_grant
from core.security.reviews import carrying_out, opening
from core.security.reviews.evidence import evidence_of
from core.security.reviews.model import Decision, ReviewState
from core.security.reviews.revising import subject
from tests.core.security.reviews.house import BOX, PLAN, STAFF, declare, grant_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tests.core.security.reviews.house import House

ADAS, LEAS = grant_row("adm-ada", person="ada", entitlement="admin"), grant_row("LEA", entitlement="login")


def decided(house: House, grants: Sequence[dict[str, Any]]) -> None:
    """u1 kept, all others revoked, all by ben."""
    house.opened(PLAN, [grant_row("u1"), *grants])
    house.say("ben", Decision.KEEP, "u1")
    house.say("ben", Decision.REVOKE, *(each["principal"] for each in grants))
    house.pass_(days=15)
    house.steps()
    assert house.review().state is ReviewState.CARRYING_OUT


def test_a_lead_with_rights_in_it_neither_signs_a_review_nor_cancels_it_and_is_told_who_can(
    house: House,
) -> None:
    house.opened(PLAN, [grant_row("u1"), ADAS])
    with pytest.raises(
        NotPermitted, match=r"1 right of your own \(RI-2\): another lead cancels it"
    ) as refused:
        house.do(opening.cancel_review, 1, "not now", BOX)
    assert refused.value.next_step.endswith("These can: lea")
    told = house.store.read(journal.page, limit=1)[0]
    assert (told.kind, told.actor, told.note) == ("staff.refused", "ada", refused.value.what)
    house.say("ben", Decision.KEEP, "u1", "adm-ada")
    house.pass_(days=15)
    house.steps()
    house.do(carrying_out.carry_out, 1, BOX, by="lea")
    with pytest.raises(NotPermitted, match="another lead signs it off"):
        house.do(opening.sign_review, 1, "fine", BOX)
    assert house.do(opening.sign_review, 1, "fine", BOX, by="lea").signed_by == "lea"


def test_what_changes_a_right_of_ones_own_is_left_to_another_lead(house: House) -> None:
    decided(house, [grant_row("u2"), ADAS])
    came = house.do(carrying_out.carry_out, 1, BOX)
    assert (came.ordered, came.own, came.others, came.left) == (("RI-2",), ("RI-3",), ("lea",), 0)
    assert house.store.read(one_grant, 3).standing is Standing.GRANTED
    with pytest.raises(NotPermitted, match=r"1 right of your own \(RI-3\): another lead does it") as refused:
        house.do(carrying_out.carry_out, 1, BOX)
    assert refused.value.recording is not None
    assert house.do(carrying_out.carry_out, 1, BOX, by="lea").ordered == ("RI-3",)
    assert house.store.read(one_grant, 3).standing is Standing.REMOVING


def test_where_every_lead_has_rights_in_it_one_signs_and_the_evidence_says_whose(house: House) -> None:
    decided(house, [ADAS, LEAS])
    house.do(carrying_out.carry_out, 1, BOX)
    house.do(carrying_out.carry_out, 1, BOX, by="lea")
    signed = house.do(opening.sign_review, 1, "fine", BOX, despite_open=True)
    assert signed.signed_by == "ada"
    words = "RV-1 signed off, though RI-2 of it is of ada: no other lead could: fine"
    assert sentence(house.store.read(journal.of_subject, subject(1))[-1]) == words
    assert any(line.startswith(words) for line in house.store.read(evidence_of, 1).head)


def test_the_only_lead_carries_out_and_settles_what_others_decided_of_their_rights(house: House) -> None:
    decided(house, [ADAS])
    declare(house, [each for each in STAFF if each.id != "lea"])
    came = house.do(carrying_out.carry_out, 1, BOX)
    assert (came.ordered, came.own) == (("RI-2",), ())
    told = house.store.read(journal.of_subject, subject(1))
    words = (
        "RV-1: 1 decision carried out, 1 kept as they are, though RI-2 of it is of ada: no other lead could"
    )
    assert words in list(map(sentence, told))
