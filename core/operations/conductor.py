"""Carries out a run: step by step, listening to what people order, to an end that is always told.

Everything it must tell goes through a `RunDesk`; while that cannot take it (the database is away), the run
goes on and what it said is told later, in order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.errors import Refused, Unavailable
from core.operations.drivers.process import KEEP_BYTES, Command
from core.operations.model import Procedure, RunState, Step, StepKind, StepState
from core.operations.procedure import expand
from core.operations.reports import Written
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from core.operations.queries import RunOrder

BEAT_S = 1.0
LISTEN_S = 0.25
CHECK_AGAIN_S = 1.0
TELL_S = 5.0
"""Once its process is asked to end, a run that is over is told for so long; then how it ended stays untold."""
MOST_LINES = 20_000
"""So many lines wait for the desk at most, however long it is away; what comes then is counted, not kept."""


class RunDesk(Protocol):
    """Where a run is told and where its orders come from.

    Each may raise Unavailable: it is then tried again. What was told before that is not told again.
    """

    async def step(self, n: int, state: StepState, exit_code: int | None, text: str, by: str) -> None:
        """Tells where step `n` stands."""
        ...

    async def output(self, lines: Sequence[Written]) -> None:
        """Tells lines of output."""
        ...

    async def state(self, state: RunState, text: str) -> None:
        """Tells where the run stands; an end is told once, last."""
        ...

    async def beat(self) -> None:
        """Gives the sign of life; raises Refused when the run was ended by somebody else."""
        ...

    async def orders(self) -> Sequence[RunOrder]:
        """Returns the orders given since last asked."""
        ...


@dataclass(slots=True)
class _Orders:
    """What people ordered so far."""

    held: bool = False
    cancelled: str | None = None
    ticked: dict[int, tuple[StepState, str, str]] | None = None


class Conductor:
    """One run under way."""

    def __init__(self, procedure: Procedure, desk: RunDesk, variables: Mapping[str, str]) -> None:
        self._procedure, self._desk, self._variables = procedure, desk, variables
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._lines: list[Written] = []
        self._lines_untold = self._lines_dropped = 0
        self._room = KEEP_BYTES  # for what the step under way writes, however often its commands are tried
        self._beat_at = 0.0
        self._orders = _Orders(ticked={})
        self._changed, self._over = asyncio.Event(), asyncio.Event()
        self._step_task: asyncio.Task[tuple[StepState, int | None, str, str]] | None = None
        self._must_end = False
        self._untold = ""

    def cancel(self, why: str) -> None:
        """Ends the run: the process under way is ended, the rest is not done. Said again it changes nothing."""
        if self._orders.cancelled is not None:
            return  # a second one would break off the ending of the process, and leave others of its group alive
        self._orders.cancelled = why
        if self._step_task is not None:
            self._step_task.cancel()
        self._changed.set()

    def end(self, why: str) -> None:
        """Ends the run as `cancel` does, for its process must end: what cannot be told soon is told no more."""
        self._must_end = True
        self.cancel(why)

    async def conduct(self) -> RunState:
        """Carries the run out and returns how it ended.

        Raises Unavailable when its process must end and the desk cannot take that end.
        """
        await self._listen()  # what was ordered before it was taken up counts from the first step
        teller = asyncio.create_task(self._tell_and_listen())
        teller.add_done_callback(self._stop_if_deaf)
        try:
            state, text = await self._steps()
        except BaseException:
            teller.cancel()
            raise
        # Not cancelled: what it is telling now would be told twice, or not at all.
        self._over.set()
        await teller
        self._later(lambda: self._desk.state(state, text))
        patience_s = TELL_S
        while not await self._flush():
            if self._must_end and (patience_s := patience_s - CHECK_AGAIN_S) < 0:
                raise Unavailable(
                    f"the run is over ({state}), and that could not be written: {self._untold}",
                    next_step="It is shown as lost until somebody looks",
                )
            await asyncio.sleep(CHECK_AGAIN_S)
        return state

    def _stop_if_deaf(self, teller: asyncio.Task[None]) -> None:
        """Ends a run that can be neither followed nor cancelled any more; `conduct` raises the reason."""
        if not teller.cancelled() and teller.exception() is not None:
            self.cancel("it could be neither followed nor cancelled any more")

    async def _steps(self) -> tuple[RunState, str]:
        for n, step in enumerate(self._procedure.steps, 1):
            await self._hold_where_ordered()
            if self._orders.cancelled is not None:
                return RunState.CANCELLED, self._orders.cancelled
            state, code, text, by = await self._one_step(n, step)
            self._tell_step(n, state, code, text, by)
            if state is StepState.CANCELLED:
                return RunState.CANCELLED, self._orders.cancelled or "cancelled"
            if state is StepState.FAILED and not step.may_fail:
                return (
                    RunState.FAILED,
                    f"step {n} of {len(self._procedure.steps)} failed: {step.title}: {text}",
                )
        return RunState.DONE, ""

    async def _hold_where_ordered(self) -> None:
        told = False
        while self._orders.held and self._orders.cancelled is None:
            if not told:
                self._later(lambda: self._desk.state(RunState.HELD, ""))
                told = True
            self._changed.clear()
            await self._changed.wait()
        if told and self._orders.cancelled is None:
            self._later(lambda: self._desk.state(RunState.RUNNING, ""))

    async def _one_step(self, n: int, step: Step) -> tuple[StepState, int | None, str, str]:
        doing = self._ask(n) if step.kind is StepKind.MANUAL else self._carry_out(n, step)
        self._tell_step(
            n, StepState.ASKED if step.kind is StepKind.MANUAL else StepState.RUNNING, None, "", ""
        )
        self._room = KEEP_BYTES
        self._step_task = asyncio.create_task(doing)
        try:
            return await self._step_task
        except asyncio.CancelledError:
            if self._orders.cancelled is None:
                raise
            return StepState.CANCELLED, None, self._orders.cancelled, ""
        finally:
            self._step_task = None

    async def _ask(self, n: int) -> tuple[StepState, int | None, str, str]:
        ticked = self._orders.ticked or {}
        while n not in ticked:
            self._changed.clear()
            await self._changed.wait()
            ticked = self._orders.ticked or {}
        state, note, by = ticked[n]
        return state, None, note, by

    async def _carry_out(self, n: int, step: Step) -> tuple[StepState, int | None, str, str]:
        ends = asyncio.get_running_loop().time() + step.timeout_s
        while True:
            state, code, text = await self._commands(n, step, ends)
            left = ends - asyncio.get_running_loop().time()
            if state is StepState.PASSED or step.kind is StepKind.RUN or left <= CHECK_AGAIN_S:
                return state, code, text, ""
            await asyncio.sleep(CHECK_AGAIN_S)

    async def _commands(self, n: int, step: Step, ends: float) -> tuple[StepState, int | None, str]:
        code: int | None = None
        for argv in step.commands:
            if self._orders.cancelled is not None:
                raise asyncio.CancelledError  # it came as the command before ended by itself
            left = max(round(ends - asyncio.get_running_loop().time(), 1), 0.1)
            command = Command(
                expand(argv, self._variables), timeout_s=left, tell=lambda stream, text: self._hear(n, stream, text),
                directory=self._variables.get("DIR"),
            )  # fmt: skip
            ended = await command.run()
            code = ended.code
            if not ended.is_good:
                return StepState.FAILED, code, ended.text
        return StepState.PASSED, code, "exit code 0"

    # Telling and listening

    def _hear(self, n: int, stream: str, text: str) -> None:
        size = len(text.encode()) + 1
        if self._lines_untold >= MOST_LINES or (size > self._room and stream != "note"):
            self._lines_dropped += 1
            return
        self._say_dropped(n)
        self._room -= size
        self._keep(n, stream, text)

    def _keep(self, n: int, stream: str, text: str) -> None:
        self._lines.append(Written(n, utc_now(), stream, text))
        self._lines_untold += 1

    def _say_dropped(self, n: int) -> None:
        """Says where lines are missing, and how many."""
        if self._lines_dropped:
            self._keep(n, "note", f"{self._lines_dropped} lines more were not kept")
            self._lines_dropped = 0

    def _tell_step(self, n: int, state: StepState, code: int | None, text: str, by: str) -> None:
        self._say_dropped(n)
        self._take_lines()
        self._later(lambda: self._desk.step(n, state, code, text, by))

    def _take_lines(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, []
            self._later(lambda: self._tell_lines(lines))

    async def _tell_lines(self, lines: Sequence[Written]) -> None:
        await self._desk.output(lines)
        self._lines_untold -= len(lines)

    def _later(self, telling: Callable[[], Awaitable[None]]) -> None:
        self._waiting.append(telling)

    async def _flush(self) -> bool:
        """Tells what waits, in order; False when the desk cannot take it now.

        The sign of life goes before it and between: while much is told the run must not be given up as lost.
        """
        await self._beat_when_due()
        while self._waiting:
            try:
                await self._waiting[0]()
            except Unavailable as error:
                self._untold = str(error)
                return False
            self._waiting.popleft()
            await self._beat_when_due()
        return True

    async def _tell_and_listen(self) -> None:
        while not self._over.is_set():
            self._take_lines()
            if await self._flush():
                await self._listen()
            with suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_S):
                    await self._over.wait()

    async def _beat_when_due(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._beat_at:
            return
        try:
            await self._desk.beat()
        except Refused as error:
            self.cancel(error.what)
        except Unavailable:
            return  # due still, and given as soon as the desk is back
        self._beat_at = now + BEAT_S

    async def _listen(self) -> None:
        with suppress(Unavailable):
            for order in await self._desk.orders():
                self._take_order(order)

    def _take_order(self, order: RunOrder) -> None:
        if order.kind == "hold":
            self._orders.held = True
        elif order.kind == "resume":
            self._orders.held = False
        elif order.kind == "cancel":
            self.cancel(f"cancelled by {order.by}" + (f": {order.note}" if order.note else ""))
        elif order.kind in {"tick", "skip"} and self._orders.ticked is not None:
            state = StepState.PASSED if order.kind == "tick" else StepState.SKIPPED
            self._orders.ticked[order.n] = (state, order.note or f"by {order.by}", order.by)
        self._changed.set()
