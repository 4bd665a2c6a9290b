"""A duty that of all agents on a database one holds at a time, beside the watching of its zone.

When its holder has been silent for a while another takes it over, and what the first still had in hand is refused
by the database, for its lease is an older one.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from core.errors import StoreUnavailable, Unavailable, WatchfloorError
from core.printable import printable, printable_lines
from core.store.lease import LeaseLost, LeaseSight, beat, give_up_lease, lease_of, take_lease

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from core.store.thread import DatabaseThread
    from core.store.work import Author

T = TypeVar("T")


class Kept(Protocol):
    """What an agent keeps beside its watch."""

    async def run(self) -> None:
        """Keeps it until cancelled."""
        ...

    async def end(self) -> None:
        """Leaves it to another agent."""
        ...


class HeldDuty:
    """One agent's hold on a duty. `about` is what people are told of the holder, read at each beat."""

    def __init__(
        self,
        database: DatabaseThread,
        author: Author,
        name: str,
        about: dict[str, Any],
        *,
        beat_s: float,
        lost_s: float,
    ) -> None:
        self._database, self._author, self.name, self._about = database, author, name, about
        self._beat_s, self._lost_s = beat_s, lost_s
        self._sight = LeaseSight()
        self._beaten_at = time.monotonic()
        self.token: int | None = None

    async def hold(self) -> bool:
        """Takes the duty over where nobody holds it; tells whether it is held here. Raises StoreUnavailable."""
        if self.token is not None:
            return True
        held = await asyncio.wrap_future(self._database.read(lease_of, self.name))
        self._sight.look(held)
        if held is not None and not held.is_given_up:
            silent_s = self._sight.silent_s or 0.0
            if self._sight.is_doubtful or silent_s < self._lost_s:
                return False
        try:
            self.token = await asyncio.wrap_future(self._database.write(
                self._author, take_lease, self.name, self._author.seat, over=held, info=dict(self._about),
            ))  # fmt: skip
        except StoreUnavailable:
            raise
        except Unavailable:
            return False  # another was quicker
        self.beaten()
        return True

    def beaten(self) -> None:
        """Notes that a write has just given the sign of life."""
        self._beaten_at = time.monotonic()

    def tell_soon(self) -> None:
        """Has the next `beat_when_due` beat, for what is told of the holder is new."""
        self._beaten_at = float("-inf")

    @property
    def is_beat_due(self) -> bool:
        """Tells whether the last sign of life is old enough for another."""
        return time.monotonic() - self._beaten_at >= self._beat_s

    async def beat_when_due(self) -> None:
        """Gives the sign of life where the last is old enough. Raises LeaseLost, and StoreUnavailable."""
        if self.token is None or not self.is_beat_due:
            return
        await asyncio.wrap_future(
            self._database.write(self._author, beat, self.name, self.token, dict(self._about))
        )
        self.beaten()

    def lost(self) -> None:
        """Notes that another agent has the duty."""
        self.token = None

    async def give_up(self) -> None:
        """Gives the duty up, so that another agent need not wait."""
        if self.token is None:
            return
        token, self.token = self.token, None
        with suppress(WatchfloorError):
            await asyncio.wrap_future(self._database.write(self._author, give_up_lease, self.name, token))


class LookingDuty:
    """A duty kept by a look every so often. A kind of it names itself and says what a look does.

    `part` is which part of the duty this agent keeps, where each zone has its own.
    """

    duty: ClassVar[str]
    """Its name, as leases have it."""
    doing: ClassVar[str]
    """What is said before why it cannot be done: `clocks`."""
    elsewhere: ClassVar[str]
    """What is said when another agent has it: `another agent keeps the clocks now`."""
    look_s: ClassVar[float] = 1.0
    """What is due is done within a cycle of this."""
    beat_s: ClassVar[float] = 3.0
    lost_s: ClassVar[float] = 9.0
    pause_s: ClassVar[float] = 0.02
    """Between two transactions of one pass, so that other duties have the database, too."""

    def __init__(
        self, database: DatabaseThread, author: Author, about: dict[str, Any], say: Callable[[str], None], part: str = "",
    ) -> None:  # fmt: skip
        self._database, self._author, self._say = database, author, say
        name = f"{self.duty}:{part}" if part else self.duty
        self._held = HeldDuty(database, author, name, about, beat_s=self.beat_s, lost_s=self.lost_s)

    async def run(self) -> None:
        """Looks until cancelled; what cannot be done now is done later, and once said why where the database forbids it."""
        said = ""
        while True:
            await asyncio.sleep(self.look_s)
            trouble = ""
            try:
                if await self._held.hold():
                    await self.look()
            except LeaseLost:
                self._held.lost()
                self.forget()
                self._say(self.elsewhere)
            except StoreUnavailable:
                continue  # the agent's other duties say so
            except WatchfloorError as error:  # a role that was taken away ends no watch
                trouble = str(error)
            except Exception as error:  # noqa: BLE001 – what one duty stumbles over must end neither the watch nor the others
                where = printable_lines("".join(traceback.format_exception(error)))
                trouble = (
                    f"a mistake in this program: {type(error).__name__}: {printable(str(error))}\n{where}"
                )
            if trouble and trouble != said:
                self._say(f"{self.doing}: {trouble}")
            said = trouble

    async def end(self) -> None:
        """Leaves the duty to another agent."""
        await self._held.give_up()

    @abstractmethod
    async def look(self) -> None:
        """Does what is due, and gives the sign of life."""

    def forget(self) -> None:
        """Called when another agent has the duty: what was known of it is read anew when it comes back."""

    @property
    def is_beat_due(self) -> bool:
        """Tells whether the last sign of life is old enough for another."""
        return self._held.is_beat_due

    async def beat_when_due(self) -> None:
        """Gives the sign of life where the last is old enough."""
        await self._held.beat_when_due()

    async def ask(self, question: Callable[..., T], *args: Any) -> T:
        """Asks the database."""
        return await asyncio.wrap_future(self._database.read(question, *args))

    async def write(self, command: Callable[..., T], *args: Any) -> T:
        """Carries a command out as the holder, whose lease it is given first."""
        answer = await asyncio.wrap_future(
            self._database.write(self._author, command, self._held.token, *args)
        )
        self._held.beaten()
        return answer

    async def until_done(self, command: Callable[..., Any]) -> None:
        """Carries a command out again and again, a part at a time, until nothing is left for it."""
        while await self.write(command):
            await asyncio.sleep(self.pause_s)
