"""The rest of a request's life from the keyboard: merged, linked, split, watched, snoozed, approved, changed, ticked off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.desk.agreements.forms import check_form
from core.desk.agreements.words import field_words
from core.desk.links.model import item_called
from core.desk.requests import attending, checklists, commands
from core.desk.requests.approvals import approval_of, approve_request, decline_request
from core.desk.requests.changing import change_request
from core.desk.requests.commands import LONGEST_TITLE
from core.desk.requests.merging import merge_request, unmerge_request
from core.desk.requests.model import RequestState
from core.desk.requests.offers import type_of
from core.desk.requests.pages import like
from core.desk.requests.queries import one_request
from core.desk.requests.splitting import split_request
from core.errors import BadInput, WatchfloorError
from core.gate.model import VERBS, Consent, Level
from core.sentences import LONGEST_NOTE
from core.timekeeping import parse_future, utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.keys import KeyBox, KeyChoice
from screens.boxes.pick import Choice, PickBox
from screens.boxes.reply import TEXT
from screens.linking import link_or_unlink
from screens.request_bulk import do_together, names_of
from screens.request_doing import is_future
from screens.request_running import RequestRunning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.catalog.model import RequestType
    from core.desk.requests.model import Request


class RequestLife(RequestRunning):
    """Verbs over `requests()` beside those of the daily work. Where one needs to be looked at whole, over the first of them."""

    # Who attends to them

    async def do_request_watch(self) -> None:
        """Has this person told of what happens to them, or no longer."""
        me = self.floor.person
        for request in list(self.requests()):
            watchers = await self._read(attending.watchers_of, commands.subject(request.id))
            if watchers is None:
                return
            command, done = (
                (attending.unwatch_request, "no longer watched by you")
                if me in watchers
                else (attending.watch_request, "watched by you")
            )
            await self.floor.command(command, request.id, done=f"{request.label} {done}")

    async def do_request_snooze(self) -> None:
        """Puts them out of sight until an instant; what is snoozed already comes back."""
        found = list(self.requests())
        if all(each.snoozed_until is not None for each in found):
            await self._over(found, "request.wake", attending.wake_request, "back in sight")
            return
        draft = Draft(self.floor, f"request.snooze:{found[0].label}")
        fields = [
            FormField("until", "out of sight until, in UTC", "", "14:30, 2026-03-02 09:00, 2h", check=is_future(needed=True)),
            FormField(TEXT, "why it can rest until then", check=is_said, keeps_lines=True, longest=LONGEST_NOTE),
        ]  # fmt: skip
        answer = await self.floor.box(FormBox(f"snooze {names_of(found)}", fields, draft))
        if answer is None:
            return
        until = parse_future(answer["until"], utc_now())
        await self._over(
            found, "request.snooze", attending.snooze_request, f"out of sight until {until:%d %b %H:%M}Z", until, answer[TEXT],
            draft=draft,
        )  # fmt: skip

    # What they hang together with

    async def do_request_merge(self) -> None:
        """Has another request go on for them; what is merged is taken out of that again."""
        found = list(self.requests())
        if all(each.state is RequestState.MERGED for each in found):
            await self._unmerge(found[0])
            return
        alike = await self._read(like, found[0]) or []
        marked = {each.label for each in found}
        choices = [Choice(each.label, each.label, each.title) for each in alike if each.label not in marked]
        title = f"merge {names_of(found)} into: choose one, or type its number"
        chosen = await self.floor.box(PickBox(title, choices, anything=True))
        target = await self._request_called(chosen) if chosen is not None else None
        if target is None:
            return

        def merge(work: Any, number: int, text: str, consent: Consent, *, seen: int | None = None) -> Any:
            return merge_request(work, number, target.id, text, consent, seen)

        others = [each for each in found if each.id != target.id]
        asks, done = "why they are the same, as its requester reads it:", f"merged into {target.label}"
        if len(others) > 1:
            await do_together(self.floor, others, "request.merge", merge, done, asks=asks, word="Merge")
            return
        for request in others:
            lines = [
                ("what", request.title), ("into", f"{target.label} {target.title}"),
                ("then", "what its requester says goes there; they are told, and how it stands from there"),
            ]  # fmt: skip
            await self._confirmed(request, "request.merge", "Merge", lines, asks, merge, done)

    async def _unmerge(self, request: Request) -> None:
        lines = [
            ("what", request.title), ("out of", f"R-{request.merged_into}"),
            ("then", "it stands as it did before it was merged, and its requester is told"),
        ]  # fmt: skip

        def unmerge(work: Any, number: int, _text: str, consent: Consent, *, seen: int | None = None) -> Any:
            return unmerge_request(work, number, consent, seen)

        await self._confirmed(request, "request.unmerge", "Take out", lines, "", unmerge, "goes on by itself")

    async def do_request_link(self) -> None:
        """Says what the first of them is to another item, or that it is that no longer."""
        request = next(iter(self.requests()))
        alike = await self._read(like, request) or []
        offered = [Choice(each.label, each.label, each.title) for each in alike]
        await link_or_unlink(self.floor, commands.subject(request.id), offered)

    async def do_request_split(self) -> None:
        """Makes a request of its own of a part of the first of them."""
        request = next(iter(self.requests()))
        draft = Draft(self.floor, f"request.split:{request.label}")
        fields = [
            FormField(
                "title",
                "the part that goes on by itself, in one line",
                check=is_said,
                longest=LONGEST_TITLE,
            ),
            FormField(TEXT, "what is known of it", keeps_lines=True, longest=LONGEST_NOTE),
            FormField("service", "service, where it is another", "", request.service),
        ]
        answer = await self.floor.box(FormBox(f"split {request.label} {request.title}", fields, draft))
        if answer is not None:
            made = await self.floor.command(
                split_request, request.id, answer["title"], answer[TEXT], Consent(Level.BOX), request.version,
                service=answer["service"], draft=draft,
            )  # fmt: skip
            if made is not None:
                self.floor.say(
                    f"{made.label} goes on with that part of {request.label}; its requester is told"
                )

    # Approvals, what is asked for, and what is to be ticked off

    async def do_request_decide(self) -> None:
        """Approves or declines the first of them."""
        request = next(iter(self.requests()))
        held = await self._read(approval_of, request.id)
        choices = [
            KeyChoice("y", "approve", "it may be done"),
            KeyChoice("n", "decline", "it is refused, with the reason"),
        ]
        key = await self.floor.box(KeyBox(f"{request.label} {request.title}", choices))
        if key is None:
            return
        lines = [
            ("what", request.title), ("from", request.requester_name or request.requester),
            ("approval", held.words if held is not None else ""),
        ]  # fmt: skip
        if key == "y":
            await self._confirmed(
                request,
                "request.approve",
                "Approve",
                lines,
                "",
                approve_request,
                "approved by you",
            )
        else:
            await self._confirmed(
                request,
                "request.decline",
                "Decline",
                lines,
                "why it is declined:",
                decline_request,
                "declined",
            )

    async def do_request_change(self) -> None:
        """Changes what the first of them asks for; where it was approved, that is asked for anew."""
        seen = next(iter(self.requests()))
        request = await self._read(one_request, seen.id)
        if request is None:
            return
        offered = await self._read(type_of, seen.id)
        draft = Draft(self.floor, f"request.change:{request.label}")
        fields = [
            FormField(
                "title",
                "what is asked for, in one line",
                request.title,
                check=is_said,
                longest=LONGEST_TITLE,
            ),
            FormField("component", "component, where one is meant", request.component, longest=LONGEST_TITLE),
            *form_fields(offered, request.form),
            FormField("text", "in their own words", request.text, keeps_lines=True, longest=LONGEST_NOTE),
        ]
        answer = await self.floor.box(FormBox(f"change {request.label}", fields, draft))
        if answer is None:
            return
        texts = {name: answer[name] for name in ("title", "component", "text")}
        form = form_answers(offered, answer)
        await self.floor.command(
            change_request, request.id, texts, form, Consent(Level.BOX), request.version,
            done=f"{request.label} changed", draft=draft,
        )  # fmt: skip

    async def do_request_checks(self) -> None:
        """Ticks off lines of the checklist of the first of them, one after the other, until the box is left; a new text is added."""
        request = next(iter(self.requests()))
        while True:
            checks = await self._read(checklists.checks_of, request.id)
            if checks is None:
                return
            choices = [Choice(str(each.place), each.words) for each in checks]
            left = len(checklists.open_checks(checks))
            title = f"{request.label}: enter ticks off or on ({left} must still be done); a new text is added; esc is done"
            chosen = await self.floor.box(PickBox(title, choices, anything=True, longest=checklists.LONGEST))
            if chosen is None:
                return
            check = next((each for each in checks if str(each.place) == chosen), None)
            if check is None:
                await self.floor.command(
                    checklists.add_check, request.id, chosen, done=f"{request.label}: {chosen}"
                )
            else:
                command: Callable[..., Any] = (
                    checklists.untick_check if check.is_ticked else checklists.tick_check
                )
                done = f"{request.label}: {'not ' if check.is_ticked else ''}done: {check.text}"
                await self.floor.command(command, request.id, check.place, done=done)

    # What they share

    async def _confirmed(
        self, request: Request, verb: str, word: str, lines: Sequence[tuple[str, str]], asks: str,
        command: Callable[..., Any], done: str,
    ) -> None:  # fmt: skip
        draft = Draft(self.floor, f"{verb}:{request.label}")
        question = Question(
            f"{word} {request.label}", lines, [request.label], VERBS[verb].level, word, asks_text=asks, keeps_lines=bool(asks)
        )  # fmt: skip
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                command, request.id, answer.text, answer.consent, seen=request.version, done=f"{request.label} {done}", draft=draft
            )  # fmt: skip

    async def _request_called(self, text: str) -> Request | None:
        try:
            item = item_called(text)
        except BadInput as error:
            self.floor.say(str(error), bad=True)
            return None
        if item.kind != "request":
            self.floor.say(f"{text} is no request; L links the two", bad=True)
            return None
        found: Request | None = await self._read(one_request, int(item.id))
        return found

    async def _read(self, question: Callable[..., Any], *args: Any) -> Any:
        """Asks; None where the answer does not come, which is said."""
        try:
            return await self.floor.ask(question, *args)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return None


def form_fields(offered: RequestType | None, values: Mapping[str, Any]) -> list[FormField]:
    """Returns the fields of a type's form, to be typed, each checked as core does; with what is known of them."""
    if offered is None:
        return []
    return [
        FormField(
            f"form{n}",
            field_words(field),
            _written(values.get(field.name)),
            check=_checked(offered, field.name),
        )
        for n, field in enumerate(offered.fields)
    ]


def form_answers(offered: RequestType | None, answer: Mapping[str, str]) -> dict[str, str]:
    """Returns what was typed into `form_fields`, by the fields' names."""
    fields = offered.fields if offered is not None else ()
    return {field.name: answer[f"form{n}"] for n, field in enumerate(fields)}


def _checked(offered: RequestType, name: str) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        faults = check_form(offered, {name: text}).faults
        return next((f"{each.what}. {each.next_step}".strip() for each in faults if each.name == name), None)

    return check


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
