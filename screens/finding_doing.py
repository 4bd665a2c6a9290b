"""What can be done with findings: the marked ones, else the one under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.security.findings import commands
from core.security.findings.model import (
    STANDING,
    USUAL_ACCEPTED_DAYS,
    Finding,
    FindingState,
    Justification,
    Severity,
)
from core.sentences import LONGEST
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.several_doing import NOBODY, SeveralDoing, is_day, names_of, sentence_field

if TYPE_CHECKING:
    from collections.abc import Sequence


_S = FindingState
_BECOMES = {
    "finding.confirm": _S.CONFIRMED, "finding.start": _S.CORRECTING, "finding.correct": _S.CORRECTED,
    "finding.accept": _S.ACCEPTED, "finding.rule_out": _S.NOT_AFFECTED, "finding.reopen": _S.REOPENED,
    "finding.verify": _S.VERIFIED,
}  # fmt: skip
_TITLES = {
    "finding.accept": "accept the risk of", "finding.rule_out": "rule out", "finding.reopen": "open again",
    "finding.grade": "grade",
}  # fmt: skip
_OVER_ANY = frozenset({"finding.assign", "finding.take", "finding.grade", "finding.note"})
_GRADES = {
    Severity.CRITICAL: "it can be used from outside, and nothing stands before it",
    Severity.HIGH: "it can be used, with some effort",
    Severity.MEDIUM: "it can be used only under conditions",
    Severity.LOW: "its use would do little",
    Severity.INFO: "good to know; no day is set",
}


def why_not(verb: str, finding: Finding) -> str | None:
    """Returns why a verb is not possible on a finding as it stands; None where it is."""
    wanted = _BECOMES.get(verb)
    if wanted is None or wanted in STANDING[finding.state].follows:
        return None
    return f"{finding.label} is {finding.standing}"


class FindingDoing(SeveralDoing):
    """Verbs over findings. Over one they act as their level says; over several what will change is shown first."""

    noun, form_titles = "finding", _TITLES

    @abstractmethod
    def subjects(self) -> Sequence[Finding]:
        """Returns the findings the verbs act on, as they were seen."""

    def why_not_of(self, verb: str, row: Any) -> str | None:
        """Returns why a verb is not possible on a finding as it stands; None where it is."""
        return why_not(verb, row)

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on any of them now."""
        if action_id not in _BECOMES and action_id not in _OVER_ANY:
            return super().why_not(action_id)
        found = self.subjects()
        if not found:
            return "there is no finding under the cursor"
        reasons = [why_not(action_id, each) for each in found]
        if all(reasons):
            return reasons[0]
        return "one at a time" if action_id in {"finding.note", "finding.verify"} and len(found) > 1 else None

    # At once

    async def do_finding_confirm(self) -> None:
        """Says that they are there and do harm."""
        await self.over("finding.confirm", commands.confirm_finding, "confirmed")

    async def do_finding_take(self) -> None:
        """Makes them this person's."""
        await self.over(
            "finding.take", commands.take_finding, f"taken by {self.floor.person}", verb="finding.assign"
        )

    async def do_finding_start(self) -> None:
        """Says that they are being corrected."""
        await self.over("finding.start", commands.start_finding, "being corrected")

    async def do_finding_correct(self) -> None:
        """Says that they are corrected; a later report or a check is to show it."""
        await self.over("finding.correct", commands.correct_finding, "said to be corrected")

    async def do_finding_assign(self) -> None:
        """Gives them to one of the staff, or to nobody."""
        owner = await self.pick_staff(f"give {names_of(self.subjects())} to", nobody=True)
        if owner is not None:
            name = "" if owner == NOBODY else owner
            done = f"given to {name}" if name else "nobody's now"
            await self.over("finding.assign", commands.assign_finding, done, name)

    async def do_finding_note(self) -> None:
        """Writes on the time line of one."""
        (item,) = self.subjects()
        draft = Draft(self.floor, f"finding.note:{item.label}")
        field = FormField("text", "what you saw or did", check=is_written, keeps_lines=True, longest=LONGEST)
        answer = await self.floor.box(FormBox(f"{item.label} time line", [field], draft))
        if answer is not None:
            await self.floor.command(
                commands.note_finding, item.id, answer["text"], done=f"{item.label} noted", draft=draft
            )

    async def do_finding_grade(self) -> None:
        """Says how grave they are here, and why."""
        choices = [Choice(str(severity), str(severity), note) for severity, note in _GRADES.items()]
        chosen = await self.floor.box(PickBox(f"how grave is {names_of(self.subjects())} here", choices))
        if chosen is None:
            return
        answer = await self.form("finding.grade", [sentence_field("why it is that grave")])
        if answer is not None:
            draft, texts = answer
            await self.over(
                "finding.grade",
                commands.grade_finding,
                f"graded {chosen}",
                chosen,
                texts["text"],
                draft=draft,
            )

    # Asked first

    async def do_finding_accept(self) -> None:
        """Accepts their risk until a day, by somebody, for a reason."""
        until = utc_now().date() + timedelta(days=USUAL_ACCEPTED_DAYS)
        found = list(self.subjects())
        one = found[0]
        fields = [
            FormField(
                "until", "the last day of it", str(one.accepted_until or until), "2026-11-30", check=is_day
            ),
            FormField(
                "owner", "who answers for it", one.accepted_owner or self.floor.person, check=is_written
            ),
            sentence_field("why the risk is accepted", one.why if one.accepted_until else ""),
        ]
        answer = await self.form("finding.accept", fields)
        if answer is None:
            return
        draft, texts = answer
        day = date.fromisoformat(texts["until"].strip())
        lines = [("until", f"{day}, {(day - utc_now().date()).days} days ahead; then they are open again"),
                 ("answers", texts["owner"]), ("why", texts["text"])]  # fmt: skip
        await self.asked_over(
            "finding.accept", commands.accept_finding, f"accepted until {day}", "Accept", lines,
            day, texts["owner"].strip(), texts["text"], draft=draft,
        )  # fmt: skip

    async def do_finding_rule_out(self) -> None:
        """Says that they do not affect their component, and why."""
        choices = [Choice(str(each), str(each).replace("_", " ")) for each in Justification]
        chosen = await self.floor.box(PickBox(f"why {names_of(self.subjects())} does no harm", choices))
        if chosen is None:
            return
        answer = await self.form("finding.rule_out", [sentence_field("why, in one sentence")])
        if answer is not None:
            draft, texts = answer
            lines = [("why", f"{chosen.replace('_', ' ')}: {texts['text']}")]
            await self.asked_over(
                "finding.rule_out", commands.rule_out_finding, "not affected", "Rule out", lines,
                chosen, texts["text"], draft=draft, verb="finding.not_affected",
            )  # fmt: skip

    async def do_finding_reopen(self) -> None:
        """Opens them again, with the reason."""
        answer = await self.form("finding.reopen", [sentence_field("why it is opened again")])
        if answer is not None:
            draft, texts = answer
            await self.asked_over(
                "finding.reopen", commands.reopen_finding, "open again", "Reopen", [("why", texts["text"])],
                texts["text"], draft=draft,
            )  # fmt: skip

    async def do_finding_verify(self) -> None:
        """Names the run of a check that shows that one is gone."""
        found = list(self.subjects())
        runs = [
            r
            for r in self.floor.picture.runs.values()
            if r.component == found[0].component and r.state == "done"
        ]
        if not runs:
            self.floor.say(
                f"no run on {found[0].component} has ended well; a later report shows it, too", bad=True
            )
            return
        choices = [Choice(str(r.id), r.label, r.title) for r in sorted(runs, key=lambda r: -r.id)]
        chosen = await self.floor.box(PickBox(f"which run shows that {found[0].label} is gone", choices))
        if chosen is not None:
            await self.asked_over(
                "finding.verify", commands.verify_finding, f"gone, as PR-{chosen} shows", "Verify",
                [("proof", f"PR-{chosen}")], int(chosen), "",
            )  # fmt: skip
