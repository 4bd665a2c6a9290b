"""What can be done with maintenance windows: the one under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from core.errors import Unavailable, WatchfloorError
from core.gate.model import VERBS, Level, needed_level
from core.operations.windows import commands
from core.operations.windows.model import Window, WindowState
from core.operations.windows.scope import covered_by
from core.operations.windows.when import instant_in
from core.sentences import LONGEST_LINE
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import Fault, FormBox, FormField, is_written
from screens.known import told
from screens.planning import ask_role_for, end_said, is_instant, plan, when_words
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_MOMENT = "%Y-%m-%d %H:%M"


class WindowDoing(View):
    """Verbs over `window()`."""

    @abstractmethod
    def window(self) -> Window | None:
        """Returns the window the verbs act on, as it was seen."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the window under the cursor."""
        item = self.window()
        return (why_not(action_id, item) if item is not None else None) or super().why_not(action_id)

    async def do_window_new(self) -> None:
        """Plans one."""
        await plan(self.floor, [])

    async def do_window_change(self) -> None:
        """Gives it another end, and one that is to come and comes once another begin."""
        item = self.window()
        if item is None:
            return
        draft = Draft(self.floor, f"window.change:{item.label}")
        fields = [
            FormField(
                "until",
                "until when (UTC)",
                f"{item.ends_at:{_MOMENT}}",
                "2026-11-27 23:30, 23:30 or 2h",
                is_instant,
            )
        ]
        if item.state is WindowState.COMING and not item.recurs:
            fields.insert(
                0,
                FormField(
                    "from", "from (UTC)", f"{item.begins_at:{_MOMENT}}", "2026-11-27 22:00", is_instant
                ),
            )
        fields.append(FormField("text", "why", check=is_written, longest=LONGEST_LINE))
        covered: list[str] = []

        async def asked(texts: dict[str, str]) -> Fault | None:
            try:
                commands.check_change(item, *_span_said(item, texts), utc_now())
                await ask_role_for(self.floor, commands.change_verb(item, *_span_said(item, texts)))
                covered[:] = await self.floor.ask(covered_by, [item.scope])
            except Unavailable:
                return None
            except WatchfloorError as error:
                return "from" if error.where == "from" else "until", told(error)
            return None

        title = f"change {item.label} {item.scope.short}"
        texts = await self.floor.box(FormBox(title, fields, draft, asked))
        if texts is None:
            return
        begin, end = _span_said(item, texts)
        lines = [
            ("was", when_words(item.begins_at, item.ends_at)),
            ("becomes", when_words(begin, end)),
            ("why", texts["text"]),
        ]
        verb = VERBS[commands.change_verb(item, begin, end)]
        word, level = "Change it", max(Level.BOX, needed_level(verb, len(covered)))
        said = [("covers", item.scope.words), *lines]
        answer = await self.floor.box(
            ConfirmBox(Question(f"{word}: {item.label}", said, covered, level, word))
        )
        if answer is not None:
            await self.floor.command(
                commands.change_window, item.id, end, texts["text"], answer.consent, item.version,
                done=f"{item.label} changed", draft=draft, begins_at=begin,
            )  # fmt: skip

    async def do_window_end(self) -> None:
        """Ends it now."""
        again = "it comes again" if (item := self.window()) is not None and item.recurs else "it is over then"
        lines = [
            ("effect", f"what fails is looked at anew, and raises an incident if it still does; {again}")
        ]
        await self._with_reason("window.end", "End it now", lines, commands.end_window)

    async def do_window_skip(self) -> None:
        """Leaves its next time out."""
        item = self.window()
        lines = [("leaves out", when_words(item.begins_at, item.ends_at))] if item is not None else []
        await self._with_reason("window.skip", "Leave it out", lines, commands.skip_window)

    async def do_window_cancel(self) -> None:
        """Cancels it for good."""
        await self._with_reason(
            "window.cancel",
            "Cancel the window",
            [("effect", "it does not come again")],
            commands.cancel_window,
        )

    async def _with_reason(
        self, verb: str, word: str, lines: list[tuple[str, str]], command: Callable[..., Any]
    ) -> None:
        item = self.window()
        if item is None:
            return
        draft = Draft(self.floor, f"{verb}:{item.label}")
        said = [("covers", item.scope.words), *lines]
        question = Question(
            f"{word}: {item.label}", said, [item.label], VERBS[verb].level, word, asks_text="reason:"
        )
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                command,
                item.id,
                answer.text,
                answer.consent,
                item.version,
                done=f"{item.label}: done",
                draft=draft,
            )


def _span_said(item: Window, texts: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Returns from when up to when a window is to hold; what was left as it stood is kept to the second. Raises BadInput."""
    now = utc_now()
    was_from, was_until = f"{item.begins_at:{_MOMENT}}", f"{item.ends_at:{_MOMENT}}"
    said_from = texts.get("from", was_from)
    begin = item.begins_at if said_from == was_from else instant_in(said_from, "UTC", now)
    end = item.ends_at if texts["until"] == was_until else end_said(texts["until"], begin, now)
    return begin, end


def why_not(action_id: str, item: Window) -> str | None:
    """Returns why a verb is not possible on a window as it stands; None where it is."""
    if action_id not in {"window.change", "window.end", "window.skip", "window.cancel"}:
        return None
    if not item.state.is_open:
        return f"{item.label} is {item.state}"
    if action_id == "window.end" and item.state is not WindowState.RUNNING:
        return f"{item.label} does not hold yet; K cancels it"
    if action_id == "window.skip" and (not item.recurs or item.state is not WindowState.COMING):
        return f"{item.label} holds now" if item.recurs else f"{item.label} comes once; K cancels it"
    return None
