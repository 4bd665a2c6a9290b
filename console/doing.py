"""What every view can do: look differently, take back, unlock, end."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from textual.widgets import Input

from console.present import Present
from core.errors import WatchfloorError
from core.timekeeping import utc_now
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from textual.screen import ModalScreen, Screen

    from screens.registry import Action
    from screens.view import View

T = TypeVar("T")


class Doing(Present):
    """The actions of the shell."""

    boxes_shown = 0
    _was_hint = False

    # Looking

    def do_filter(self) -> None:
        """Opens the filter line."""
        line = self.query_one("#filter", TypedLine)
        line.disabled = False
        line.add_class("-open")
        line.put(self.views[self.current].filter_text())
        self.screen.set_focus(line)  # at once: what is typed right behind the key belongs to the filter

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filters as it is typed."""
        if event.input.id == "filter" and event.input.has_class("-open"):
            view = self.views[self.current]
            view.set_filter(event.value)
            words, is_wrong = view.filter_hint(event.value)
            if words or self._was_hint:
                self.say(words, bad=is_wrong)
            self._was_hint = bool(words)

    def complete_filter(self, typed: str) -> str | None:
        """Returns how the filter that is typed could go on."""
        return self.views[self.current].filter_completed(typed) if self.current in self.views else None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keeps the filter and goes back to the list."""
        if event.input.id == "filter":
            self._close_filter()

    def _close_filter(self) -> None:
        line = self.query_one("#filter", Input)
        line.remove_class("-open")
        line.disabled = True
        self.views[self.current].shown(self.views[self.current].argument())

    def leave_filter(self) -> None:
        """Leaves the filter line, clearing it."""
        self.query_one("#filter", TypedLine).put("")
        self.views[self.current].set_filter("")
        self._close_filter()

    def do_pause(self) -> None:
        """Holds what is shown, or goes on."""
        if self.held_while_paused is None:
            self.held_while_paused = 0
            self.say("paused: what happens is held, p goes on")
        else:
            held = self.held_while_paused
            self.resume_news()
            self.say(f"going on: {held} changes taken in")
        self.footer_changed()

    async def do_help(self) -> None:
        """Shows the help of this view."""
        from screens.boxes.help import HelpBox

        view = self.views[self.current]
        await self.box(HelpBox(self.help_actions(view), view.view_id, self.roles))

    def help_actions(self, view: View) -> list[tuple[Action, str | None]]:
        """Returns what can be done while a view is in front, with why it is not possible now."""
        return [(a, self.why_not(a.id)) for a in self.registry.in_view(view.actions_of)]

    def do_redraw(self) -> None:
        """Paints the whole screen anew."""
        self.terminal.redraw()

    def do_suspend(self) -> None:
        """Goes back to the shell for a while."""
        self.action_suspend_process()

    def do_copy(self) -> None:
        """Copies the ids verbs would act on."""
        ids = " ".join(self.views[self.current].subject_ids())
        if ids:
            self.say(self.terminal.copy(ids))

    # Changing

    async def box(self, box: ModalScreen[T]) -> T | None:
        """Shows a box and returns its answer; the others are told what is written in it."""
        self.boxes_shown += 1
        place = getattr(box, "place", "")
        if not place or self.attendance is None or self.setup.is_wall:
            return await self.push_screen_wait(box)
        self.attendance.writes(place)
        self._tell_box(box)
        try:
            return await self.push_screen_wait(box)
        finally:
            self.attendance.writes("")

    def others_changed(self) -> None:
        """Shows who is here now: in the header, in the view in front, in a box before anything is typed."""
        self.show_bars("header")
        if len(self.screen_stack) > 1:
            self._tell_box(self.screen)
        elif self.current in self.views:
            self.views[self.current].others_changed()

    def _tell_box(self, box: Screen[Any]) -> None:
        place = getattr(box, "place", "")
        if place:
            from screens.who import warning

            box.tell_who_else(warning(self.others, place, self.setup.author.actor))  # type: ignore[attr-defined]

    async def do_who(self) -> None:
        """Lists who is here; who is chosen is gone to."""
        from screens.boxes.pick import PickBox
        from screens.who import choices

        if not self.others:
            self.say("nobody else is here")
            return
        found = choices(self.others, self.setup.author.actor, self.setup.glyphs, utc_now())
        chosen = await self.box(PickBox("who else is here: enter goes to what they have open", found))
        if chosen is not None:
            view, _, subject = chosen.partition(" ")[2].partition(" ")
            self.go_to(view, subject)

    async def do_undo(self) -> None:
        """Takes back this person's last change."""
        from core.gate.undo import last_undoable, take_back
        from core.restorers import RESTORERS

        entry = await self.ask(last_undoable, RESTORERS, self.setup.author.actor, utc_now())
        if entry is None:
            self.say("there is nothing of yours to take back (60 s, and nobody changed it since)")
            return
        taken = await self.command(take_back, RESTORERS, entry.seq)
        if taken is not None:
            self.say(f"taken back: {taken}")

    async def look_for_undo(self) -> None:
        """Looks whether the newest change of this person can be taken back."""
        from core.gate.undo import last_undoable
        from core.restorers import RESTORERS

        try:
            self.set_undoable(await self.ask(last_undoable, RESTORERS, self.setup.author.actor, utc_now()))
        except WatchfloorError:
            self.set_undoable(None)

    async def do_operate(self) -> None:
        """Unlocks OPERATE with a reason, or goes back to WATCH."""
        from core.gate.commands import lock_operate, unlock_operate
        from screens.boxes.draft import Draft
        from screens.boxes.form import FormBox, FormField, is_said

        if self.operates:
            await self.command(lock_operate, done="back in WATCH")
            return
        fields = [FormField("reason", "why you need to act on the service system", check=is_said)]
        draft = Draft(self, "operate")
        answer = await self.box(FormBox("OPERATE for 15 minutes", fields, draft))
        if answer is not None:
            await self.command(
                unlock_operate,
                answer["reason"],
                done="OPERATE for 15 minutes; O goes back to WATCH",
                draft=draft,
            )

    async def do_quit(self) -> None:
        """Ends the console; asks first when a run of this person is under way."""
        mine = (
            [r for r in self.picture.active_runs() if r.begun_by == self.setup.author.actor]
            if self.is_open
            else []
        )
        if mine:
            from core.gate.model import Level
            from screens.boxes.confirm import ConfirmBox, Question

            lines = [f"{r.label} {r.title} is {r.state}; it goes on without this console" for r in mine]
            asked = await self.box(
                ConfirmBox(Question("End this console?", lines, ["console"], Level.BOX, "End it"))
            )
            if asked is None:
                return
        self.end(0)

    @abstractmethod
    def end(self, code: int = 0) -> None:
        """Ends the console; the application says how."""
