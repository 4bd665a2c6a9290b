"""The console: its frame, its keys, and the way from a key to a view.

What stands here runs before the first frame is painted, so it imports neither the database nor the
views; `console.opening` brings those in afterwards.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical

import styles
from console.driver import LineDriver
from console.editing import Editing
from core.timekeeping import utc_now
from screens import themes
from screens.actions import ACTIONS
from screens.other_screens import of_other_screens
from screens.registry import Registry, shown_key
from screens.tones import Tone
from screens.widgets.filter_suggester import FilterSuggester
from screens.widgets.lines import Lines
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.geometry import Size

    from console.setup import Setup
    from screens.registry import Action
    from screens.view import View
    from screens.widgets.glyphs import Glyphs

LEAST_WIDTH, LEAST_HEIGHT = 60, 16
PATIENCE_S = 8.0
"""After a signal the console is gone within this time, whatever its terminal does."""
OPEN_AFTER_S = 0.05
"""The first frame is on its way to the terminal before the heavy imports begin."""
ON_A_WALL = frozenset({"quit", "redraw", "suspend", "help", "pause"})
"""What keys still do where a console is a wall."""
FILTER_HINT = "filter: words, field:word, ! inverts; enter keeps, → completes, esc clears"


class Console(Editing):
    """One operator's console on one database."""

    CSS_PATH = str(Path(next(iter(styles.__path__))) / "console.tcss")
    TITLE = "Watchfloor"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (the framework declares it without ClassVar)
        (0, "-narrow"), (LEAST_WIDTH, "-normal"), (100, "-wide"), (160, "-wall"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.driver_class = LineDriver
        self.setup = setup
        self.registry = Registry(ACTIONS, setup.keymap)
        self.views: dict[str, View] = {}
        self.current = ""
        self._bars = {}
        self._began_to_open = False
        themes.register(self)
        self.theme = setup.theme
        self.animation_level = "none"
        for key in self.registry.bound_keys():
            self.bind(key, f"key({key!r})", show=False)

    @property
    def glyphs(self) -> Glyphs:
        """Returns the signs this terminal can show."""
        return self.setup.glyphs

    @property
    def person(self) -> str:
        """Returns who is at the keyboard."""
        return self.setup.author.actor

    @property
    def view(self) -> View | None:
        """Returns the view in front; None until the views are there."""
        return self.views.get(self.current)

    def compose(self) -> ComposeResult:
        """Lays out the frame; the views come later."""
        yield Lines(self.header_lines, id="header")
        yield Lines(self.tab_lines, id="tabs")
        with Vertical(id="body"):
            yield Lines(self.opening_lines, id="opening")
        yield TypedLine(
            id="filter",
            disabled=True,
            placeholder=FILTER_HINT,
            suggester=FilterSuggester(self.complete_filter),
        )
        yield Lines(self.message_lines, id="message")
        yield Lines(self.footer_lines, id="footer")
        yield Lines(self.too_small_lines, id="too-small")

    def on_mount(self) -> None:
        """Sets the clock going and, once the first frame is out, opens the database."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.end_by_signal, number)
        self.app_resume_signal.subscribe(self, lambda _: self.came_back())
        self.set_interval(1.0, self._tick)
        self.set_timer(OPEN_AFTER_S, self._open_once)

    def _open_once(self) -> None:
        if not self._began_to_open:
            self._began_to_open = True
            self.run_worker(self.open(), exclusive=False, group="opening", exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """Says so where the terminal is too small, instead of breaking."""
        self._fit_size(event.size)

    def _fit_size(self, size: Size) -> None:
        small = size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT
        self.screen_stack[0].set_class(small, "-too-small")

    def too_small_lines(self, width: int, height: int, _glyphs: Glyphs) -> list[Any]:
        """Returns what a terminal that is too small shows."""
        text = f"Watchfloor needs {LEAST_WIDTH}x{LEAST_HEIGHT}; this is {width}x{height}"
        return [()] * max(0, height // 2 - 1) + [[(text, Tone.WARNING)]]

    def _tick(self) -> None:
        if not self.is_running or len(self.screen_stack) == 0:
            return
        self._fit_size(self.size)  # the first size told may come before the screen it is told of
        self.frame_ticked()
        view = self.view
        if view is not None:
            view.tick(utc_now())
            self.ask_for_present(view)
        self.look_at_roles()

    # Keys

    async def action_key(self, key: str) -> None:
        """Does what `key` means in the view in front."""
        if len(self.screen_stack) > 1:
            return  # a box is open: its own keys count, and no verb runs behind it
        here = self.view.actions_of if self.view else ""
        action = self.registry.for_key(key, here)
        if action is not None:
            await self.do(action.id)
            return
        others = self.registry.of_key(key)
        if self.view is None:
            self._refuse_until_open(shown_key(key))
        else:
            self.say_here(of_other_screens(key, others))
        if any(each.asks for each in others):
            self.note_no_box()

    def _refuse_until_open(self, what: str) -> None:
        """Says that nothing can be done yet, and once it can, that this was not."""
        self.say_while_away(
            f"{what}: {self._why_not_open()}", once_back=f"the database is open; {what} was not done"
        )

    def _why_not_open(self) -> str:
        return "the database could not be opened yet" if self.trouble else "the database is being opened"

    async def do(self, action_id: str) -> None:
        """Does an action, or says why it is not possible now."""
        action = self.registry[action_id]
        why_not = self.why_not(action_id)
        if self.view is None and action.handler == "go_to" and not self.setup.is_wall:
            self.asked_view = action.argument
            self.say(f"{action.label} comes as soon as the database is open")
            return
        if why_not is not None and self.view is None:
            self._refuse_until_open(action.label)
            if action.asks:
                self.note_no_box()
            return
        if why_not is not None:
            self.refuse(action, why_not)
            return
        for owner in (self.view, self):
            method = getattr(owner, action.method, None)
            if method is None:
                continue
            arguments = (action.argument,) if action.argument else ()
            if asyncio.iscoroutinefunction(method):
                # A box may be part of it, so it runs beside the keys, which go on to the box.
                self._under_way_asks = action.asks
                doing = self._asked_for(action, method, arguments)
                self._under_way = self.run_worker(doing, group="doing", exit_on_error=True)
                await asyncio.sleep(
                    0
                )  # it begins now: its subject is what stands under the cursor at this key
            else:
                method(*arguments)
            return

    async def _asked_for(
        self, action: Action, method: Callable[..., Any], arguments: tuple[str, ...]
    ) -> None:
        """Does an action; where it opened no box, what was typed for that box is not done."""
        before = self.boxes_shown
        await method(*arguments)
        if action.asks and self.boxes_shown == before:
            self.note_no_box()

    def refuse(self, action: Action, why_not: str) -> None:
        """Says why an action is not possible; what was typed for the box that did not come is not done."""
        self.say_here(f"{action.label}: {why_not}")
        if action.asks:
            self.note_no_box()

    def why_not(self, action_id: str) -> str | None:
        """Returns why an action is not possible now; None when it is."""
        view = self.view
        if view is None:
            return None if action_id in {"quit", "redraw", "suspend"} else self._why_not_open()
        if self.setup.is_wall and action_id not in ON_A_WALL:
            return "this console is a wall: it only watches"
        past = self.why_not_at_then(action_id)
        if past is not None:
            return past
        refused = self.why_role_may_not(self.registry[action_id])
        if refused is not None:
            return refused
        if action_id == "undo" and self._undo_left()[0] is None:
            return "nothing of yours can be taken back (60 s, and nobody changed it since)"
        return view.why_not(action_id)

    def end(self, code: int = 0) -> None:
        """Ends the console: what was typed is kept, the terminal is given back."""
        self.flush()
        self.exit(code)

    def end_by_signal(self, number: int) -> None:
        """Ends the console for a signal; also where its terminal is gone and every write to it fails or hangs."""
        self.end_editing()
        self.flush()
        last_word = threading.Timer(PATIENCE_S, os._exit, (128 + number,))
        last_word.daemon = True
        last_word.start()
        self.end(0)

    async def on_unmount(self) -> None:
        """Gives up the database and the agent it started."""
        self.end_editing()
        self.flush()
        await asyncio.to_thread(self.close_house)
