"""What can be done with the items of a review: staged of the marked ones, else of the one under the cursor, and written out."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.gate.model import VERBS, Level, needed_level
from core.security.grants.model import USUAL_GRANTED_DAYS
from core.security.reviews import carrying_out, deciding
from core.security.reviews.context import overview_of
from core.security.reviews.model import Decision, Item, ItemState
from core.security.reviews.pages import PAGES, Wanted
from core.sentences import LONGEST
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.several_doing import is_day, is_day_or_nothing
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.security.reviews.context import Overview
    from core.security.reviews.deciding import Outcome

STAGING = frozenset({"review.keep", "review.revoke", "review.change", "review.undecided"})
MOST_SHOWN = 500
_NOT_ALIKE = {"grant": ", which nobody had granted", "expect": ", which the source does not show"}
_WHY = {
    Decision.KEEP: "why it is needed", Decision.REVOKE: "why it is revoked", Decision.UNDECIDED: "why you cannot tell",
    Decision.CHANGE: "what is to be different, and why",
}  # fmt: skip


class ReviewDoing(View):
    """Verbs over `items()`. Nothing is said by them: all is staged, and said together once the whole was looked at."""

    review_id: int
    grid: Any
    _last_reason: dict[Decision, str]

    @abstractmethod
    def items(self) -> Sequence[Item]:
        """Returns the items the verbs act on, as they were seen."""

    @abstractmethod
    def staged_now(self, items: Sequence[Item]) -> None:
        """Called when what is staged of these items is another, which they say."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the items now."""
        found = self.items()
        if action_id in STAGING and found:
            if all(each.state is not ItemState.OPEN for each in found):
                return f"{found[0].label} is {found[0].standing}"
            if len(found) > 1 and all(each.is_privileged for each in found):
                return "what is privileged is decided one by one"
        if action_id == "review.unstage" and found and not any(each.staged for each in found):
            return (
                f"nothing is staged of {found[0].label}" if len(found) == 1 else "nothing is staged of them"
            )
        if action_id == "review.settle" and found:
            if len(found) > 1:
                return "one at a time"
            by_hand = found[0].state is ItemState.ORDERED and found[0].outcome is Decision.CHANGE
            if not by_hand and found[0].state is not ItemState.REFUSED:
                return f"{found[0].label} is {found[0].standing}"
        return super().why_not(action_id)

    async def do_review_keep(self) -> None:
        """Stages keep: at once, or of what is privileged with the reason, and where it was only found until when."""
        found = list(self.items())
        if len(found) == 1 and found[0].is_privileged:
            await self._with_reason(Decision.KEEP)
        elif found:
            await self._stage(found, Decision.KEEP, "", None, None)

    async def do_review_revoke(self) -> None:
        """Stages revoke, with the reason."""
        await self._with_reason(Decision.REVOKE)

    async def do_review_undecided(self) -> None:
        """Stages that one looked and cannot tell."""
        await self._with_reason(Decision.UNDECIDED)

    async def do_review_change(self) -> None:
        """Stages a change: until a day, or what is to be different."""
        await self._with_reason(Decision.CHANGE)

    async def do_review_unstage(self) -> None:
        """Takes what is staged of the items back."""
        found = [each for each in self.items() if each.staged]
        if not found:  # no item is named: that would be all of them
            return
        taken = await self.floor.command(
            deciding.unstage,
            self.review_id,
            [each.id for each in found],
            done=f"{names_of(found)}: taken back",
        )
        if taken is not None:
            self.staged_now([replace(each, staged="", staged_why="") for each in found])

    async def do_review_settle(self) -> None:
        """Says that a change by hand is made, or what could not be done is done otherwise."""
        (item,) = self.items()
        question = Question(
            f"Settle {item.label}", [("right", item.in_words), ("decided", item.standing), ("trouble", item.trouble or "-")],
            [item.label], VERBS["review.settle"].level, "Settle", asks_text="what was done, and how one sees it:", keeps_lines=True,
        )  # fmt: skip
        draft = Draft(self.floor, f"review.settle:{item.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            done = f"{item.label} is settled"
            await self.floor.command(
                carrying_out.settle_item,
                item.id,
                answer.text,
                answer.consent,
                item.standing,
                done=done,
                draft=draft,
            )

    async def _with_reason(self, decision: Decision) -> None:
        found = list(self.items())
        if not found:
            return
        draft = Draft(self.floor, f"review.{decision}:{found[0].label}")
        why = FormField(
            "text", _WHY[decision], self._last_reason.get(decision, ""), check=is_written, keeps_lines=True, longest=LONGEST
        )  # fmt: skip
        fields = [why]
        if decision is Decision.CHANGE:
            words = "the day on which it is to end; empty: somebody changes it by hand"
            fields.insert(0, FormField("until", words, "", "2026-11-30", is_day_or_nothing))
        elif decision is Decision.KEEP and found[0].was_only_found:
            ahead = utc_now().date() + timedelta(days=USUAL_GRANTED_DAYS)
            words = "nobody has granted it yet: to keep it is to grant it, until"
            fields.insert(0, FormField("until", words, str(ahead), "2026-11-30", is_day))
        answer = await self.floor.box(FormBox(f"{decision} {names_of(found)}", fields, draft))
        if answer is None:
            return
        day = answer.get("until", "").strip()
        until = date.fromisoformat(day) if day else None
        if await self._stage(found, decision, answer["text"], until, draft):
            self._last_reason[decision] = answer["text"]

    async def _stage(
        self, found: Sequence[Item], decision: Decision, why: str, until: date | None, draft: Draft | None
    ) -> bool:
        """Stages, shows it, and goes on to the next row; tells whether it was staged."""
        ids = [each.id for each in found]
        came: Outcome | None = await self.floor.command(
            deciding.stage_decisions, self.review_id, ids, decision, why, until, draft=draft
        )
        if came is None:
            return False
        done = set(came.done)
        self.staged_now(
            [replace(each, staged=str(decision), staged_why=why) for each in found if each.label in done]
        )
        if came.not_done:
            said = "; ".join(f"{label}: {reason}" for label, reason in came.not_done[:3])
            self.floor.say(f"{len(done)} of {len(found)} staged as {decision}; not {said}", bad=True)
        elif len(found) > 1:
            self.floor.say(f"{counted(len(found), 'item')} staged as {decision}; W says it")
            self.grid.unmark_all()
        else:
            self.floor.say(f"{found[0].label} {decision} is staged; W says it")
            self._go_on()
        return True

    def _go_on(self) -> None:
        """Moves the cursor to the next row."""
        rows, place = self.grid.model.rows, self.grid.model.cursor_place
        if place + 1 < len(rows):
            self.grid.move_cursor(1)

    # Said together

    async def do_review_write_out(self) -> None:
        """Shows the whole of what is staged, and says it once that is confirmed."""
        found: Overview = await self.floor.ask(overview_of, self.review_id, self.floor.person)
        staged = found.staged
        if not staged.total:
            self.floor.say(
                "nothing is staged: a keeps, V revokes, C changes, Q says that you cannot tell", bad=True
            )
            return
        rows: list[Item] = await self.floor.ask(
            PAGES.page, Wanted(self.review_id, self.floor.person, "staged"), limit=MOST_SHOWN
        )
        names = list(staged.changing) or [found.review.label]
        verb = VERBS["review.write_out"]
        question = Question(
            f"Say {counted(staged.total, 'decision')} of {found.review.label} {found.review.name}",
            [*_whole(rows, staged.total), ("pace", found.pace.in_words + (": that is hasty" if found.pace.is_hasty else ""))],
            names, max(Level.BOX, needed_level(verb, len(names))), "Say it",
        )  # fmt: skip
        answer = await self.floor.box(ConfirmBox(question))
        if answer is None:
            return
        said = await self.floor.command(deciding.write_out, self.review_id, staged.mark, answer.consent)
        if said is not None:
            changing = said.change + said.revoke
            self.floor.say(
                f"{counted(said.total, 'decision')} said, {changing} of them change{'s' * (changing == 1)} something"
            )
            self.staged_now([])


def _whole(rows: Sequence[Item], total: int) -> list[str | tuple[str, str]]:
    """Returns what is staged, one line for each that changes something or keeps what is privileged, the other kept ones by reason."""
    lines: list[str | tuple[str, str]] = [
        (
            each.staged,
            f"{each.label} {each.in_words}{_until(each)}{f': {each.staged_why}' if each.staged_why else ''}",
        )
        for each in rows
        if each.staged != Decision.KEEP
    ]
    kept: dict[tuple[str, str, str], list[Item]] = {}
    for each in rows:
        if each.staged == Decision.KEEP:
            what = "grant" if each.was_only_found else "expect" if each.was_missing else "keep"
            if each.is_privileged:
                why = f": {each.staged_why}" if each.staged_why else ""
                found = _NOT_ALIKE.get(what, "")
                lines.append((what, f"{each.label} {each.in_words}{found}{_until(each)}{why}"))
                continue
            kept.setdefault((what, _until(each), each.staged_why), []).append(each)
    for (what, until, why), some in sorted(kept.items()):
        names = ", ".join(each.principal for each in some)
        found = _NOT_ALIKE.get(what, "")
        lines.append((what, f"{len(some)}{found}: {names}{until}" + (f" ({why})" if why else "")))
    if total > len(rows):
        lines.append(("more", f"{total - len(rows)} more; the view staged shows all"))
    return lines


def _until(item: Item) -> str:
    return f" until {item.staged_until}" if item.staged_until else ""


def names_of(found: Sequence[Item]) -> str:
    """Returns what items are, in words; of many only the first, and how many more."""
    if len(found) == 1:
        return f"{found[0].label} {found[0].in_words}"
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return ", ".join(each.label for each in found[:3]) + more
