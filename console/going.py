"""Going from screen to screen: the way there and back, and the go-line, which names any place and any action."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from console.doing import Doing
from console.go_line import place_named, subject_named
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screens.boxes.pick import Choice
    from screens.view import View

HISTORY = 100


class Going(Doing):
    """The part of the console that brings a view in front, and remembers where one was."""

    _back: list[tuple[str, str]]
    _forward: list[tuple[str, str]]

    def __init__(self) -> None:
        super().__init__()
        self._back, self._forward = [], []

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

    # The go-line

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
