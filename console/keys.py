"""Keys and pastes, taken one after another: each one's effect is there before the next is looked at.

The framework sends a key to what has the focus when it arrives, and what that makes of it comes later, by way
of several queues. On a slow line keys arrive in bursts; then a letter would be written before the arrow typed
in front of it has moved the cursor, and what follows the key that opens a box would run as verbs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from textual._time import get_time
from textual.events import Key, Paste

from console.replaying import Replaying
from screens.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from typing import Any

    from textual import events
    from textual.message_pump import MessagePump
    from textual.worker import Worker

    from screens.view import View

EFFECT_WITHIN_S = 2.0
"""Keys wait so long for what the key before them does: for the box it opens, or for its change."""
LOOK_AGAIN_S = 0.005
PASSED_WITHIN_S = 0.5
UNSEEN_S = 1.0
"""What was begun before there was anything to see ends with a pause as long as this."""
NO_BOX_S = 0.25
"""What was typed for a box that did not come ends with a pause as long as this."""
TYPED_IN_BOXES = frozenset({"enter", "tab", "space", "backspace"})
ALWAYS = frozenset({"quit", "redraw", "suspend"})
OF_ROWS = frozenset({"copy"})
"""What belongs to every screen, and means the rows of the one in front."""
EVEN_IN_BOXES = frozenset({"redraw", "suspend"})
"""What concerns the terminal alone is done whatever stands on it."""


class Keys(Replaying):
    """The part of the console that takes what is typed."""

    _typed: deque[Key | Paste]
    _taking: asyncio.Task[None] | None = None
    _under_way: Worker[Any] | None = None
    _under_way_asks = False
    is_away = False
    _unseen_at: float | None = None
    _seen_from: float | None = None  # since when there is a view to see
    _no_box_at: float | None = None

    def __init__(self) -> None:
        super().__init__()
        self._typed = deque()

    async def on_event(self, event: events.Event) -> None:
        """Puts what is typed in its queue; all else goes its usual way."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._taking is None:
            self._taking = asyncio.create_task(self._take_all())

    async def _take_all(self) -> None:
        try:
            while self._typed:
                await self._settle()
                event = self._typed.popleft()
                if isinstance(event, Key):
                    await self._take_key(event)
                else:
                    self._take_paste(event)
        except Exception as error:  # noqa: BLE001  (as for an error in any handler: the console ends and shows it)
            self._handle_exception(error)
        finally:
            self._taking = None

    async def _take_key(self, key: Key) -> None:
        self.app_focus = True
        self.let_words_go()
        if self._was_begun_unseen(key):
            self.say("what was typed before the console was open was not done", bad=True)
            return
        if self._was_for_a_box(key):
            return
        if await self._check_bindings(key.key, priority=True):
            return
        of_replay = self.key_of_replay(key.key)
        if of_replay is not None:
            await self.do(of_replay.id)
            return
        field = self.focused
        if isinstance(field, TypedLine):
            if key.is_printable and key.character is not None:
                field.take_key(key.character)
                return
            if key.key == "escape" and field.id == "filter":
                self.leave_filter()
                return
        action = self.registry.for_key(key.key, "")
        if action is not None and action.id in EVEN_IN_BOXES:
            await self.do(action.id)
        elif not await self._check_bindings(key.key):
            await super().on_event(key)

    def _was_begun_unseen(self, key: Key) -> bool:
        """Tells whether a key is the rest of what was begun while the console opened, whose beginning was refused.

        Of a go-line that was typed ahead the letters would run as verbs, each on whatever comes under the cursor.
        """
        if self.current not in self.views:
            self._unseen_at = key.time
            return False
        if self._unseen_at is None:
            return False
        seen_from = key.time if self._seen_from is None else self._seen_from
        if key.time - max(self._unseen_at, seen_from) > UNSEEN_S:
            self._unseen_at = None
            return False
        self._unseen_at = key.time
        action = self.registry.for_key(key.key, "")
        return action is None or action.id not in ALWAYS

    def _give_keys(self, wanted: View, argument: str) -> None:
        super()._give_keys(wanted, argument)
        if self._seen_from is None:
            self._seen_from = get_time()

    def note_no_box(self) -> None:
        """Notes that a key opened no box: what is typed on behind it was meant for one."""
        self._no_box_at = get_time()

    def _was_for_a_box(self, key: Key) -> bool:
        """Tells whether a key was typed for a box that did not come: in one go with the key that was to open it."""
        if self._no_box_at is None or len(self.screen_stack) > 1 or isinstance(self.focused, TypedLine):
            return False
        if key.time - self._no_box_at >= NO_BOX_S:
            self._no_box_at = None
            return False
        if not (key.is_printable or key.key in TYPED_IN_BOXES):
            return False
        self._no_box_at = max(self._no_box_at, key.time)
        return True

    def _take_paste(self, paste: Paste) -> None:
        field = self.focused
        if isinstance(field, TypedLine):
            field.take_paste(paste.text)
        else:
            self.say("nothing was pasted: there is no field to write in here")

    def on_typed_line_told(self, event: TypedLine.Told) -> None:
        """Says what was done to a paste; a box says it itself."""
        self.say(event.text)

    # Waiting for effects

    async def _settle(self) -> None:
        """Waits until what was typed before has had its effect; a change that hangs is not waited for for ever."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + EFFECT_WITHIN_S
        while True:
            if self._is_under_way():
                if loop.time() > ends and not self.is_away:
                    self._under_way = None
                    if self._under_way_asks:
                        self.note_no_box()
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            await self._all_handled()
            if self._is_under_way():
                continue
            if not self._waits_for_rows() or loop.time() > ends:
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    def _is_under_way(self) -> bool:
        """Tells whether an action goes on and no box stands that asks for more."""
        if self.is_away:
            return True
        doing = self._under_way
        if doing is None or doing.is_finished:
            return False
        return len(self.screen_stack) == 1 or not self.screen.is_mounted

    def _waits_for_rows(self) -> bool:
        """Tells whether the next key means rows that are being read: those of a screen that was just asked for.

        A key that goes elsewhere waits for nothing, and no key longer than for the effect of another.
        """
        view = self.views.get(self.current)
        if view is None or view.awaited_from is None or monotonic() - view.awaited_from > EFFECT_WITHIN_S:
            return False
        key = self._typed[0]
        if not isinstance(key, Key) or len(self.screen_stack) > 1 or isinstance(self.focused, TypedLine):
            return False
        action = self.registry.for_key(key.key, view.actions_of)
        return action is None or "*" not in action.where or action.id in OF_ROWS

    async def _all_handled(self) -> None:
        """Waits until every message now under way, from what has the focus up to the console, was handled."""
        for _ in range(3):
            focused = self.focused
            begin = focused or self.screen
            for node in begin.ancestors_with_self:
                await _passed(node)
            await _passed(self)  # what those messages asked of the console: giving the focus, mounting a view
            if self.focused is focused:
                return


async def _passed(node: MessagePump) -> None:
    """Waits until `node` has handled what is in its queue now, or is gone."""
    passed = asyncio.Event()
    if not node.is_running or not node.call_later(passed.set):
        return
    ends = asyncio.get_running_loop().time() + PASSED_WITHIN_S
    while not passed.is_set() and node.is_running and asyncio.get_running_loop().time() < ends:
        try:
            async with asyncio.timeout(0.05):
                await passed.wait()
        except TimeoutError:
            continue
