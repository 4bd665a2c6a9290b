"""What can be done with requests, wherever they are shown: the marked ones, else the one under the cursor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.catalog.queries import declared_staff
from core.desk.requests import commands
from core.desk.requests.attending import hand_over_request
from core.desk.requests.checklists import checks_of, open_checks
from core.desk.requests.model import RequestState, WaitingFor
from core.errors import BadInput, WatchfloorError
from core.gate.model import VERBS
from core.sentences import LONGEST_NOTE
from core.timekeeping import parse_future, utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.keys import KeyBox, KeyChoice
from screens.boxes.pick import Choice, PickBox
from screens.boxes.reply import TEXT
from screens.due_explained import explain_due
from screens.escalating import escalate_by_hand
from screens.request_bulk import do_together, names_of
from screens.request_rows import who_asked
from screens.request_telling import RequestTelling
from screens.request_verbs import OF_REQUEST, why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.desk.requests.model import Request
    from core.gate.model import Consent
    from screens.saving import Standing

NOBODY = "-"
_PRIORITIES = {
    "1": "a service is down, or work stands still for many",
    "2": "work is hindered badly, or soon will be",
    "3": "some are hindered, there is a way round",
    "4": "a wish, or it can wait",
}
_WAITS = {
    "c": (WaitingFor.CUSTOMER, "customer", "its requester has to answer"),
    "s": (WaitingFor.SUPPLIER, "supplier", "somebody outside has to deliver"),
    "u": (WaitingFor.UNTIL, "until", "nothing is to be done before an instant"),
}


class RequestDoing(RequestTelling):
    """Verbs over `requests()`. Over one they act as their level says; over several what will change is shown first."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on any of them now."""
        if action_id not in OF_REQUEST:
            return super().why_not(action_id)
        found = self.requests()
        if not found:
            return "there is no request under the cursor"
        reasons = [why_not(action_id, each, self.floor.person) for each in found]
        return reasons[0] if all(reasons) else None

    async def do_request_due(self) -> None:
        """Shows how what is due of the first of them comes about."""
        for request in list(self.requests())[:1]:
            await explain_due(self, request)

    # At once

    async def do_request_acknowledge(self) -> None:
        """Says that they were seen."""
        await self._at_once("request.acknowledge", commands.acknowledge_request, "acknowledged")

    async def do_request_take(self) -> None:
        """Makes them this person's."""
        await self._at_once("request.take", commands.take_request, f"taken by {self.floor.person}")

    async def do_request_start(self) -> None:
        """Says that work has begun."""
        await self._at_once("request.start", commands.start_request, "at work")

    async def do_request_grade(self) -> None:
        """Sets their priority with one key."""
        found = list(self.requests())
        choices = [KeyChoice(key, f"P{key}", note) for key, note in _PRIORITIES.items()]
        key = await self.floor.box(KeyBox(f"priority of {names_of(found)}", choices))
        if key is not None:
            await self._over(
                found, "request.grade", commands.set_priority, f"has priority {key}", int(key),
                changes=lambda each: f"had {each.priority}",
            )  # fmt: skip

    async def do_request_assign(self) -> None:
        """Gives them to one of the staff, or to nobody."""
        found = list(self.requests())
        owner = await self._pick_staff(f"give {names_of(found)} to", nobody=True)
        if owner is not None:
            name = "" if owner == NOBODY else owner
            done = f"given to {name}" if name else "is nobody's now"
            await self._over(found, "request.assign", commands.assign_request, done, name, changes=_whose)

    async def do_request_hand_over(self) -> None:
        """Gives them to somebody, with what that person needs to know."""
        found = list(self.requests())
        owner = await self._pick_staff(f"hand {names_of(found)} over to", nobody=False)
        if owner is None:
            return
        draft = Draft(self.floor, f"request.hand:{found[0].label}")
        field = FormField(
            TEXT, f"what {owner} does next", check=is_said, keeps_lines=True, longest=LONGEST_NOTE
        )
        answer = await self.floor.box(FormBox(f"{names_of(found)} to {owner}", [field], draft))
        if answer is not None:
            done = f"handed over to {owner}"
            await self._over(
                found, "request.hand_over", hand_over_request, done, owner, answer[TEXT], draft=draft
            )

    async def _pick_staff(self, title: str, *, nobody: bool) -> str | None:
        me = self.floor.person
        try:
            staff = await self.floor.ask(declared_staff)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return None
        names = {each.login or each.id: each.name for each in staff}
        choices = [
            Choice(name, name, "you" if name == me else called) for name, called in sorted(names.items())
        ]
        if me not in names:
            choices.insert(0, Choice(me, me, "you"))
        if nobody:
            choices.append(Choice(NOBODY, "nobody", "it waits for whoever takes it"))
        return await self.floor.box(PickBox(title, choices))

    async def _at_once(self, verb: str, command: Callable[..., Any], done: str) -> None:
        changes = _whose if verb == "request.take" else _stood
        await self._over(list(self.requests()), verb, command, done, changes=changes)

    async def _over(
        self, found: Sequence[Request], verb: str, command: Callable[..., Any], done: str, *args: Any,
        draft: Draft | None = None, changes: Callable[[Request], str] | None = None,
    ) -> None:  # fmt: skip
        if len(found) > 1:
            await do_together(self.floor, found, verb, command, done, *args, draft=draft, changes=changes)
            return
        for each in found:
            await self.floor.command(
                command, each.id, *args, seen=each.version, done=f"{each.label} {done}", draft=draft
            )

    # Words

    async def do_request_note(self) -> None:
        """Writes an internal line on the time line of the first of them."""
        for request in list(self.requests())[:1]:
            await self._write_down(
                request, "note", "inside, its requester never reads it", commands.note_request, "noted on"
            )

    async def do_request_said(self) -> None:
        """Writes down what the requester of the first of them said, on the phone mostly."""
        for request in list(self.requests())[:1]:
            said = f"what {request.requester_name or request.requester} said"
            await self._write_down(request, "request.said", said, commands.requester_said, "written on")

    async def _write_down(
        self, request: Request, place: str, asks: str, command: Callable[..., Any], done: str
    ) -> None:
        """Asks for a text, kept as a draft of this place, and puts it on the time line."""
        draft = Draft(self.floor, f"{place}:{request.label}")
        field = FormField(TEXT, asks, check=is_said, keeps_lines=True, longest=LONGEST_NOTE)
        answer = await self.floor.box(FormBox(f"{request.label} {request.title}", [field], draft))
        if answer is not None:
            await self.floor.command(
                command, request.id, answer[TEXT], done=f"{done} {request.label}", draft=draft
            )

    async def do_request_wait(self) -> None:
        """Has them wait: on the customer, on a supplier, or until an instant."""
        found = list(self.requests())
        choices = [KeyChoice(key, text, note) for key, (_, text, note) in _WAITS.items()]
        key = await self.floor.box(KeyBox(f"what {names_of(found)} waits for", choices))
        if key is None:
            return
        what = _WAITS[key][0]
        draft = Draft(self.floor, f"request.wait:{found[0].label}")
        needs = what is WaitingFor.UNTIL
        fields = [
            FormField(TEXT, "what is waited for", check=is_said, keeps_lines=True, longest=LONGEST_NOTE),
            FormField("until", "until, in UTC" if needs else "goes on by itself at, in UTC", "", "14:30, 2026-03-02 09:00, 2h", check=is_future(needs)),
        ]  # fmt: skip
        answer = await self.floor.box(FormBox(f"{names_of(found)}: {_WAITS[key][1]}", fields, draft))
        if answer is None:
            return
        until = parse_future(answer["until"], utc_now()) if answer["until"] else None

        def wait(work: Any, number: int, *, seen: int | None = None) -> Any:
            return commands.wait_for(work, number, what, answer[TEXT], until=until, seen=seen)

        await self._over(
            found, "request.wait", wait, f"waits on {what}" if not needs else "waits", draft=draft
        )

    # Ends

    async def do_request_deliver(self) -> None:
        """Delivers them, or closes those that are delivered; with a sentence."""
        found = list(self.requests())
        if all(each.state is RequestState.DELIVERED for each in found):
            await self._end(
                found,
                "request.close",
                commands.close_request,
                "Close",
                "anything to add:",
                "closed",
                optional=True,
            )
        else:
            command = await self._delivering(found)
            if command is not None:
                await self._end(
                    found, "request.deliver", command, "Deliver", "what was delivered:", "delivered"
                )

    async def _delivering(self, found: Sequence[Request]) -> Callable[..., Any] | None:
        """Returns what delivers: where something of a checklist is open, with the reason, which is asked for; None where that was left."""
        try:
            lists = [await self.floor.ask(checks_of, each.id) for each in found]
        except WatchfloorError:
            return commands.deliver_request  # core looks all the same
        left = [f"{each.place} {each.text}" for checks in lists for each in open_checks(checks)]
        if not left:
            return commands.deliver_request
        draft = Draft(self.floor, f"request.despite:{found[0].label}")
        named = "; ".join(left[:3]) + (" …" if len(left) > 3 else "")
        field = FormField("despite", f"why it is delivered without: {named}", check=is_said)
        answer = await self.floor.box(
            FormBox(f"{names_of(found)}: {len(left)} not ticked off", [field], draft)
        )
        if answer is None:
            return None
        draft.used()
        return partial(commands.deliver_request, despite=answer["despite"])

    async def do_request_cancel(self) -> None:
        """Ends them undone; of what is held for a lead, refuses it."""
        found = list(self.requests())
        await self._end(
            found,
            "request.cancel",
            commands.cancel_request,
            "Cancel request",
            "why it ends undone:",
            "cancelled",
        )

    async def do_request_refuse(self) -> None:
        """Refuses them: the agreement does not cover it."""
        found = list(self.requests())
        await self._end(
            found, "request.refuse", commands.refuse_request, "Refuse", "why it is refused:", "refused"
        )

    async def do_request_admit(self) -> None:
        """Lets in what was held."""
        found = list(self.requests())
        await self._end(
            found, "request.admit", commands.admit_request, "Let in", "why it is let in:", "let in"
        )

    async def do_request_escalate(self) -> None:
        """Tells whoever is next of them, with why."""
        for each in list(self.requests()):
            await escalate_by_hand(self.floor, "request", each.id, each.label, each.title)

    async def do_request_reopen(self) -> None:
        """Opens them again."""
        found = list(self.requests())
        await self._end(
            found,
            "request.reopen",
            commands.reopen_request,
            "Reopen",
            "why it is opened again:",
            "open again",
        )

    async def _end(
        self, found: Sequence[Request], verb: str, command: Callable[..., Any], word: str, asks: str, done: str,
        *, optional: bool = False,
    ) -> None:  # fmt: skip
        if len(found) > 1:
            await do_together(self.floor, found, verb, command, done, asks=asks, word=word)
            return
        for request in found:
            keeps_outcome = optional or verb == "request.deliver"
            text = request.outcome if keeps_outcome else ""
            lines = [("what", request.title), ("from", who_asked(request)), ("state", request.standing)]
            if request.held_why:
                lines.append(("clause", request.held_why))
            question = Question(
                f"{word} {request.label}", lines, [request.label], VERBS[verb].level, word, asks_text=asks, text=text,
                keeps_lines=True,
            )  # fmt: skip
            draft = Draft(self.floor, f"{verb}:{request.label}")
            answer = await self.floor.box(ConfirmBox(question, draft))
            if answer is None:
                return
            write = self._writing(command, request, answer.consent, draft, done)
            standing: Callable[[Request], str] = (
                (lambda now: now.outcome) if keeps_outcome else (lambda _: "")
            )
            await self._save(request, draft, asks, write, {TEXT: answer.text}, standing)

    def _writing(
        self, command: Callable[..., Any], request: Request, consent: Consent, draft: Draft, done: str
    ) -> Callable[[Mapping[str, str], Standing[Request]], Any]:
        async def write(texts: Mapping[str, str], now: Standing[Request]) -> None:
            await self.floor.command(
                command, request.id, texts[TEXT], consent, now.version, done=f"{request.label} {done}", draft=draft,
                raises_moved=True,
            )  # fmt: skip

        return write


def is_future(needed: bool) -> Callable[[str], str | None]:
    """Returns the check of an instant to come, which may be left out unless it is needed."""

    def check(text: str) -> str | None:
        if not text:
            return "until when? 14:30, 2026-03-02 09:00, or 2h" if needed else None
        try:
            parse_future(text, utc_now())
        except BadInput as error:
            return error.what
        return None

    return check


def _whose(request: Request) -> str:
    return f"{request.owner or 'nobody'} had it, {request.standing}"


def _stood(request: Request) -> str:
    return f"was {request.standing}"
