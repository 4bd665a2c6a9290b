"""Corrective actions of the month beside those of incidents: one to check, one whose deviation came back, one to approve."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import LEAD
from core.improvement import commands as improvement
from core.improvement.watching import DUTY, has_signs, news_after, reopen_recurred, watched_from
from core.security.findings.pages import Wanted, page
from core.security.findings.revising import subject as finding_subject

if TYPE_CHECKING:
    from console.demo.duties import Duties
    from console.demo.failures import Story

FIVE_WHYS = """the release could not be taken back
the former version was gone
the store of releases keeps three
nobody chose that number: it came with the store
what comes with a program is never read through"""
RELEASE = {
    "deviation": "A release of the scanner intake could not be taken back for six hours.",
    "containment": "built the former version anew, by hand", "whys": FIVE_WHYS, "category": "configuration",
    "cause": "settings that come with a program are taken as they are", "owner": "s.cole",
    "action": "The store keeps thirty releases; its settings are read at each upgrade.",
    "check_plan": "Take a release of last month back in a drill.", "checker": LEAD,
}  # fmt: skip
PRINTS = {
    "deviation": "The print hub stops when a job of the warehouse is too large.",
    "containment": "the queue of the warehouse is held back in office hours",
    "whys": "a job filled the disk\nthe limit was taken out in summer\nnobody wrote down why it was there",
    "category": "change", "cause": "a limit was taken out without asking why it was there", "owner": "j.silva",
    "action": "The limit is back, at twice its size.", "check_plan": "No stop of the print hub within four weeks.",
}  # fmt: skip
UPDATES = {
    "deviation": "What was said to be corrected was in the next image again.",
    "containment": "the image was built by hand from the new version",
    "whys": "the image was built from an old base\nthe base is renewed by hand\nnobody is told when it is old",
    "category": "procedure", "cause": "the base of images is renewed by hand", "owner": "j.silva",
    "action": "The base is built anew each night, and images with it.", "check_plan": "The next two reports do not list it.",
}  # fmt: skip


class Betterment:
    """Three corrective actions, each at another step of its life."""

    def __init__(self, story: Story, duties: Duties) -> None:
        self._story, self._duties = story, duties

    def plan(self) -> None:
        """Puts what happens into the month."""
        for days, doing in ((21, self._of_release), (7, self._of_prints), (4, self._of_updates)):
            self._story.put(self._story.end - timedelta(days=days), doing)
        for back in (5, 3, 0.85, 0.03):
            self._story.put(self._story.end - timedelta(days=back), self._watch)

    def _day(self, days: int) -> str:
        return (self._story.end + timedelta(days=days)).date().isoformat()

    def _of_release(self) -> None:
        days = {"due": self._day(-9), "check_on": self._day(1)}
        number = self._story.write(
            "s.cole", improvement.draft_action, RELEASE | days, component="records-scan"
        ).id
        shown = "The setting, as it stands since Monday."
        at = self._story.now() + timedelta(days=8)
        self._story.put(at, lambda: self._carry_out(number, "s.cole", shown))

    def _of_prints(self) -> None:
        days = {"due": self._day(4), "check_on": self._day(21)}
        number = self._story.write(
            "j.silva", improvement.draft_action, PRINTS | days, component="print-hub"
        ).id
        self._carry_out(number, "j.silva", "A job of 3 GB is refused, with a sentence to who sent it.")

    def _of_updates(self) -> None:
        wanted = Wanted("", self._story.now().date(), "all", "cve-2026-70104")
        (found,) = self._story.read(page, wanted)
        self._story.write(
            "j.silva", improvement.draft_action, UPDATES | {"due": self._day(5)}, about=finding_subject(found.id),
            component=found.component,
        )  # fmt: skip

    def _carry_out(self, number: int, who: str, shown: str) -> None:
        self._story.write(who, improvement.add_evidence, number, shown)
        self._story.write(who, improvement.complete_action, number)

    def _watch(self) -> None:
        """Has the agent look whether what actions are to keep away came back."""
        after = self._story.read(watched_from, self._story.now())
        while (upto := self._story.read(news_after, after)) > after:
            if self._story.read(has_signs, after, upto):
                self._duties.do(DUTY, reopen_recurred, after, upto)
            after = upto
