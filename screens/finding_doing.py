"""What can be done with findings: the marked ones, else the one under the cursor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.catalog.queries import declared_staff
from core.counting import counted
from core.errors import WatchfloorError
from core.gate.model import VERBS, Level, needed_level
from core.security.findings import commands
from core.security.findings.model import (
    STANDING,
    USUAL_ACCEPTED_DAYS,
    Finding,
    FindingState,
    Justification,
    Severity,
)
from core.security.together import together
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.pick import Choice, PickBox
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.security.together import Outcome

_S = FindingState
NOBODY = "-"
MOST_NAMED = 12
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


class FindingDoing(View):
    """Verbs over `findings()`. Over one they act as their level says; over several what will change is shown first."""

    def findings(self) -> Sequence[Finding]:
        """Returns the findings the verbs act on, as they were seen."""
        raise NotImplementedError

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on any of them now."""
        if action_id not in _BECOMES and action_id not in _OVER_ANY:
            return super().why_not(action_id)
        found = self.findings()
        if not found:
            return "there is no finding under the cursor"
        reasons = [why_not(action_id, each) for each in found]
        if all(reasons):
            return reasons[0]
        return "one at a time" if action_id in {"finding.note", "finding.verify"} and len(found) > 1 else None

    # At once

    async def do_finding_confirm(self) -> None:
        """Says that they are there and do harm."""
        await self._over("finding.confirm", commands.confirm_finding, "confirmed")

    async def do_finding_take(self) -> None:
        """Makes them this person's."""
        await self._over(
            "finding.take", commands.take_finding, f"taken by {self.floor.person}", verb="finding.assign"
        )

    async def do_finding_start(self) -> None:
        """Says that they are being corrected."""
        await self._over("finding.start", commands.start_finding, "being corrected")

    async def do_finding_correct(self) -> None:
        """Says that they are corrected; a later report or a check is to show it."""
        await self._over("finding.correct", commands.correct_finding, "said to be corrected")

    async def do_finding_assign(self) -> None:
        """Gives them to one of the staff, or to nobody."""
        owner = await self._pick_staff(f"give {names_of(self.findings())} to", nobody=True)
        if owner is not None:
            name = "" if owner == NOBODY else owner
            done = f"given to {name}" if name else "nobody's now"
            await self._over("finding.assign", commands.assign_finding, done, name)

    async def do_finding_note(self) -> None:
        """Writes on the time line of one."""
        (item,) = self.findings()
        draft = Draft(self.floor, f"finding.note:{item.label}")
        field = FormField(
            "text", "what you saw or did", check=_written, keeps_lines=True, longest=commands.LONGEST
        )
        answer = await self.floor.box(FormBox(f"{item.label} time line", [field], draft))
        if answer is not None:
            await self.floor.command(
                commands.note_finding, item.id, answer["text"], done=f"{item.label} noted", draft=draft
            )

    async def do_finding_grade(self) -> None:
        """Says how grave they are here, and why."""
        choices = [Choice(str(severity), str(severity), note) for severity, note in _GRADES.items()]
        chosen = await self.floor.box(PickBox(f"how grave is {names_of(self.findings())} here", choices))
        if chosen is None:
            return
        answer = await self._form("finding.grade", [_sentence("why it is that grave")])
        if answer is not None:
            draft, texts = answer
            await self._over(
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
        found = list(self.findings())
        one = found[0]
        fields = [
            FormField(
                "until", "the last day of it", str(one.accepted_until or until), "2026-11-30", check=_day
            ),
            FormField("owner", "who answers for it", one.accepted_owner or self.floor.person, check=_written),
            _sentence("why the risk is accepted", one.why if one.accepted_until else ""),
        ]
        answer = await self._form("finding.accept", fields)
        if answer is None:
            return
        draft, texts = answer
        day = date.fromisoformat(texts["until"].strip())
        lines = [("until", f"{day}, {(day - utc_now().date()).days} days ahead; then they are open again"),
                 ("answers", texts["owner"]), ("why", texts["text"])]  # fmt: skip
        await self._asked_over(
            "finding.accept", commands.accept_finding, f"accepted until {day}", "Accept", lines,
            day, texts["owner"].strip(), texts["text"], draft=draft,
        )  # fmt: skip

    async def do_finding_rule_out(self) -> None:
        """Says that they do not affect their component, and why."""
        choices = [Choice(str(each), str(each).replace("_", " ")) for each in Justification]
        chosen = await self.floor.box(PickBox(f"why {names_of(self.findings())} does no harm", choices))
        if chosen is None:
            return
        answer = await self._form("finding.rule_out", [_sentence("why, in one sentence")])
        if answer is not None:
            draft, texts = answer
            lines = [("why", f"{chosen.replace('_', ' ')}: {texts['text']}")]
            await self._asked_over(
                "finding.rule_out", commands.rule_out_finding, "not affected", "Rule out", lines,
                chosen, texts["text"], draft=draft, verb="finding.not_affected",
            )  # fmt: skip

    async def do_finding_reopen(self) -> None:
        """Opens them again, with the reason."""
        answer = await self._form("finding.reopen", [_sentence("why it is opened again")])
        if answer is not None:
            draft, texts = answer
            await self._asked_over(
                "finding.reopen", commands.reopen_finding, "open again", "Reopen", [("why", texts["text"])],
                texts["text"], draft=draft,
            )  # fmt: skip

    async def do_finding_verify(self) -> None:
        """Names the run of a check that shows that one is gone."""
        found = list(self.findings())
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
            await self._asked_over(
                "finding.verify", commands.verify_finding, f"gone, as PR-{chosen} shows", "Verify",
                [("proof", f"PR-{chosen}")], int(chosen), "",
            )  # fmt: skip

    async def _form(self, place: str, fields: Sequence[FormField]) -> tuple[Draft, dict[str, str]] | None:
        found = list(self.findings())
        draft = Draft(self.floor, f"{place}:{found[0].label}")
        answer = await self.floor.box(FormBox(f"{_TITLES[place]} {names_of(found)}", fields, draft))
        return None if answer is None else (draft, answer)

    async def _pick_staff(self, title: str, *, nobody: bool) -> str | None:
        try:
            staff = await self.floor.ask(declared_staff)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return None
        names = dict.fromkeys([self.floor.person, *(each.login or each.id for each in staff)])
        choices = [Choice(name, name) for name in names]
        return await self.floor.box(
            PickBox(title, [*choices, *([Choice(NOBODY, "nobody")] if nobody else [])])
        )

    async def _over(
        self, action: str, command: Callable[..., Any], done: str, *args: Any, draft: Draft | None = None, verb: str = "",
    ) -> None:  # fmt: skip
        """Does what acts at once; over several it is shown first what will change."""
        found = list(self.findings())
        if len(found) != 1:
            await self._asked_over(action, command, done, "Do it", [], *args, draft=draft, verb=verb)
            return
        item = found[0]
        await self.floor.command(
            command, item.id, *args, seen=item.version, done=f"{item.label} {done}", draft=draft
        )

    async def _asked_over(
        self, action: str, command: Callable[..., Any], done: str, word: str, lines: Sequence[tuple[str, str]], *args: Any,
        draft: Draft | None = None, verb: str = "",
    ) -> None:  # fmt: skip
        """Shows what will change and what will not, asks, and does it in one transaction."""
        found, verb = list(self.findings()), verb or action
        reasons = {each.label: why_not(action, each) for each in found}
        changing = [each for each in found if not reasons[each.label]]
        refused = [why for why in reasons.values() if why]
        level = max(Level.BOX, needed_level(VERBS[verb], len(changing)))
        said: list[str | tuple[str, str]] = [("will", f"{names_of(changing, MOST_NAMED)}: {done}"), *lines]
        if refused:
            more = f"; and {len(refused) - MOST_NAMED} more" if len(refused) > MOST_NAMED else ""
            said.append(("will not", "; ".join(refused[:MOST_NAMED]) + more))
        title = f"{counted(len(changing), 'finding')} of {len(found)} will change"
        answer = await self.floor.box(
            ConfirmBox(Question(title, said, [each.label for each in changing], level, word))
        )
        if answer is None:
            return
        asks = VERBS[verb].level >= Level.BOX
        outcome: Outcome | None = await self.floor.command(
            together, verb, command, [(each.id, each.version) for each in changing], answer.consent,
            *args, *((answer.consent,) if asks else ()), draft=draft,
        )  # fmt: skip
        if outcome is not None:
            text = f"{len(outcome.done)} of {len(found)} {done}"
            text += (
                f"; not {'; '.join(f'{name}: {why}' for name, why in outcome.not_done[:3])}"
                if outcome.not_done
                else ""
            )
            self.floor.say(text, bad=bool(outcome.not_done))


def names_of(found: Sequence[Finding], most: int = 3) -> str:
    """Returns the labels of findings; of many only the first, and how many more."""
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(each.label for each in found[:most]) + more


def _sentence(asks: str, value: str = "") -> FormField:
    return FormField("text", asks, value, check=_written, keeps_lines=True, longest=commands.LONGEST)


def _written(text: str) -> str | None:
    return None if text.strip() else "it is not written yet"


def _day(text: str) -> str | None:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return "write it as 2026-11-30"
    return None
