"""Corrective actions: the log of what is done so that a deviation does not return."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from core.gate.model import VERBS
from core.improvement import commands
from core.improvement.model import EDITABLE, FOLLOWS, ActionState, CorrectiveAction
from core.improvement.queries import one_action
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox
from screens.incident_doing import action_fields, draft_from
from screens.list_view import ListView
from screens.saving import Saving, Standing, save, sentence_field, sentence_over
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

_ORDER = {ActionState.OPEN: 0, ActionState.DONE: 1, ActionState.CLOSED: 2, ActionState.CANCELLED: 3}
_TONES = {
    ActionState.OPEN: Tone.TEXT, ActionState.DONE: Tone.ACCENT, ActionState.CLOSED: Tone.OK,
    ActionState.CANCELLED: Tone.MUTED,
}  # fmt: skip
_WANTED = {
    "action.done": ActionState.DONE,
    "action.close": ActionState.CLOSED,
    "action.cancel": ActionState.CANCELLED,
    "action.reopen": ActionState.OPEN,
}

COLUMNS: tuple[Column[CorrectiveAction], ...] = (
    Column("id", "ID", width=6, priority=10, sort=lambda a: -a.id),
    Column(
        "state", "STATE", width=9, priority=9, sort=lambda a: (_ORDER[a.state], str(a.due or "9999"), -a.id)
    ),
    Column("due", "DUE", width=10, priority=8, sort=lambda a: str(a.due or "9999")),
    Column("from", "FROM", width=6, priority=5),
    Column("deviation", "DEVIATION", share=3, min_width=16, priority=7),
    Column("action", "ACTION", share=3, min_width=14, priority=4),
    Column("owner", "OWNER", width=10, priority=6, sort=lambda a: a.owner),
)


def action_words(item: CorrectiveAction) -> str:
    """Returns the text a filter looks in."""
    return f"{item.label} state:{item.state} {item.deviation} {item.cause} {item.action} {item.owner} i-{item.incident}"


def _standing(item: CorrectiveAction) -> Standing[CorrectiveAction]:
    texts = {name: str(getattr(item, name) or "") for name in EDITABLE}
    return Standing(item, item.version, texts)


class CorrectiveActions(ListView[CorrectiveAction]):
    """Open ones first, the next due first."""

    view_id: ClassVar[str] = "actions"
    sorted_at_first = "state"
    empty_text = "No corrective action yet. C on an incident drafts one, n opens one by hand."
    empty_then = "No corrective action had been opened then."
    without_subject = frozenset({"action.new"})
    has_then = True

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Corrective actions",)

    def columns(self) -> Sequence[Column[CorrectiveAction]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: CorrectiveAction, now: datetime) -> Mapping[str, Cell]:
        """Returns an action's cells."""
        return self.cells_of(item, now)

    @staticmethod
    def cells_of(item: CorrectiveAction, now: datetime) -> Mapping[str, Cell]:
        """Returns an action's cells; one past its date says so."""
        late = item.is_overdue(now.date())
        return {
            "id": ((item.label, Tone.ACCENT),),
            "state": (("late" if late else str(item.state), Tone.CRITICAL if late else _TONES[item.state]),),
            "due": ((str(item.due or "-"), Tone.CRITICAL if late else Tone.TEXT),),
            "from": ((f"I-{item.incident}" if item.incident else "-", Tone.MUTED),),
            "deviation": item.deviation,
            "action": item.action,
            "owner": item.owner or "-",
        }

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        from core.improvement.as_of import CHANGES_ACTIONS

        return CHANGES_ACTIONS

    def items_of(self, picture: Picture) -> Mapping[str, CorrectiveAction]:
        """Returns every action."""
        return picture.actions

    def changed_in(self, patch: Patch) -> Mapping[str, CorrectiveAction]:
        """Returns the actions a patch names."""
        return patch.actions

    def words_of(self, item: CorrectiveAction) -> str:
        """Returns what the filter looks in."""
        return action_words(item)

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many are open, late, unowned."""
        found = list(self.picture.actions.values())
        today = self.now_of(utc_now()).date()
        is_open = [a for a in found if a.state is ActionState.OPEN]
        late = sum(1 for a in found if a.is_overdue(today))
        unowned = sum(1 for a in is_open if not a.owner)
        to_check = sum(1 for a in found if a.state is ActionState.DONE)
        return [
            (f" {len(is_open)} open", Tone.TEXT), tally(late, "late", Tone.CRITICAL),
            tally(unowned, "without owner", Tone.WARNING), tally(to_check, "to be checked", Tone.TEXT),
        ]  # fmt: skip

    def detail_of(self, item: CorrectiveAction, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns every field."""
        rows = (
            ("deviation", item.deviation), ("cause", item.cause), ("action", item.action),
            ("check", item.check_plan), ("outcome", item.outcome),
        )  # fmt: skip
        lines: list[TextLine] = [
            [(f" {name:<11}", Tone.MUTED), (text or "-", Tone.TEXT)] for name, text in rows
        ]
        if item.missing and item.state in {ActionState.OPEN, ActionState.DONE}:
            lines.append(
                [(f" to be written before it can be closed: {', '.join(item.missing)}", Tone.WARNING)]
            )
        return lines

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the action under the cursor."""
        item = self.current
        if item is not None:
            wanted = _WANTED.get(action_id)
            if wanted is not None and wanted not in FOLLOWS[item.state]:
                return f"{item.label} is {item.state}"
            if action_id == "action.done" and not item.action:
                return "not written yet: action (e writes it)"
            if action_id == "action.close" and item.missing:
                return f"not written yet: {', '.join(item.missing)} (e writes them)"
            if action_id == "action.revise" and item.state in {ActionState.CLOSED, ActionState.CANCELLED}:
                return f"{item.label} is {item.state}; J opens it again"
        return super().why_not(action_id)

    async def do_action_new(self) -> None:
        """Opens one by hand."""
        await draft_from(self, None)

    async def do_action_revise(self) -> None:
        """Writes its fields."""
        item = self.current
        if item is None:
            return
        draft = Draft(self.floor, f"action:{item.label}")
        seen = _standing(item)
        fields = action_fields(seen.texts)
        answer = await self.floor.box(FormBox(f"{item.label} {item.deviation}", fields, draft))
        if answer is None:
            return

        async def write(texts: Mapping[str, str], now: Standing[CorrectiveAction]) -> None:
            written = {name: text for name, text in texts.items() if text != now.texts[name]}
            if not written:
                draft.used()
                self.floor.say(f"{item.label} is as it was: nothing was written")
                return
            await self.floor.command(
                commands.revise_action, item.id, written, now.version, done=f"{item.label} written", draft=draft,
                raises_moved=True,
            )  # fmt: skip

        by_id = {each.id: each for each in fields}
        subject = commands.subject(item.id)
        await save(
            self.floor, Saving(subject, by_id, draft, partial(self._read, item.id), write), seen, answer
        )

    async def _read(self, action_id: int) -> Standing[CorrectiveAction]:
        return _standing(await self.floor.ask(one_action, action_id))

    async def do_action_done(self) -> None:
        """Says that it was carried out."""
        item = self.current
        if item is not None:
            await self.floor.command(
                commands.complete_action, item.id, item.version, done=f"{item.label} carried out"
            )

    async def do_action_close(self) -> None:
        """Closes it with what the check showed."""
        await self._ask_and_do(
            "action.close", commands.close_action, "Close", "what the effectiveness check showed:"
        )

    async def do_action_cancel(self) -> None:
        """Gives it up."""
        await self._ask_and_do("action.cancel", commands.cancel_action, "Give up", "why it is given up:")

    async def do_action_reopen(self) -> None:
        """Opens it again."""
        await self._ask_and_do("action.reopen", commands.reopen_action, "Reopen", "why it is opened again:")

    async def _ask_and_do(self, verb: str, command: Callable[..., Any], word: str, asks: str) -> None:
        item = self.current
        if item is None:
            return
        lines = [
            ("deviation", item.deviation),
            ("action", item.action or "-"),
            ("check", item.check_plan or "-"),
        ]
        question = Question(
            f"{word} {item.label}",
            lines,
            [item.label],
            VERBS[verb].level,
            word,
            asks_text=asks,
            keeps_lines=True,
        )
        draft = Draft(self.floor, f"{verb}:{item.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is None:
            return

        async def write(texts: Mapping[str, str], now: Standing[CorrectiveAction]) -> None:
            await self.floor.command(
                command, item.id, texts["text"], answer.consent, now.version,
                done=f"{item.label}: {word.lower()}", draft=draft, raises_moved=True,
            )  # fmt: skip

        async def read() -> Standing[CorrectiveAction]:
            return sentence_over(await self.floor.ask(one_action, item.id))

        saving = Saving(commands.subject(item.id), sentence_field(asks, commands.LONGEST), draft, read, write)
        await save(self.floor, saving, sentence_over(item), {"text": answer.text})
