"""What views ask of the database, and what this person has done in it: done, refused, not done, or not known whether.

A command whose connection broke is settled before another is done: done again, it might be done twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from console.taking_in import TakingIn
from core.errors import BadInput, Moved, OutcomeUnknown, StoreAway, Unavailable, WatchfloorError
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.work import Author
    from screens.boxes.draft import Draft

T = TypeVar("T")
CONNECTS_AGAIN = "This console connects again by itself"


class Commanding(TakingIn):
    """The part of the console that asks the database and carries out commands in it."""

    async def ask(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Asks the database, on its own thread."""
        assert self._database is not None
        return await asyncio.wrap_future(self._database.read(question, *args, **named))

    async def write(self, command: Callable[..., T], *args: Any, **named: Any) -> T:
        """Carries out a command as this person at this seat, on the database thread; a wall carries out none."""
        if self.setup.is_wall:
            raise BadInput("this console is a wall: it only watches", next_step="Act from another console")
        if self.then is not None:
            raise BadInput("what is shown is the past", next_step="Nothing was done. @ returns to now")
        assert self._database is not None
        return await asyncio.wrap_future(self._database.write(self._author(), command, *args, **named))

    def _author(self) -> Author:
        from core.store.work import Author

        person = self.setup.author
        return Author(person.actor, person.via, person.seat)

    async def command(
        self, command: Callable[..., T], *args: Any, done: str = "", draft: Draft | None = None,
        raises_moved: bool = False, **named: Any,
    ) -> T | None:  # fmt: skip
        """Carries out a command and says `done`; None when it was refused or failed, which is then said.

        With `raises_moved`, that the subject moved on is not said but raised: the caller asks what to do.
        """
        if self._unsettled is not None:
            await self.settle()  # what came of the last one is read first: done again, it might be done twice
            return None
        try:
            answer = await self.write(command, *args, **named)
        except OutcomeUnknown as error:
            self._note_unsettled(error, draft)
            return None
        except StoreAway as error:
            self._take_trouble(error)
            self._say_not_done(error, draft)
            return None
        except Unavailable as error:
            self.say(f"NOT done: {error}", bad=True)
            return None
        except WatchfloorError as error:
            if raises_moved and isinstance(error, Moved):
                raise
            self.say(str(error), bad=True)
            return None
        if draft is not None:
            draft.used()
        if done:
            self.say(done)
        await self.look_for_undo()
        return answer

    def _say_not_done(self, error: StoreAway, draft: Draft | None) -> None:
        """Says that a command was not done, for the database is away, and will not be by itself; and where its words are."""
        kept = "; what you typed is kept as a draft" if draft is not None and draft.texts() else ""
        self.say_while_away(
            f"NOT done: nothing was changed{kept}. {CONNECTS_AGAIN}. Why: {error.what}",
            once_back=f"the database is back. What you asked for at {utc_now():%H:%M:%S}Z was NOT done{kept}",
        )

    def _note_unsettled(self, error: OutcomeUnknown, draft: Draft | None) -> None:
        from console.unsettled import Unsettled

        self._unsettled = Unsettled(error.key, draft)
        self.say(
            f"NOT KNOWN whether it was done: {error.what}; it is asked for when the database is back",
            bad=True,
        )

    async def settle(self) -> None:
        """Asks what became of the command whose connection broke, and says it."""
        from console.unsettled import told_of

        waiting = self._unsettled
        if waiting is None:
            return
        try:
            done = await self.ask(told_of, waiting.key)
        except WatchfloorError as error:
            self.say(f"NOT done, and not known yet what became of the command before: {error}", bad=True)
            return
        if self._unsettled is waiting:
            self._unsettled = None
            self.say(waiting.answer(done), bad=done is None)
            await self.look_for_undo()
