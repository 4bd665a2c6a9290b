"""Calls that may block for ever, such as a look at a dead network mount, kept away from everybody else.

The usual pool of threads is shared: a few calls that never return would stop every other one, and the
agent's own end. Here each caller has a thread of its own, one at a time, which does not outlive the process.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class StillBlocked(Exception):
    """The call before this one has not returned yet; `for_s` seconds ago it began."""

    def __init__(self, for_s: float) -> None:
        super().__init__(for_s)
        self.for_s = for_s


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Begins `work` in a thread of its own; returns its result to come."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def give(value: T | None, error: BaseException | None) -> None:
        if result.done():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(value)  # type: ignore[arg-type]  # it is None only where T is

    def run() -> None:
        value: T | None = None
        failure: BaseException | None = None
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001  (whoever awaits the result gets it)
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(give, value, failure)

    Thread(target=run, name="look", daemon=True).start()
    return result


class OneAtATime(Generic[T]):
    """Blocking calls of one caller: while one has not returned, no other begins."""

    def __init__(self) -> None:
        self._call: asyncio.Future[T] | None = None
        self._began = 0.0

    async def run(self, work: Callable[[], T]) -> T:
        """Returns `work()`; raises StillBlocked when the call before has not returned."""
        if self._call is not None and not self._call.done():
            raise StillBlocked(time.monotonic() - self._began)
        self._began = time.monotonic()
        self._call = in_thread(work)
        return await asyncio.shield(self._call)

    def afterwards(self, work: Callable[[], None]) -> None:
        """Does `work` as soon as no call is under way: now, or when it returns, if ever."""
        if self._call is None or self._call.done():
            work()
        else:
            self._call.add_done_callback(lambda _: work())


class Kept(Generic[T]):
    """A blocking answer that many ask for: one call at a time for all, its answer kept for `keep_s` seconds."""

    def __init__(self, work: Callable[[], T], keep_s: float) -> None:
        self._work, self._keep_s = work, keep_s
        self._call: asyncio.Future[T] | None = None
        self._answered = 0.0

    async def get(self) -> T:
        """Returns the answer, or raises what the call raised; a failure is not kept."""
        if self._call is None or (self._call.done() and not self._is_fresh(self._call)):
            self._call = in_thread(self._work)
            self._call.add_done_callback(self._note)
        return await asyncio.shield(self._call)

    def forget(self) -> None:
        """Has the next to ask get a new answer."""
        if self._call is not None and self._call.done():
            self._call = None

    def _is_fresh(self, call: asyncio.Future[T]) -> bool:
        return call.exception() is None and time.monotonic() - self._answered < self._keep_s

    def _note(self, call: asyncio.Future[T]) -> None:
        self._answered = time.monotonic()
        if not call.cancelled():
            call.exception()  # whoever waits gets it; when nobody does any more, that is no mistake
