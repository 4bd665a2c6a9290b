"""What can be done with corrective actions: the one under the cursor."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from core.errors import WatchfloorError
from core.improvement import checking, commands
from core.improvement.evidence import file_evidence
from core.improvement.model import EDITABLE, FOLLOWS, ActionState, CorrectiveAction
from core.improvement.queries import one_action
from core.improvement.recurring import measure_in
from core.improvement.signs import figure_of
from core.sentences import LONGEST
from screens.action_forms import ASKS, action_fields, causes_of, draft_from
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.pick import Choice, PickBox
from screens.known import told
from screens.view import View
from screens.written import Asked, Written

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.improvement.recurring import Figure
    from screens.boxes.form import Fault

_S = ActionState
_WANTED = {
    "action.done": _S.DONE, "action.close": _S.CLOSED, "action.refute": _S.NOT_EFFECTIVE, "action.cancel": _S.CANCELLED,
    "action.reopen": _S.OPEN,
}  # fmt: skip
_WHILE_OPEN = frozenset({"action.revise", "action.evidence"})
WORKS, OVERRULED, FAILS = "works", "overruled", "fails"
_CLOSE = Asked("action.close", "Close", "what the check showed:", (), "closed")
_REFUTE = Asked("action.refute", "Does not work", "what the check showed:", (), "to be done anew")
_CANCEL = Asked("action.cancel", "Give up", "why it is given up:", (), "given up")
_REOPEN = Asked("action.reopen", "Reopen", "why it is opened again:", (), "reopened")


def _texts(item: CorrectiveAction) -> Mapping[str, str]:
    texts = {name: str(getattr(item, name) or "") for name in EDITABLE}
    return {**texts, "whys": "\n".join(item.whys)}


ACTION = Written("action", one_action, _texts, LONGEST, ASKS)


class ActionDoing(View):
    """Verbs over `action()`."""

    @abstractmethod
    def action(self) -> CorrectiveAction | None:
        """Returns the corrective action the verbs act on, as it was seen."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the action under the cursor."""
        item = self.action()
        return (why_not(action_id, item) if item is not None else None) or super().why_not(action_id)

    async def do_action_new(self) -> None:
        """Opens one by hand."""
        await draft_from(self.floor, None)

    async def do_action_causes(self) -> None:
        """Shows which causes come again."""
        self.floor.go_to("causes")

    async def do_action_revise(self) -> None:
        """Writes its fields."""
        item = self.action()
        if item is not None:
            done = item if item.state is _S.DONE else None
            fields = action_fields(_texts(item), causes=await causes_of(self.floor), done=done)
            title = f"{item.label} {item.deviation}"
            await ACTION.write_fields(self.floor, item, title, fields, commands.revise_action)

    async def do_action_evidence(self) -> None:
        """Adds what shows that something was done: a sentence, and a file if there is one."""
        item = self.action()
        if item is None:
            return
        draft = Draft(self.floor, f"action.evidence:{item.label}")
        files = _Files()
        title = f"evidence of {item.label} {item.deviation}"
        answer = await self.floor.box(FormBox(title, _EVIDENCE, draft, files.asked))
        if answer is None:
            return
        path, digest = files.read.get(answer["path"], ("", ""))
        await self.floor.command(
            commands.add_evidence, item.id, answer["text"], path, digest, done=f"evidence added to {item.label}", draft=draft
        )  # fmt: skip

    async def do_action_done(self) -> None:
        """Says that it was carried out."""
        item = self.action()
        if item is not None:
            await self.floor.command(
                commands.complete_action, item.id, item.version, done=f"{item.label} carried out"
            )

    async def do_action_approve(self) -> None:
        """Approves what is planned."""
        item = self.action()
        if item is None:
            return
        try:
            judge = await self.floor.ask(checking.judge, item, self.floor.person, "action.approve")
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        if judge.why_not:
            self.floor.say_here(f"approve: {item.label}: {judge.why_not}")
        else:
            lines = [
                ("cause", item.cause or "-"),
                ("action", item.action or "-"),
                ("owner", item.owner or "-"),
            ]
            lines += _alone(judge)
            asked = Asked("action.approve", "Approve", "why it is right:", lines, "approved")
            await ACTION.ask_and_do(self.floor, item, asked, checking.approve_action)

    async def do_action_close(self) -> None:
        """Says what the check of its effectiveness showed, with what the journal says."""
        item = self.action()
        if item is None:
            return
        try:
            judge, figure = await self.floor.ask(_looked, item, self.floor.person)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        chosen = await self.floor.box(
            PickBox(f"check of {item.label}: {_said(item, figure)}", _verdicts(item, figure, judge))
        )
        journal = [("journal", _said(item, figure))] if figure is not None else []
        if chosen == FAILS:
            await self._ask(item, _REFUTE, checking.refute_action)
        elif chosen == OVERRULED:
            await self._close_all_the_same(item, figure, [*journal, *_alone(judge)])
        elif chosen == WORKS:
            await self._ask(item, _CLOSE, checking.close_action, [*journal, *_alone(judge)])

    async def do_action_refute(self) -> None:
        """Says that it does not work: it is to be done anew."""
        await self._ask(self.action(), _REFUTE, checking.refute_action)

    async def do_action_cancel(self) -> None:
        """Gives it up."""
        await self._ask(self.action(), _CANCEL, commands.cancel_action)

    async def do_action_reopen(self) -> None:
        """Opens it again."""
        await self._ask(self.action(), _REOPEN, commands.reopen_action)

    async def _close_all_the_same(
        self, item: CorrectiveAction, figure: Figure | None, beside: Sequence[tuple[str, str]]
    ) -> None:
        draft = Draft(self.floor, f"action.overrule:{item.label}")
        why = FormField("why", "why it works although the same came back", check=is_said, keeps_lines=True)
        answer = await self.floor.box(FormBox(f"{item.label}: {_said(item, figure)}", [why], draft))
        if answer is not None:
            await self._ask(item, _CLOSE, checking.close_action, beside, first=draft, overrule=answer["why"])

    async def _ask(
        self, item: CorrectiveAction | None, asked: Asked, command: Callable[..., Any], beside: Sequence[tuple[str, str]] = (),
        **named: Any,
    ) -> None:  # fmt: skip
        """Asks once, with a sentence, over an action as it was seen at the key; `beside` is what is told besides."""
        if item is not None:
            lines = [
                ("deviation", item.deviation),
                ("action", item.action or "-"),
                ("check", item.check_plan or "-"),
                *beside,
            ]
            await ACTION.ask_and_do(self.floor, item, asked._replace(lines=lines), command, **named)


