"""Steps that come due are taken once, in time, and no longer than anybody needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from core.catalog.oncall import Policy, PolicyStep
from core.desk import commands
from core.desk.escalation.commands import escalate
from core.desk.escalation.paging import DUTY, escalate_due
from core.desk.escalation.tables import escalation
from core.desk.oncall.commands import make_override
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked, WaitingFor
from core.errors import BadInput, Moved, NotPossible
from core.gate.undo import take_back
from core.journal.model import Subject
from core.journal.queries import page
from core.restorers import RESTORERS
from core.store.lease import LeaseLost, lease_of, take_lease
from tests.core.desk.at_the_desk import AGENT, BOX
from tests.core.desk.escalation.house import MAJOR, OPS, M, Pager, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author, Work


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Pager]:
    made = Pager(place, ada)
    yield made
    made.check()
    made.check_what_is_kept()
    made.store.close()


def test_each_step_is_taken_at_its_time_and_once(desk: Pager) -> None:
    desk.fail()
    assert desk.look() == ["I-1 escalated to ada (step 1 of major)"]
    assert desk.look() == []
    desk.pass_(minutes=14, seconds=59)
    assert desk.look() == []
    desk.pass_(seconds=1)
    assert desk.look() == ["I-1 escalated to ada, bob (step 2 of major)"]
    desk.pass_(minutes=15)
    assert desk.look() == [
        "I-1 escalated to cyd, war-room (step 3 of major)", "I-1 escalated to boss (step 4 of major)",
    ]  # fmt: skip
    desk.pass_(hours=48)
    assert desk.look() == []
    assert desk.told() == ["ada", "ada", "bob", "cyd", "war-room", "boss"]


def test_who_takes_note_ends_it(desk: Pager) -> None:
    desk.fail()
    desk.look()
    desk.do(commands.acknowledge_incident, 1)
    assert desk.kept().next_at is None
    desk.pass_(hours=2)
    assert desk.look() == []


def test_taking_back_that_one_took_note_goes_on_where_it_was(desk: Pager) -> None:
    desk.fail()
    desk.look()
    desk.do(commands.acknowledge_incident, 1)
    seq = desk.store.read(page, limit=1)[0].seq
    desk.do(take_back, RESTORERS, seq)
    desk.pass_(minutes=15)
    assert desk.look() == ["I-1 escalated to ada, bob (step 2 of major)"]


def test_what_fails_again_is_escalated_anew(desk: Pager) -> None:
    desk.fail()
    desk.look()
    desk.do(commands.clear_after_recovery, "web", cause=None, author=AGENT)
    assert desk.kept().next_at is None
    desk.pass_(hours=1)
    assert desk.look() == []
    desk.fail()
    assert desk.look() == ["I-1 escalated to ada (step 1 of major)"]
    desk.do(commands.acknowledge_incident, 1)
    assert desk.kept().next_at is None


def test_the_policy_is_the_one_that_was_in_force_when_it_was_opened(desk: Pager) -> None:
    desk.fail()
    desk.load(catalog(replace(MAJOR, steps=(PolicyStep(("cyd",), 10 * M),))))
    desk.pass_(minutes=15)
    assert [line.partition(" (")[0] for line in desk.look()] == [
        "I-1 escalated to ada", "I-1 escalated to ada, bob",
    ]  # fmt: skip
    desk.do(commands.open_incident, "bulb", "shop", "another", 1, BOX)
    desk.pass_(minutes=10)
    assert desk.look() == ["I-2 escalated to cyd (step 1 of major)"]


def test_a_policy_of_a_priority_goes_before_that_of_the_agreement_and_of_the_service(
    place: Path | str, ada: Author
) -> None:
    low = Policy("low", "Low", (PolicyStep(("bob",)),))
    desk = Pager(place, ada, MAJOR, low)
    made = catalog(MAJOR, low)
    gold = made.agreements["gold"]
    targets = tuple(replace(each, policy="low") if each.severity == 3 else each for each in gold.targets)
    desk.load(replace(made, agreements={**made.agreements, "gold": replace(gold, targets=targets)}))
    for component, severity in (("web", 1), ("web2", 3), ("toy", 4)):
        service = "free" if component == "toy" else "shop"
        desk.do(commands.raise_for_failure, component, service, "down", severity, cause=None, author=AGENT)
    assert [desk.kept(n).policy for n in (1, 2, 3)] == ["major", "low", "low"]
    desk.do(commands.open_incident, "", "lamp", "no policy", 1, BOX)
    assert desk.kept(4) is None
    desk.store.close()


def test_after_a_long_silence_of_the_agents_a_repeated_step_is_told_once_with_how_late(
    place: Path | str, ada: Author
) -> None:
    desk = Pager(place, ada, Policy("p", "P", (PolicyStep(("ada",)), PolicyStep(("bob",), 5 * M)), 3, 10 * M))
    desk.fail()
    assert desk.look() == ["I-1 escalated to ada (step 1 of p)"]
    desk.pass_(minutes=27)
    assert desk.look() == [
        "I-1 escalated to ada (step 1 of p, round 3): 7m late: no agent escalated then",
        "I-1 escalated to bob (step 2 of p, round 3): 2m late: no agent escalated then",
    ]
    desk.pass_(minutes=3)
    assert desk.look() == ["I-1 escalated to ada (step 1 of p, round 4)"]
    desk.pass_(hours=5)
    assert desk.look() == [
        "I-1 escalated to bob (step 2 of p, round 4): 4h 55m late: no agent escalated then"
    ]
    desk.pass_(hours=5)
    assert desk.look() == []
    desk.check()
    desk.store.close()


def test_nobody_to_tell_is_an_entry_a_sign_and_the_next_step_at_once(desk: Pager) -> None:
    later = replace(OPS, layers=(replace(OPS.layers[0], begins="2027-01-01"),))
    desk.load(catalog(MAJOR, rota=later))
    desk.fail()
    assert desk.look() == [
        "I-1 found NOBODY to tell (step 1 of major): nobody is on call in ops",
        "I-1 escalated to bob (step 2 of major): nobody is on call in ops",
    ]
    assert desk.kept().nobody_at is None
    desk.load(catalog(Policy("sole", "Sole", (PolicyStep(("rota:ops",)),)), rota=later))
    desk.do(commands.open_incident, "", "shop", "another", 1, BOX)
    assert desk.look() == ["I-2 found NOBODY to tell (step 1 of sole): nobody is on call in ops"]
    assert desk.kept(2).nobody_at is not None
    desk.do(commands.acknowledge_incident, 2)
    assert desk.kept(2).nobody_at is None


def test_an_override_says_who_is_told(desk: Pager) -> None:
    end = desk.now.replace(hour=12)
    desk.do(make_override, "ops", "cyd", desk.now, end, "ada is at the dentist's", BOX)
    desk.fail()
    assert desk.look() == ["I-1 escalated to cyd (step 1 of major)"]


def test_while_an_item_waits_nobody_is_told_and_what_is_only_done_when_done_goes_on(
    place: Path | str, ada: Author
) -> None:
    desk = Pager(
        place, ada, Policy("p", "P", (PolicyStep(("ada",)), PolicyStep(("bob",), 30 * M)), ends="resolve")
    )
    desk.do(requests.new_request, Asked("a till", "shop", "ann@acme.example"), BOX)
    assert desk.look() == ["R-1 escalated to ada (step 1 of p)"]
    desk.do(requests.wait_for, 1, WaitingFor.CUSTOMER, "which till?")
    desk.pass_(hours=1)
    assert desk.look() == []
    desk.do(requests.requester_said, 1, "the second")
    assert desk.look() == ["R-1 escalated to bob (step 2 of p): 30m late: no agent escalated then"]
    desk.do(requests.deliver_request, 1, "mended", BOX)
    assert desk.kept(kind="request").next_at is None
    desk.do(requests.reopen_request, 1, "it is not", BOX)
    assert desk.look() == ["R-1 escalated to ada (step 1 of p)"]
    desk.check()
    desk.store.close()


def test_a_step_is_taken_when_it_was_kept_to_be_due_where_the_journal_dates_its_entry_a_little_later(
    desk: Pager,
) -> None:
    desk.fail()
    desk.look()

    def keep_earlier(work: Work) -> None:
        work.connection.execute(update(escalation).values(next_at=escalation.c.next_at - 2_000_000))
        work.record(
            "incident.noted",
            Subject("incident", "1"),
            note="as if its entry had been dated two seconds later",
        )

    desk.do(keep_earlier)
    desk.pass_(minutes=14, seconds=58)
    assert desk.look() == ["I-1 escalated to ada, bob (step 2 of major)"]
    assert desk.look() == []


def test_one_whose_duty_went_to_another_takes_no_step(desk: Pager) -> None:
    desk.fail()
    held = desk.store.read(lease_of, DUTY)
    taken = desk.do(take_lease, DUTY, "two", over=held, author=AGENT)
    with pytest.raises(LeaseLost):
        desk.do(escalate_due, desk.token, author=AGENT)
    assert desk.told() == []
    desk.token = taken
    assert len(desk.look()) == 1


def test_by_hand_the_next_step_is_taken_with_the_reason_and_not_again_by_itself(desk: Pager) -> None:
    desk.fail()
    desk.look()
    found = desk.do(escalate, "incident", 1, "the whole till is down", BOX, desk.kept().version)
    assert (found.step, found.told) == (2, ("ada", "bob"))
    entry = desk.store.read(page, limit=1)[0]
    assert "queued" in entry.kind
    desk.pass_(minutes=15)
    assert desk.look() == []
    desk.pass_(minutes=15)
    assert len(desk.look()) == 2
    again = desk.do(escalate, "incident", 1, "still", BOX)
    assert (again.step, again.round) == (1, 1)


def test_two_who_escalate_at_once_take_one_step(desk: Pager) -> None:
    desk.fail()
    seen = desk.kept().version
    desk.do(escalate, "incident", 1, "now", BOX, seen)
    with pytest.raises(Moved):
        desk.do(escalate, "incident", 1, "now", BOX, seen)
    assert desk.told() == ["ada"]


def test_what_is_done_or_has_no_policy_is_not_escalated_by_hand(desk: Pager) -> None:
    desk.fail()
    with pytest.raises(BadInput, match="a sentence is asked for"):
        desk.do(escalate, "incident", 1, "  ", BOX)
    desk.do(commands.resolve_incident, 1, "mended", BOX)
    with pytest.raises(NotPossible, match="I-1 is resolved"):
        desk.do(escalate, "incident", 1, "why", BOX)
    desk.do(commands.open_incident, "", "lamp", "no policy", 1, BOX)
    with pytest.raises(NotPossible, match="no policy says whom to tell of I-2"):
        desk.do(escalate, "incident", 2, "why", BOX)


def test_by_hand_what_was_opened_before_any_policy_begins_with_the_present_one(
    place: Path | str, ada: Author
) -> None:
    desk = Pager(place, ada)
    desk.load(catalog())
    desk.fail()
    assert desk.kept() is None
    desk.load(catalog(MAJOR))
    desk.pass_(minutes=1)
    assert desk.do(escalate, "incident", 1, "somebody must look", BOX, 0).told == ("ada",)
    desk.store.close()
