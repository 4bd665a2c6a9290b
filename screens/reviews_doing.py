"""What leads do with reviews: draft, begin, remind, escalate, close a stage, carry out, sign off, cancel."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from core.gate.model import VERBS
from core.security.reviews import carrying_out, opening, stepping
from core.security.reviews.model import Review, ReviewState
from core.security.reviews.plans import USUAL_DAYS, By, Plan, Scope, Stage
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.pick import Choice, PickBox
from screens.several_doing import is_day_or_nothing, is_written
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BY = {
    By.OWNER: "who answers for each grant", By.KEEPER: "who owns the component it is on", By.LEAD: "every lead",
    By.NAMED: "people you name",
}  # fmt: skip
_R = ReviewState
_NEEDS = {
    "review.open": (_R.DRAFT,), "review.remind": (_R.OPEN,), "review.escalate": (_R.OPEN,), "review.close_stage": (_R.OPEN,),
    "review.carry_out": (_R.OPEN, _R.CARRYING_OUT), "review.sign": (_R.CARRYING_OUT,), "review.cancel": (_R.DRAFT, _R.OPEN),
}  # fmt: skip


class ReviewsDoing(View):
    """Verbs over the review under the cursor."""

    current: Any

    def again(self) -> None:
        """Reads the list anew."""
        raise NotImplementedError

    def review(self) -> Review | None:
        """Returns the review under the cursor."""
        return self.current.review if self.current is not None else None

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on it now."""
        review, needed = self.review(), _NEEDS.get(action_id)
        if review is not None and needed is not None and review.state not in needed:
            return f"{review.label} is {review.state}"
        return super().why_not(action_id)

    async def do_review_draft(self) -> None:
        """Drafts a review: who is asked first, then of which grants, how long, and who decides at last."""
        chosen = await self.floor.box(
            PickBox(
                "who is asked about each grant",
                [Choice(str(by), str(by), words) for by, words in _BY.items()],
            )
        )
        if chosen is None:
            return
        named = (
            [FormField("people", "who is asked (ids, with blanks)", check=is_written)]
            if chosen == By.NAMED
            else []
        )
        fields = [
            FormField("name", "what it is about", check=is_written, longest=opening.LONGEST_NAME), *named,
            FormField("words", "of which grants: words that must be there; empty for all", hint="privileged web !svc"),
            FormField("days", "for how many days", str(USUAL_DAYS), check=_number),
            FormField("last", "who decides what nobody else did (ids, with blanks)", self.floor.person, check=is_written),
            FormField("every", "comes again after so many months; 0: not", "0", check=_number),
            FormField("opens", "the day on which it opens by itself; empty: B begins it", hint="2026-11-30", check=is_day_or_nothing),
        ]  # fmt: skip
        draft = Draft(self.floor, f"review.draft:{chosen}")
        answer = await self.floor.box(FormBox("new access review", fields, draft))
        if answer is None:
            return
        stage = Stage(By(chosen), tuple(answer.get("people", "").split()), int(answer["days"]))
        plan = Plan(
            (stage,), tuple(answer["last"].split()), Scope(answer["words"].strip()), every_months=int(answer["every"] or 0)
        )  # fmt: skip
        day = answer["opens"].strip()
        made = await self.floor.command(
            opening.draft_review,
            answer["name"],
            plan,
            "",
            date.fromisoformat(day) if day else None,
            draft=draft,
        )
        if made is not None:
            self.floor.say(f"{made.label} is drafted; B begins it")
            self.again()

    async def do_review_open(self) -> None:
        """Freezes its grants, and asks the reviewers."""
        await self._asked(
            "review.open",
            opening.open_review,
            "Begin",
            "is open: its grants are frozen, and the reviewers are told",
        )

    async def do_review_remind(self) -> None:
        """Reminds who has not decided."""
        review = self.review()
        if review is not None:
            told = await self.floor.command(stepping.remind_reviewers, review.id)
            if told is not None:
                self.floor.say(f"reminded: {', '.join(told) or 'nobody who can be reached'}")

    async def do_review_escalate(self) -> None:
        """Asks the leads, too."""
        await self._asked(
            "review.escalate", stepping.escalate_review, "Escalate", "the leads are asked, too", seen=False
        )

    async def do_review_close_stage(self) -> None:
        """Ends the stage before its time."""
        await self._asked(
            "review.close_stage",
            stepping.close_stage,
            "Close stage",
            "the stage has ended",
            "why it ends before its time:",
        )

    async def do_review_cancel(self) -> None:
        """Ends it undone."""
        await self._asked(
            "review.cancel", opening.cancel_review, "Cancel review", "is cancelled", "why it is cancelled:"
        )

    async def do_review_sign(self) -> None:
        """Says what it showed."""
        row = self.current
        left = row.stands.ordered + row.stands.refused if row is not None else 0
        lines = (
            [("open", f"{left} are still to be gone, or could not be done: they are listed in the evidence")]
            if left
            else []
        )
        await self._asked(
            "review.sign",
            opening.sign_review,
            "Sign off",
            "is signed off",
            "what it showed:",
            lines,
            despite_open=bool(left),
        )

    async def do_review_carry_out(self) -> None:
        """Carries out what was decided, part by part."""
        row = self.current
        if row is None:
            return
        review, stands = row.review, row.stands
        lines = [
            ("revoke", f"{stands.revoke} are to be removed from their source"), ("change", f"{stands.change}"),
            ("suspend", f"{stands.suspended} privileged that nobody decided"), ("keep", f"{stands.keep} stay as they are"),
        ]  # fmt: skip
        question = Question(
            f"Carry out {review.label} {review.name}", lines, [review.label], VERBS["review.carry_out"].level, "Carry out"
        )  # fmt: skip
        answer = await self.floor.box(ConfirmBox(question))
        if answer is None:
            return
        done = ordered = refused = 0
        while True:
            came = await self.floor.command(carrying_out.carry_out, review.id, answer.consent)
            if came is None:
                break
            done, ordered, refused = (
                done + len(came.done),
                ordered + len(came.ordered),
                refused + len(came.refused),
            )
            self.floor.say(
                f"{done} done, {ordered} told to where grants are kept, {refused} could not be done, {came.left} left",
                bad=bool(refused),
            )
            if not came.left:
                break
        self.again()

    async def _asked(
        self, verb: str, command: Callable[..., Any], word: str, done: str, asks: str = "",
        lines: Sequence[tuple[str, str]] = (), *, seen: bool = True, **named: Any,
    ) -> None:  # fmt: skip
        review = self.review()
        if review is None:
            return
        told: list[str | tuple[str, str]] = [
            ("scope", review.plan.scope.in_words),
            ("state", review.standing),
            *lines,
        ]
        question = Question(
            f"{word} {review.label} {review.name}", told, [review.label], VERBS[verb].level, word, asks_text=asks,
            keeps_lines=bool(asks),
        )  # fmt: skip
        draft = Draft(self.floor, f"{verb}:{review.label}") if asks else None
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is None:
            return
        args: tuple[Any, ...] = (answer.text, answer.consent) if asks else (answer.consent,)
        if seen:
            args = (*args, review.version)
        await self.floor.command(
            command, review.id, *args, done=f"{review.label} {done}", draft=draft, **named
        )
        self.again()


def _number(text: str) -> str | None:
    return None if text.strip().isdecimal() else "write a whole number"
