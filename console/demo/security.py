"""What the team does about security in the month: findings here; grants, signals and corrective actions beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from console.demo.access import Access
from console.demo.betterment import Betterment
from console.demo.duties import Duties
from console.demo.failures import BOX, LEAD
from console.demo.judged import Judged
from console.demo.signs import Signs
from core.security.findings import commands as findings
from core.security.findings.importing import import_report
from core.security.findings.model import FindingState, Justification
from core.security.findings.pages import Wanted, page
from core.security.findings.reports.reading import read_report

if TYPE_CHECKING:
    from console.demo.failures import Story
    from console.demo.papers import Papers
    from core.security.findings.model import Finding

NOT_REACHED = "We pack archives and never unpack one that comes from outside."
WAITS_FOR_VENDOR = (
    "The vendor mends it with the release of next week; the intake in front of it refuses such documents."
)


class Security:
    """Reports that are imported twice, some weeks apart, and what becomes of what they list."""

    def __init__(self, story: Story, papers: Papers) -> None:
        self._story, self._papers = story, papers
        self._duties = Duties(story)
        self._beside = (
            Access(story, papers, self._duties), Signs(story, papers, self._duties), Betterment(story, self._duties), Judged(story),
        )  # fmt: skip

    def plan(self) -> None:
        """Puts what happens into the month."""
        for each in self._beside:
            each.plan()
        plan = (
            (26, lambda: self._take_in("house-1.csv")), (24, lambda: self._take_in("payments-api-1.json")),
            (23.6, lambda: self._assign("70101", "r.okafor")), (19, lambda: self._correct("70101", "r.okafor")),
            (18.5, self._rule_out), (17, self._accept), (16, lambda: self._assign("70201", "j.silva")),
            (15.8, lambda: self._start("70203", "s.cole")), (12, lambda: self._assign("70102", "j.silva")),
            (10, lambda: self._correct("70104", "j.silva")), (6, lambda: self._take_in("payments-api-2.json")),
            (5, lambda: self._take_in("house-2.csv")), (3, lambda: self._start("70207", "r.okafor")),
            (2.5, lambda: self._start("70104", "j.silva")), (1.2, lambda: self._correct("70205", "s.cole")),
        )  # fmt: skip
        for days, doing in plan:
            self._story.put(self._story.end - timedelta(days=days), doing)
        self._story.put(self._story.end - timedelta(minutes=20), self._duties.end)

    def _take_in(self, name: str) -> None:
        """Has a report imported as a tool left it in the demonstration's folder."""
        path = self._papers.put(f"security/{name}", f"reports/{name}")
        self._story.write("s.cole", import_report, read_report(path))

    def _finding(self, number: str) -> Finding:
        """Returns the finding of a vulnerability, by the last part of its name."""
        wanted = Wanted("", self._story.now().date(), "all", f"cve-2026-{number}")
        (found,) = self._story.read(page, wanted)
        return found  # type: ignore[no-any-return]

    def _assign(self, number: str, owner: str) -> None:
        self._write(LEAD, findings.assign_finding, number, owner)

    def _start(self, number: str, who: str) -> None:
        self._write(who, findings.start_finding, number)

    def _correct(self, number: str, who: str) -> None:
        self._write(who, findings.correct_finding, number, "The new version is rolled out.")

    def _rule_out(self) -> None:
        self._write(LEAD, findings.rule_out_finding, "70103", Justification.NOT_REACHED, NOT_REACHED, BOX)

    def _accept(self) -> None:
        until = self._story.end.date() + timedelta(days=3)
        self._write(LEAD, findings.accept_finding, "70105", until, "r.okafor", WAITS_FOR_VENDOR, BOX)

    def _write(self, who: str, command: Any, number: str, *args: Any) -> None:
        found = self._finding(number)
        assert found.state is not FindingState.VERIFIED
        self._story.write(who, command, found.id, *args)