def why_not(action_id: str, item: CorrectiveAction) -> str | None:
    """Returns why a verb is not possible on an action as it stands; None where it is."""
    wanted = _WANTED.get(action_id)
    if wanted is not None and wanted not in FOLLOWS[item.state]:
        return f"{item.label} is {item.state}"
    if action_id == "action.done":
        if item.missing_to_do:
            return f"not written yet: {', '.join(item.missing_to_do)} (e writes them)"
        if item.awaits_approval:
            return f"{item.label} is not approved yet; a lead who does not own it approves it"
    if action_id == "action.approve" and not item.awaits_approval:
        return f"{item.label} waits for no approval"
    if action_id in _WHILE_OPEN and item.state.is_ended:
        return f"{item.label} is {item.state}; J opens it again"
    return None


def _said(item: CorrectiveAction, figure: Figure | None) -> str:
    """Returns what the journal says of an action's measure."""
    if figure is None:
        return "the journal is asked nothing"
    return f"{measure_in(item.measure).words}: {figure.words}"


class _Files:
    """Files that are named as evidence, read while the form is open: of one that cannot be, the field says why."""

    def __init__(self) -> None:
        self.read: dict[str, tuple[str, str]] = {}

    def asked(self, texts: dict[str, str]) -> Awaitable[Fault | None] | None:
        """Reads the file that a form names; nothing where it names none."""
        return self._read(texts["path"]) if texts["path"] else None

    async def _read(self, name: str) -> Fault | None:
        try:
            self.read[name] = await asyncio.to_thread(file_evidence, name)
        except WatchfloorError as error:
            return "path", told(error)
        return None


def _looked(
    connection: Connection, item: CorrectiveAction, person: str
) -> tuple[checking.Judge, Figure | None]:
    """Returns whether somebody may say that an action works, and what the journal answers to its measure."""
    return checking.judge(connection, item, person, "action.close"), figure_of(connection, item)


def _alone(judge: checking.Judge) -> list[tuple[str, str]]:
    """Returns the line of a question for who may only because nobody else is there."""
    return (
        [("note", f"you own it or did it, and {checking.NOBODY_ELSE}: that is kept")]
        if judge.is_alone
        else []
    )


def _verdicts(item: CorrectiveAction, figure: Figure | None, judge: checking.Judge) -> list[Choice]:
    """Returns what the check can come to; that it works is not for who owns or did it, which the choice says."""
    missing = judge.why_not or (f"not written yet: {', '.join(item.missing)}" if item.missing else None)
    fails = Choice(FAILS, "it does not work", "it is to be done anew")
    if figure is not None and figure.times:
        return [
            fails,
            Choice(OVERRULED, "it works all the same", "say why although the same came back", missing),
        ]
    return [Choice(WORKS, "it works", "it is closed", missing), fails]


_EVIDENCE = (
    FormField("text", "what it shows", check=is_said, keeps_lines=True, longest=LONGEST),
    FormField(
        "path", "file, if there is one", hint="kept by its path and digest", longest=commands.LONGEST_PATH
    ),
)
