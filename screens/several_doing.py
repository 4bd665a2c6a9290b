"""What is done with the rows of a list: the marked ones, else the one under the cursor. Over several it is shown first what will change."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from core.catalog.queries import declared_staff
from core.counting import counted
from core.errors import WatchfloorError
from core.gate.model import VERBS, Level, needed_level
from core.journal.model import Subject
from core.security.findings.commands import check_owner
from core.security.together import together
from core.sentences import LONGEST
from screens.action_forms import draft_from_subject
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.boxes.pick import Choice, PickBox
from screens.known import known_to
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.security.together import Outcome
    from screens.written import Labelled

NOBODY = "-"
MOST_NAMED = 12


class SeveralDoing(View):
    """Verbs over `subjects()`. `noun` is what one is called, `form_titles` those of its forms."""

    noun: ClassVar[str]
    form_titles: ClassVar[Mapping[str, str]]

    @abstractmethod
    def subjects(self) -> Sequence[Any]:
        """Returns what the verbs act on, as it was seen."""

    @abstractmethod
    def why_not_of(self, verb: str, row: Any) -> str | None:
        """Returns why a verb is not possible on a row as it stands; None where it is."""

    async def do_action_draft(self) -> None:
        """Drafts a corrective action from the first of them."""
        for row in list(self.subjects())[:1]:
            await draft_from_subject(self.floor, Subject(self.noun, str(row.id)))

    async def form(self, place: str, fields: Sequence[FormField]) -> tuple[Draft, dict[str, str]] | None:
        """Asks for fields, of which what was typed is kept as a draft; None where it was given up."""
        found = list(self.subjects())
        draft = Draft(self.floor, f"{place}:{found[0].label}")
        asked = known_to(self.floor, {"owner": check_owner})
        title = f"{self.form_titles[place]} {names_of(found)}"
        answer = await self.floor.box(FormBox(title, fields, draft, asked))
        return None if answer is None else (draft, answer)

    async def pick_staff(self, title: str, *, nobody: bool) -> str | None:
        """Asks for one of the staff; None where it was given up, NOBODY for nobody."""
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

    async def over(
        self, action: str, command: Callable[..., Any], done: str, *args: Any, draft: Draft | None = None, verb: str = "",
    ) -> None:  # fmt: skip
        """Does what acts at once; over several it is shown first what will change."""
        found = list(self.subjects())
        if len(found) != 1:
            await self.asked_over(action, command, done, "Do it", [], *args, draft=draft, verb=verb)
            return
        item = found[0]
        await self.floor.command(
            command, item.id, *args, seen=item.version, done=f"{item.label} {done}", draft=draft
        )

    async def asked_over(
        self, action: str, command: Callable[..., Any], done: str, word: str, lines: Sequence[tuple[str, str]], *args: Any,
        draft: Draft | None = None, verb: str = "", **named: Any,
    ) -> None:  # fmt: skip
        """Shows what will change and what will not, asks, and does it in one transaction."""
        found, verb = list(self.subjects()), verb or action
        reasons = {each.label: self.why_not_of(action, each) for each in found}
        changing = [each for each in found if not reasons[each.label]]
        refused = [why for why in reasons.values() if why]
        level = max(Level.BOX, needed_level(VERBS[verb], len(changing)))
        said: list[str | tuple[str, str]] = [("will", f"{names_of(changing, MOST_NAMED)}: {done}"), *lines]
        if refused:
            more = f"; and {len(refused) - MOST_NAMED} more" if len(refused) > MOST_NAMED else ""
            said.append(("will not", "; ".join(refused[:MOST_NAMED]) + more))
        title = f"{counted(len(changing), self.noun)} of {len(found)} will change"
        answer = await self.floor.box(
            ConfirmBox(Question(title, said, [each.label for each in changing], level, word))
        )
        if answer is None:
            return
        asks = VERBS[verb].level >= Level.BOX
        outcome: Outcome | None = await self.floor.command(
            together, verb, command, [(each.id, each.version) for each in changing], answer.consent,
            *args, *((answer.consent,) if asks else ()), draft=draft, **named,
        )  # fmt: skip
        if outcome is not None:
            text = f"{len(outcome.done)} of {len(found)} {done}"
            text += (
                f"; not {'; '.join(f'{name}: {why}' for name, why in outcome.not_done[:3])}"
                if outcome.not_done
                else ""
            )
            self.floor.say(text, bad=bool(outcome.not_done))


def names_of(found: Sequence[Labelled], most: int = 3) -> str:
    """Returns the labels of rows; of many only the first, and how many more."""
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(each.label for each in found[:most]) + more


def sentence_field(asks: str, value: str = "") -> FormField:
    """Returns the field of a form that asks for a sentence."""
    return FormField("text", asks, value, check=is_written, keeps_lines=True, longest=LONGEST)


def is_day(text: str) -> str | None:
    """Returns what is wrong with a day."""
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return "write it as 2026-11-30"
    return None


def is_day_or_nothing(text: str) -> str | None:
    """Returns what is wrong with a day that need not be there."""
    wrong = is_day(text) if text.strip() else None
    return f"{wrong}, or leave it empty" if wrong else None
