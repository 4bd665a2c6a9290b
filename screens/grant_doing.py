"""What can be done with grants: the marked ones, else the one under the cursor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.security.grants import commands
from core.security.grants.model import FOLLOWS, REMOVAL_DAYS, USUAL_GRANTED_DAYS, Grant, Standing, standing_of
from core.sentences import LONGEST
from core.timekeeping import utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.several_doing import (
    NOBODY,
    SeveralDoing,
    is_day,
    is_day_or_nothing,
    names_of,
    sentence_field,
)

_S = Standing
USUAL_IGNORED_DAYS = 14
_OVER_ANY = frozenset({"grant.assign", "grant.note"})
_DECIDES = ("grant.accept", "grant.end", "grant.ignore")


def wanted_by(action: str, grant: Grant) -> Standing | None:
    """Returns how a grant would stand after an action; None for one that decides nothing."""
    if action == "grant.accept":
        return standing_of(is_granted=True, is_found=grant.is_found)
    if action == "grant.end":
        return _S.REMOVING if grant.is_found else _S.ENDED
    return _S.IGNORED if action == "grant.ignore" else None


def why_not(action: str, grant: Grant) -> str | None:
    """Returns why an action is not possible on a grant as it stands; None where it is."""
    wanted = wanted_by(action, grant)
    if wanted is None or wanted in FOLLOWS[grant.standing]:
        return None
    return f"{grant.label} is {grant.standing_in_words}"


class GrantDoing(SeveralDoing):
    """Verbs over grants. Over one they act as their level says; over several what will change is shown first."""

    noun = "grant"
    form_titles = {"grant.accept": "grant", "grant.end": "end", "grant.ignore": "leave alone"}  # noqa: RUF012

    def why_not_of(self, verb: str, row: Any) -> str | None:
        """Returns why a verb is not possible on a grant as it stands; None where it is."""
        return why_not(verb, row)

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on any of them now."""
        if action_id not in {*_DECIDES, *_OVER_ANY, "grant.decide"}:
            return super().why_not(action_id)
        found = self.subjects()
        if not found:
            return "there is no grant under the cursor"
        if action_id == "grant.note" and len(found) > 1:
            return "one at a time"
        actions = _DECIDES if action_id == "grant.decide" else (action_id,)
        reasons = [why_not(action, each) for each in found for action in actions]
        return reasons[0] if all(reasons) else None

    async def do_grant_decide(self) -> None:
        """Chooses what is to become of them, and goes on as that asks."""
        found = self.subjects()
        doings = {
            "grant.accept": self.do_grant_accept,
            "grant.end": self.do_grant_end,
            "grant.ignore": self.do_grant_ignore,
        }
        words = {
            "grant.accept": ("grant it here", "who answers for it, why, until when"),
            "grant.end": ("end it", "what its source still shows is to be removed there"),
            "grant.ignore": ("leave it alone", "until a day, for a reason"),
        }
        choices = [
            Choice(name, *words[name])
            for name in _DECIDES
            if any(why_not(name, each) is None for each in found)
        ]
        chosen = await self.floor.box(PickBox(f"what is to become of {names_of(found)}", choices))
        if chosen is not None:
            await doings[chosen]()

    async def do_grant_accept(self) -> None:
        """Grants them here: who answers for them, why, and until when."""
        one: Grant = self.subjects()[0]
        until = one.expires if one.standing is _S.GRANTED and one.expires else _ahead(USUAL_GRANTED_DAYS)
        may_be_empty = not any(each.is_privileged for each in self.subjects())
        fields = [
            FormField("owner", "who answers for it", one.owner or self.floor.person, check=is_written),
            FormField(
                "until", "the last day of it" + (", or nothing" if may_be_empty else ""), str(until), "2026-11-30",
                check=is_day_or_nothing if may_be_empty else is_day,
            ),
            sentence_field("why the right is granted", one.reason),
        ]  # fmt: skip
        answer = await self.form("grant.accept", fields)
        if answer is None:
            return
        draft, texts = answer
        day = date.fromisoformat(texts["until"].strip()) if texts["until"].strip() else None
        lines = [("until", f"{day}; then it is a difference again" if day else "no day is set"),
                 ("answers", texts["owner"]), ("why", texts["text"])]  # fmt: skip
        await self.asked_over(
            "grant.accept", commands.accept_grant, f"granted until {day}" if day else "granted", "Grant", lines,
            texts["owner"].strip(), texts["text"], day, draft=draft,
        )  # fmt: skip

    async def do_grant_end(self) -> None:
        """Ends them: what their source still shows is to be removed there, and is tracked until it is gone."""
        answer = await self.form("grant.end", [sentence_field("why the right is to end")])
        if answer is None:
            return
        draft, texts = answer
        found: list[Grant] = list(self.subjects())
        there = sum(1 for each in found if each.is_found)
        lines = [("why", texts["text"])]
        if there:
            lines.append(
                (
                    "there",
                    f"{there} to be removed from their source by {_ahead(REMOVAL_DAYS)}; this program changes no source",
                )
            )
        await self.asked_over(
            "grant.end", commands.end_grant, "to end", "End", lines, texts["text"], draft=draft
        )

    async def do_grant_ignore(self) -> None:
        """Leaves the differences alone until a day, with the reason."""
        fields = [
            FormField(
                "until", "until which day", str(_ahead(USUAL_IGNORED_DAYS)), "2026-11-30", check=is_day
            ),
            sentence_field("why it is left alone"),
        ]
        answer = await self.form("grant.ignore", fields)
        if answer is None:
            return
        draft, texts = answer
        day = date.fromisoformat(texts["until"].strip())
        lines = [("until", f"{day}; then it is to be decided again"), ("why", texts["text"])]
        await self.asked_over(
            "grant.ignore", commands.ignore_grant, f"left alone until {day}", "Leave alone", lines, day, texts["text"],
            draft=draft,
        )  # fmt: skip

    async def do_grant_assign(self) -> None:
        """Says who of the staff answers for them."""
        owner = await self.pick_staff(f"who answers for {names_of(self.subjects())}", nobody=True)
        if owner is not None:
            name = "" if owner == NOBODY else owner
            done = f"is {name}'s" if name else "is nobody's now"
            await self.over("grant.assign", commands.assign_grant, done, name)

    async def do_grant_note(self) -> None:
        """Writes on the time line of one."""
        (item,) = self.subjects()
        draft = Draft(self.floor, f"grant.note:{item.label}")
        field = FormField("text", "what you saw or did", check=is_written, keeps_lines=True, longest=LONGEST)
        answer = await self.floor.box(FormBox(f"{item.label} time line", [field], draft))
        if answer is not None:
            await self.floor.command(
                commands.note_grant, item.id, answer["text"], done=f"{item.label} noted", draft=draft
            )


def _ahead(days: int) -> date:
    return utc_now().date() + timedelta(days=days)
