"""What leads do with reviews: draft, begin, remind, escalate, close a stage, carry out, sign off, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.nearest import listed
from core.gate.model import VERBS
from core.security.reviews import carrying_out, opening, stepping
from core.security.reviews.model import ItemState, Review, ReviewState
from core.security.reviews.own import own_words
from core.security.reviews.queries import progress
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.review_drafting import ReviewDrafting
from screens.review_evidence import ReviewEvidence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_R = ReviewState
_NEEDS = {
    "review.open": (_R.DRAFT,), "review.remind": (_R.OPEN,), "review.escalate": (_R.OPEN,), "review.close_stage": (_R.OPEN,),
    "review.carry_out": (_R.OPEN, _R.CARRYING_OUT), "review.sign": (_R.CARRYING_OUT,), "review.cancel": (_R.DRAFT, _R.OPEN),
}  # fmt: skip


class ReviewsDoing(ReviewDrafting, ReviewEvidence):
    """Verbs over the review under the cursor."""

    current: Any

    def review_number(self) -> int:
        """Returns the number of the review under the cursor."""
        review = self.review()
        return review.id if review is not None else 0

    def review(self) -> Review | None:
        """Returns the review under the cursor."""
        return self.current.review if self.current is not None else None

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on it now."""
        review, needed = self.review(), _NEEDS.get(action_id)
        if review is not None and needed is not None and review.state not in needed:
            return f"{review.label} is {review.state}"
        if action_id == "review.carry_out" and review is not None and not self.current.stands.not_done:
            is_open = review.state is _R.OPEN
            return f"nothing of {review.label} is " + (
                "settled yet: S closes its stage first" if is_open else "left to carry out"
            )
        return super().why_not(action_id)

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
        await self._asked("review.escalate", stepping.escalate_review, "Escalate", "the leads are asked, too")

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
        review = row.review
        stands = (await self.floor.ask(progress, [review.id], only=ItemState.SETTLED))[review.id]
        lines = [
            ("revoke", f"{stands.revoke} are to be removed from their source"), ("change", f"{stands.change}"),
            ("suspend", f"{stands.suspended} privileged that nobody decided"), ("keep", f"{stands.keep} stay; those that were only found are granted by it"),
        ]  # fmt: skip
        question = Question(
            f"Carry out {review.label} {review.name}", lines, [review.label], VERBS["review.carry_out"].level, "Carry out"
        )  # fmt: skip
        answer = await self.floor.box(ConfirmBox(question))
        if answer is None:
            return
        done = ordered = refused = 0
        seen = review.version
        while True:
            came = await self.floor.command(carrying_out.carry_out, review.id, answer.consent, seen=seen)
            if came is None:
                break
            seen = came.version
            done, ordered, refused = (
                done + len(came.done),
                ordered + len(came.ordered),
                refused + len(came.refused),
            )
            others = f"; {listed(came.others)} can carry out {own_words(came.own)}" if came.own else ""
            self.floor.say(
                f"{done} done, {ordered} told to where grants are kept, {refused} could not be done, {came.left} left{others}",
                bad=bool(refused),
            )
            if not came.left:
                break
        self.again()

    async def _asked(
        self, verb: str, command: Callable[..., Any], word: str, done: str, asks: str = "",
        lines: Sequence[tuple[str, str]] = (), **named: Any,
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
        await self.floor.command(
            command, review.id, *args, review.version, done=f"{review.label} {done}", draft=draft, **named
        )
        self.again()
