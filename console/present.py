"""What is not told by the feed and must be true all the same: present words, which procedures there are, one's own roles.

Words that a probe says anew at every look are no entries. They are asked for what is in view, and only there, every
few seconds; what differs is handed to the views as any other news. Which roles this person has is asked for before the
first picture, and when an entry says that somebody has others.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from console.frame import Frame
from core.errors import WatchfloorError
from core.gate.rights import why_role_may_not

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.worker import Worker

    from core.catalog.model import ProcedureText
    from core.gate.rights import Role
    from core.journal.model import Entry
    from core.store.feed import News
    from screens.picture import Patch
    from screens.registry import Action
    from screens.view import View

PRESENT_EVERY_S = 5.0
ROLES_EVERY_S = 20.0
"""So often it is asked which roles a person has: a server's administrator may grant one past every log."""
MOST_AT_ONCE = 10
"""More rows that differ would be more than a slow line carries: where more are not well, each has its turn."""


class Present(Frame):
    """The part of the console that asks for what the feed does not bring."""

    procedures: dict[str, tuple[str, str]]
    """Title and component of every procedure in force, by id."""
    roles: frozenset[Role] | None = None
    """What this person is here for, with all that it includes; None until it is known."""
    _knows_procedures = False
    _present_at = _roles_at = 0.0
    _asked_at: dict[str, float]
    _asking: Worker[None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.procedures, self._asked_at = {}, {}

    async def _begin(self) -> None:
        self.roles = await self._read_roles()
        await super()._begin()

    async def _read_roles(self) -> frozenset[Role]:
        from core.gate.people import roles_here

        return await self.ask(roles_here, self.setup.author.actor)

    def look_at_roles(self) -> None:
        """Asks once in a while which roles this person has, where the database is there."""
        if self.is_open and not self.trouble and time.monotonic() - self._roles_at >= ROLES_EVERY_S:
            work: Any = self._find_roles
            self.run_worker(work, group="roles", exclusive=True)

    async def _find_roles(self) -> None:
        """Asks which roles this person has now; keys that they do not allow are dimmed."""
        self._roles_at = time.monotonic()
        try:
            found = await self._read_roles()
        except WatchfloorError:
            return  # its trouble is told by the feed; whatever is shown, the gate asks again
        if found != self.roles:
            self.roles = found
            self.footer_changed()

    def why_role_may_not(self, action: Action) -> str | None:
        """Returns why this person's role does not allow an action; None where it does, or the action only looks."""
        verb = "operate.unlock" if action.id == "operate" and not self.operates else action.verb
        return why_role_may_not(self.roles, verb) if verb else None

    def take_news(self, news: News[Patch]) -> None:
        """Takes in what happened; another catalog may hold other procedures, and somebody may have another role."""
        super().take_news(news)
        if news.rebuild or any(entry.subject.kind == "staff" for entry in news.entries):
            self._roles_at = 0.0
            self.look_at_roles()
        if _is_loaded(news.entries):
            self._knows_procedures = False

    async def find_procedures(self) -> None:
        """Reads the procedures that go by a name, once for each catalog, when somebody is about to name one."""
        from core.catalog.queries import declared_procedures

        if self._knows_procedures:
            return
        self._knows_procedures = True
        try:
            texts = await self.ask(declared_procedures)
        except WatchfloorError:
            self._knows_procedures = False
            return  # its trouble is told by the feed; those known so far are still found
        self.procedures = await asyncio.to_thread(_heads, texts)

    def ask_for_present(self, view: View) -> None:
        """Asks, once in a while, what is said now of the components in view that are not well."""
        if not self.is_open or self.held_while_paused is not None or self.is_stale or view.is_then:
            return
        from core.monitoring.present import TELLING

        board, now = self.picture.board, time.monotonic()
        telling = [n for n in view.components_in_view() if n in board and board[n].status.state in TELLING]
        self._asked_at = {name: self._asked_at[name] for name in telling if name in self._asked_at}
        wanted = [name for name in telling if name not in self._asked_at]
        if not wanted and now - self._present_at >= PRESENT_EVERY_S:
            self._present_at = now
            wanted = sorted(telling, key=lambda name: self._asked_at[name])[:MOST_AT_ONCE]
        if wanted and (self._asking is None or self._asking.is_finished):
            self._asked_at.update(dict.fromkeys(wanted, now))
            work: Any = partial(self._take_present, wanted)
            self._asking = self.run_worker(work, group="present")

    async def _take_present(self, wanted: Sequence[str]) -> None:
        from core.monitoring.present import in_present_words
        from screens.picture import Patch

        seen = [self.picture.board[name] for name in wanted if name in self.picture.board]
        try:
            found = await self.ask(in_present_words, seen)
        except WatchfloorError:
            return  # its trouble is told by the feed
        board = self.picture.board
        changed = {
            row.status.id: row for row, before in zip(found, seen, strict=True)
            if row is not before and board.get(row.status.id) is before
        }  # fmt: skip
        if changed and self.held_while_paused is None:
            patch = Patch(self.picture.vital, board=changed)
            self.picture.apply(patch)
            for each in self.views.values():
                each.take_patch(patch, ())


def _is_loaded(entries: Sequence[Entry]) -> bool:
    return any(entry.kind == "catalog.loaded" for entry in entries)


def _heads(texts: Sequence[ProcedureText]) -> dict[str, tuple[str, str]]:
    from core.operations.procedure import parse_procedure

    parsed = {text.id: parse_procedure(text.text, path=text.path).procedure for text in texts}
    return {name: (each.title, each.component) for name, each in parsed.items() if each is not None}
