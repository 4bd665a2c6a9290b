"""Two reviews of grants in the month: one that is signed off, and one that runs as it ends."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from console.demo.failures import BOX, LEAD
from core.security.reviews import carrying_out, deciding, following, opening, stepping
from core.security.reviews.model import Decision
from core.security.reviews.pages import PAGES, Wanted
from core.security.reviews.plans import By, Plan, Scope, Stage
from core.security.reviews.queries import one_review, staged_of

if TYPE_CHECKING:
    from datetime import date

    from console.demo.duties import Duties
    from console.demo.failures import Story

_D = Decision
NEEDED = "Needed on call, and used"
UNUSED = "Nobody has used it since spring"
Said = tuple[str, Decision, str]
"""Whose right (principal and entitlement), what is said of it, and why."""


class Reviewing:
    """Reviews with their reviewers, who stage decisions one after the other and then write them out."""

    def __init__(self, story: Story, person: str, duties: Duties) -> None:
        self._story, self._person, self._duties = story, person, duties

    def plan(self, sources: tuple[str, ...]) -> None:
        """Puts what happens into the month. The first of the sources is reviewed early, for what is privileged."""
        story = self._story
        two = ("r.okafor", "j.silva")
        early = Plan(
            (Stage(By.NAMED, two),), (LEAD,), Scope(sources=sources[:1], is_privileged=True), every_months=3
        )
        whole = Plan((Stage(By.OWNER),), (LEAD, self._person), Scope(sources=sources), "Europe/Lisbon")
        story.put(
            story.end - timedelta(days=25), lambda: self._open("Privileged rights of the ledger", early, 1)
        )
        story.put(story.end - timedelta(days=12), lambda: self._open("Rights of the quarter", whole, 2))
        for days, who, said in ((24, "r.okafor", EARLY_OF_RUTH), (23.5, "j.silva", EARLY_OF_JOAO)):
            story.put(story.end - timedelta(days=days), partial(self._decide, who, 1, said))
        for days, who, said in ((9, "r.okafor", OF_RUTH), (4, "j.silva", OF_JOAO)):
            story.put(story.end - timedelta(days=days), partial(self._decide, who, 2, said))
        story.put(story.end - timedelta(hours=3), lambda: self._decide("s.cole", 2, OF_SAM, is_written=False))
        for days, doing in ((22, self._end_early), (14.9, self._note_gone), (11, self._sign)):
            story.put(story.end - timedelta(days=days), doing)

    def _open(self, name: str, plan: Plan, number: int) -> None:
        drafted = self._story.write(LEAD, opening.draft_review, name, plan)
        assert drafted.id == number
        self._story.write(LEAD, opening.open_review, number, BOX)
        self._step(number)

    def _step(self, number: int) -> None:
        """Has the agent do what is due of a review, and looks again when something is."""
        while self._story.read(stepping.is_step_due, self._story.now()):
            self._duties.do(stepping.DUTY, stepping.step_due)
        due = self._story.read(one_review, number).next_at
        if due is not None and due > self._story.now():
            self._story.put(due, lambda: self._step(number))

    def _decide(self, who: str, number: int, said: tuple[Said, ...], *, is_written: bool = True) -> None:
        """Has a reviewer stage what they say, some seconds each, and write it out."""
        at = self._story.now()
        for place, each in enumerate(said, 1):
            self._story.put(
                at + timedelta(seconds=place * 14 + place % 3 * 9), partial(self._stage, who, number, each)
            )
        if is_written:
            at += timedelta(seconds=(len(said) + 3) * 20)
            self._story.put(at, lambda: self._write_out(who, number))

    def _stage(self, who: str, number: int, said: Said) -> None:
        right, decision, why = said
        items = self._story.read(PAGES.page, Wanted(number, who, "left"))
        (item,) = [each for each in items if f"{each.principal} {each.entitlement}" == right]
        is_granted_by_it = decision is _D.KEEP and item.is_privileged and item.was_only_found
        until = self._ends() if decision is _D.CHANGE or is_granted_by_it else None
        done = self._story.write(who, deciding.stage_decisions, number, [item.id], decision, why, until)
        assert not done.not_done, done.not_done

    def _write_out(self, who: str, number: int) -> None:
        looked = self._story.read(staged_of, number, who)
        self._story.write(who, deciding.write_out, number, looked.mark, BOX)

    def _ends(self) -> date:
        return self._story.end.date() + timedelta(days=1)

    def _end_early(self) -> None:
        """Ends the stage that everybody has answered in, and carries out what was decided."""
        self._story.write(LEAD, stepping.close_stage, 1, "Both have decided about all of it.", BOX)
        self._story.write(LEAD, carrying_out.carry_out, 1, BOX)

    def _note_gone(self) -> None:
        self._duties.do(stepping.DUTY, following.note_gone)

    def _sign(self) -> None:
        said = "Seven rights that can do anything: five are needed, two are to go, and one of these is still there."
        self._story.write(LEAD, opening.sign_review, 1, said, BOX, despite_open=True)


EARLY_OF_RUTH: tuple[Said, ...] = (
    ("j.silva admin", _D.KEEP, NEEDED), ("backup replication", _D.KEEP, "Copies the database each night"),
    ("vendor-it admin", _D.KEEP, "The vendor still looks at the stalls"), ("legacy-etl admin", _D.REVOKE, UNUSED),
    ("tmp-migration admin", _D.REVOKE, "The move is over"), ("k.mensah admin", _D.KEEP, "Closes the books until the audit is over"),
)  # fmt: skip
EARLY_OF_JOAO: tuple[Said, ...] = (
    ("r.okafor admin", _D.KEEP, NEEDED), ("backup replication", _D.KEEP, "The copies of the night"),
    ("vendor-it admin", _D.KEEP, "Ruth knows why"), ("k.mensah admin", _D.KEEP, "Asked the bank: until the audit is over"),
)  # fmt: skip
OF_RUTH: tuple[Said, ...] = (
    ("j.silva admin", _D.KEEP, NEEDED), ("s.cole read", _D.KEEP, "Answers what customers ask"),
    ("m.ito read", _D.KEEP, ""), ("vendor-it admin", _D.CHANGE, "Their work ends sooner than was thought"),
    ("s.cole group deploy", _D.UNDECIDED, "Does Sam still bring releases out? I have asked him"),
)  # fmt: skip
OF_JOAO: tuple[Said, ...] = (
    ("payouts write", _D.KEEP, ""), ("recon write", _D.KEEP, ""), ("reader read", _D.KEEP, ""),
    ("test-load write", _D.REVOKE, UNUSED),
)  # fmt: skip
OF_SAM: tuple[Said, ...] = (("backup replication", _D.KEEP, "Each night, and it was needed in March"),)
