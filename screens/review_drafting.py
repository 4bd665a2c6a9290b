"""Drafting a review: who is asked, stage after stage, then of which grants, how long, and who decides at last."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from core.catalog.nearest import did_you_mean, listed
from core.errors import Unavailable, WatchfloorError
from core.security.reviews import opening
from core.security.reviews.model import OutcomeRule
from core.security.reviews.plans import MOST_DAYS, MOST_STAGES, USUAL_DAYS, By, Plan, Scope, Stage
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.known import told
from screens.several_doing import is_day_or_nothing
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screens.boxes.form import Fault

BY_WORDS = {
    By.OWNER: "who answers for each grant", By.KEEPER: "who owns the component it is on", By.LEAD: "every lead",
    By.NAMED: "people you name",
}  # fmt: skip
NOBODY = "nobody"
LEAD, AGENT = "lead", "agent"
_FIELDS = {"last": "last", "every": "every", "on": "opens"}
_SEVERAL = (By.LEAD, By.NAMED)
"""Who are several that may answer otherwise: a rule makes one outcome of it."""


class ReviewDrafting(View):
    """The verb that drafts a review."""

    @abstractmethod
    def again(self) -> None:
        """Reads the list anew."""

    async def do_review_draft(self) -> None:
        """Drafts a review: who is asked in each stage first, then all else in one form."""
        asked = await self._stages()
        if not asked:
            return
        draft = Draft(self.floor, f"review.draft:{' '.join(asked)}")
        fields = _fields(asked, self.floor.person)
        answer = await self.floor.box(
            FormBox("new access review", fields, draft, partial(self._fault, asked))
        )
        if answer is None:
            return
        made = await self.floor.command(
            opening.draft_review, answer["name"], plan_written(asked, answer), "", _opens(answer), draft=draft
        )
        if made is not None:
            self.floor.say(f"{made.label} is drafted; B begins it")
            self.again()

    async def _fault(self, asked: Sequence[By], texts: dict[str, str]) -> Fault | None:
        """Returns at which field a plan cannot be kept, and why; nothing where the database cannot be asked."""
        try:
            await self.floor.ask(
                opening.check_draft, plan_written(asked, texts), _opens(texts), utc_now().date()
            )
        except Unavailable:
            return None
        except WatchfloorError as error:
            return _field_of(error.where, texts), told(error)
        return None

    async def _stages(self) -> Sequence[By]:
        """Returns by which rule reviewers are asked in each stage; nothing where it was left."""
        chosen: list[By] = []
        while len(chosen) < MOST_STAGES:
            choices = [Choice(str(by), str(by), words) for by, words in BY_WORDS.items()]
            if chosen:
                choices.insert(
                    0, Choice(NOBODY, NOBODY, f"{len(chosen)} stage{'s' if len(chosen) > 1 else ''}: go on")
                )
            title = f"who is asked {f'then, in stage {len(chosen) + 1}' if chosen else 'about each grant'}"
            answer = await self.floor.box(PickBox(title, choices))
            if answer is None:
                return ()
            if answer == NOBODY:
                break
            chosen.append(By(answer))
        return chosen


def _opens(texts: Mapping[str, str]) -> date | None:
    day = texts["opens"].strip()
    return date.fromisoformat(day) if day else None


def _field_of(where: str, texts: Mapping[str, str]) -> str:
    """Returns the field that a place of a plan is written in."""
    _, _, number = where.partition("stage ")
    if number:
        return f"people{number}" if f"people{number}" in texts else f"days{number}"
    return _FIELDS.get(where, "name")


def plan_written(asked: Sequence[By], texts: Mapping[str, str]) -> Plan:
    """Returns the plan that the form says, its texts by field. Pure."""
    stages = tuple(
        Stage(
            by, tuple(texts.get(f"people{n}", "").split()), int(texts[f"days{n}"]),
            OutcomeRule(texts.get(f"rule{n}", "").strip() or OutcomeRule.ONE_REVOKES),
        )
        for n, by in enumerate(asked, start=1)
    )  # fmt: skip
    return Plan(
        stages, tuple(texts["last"].split()), Scope(texts["words"].strip()), every_months=int(texts["every"] or 0),
        is_suspended_by_agent=texts["silence"].strip() == AGENT,
    )  # fmt: skip


def _fields(asked: Sequence[By], person: str) -> list[FormField]:
    fields = [
        FormField("name", "what it is about", check=is_written, longest=opening.LONGEST_NAME),
        FormField(
            "words", "of which grants: words that must be there; empty for all", hint="privileged web !svc"
        ),
    ]
    for n, by in enumerate(asked, start=1):
        where = f"stage {n}, {BY_WORDS[by]}: " if len(asked) > 1 else ""
        if by is By.NAMED:
            fields.append(
                FormField(f"people{n}", f"{where}who is asked (ids, with blanks)", check=is_written)
            )
        fields.append(FormField(f"days{n}", f"{where}for how many days", str(USUAL_DAYS), check=_days))
        if by in _SEVERAL:
            rules = ", ".join(OutcomeRule)
            fields.append(
                FormField(f"rule{n}", f"{where}one of {rules}", str(OutcomeRule.ONE_REVOKES), check=_rule)
            )
    return [
        *fields,
        FormField("last", "who decides what nobody else did (ids, with blanks)", person, check=is_written),
        FormField(
            "silence", "who suspends what is privileged and nobody decided: lead carries it out, agent does at once", LEAD,
            check=_suspender,
        ),
        FormField("every", "comes again after so many months; 0: not", "0", check=_number),
        FormField("opens", "the day on which it opens by itself; empty: B begins it", hint="2026-11-30", check=is_day_or_nothing),
    ]  # fmt: skip


def _days(text: str) -> str | None:
    is_day = text.strip().isascii() and text.strip().isdecimal() and 1 <= int(text.strip()[:4]) <= MOST_DAYS
    return None if is_day else f"write 1 to {MOST_DAYS}"


def _number(text: str) -> str | None:
    return None if text.strip().isdecimal() and text.isascii() else "write a whole number"


def _rule(text: str) -> str | None:
    rules = list(map(str, OutcomeRule))
    return None if text.strip() in rules else did_you_mean(text.strip(), rules, f"one of: {listed(rules)}")


def _suspender(text: str) -> str | None:
    return None if text.strip() in {LEAD, AGENT} else f"write {LEAD} or {AGENT}"
