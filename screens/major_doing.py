"""What can be done about a major incident: one key, and what is possible as it stands."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import TYPE_CHECKING, Any

from core.desk.major import commands
from core.desk.major.model import CADENCE_S, REVIEW_WITHIN, ROLES, Review
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.security.findings.commands import check_owner
from core.sentences import LONGEST
from core.timekeeping import parse_span, utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.pick import Choice, PickBox
from screens.known import known_to
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.desk.model import Incident

CONFIRMED = Consent(Level.BOX)
"""Its form is the box that it goes through."""
DECLARE = Choice("declare", "declare", "a major incident: one commands, who waits hears in a rhythm")
COMMAND = Choice("command", "command", "hand over, give roles, set another rhythm")
STAND_DOWN = Choice("stand_down", "stand down", "it is no major incident any more; its review is owed")
REVIEW = Choice("review", "review", "say what the review found; it becomes a corrective action")
REPLAY = Choice("replay", "replay", "play how it went, entry by entry")
WAIVE = Choice("waive", "waive review", "there is no review, with the reason; a lead's")


class MajorDoing(View):
    """The verb that sees to the first of the view's incidents as a major one."""

    @abstractmethod
    def incidents(self) -> Sequence[Incident]:
        """Returns the incidents the verbs act on, as they were seen."""

    async def do_incident_major(self) -> None:
        """Offers what is possible, and does it."""
        incident = next(iter(self.incidents()), None)
        if incident is None:
            return
        choices = doings_of(incident)
        chosen = await self.floor.box(PickBox(f"{incident.label} {incident.title}", choices))
        if chosen == REPLAY.id:
            await self.floor.replay(incident.label)
        doing = {
            DECLARE.id: self._declare, COMMAND.id: self._command, STAND_DOWN.id: self._stand_down,
            REVIEW.id: self._review, WAIVE.id: self._waive,
        }.get(chosen or "")  # fmt: skip
        if doing is not None:
            await doing(incident)

    async def _declare(self, incident: Incident) -> None:
        every = FormField(
            "every", "who waits is told every", f"{CADENCE_S // 60}m", "5m to 24h", check=is_span
        )
        text = FormField("text", "why it is a major one", keeps_lines=True, longest=LONGEST)
        fields = [*_people(self.floor.person, {}), every, text]
        await self._fill_in(incident, "declare a major incident", fields, _declare, "is a major incident")

    async def _command(self, incident: Incident) -> None:
        major = incident.major
        assert major is not None, incident.label
        held = f"{(major.update_every_s or CADENCE_S) // 60}m"
        every = FormField("every", "who waits is told every", held, "5m to 24h", check=is_span)
        text = FormField("text", "what who takes over must know", keeps_lines=True, longest=LONGEST)
        fields = [*_people(major.commander, major.roles), every, text]
        await self._fill_in(incident, "who does what", fields, _command, "has its command changed")

    async def _stand_down(self, incident: Incident) -> None:
        major = incident.major
        assert major is not None, incident.label
        due = (utc_now() + REVIEW_WITHIN).date().isoformat()
        fields = [
            FormField("text", "why it is over", check=is_said, keeps_lines=True, longest=LONGEST),
            FormField("owner", "who owes its review", major.commander, longest=commands.LONGEST_NAME),
            FormField("due", "review due", due, "YYYY-MM-DD", check=is_day),
        ]
        await self._fill_in(incident, "stand down", fields, _stand_down, "is stood down; its review is owed")

    async def _review(self, incident: Incident) -> None:
        major = incident.major
        assert major is not None, incident.label
        fields = [
            FormField("text", "what the review found", check=is_said, keeps_lines=True, longest=LONGEST),
            FormField("action", "what is done so that it does not return", keeps_lines=True, longest=LONGEST),
            FormField("owner", "who does it", major.review_owner),
            FormField("due", "due", "", "YYYY-MM-DD", check=is_day),
        ]  # fmt: skip
        await self._fill_in(incident, "close its review", fields, _review, "has its review held")

    async def _waive(self, incident: Incident) -> None:
        fields = [FormField("text", "why there is no review", check=is_said, longest=LONGEST)]
        await self._fill_in(incident, "waive its review", fields, _waive, "has its review waived")

    async def _fill_in(
        self, incident: Incident, title: str, fields: Sequence[FormField],
        doing: Callable[[Mapping[str, str]], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]], done: str,
    ) -> None:  # fmt: skip
        draft = Draft(self.floor, f"major:{incident.label}:{title}")
        answer = await self.floor.box(
            FormBox(f"{incident.label} {title}", fields, draft, known_to(self.floor, _PEOPLE))
        )
        if answer is None:
            return
        command, args, named = doing(answer)
        await self.floor.command(
            command, incident.id, *args, **named, seen=incident.version, done=f"{incident.label} {done}", draft=draft
        )  # fmt: skip


def doings_of(incident: Incident) -> list[Choice]:
    """Returns what is possible of an incident as it stands; where nothing is, why it cannot be declared."""
    major = incident.major
    if major is not None and major.is_on:
        return [COMMAND, STAND_DOWN]
    why_not = None if incident.state.is_unsolved else f"it is {incident.state}; J opens it again"
    declare = Choice(DECLARE.id, DECLARE.text, DECLARE.note, why_not)
    return (
        [REVIEW, WAIVE, REPLAY, declare] if major is not None and major.review is Review.OWED else [declare]
    )


def is_span(text: str) -> str | None:
    """Returns what is wrong with a span of time that is typed; None where nothing is."""
    try:
        parse_span(text)
    except BadInput as error:
        return error.next_step
    return None


def is_day(text: str) -> str | None:
    """Returns what is wrong with a day that is typed; None where nothing is, and where none is typed."""
    try:
        date.fromisoformat(text or "2026-01-01")
    except ValueError:
        return "write it as 2026-11-30"
    return None


_PEOPLE = dict.fromkeys(("commander", *ROLES, "owner"), check_owner)


def _people(commander: str, roles: Mapping[str, str]) -> list[FormField]:
    return [
        FormField("commander", "commander", commander, "login", longest=commands.LONGEST_NAME),
        *(
            FormField(role, role, roles.get(role, ""), "login; empty: nobody", longest=commands.LONGEST_NAME)
            for role in ROLES
        ),
    ]


_Doing = tuple["Callable[..., Any]", tuple[Any, ...], dict[str, Any]]


def _declare(answer: Mapping[str, str]) -> _Doing:
    return commands.declare_major, (CONFIRMED,), _who_does_what(answer)


def _command(answer: Mapping[str, str]) -> _Doing:
    return commands.change_command, (), _who_does_what(answer)


def _who_does_what(answer: Mapping[str, str]) -> dict[str, Any]:
    return {
        "commander": answer["commander"], "roles": {role: answer[role] for role in ROLES},
        "update_every_s": parse_span(answer["every"]), "text": answer["text"],
    }  # fmt: skip


def _stand_down(answer: Mapping[str, str]) -> _Doing:
    named = {"owner": answer["owner"], "due": _day(answer["due"])}
    return commands.stand_down, (answer["text"], CONFIRMED), named


def _review(answer: Mapping[str, str]) -> _Doing:
    action = {name: answer[name] for name in ("action", "owner", "due") if answer[name]}
    return commands.close_review, (answer["text"], CONFIRMED), {"action": action}


def _waive(answer: Mapping[str, str]) -> _Doing:
    return commands.waive_review, (answer["text"], CONFIRMED), {}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
