"""What every view can do: go somewhere, look differently, take back, unlock, end."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from textual.widgets import Input

from console.go_line import place_named, subject_named
from console.present import Present
from core.errors import WatchfloorError
from core.timekeeping import utc_now
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.screen import ModalScreen, Screen

    from screens.boxes.pick import Choice
    from screens.registry import Action
    from screens.view import View

T = TypeVar("T")
HISTORY = 100


class Doing(Present):
    """The actions of the shell."""

    _back: list[tuple[str, str]]
    _forward: list[tuple[str, str]]
    boxes_shown = 0
    _was_hint = False

    def __init__(self) -> None:
        super().__init__()
        self._back, self._forward = [], []

    # Going

    def go_to(self, view: str, argument: str = "") -> None:
        """Shows a view; where one was is remembered."""
        here = self.views.get(self.current)
        if here is not None:
            place = (self.current, here.argument())
            if (view, argument) != place:
                self._back = [*self._back, place][-HISTORY:]
                self._forward = []
        self._show_view(view if self.knows(view) else "home", argument)

    def knows(self, view: str) -> bool:
        """Tells whether there is a view of that name."""
        from screens.views import LATE

        return view in self.views or view in LATE

    def _show_view(self, name: str, argument: str) -> None:
        if name not in self.views:
            from screens.views import make_late

            self.views[name] = make_late(name)
        wanted = self.views[name]
        for other in self.views.values():
            if other is not wanted and other.is_attached:
                other.display = False
        wanted.display = True
        self.current = name
        self.leave_words_of(name)
        self.remembered.last_view = name
        if wanted.is_mounted:
            self._give_keys(wanted, argument)
        else:
            self.call_later(self._bring, wanted, argument)

    async def _bring(self, wanted: View, argument: str) -> None:
        """Mounts a view the first time it is shown, then gives it the keys."""
        if not wanted.is_attached:
            await self.screen_stack[0].query_one("#body").mount(wanted)
        if wanted is self.views[self.current]:
            self._give_keys(wanted, argument)

    def _give_keys(self, wanted: View, argument: str) -> None:
        """Has a view show the present in its first picture, and gives it the keys."""
        wanted.shown(argument)
        wanted.come_back(utc_now())
        self.refresh_bars()
        if self.attendance is not None and not self.setup.is_wall:
            self.attendance.opened(wanted.view_id, wanted.opened())

    def do_go_to(self, view: str) -> None:
        """Shows one of the screens with a digit."""
        self.go_to(view)

    def do_history_back(self) -> None:
        """Goes where one was before."""
        if not self._back:
            self.say("there is nothing before this")
            return
        here = (self.current, self.views[self.current].argument())
        self._forward.append(here)
        self._show_view(*self._back.pop())

    def do_history_forward(self) -> None:
        """Goes forward again."""
        if not self._forward:
            self.say("there is nothing after this")
            return
        self._back.append((self.current, self.views[self.current].argument()))
        self._show_view(*self._forward.pop())

    def do_history_last(self) -> None:
        """Goes to the last screen and back."""
        if self._back:
            self.go_to(*self._back[-1])

    def do_back(self) -> None:
        """Gives up one level: filter, marks, screen; at the root it says how to quit."""
        view = self.views.get(self.current)
        if view is None or view.leave():
            return
        if self._back and view.tab_of != view.view_id:
            self._show_view(*self._back.pop())
        elif self._back and self.current != "home":
            self.go_to("home")
            self._back.clear()
        else:
            self.say(":q or ctrl+q ends the console")

    async def do_go(self) -> None:
        """Opens the go-line."""
        from screens.boxes.pick import PickBox

        work: Any = self.find_procedures
        self.run_worker(work, group="procedures")
        chosen = await self.box(PickBox("go or do", self._destinations, anything=True))
        if chosen is not None:
            await self.obey(chosen)

    async def obey(self, text: str) -> None:
        """Goes to, or does, what a go-line names: an id, a screen, or an action's full name."""
        word = text.strip()
        if word in {"q", "quit"}:
            await self.do_quit()
        elif (action_id := word.removeprefix("action:")) in self.registry and action_id != word:
            await self.do(action_id)
        elif self.knows(word):
            self.go_to(word)
        elif (place := place_named(word)) is not None:
            self.go_to(*place)
        else:
            await self.find_procedures()
            self._go_to_subject(word)

    @abstractmethod
    async def do(self, action_id: str) -> None:
        """Does an action; the application says how."""

    def _go_to_subject(self, word: str) -> None:
        known: dict[str, Mapping[str, object]] = {
            "incident": self.picture.incidents,
            "actions": self.picture.actions,
            "run": self.picture.runs,
            "problems": self.picture.problems,
            "windows": self.picture.windows,
        }
        for view, labels in known.items():
            if word.upper() in labels:
                self.go_to(view, word.upper())
                return
        if word in self.picture.board:
            self.go_to("component", word)
            return
        if word in self.procedures:
            self.go_to("runs", word)
            return
        self.say(f"nothing is called {word!r}", bad=True)

    def _destinations(self, typed: str) -> Sequence[Choice]:
        from screens.boxes.pick import Choice
        from screens.registry import shown_key
        from screens.views import LATE

        words = typed.lower().split()
        here = self.views[self.current].actions_of
        found = [
            Choice(
                f"action:{a.id}", a.id, a.help, self.why_not(a.id), key=shown_key(a.keys[0]) if a.keys else ""
            )
            for a in self.registry.in_view(here)
            if a.id != "go"
        ]
        found += [Choice(name, name, "screen") for name in {**self.views, **LATE}]
        found += [Choice(r.label, r.label, f"{r.standing}: {r.title}") for r in self.picture.queue.rows]
        found += [
            Choice(i.label, i.label, f"{i.standing}: {i.title}") for i in self.picture.incidents.values()
        ]
        found += [Choice(a.label, a.label, a.deviation) for a in self.picture.actions.values()]
        found += [Choice(r.label, r.label, f"{r.state}: {r.title}") for r in self.picture.runs.values()]
        found += [Choice(p.label, p.label, f"{p.state}: {p.title}") for p in self.picture.problems.values()]
        found += [
            Choice(w.label, w.label, f"{w.state}: {w.scope.short}") for w in self.picture.open_windows()
        ]
        found += [
            Choice(name, name, f"procedure: {title} ({component})")
            for name, (title, component) in self.procedures.items()
            if name not in self.picture.board
        ]
        found += [
            Choice(name, name, f"{row.status.state}: {row.title}") for name, row in self.picture.board.items()
        ]
        label = subject_named(typed)
        if label is not None and label.startswith(
            "R-"
        ):  # whichever it is: only the most urgent ones are known here
            found = [Choice(label, label, "open this request"), *(c for c in found if c.id != label)]
        passing = [c for c in found if all(w in f"{c.text} {c.note}".lower() for w in words)]
        first = typed.strip().lower()
        return sorted(passing, key=lambda c: (c.text.lower() != first, not c.text.lower().startswith(first)))

    @abstractmethod
    def why_not(self, action_id: str) -> str | None:
        """Returns why an action is not possible now; the application says how."""

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
