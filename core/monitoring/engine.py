"""The agent's engine: looks at probes when they are due, and writes what it found.

One event loop looks; one database thread writes. A slow target holds its own slot only; the scheduler
never waits for a result, and the writer never waits for the scheduler.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import OnlyReads, OutcomeUnknown, StoreUnavailable
from core.monitoring.batch import Batch, write_batch
from core.monitoring.figures import Figures
from core.monitoring.packing import MINUTE_MS, roll_minutes
from core.monitoring.probes.factory import prober
from core.monitoring.probes.pools import NoPlace
from core.monitoring.roster import Roster
from core.monitoring.schedule import Kind, Slots, place_within
from core.monitoring.watch import duty_of
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.catalog.model import Catalog, Probe
    from core.monitoring.commands import Change
    from core.monitoring.evaluation import ProbeState
    from core.monitoring.model import Reading, Status
    from core.monitoring.probes.context import ProbeContext, Prober
    from core.monitoring.probes.pools import Pools
    from core.monitoring.roster import Outcome
    from core.monitoring.schedule import Due, Key
    from core.store.thread import DatabaseThread
    from core.store.work import Author

FLUSH_S = 1.0
FLUSH_CHANGES_S = 0.1
SILENCE_EVERY_S = 5.0
KEEP_PROBE_S = 60.0
KEEP_WORDS_S = 5.0
"""What a probe that is not well says anew is kept no sooner: people are shown its words, and they have no entry."""
FIGURES_S = 60.0
SUSPENDED_S = 5.0
REVISED_PER_S = 200
"""So many revised probes are looked at in a second: one is judged anew at once, a whole catalog is no burst."""


def is_looked_at_alike(one: Probe, other: Probe) -> bool:
    """Tells whether two probes differ in their thresholds at most: what looks goes on looking then."""
    return replace(one, thresholds=()) == replace(other, thresholds=())


@dataclass(slots=True)
class Watching:
    """A probe under watch: how to look at it, and what of it waits to be rolled into minutes."""

    probe: Probe
    prober: Prober
    number: int
    busy: bool = False
    keep_at: float = 0.0
    kept_words: str = ""
    kept_at: float = 0.0
    points: list[tuple[int, float | None, int]] | None = None


class Engine:
    """Watches one catalog. `run` works until it is cancelled, or until its lease is lost."""

    def __init__(
        self,
        database: DatabaseThread,
        author: Author,
        token: int,
        pools: Pools,
        context: ProbeContext,
        *,
        about: Mapping[str, Any],
        warn: Callable[[str], None],
        zone: str = "",
        clocks: Callable[[], tuple[float, float]] = lambda: (time.time(), time.monotonic()),
    ) -> None:
        self._database, self._author, self._token = database, author, token
        self._pools, self._context = pools, context
        self._about, self._warn = dict(about), warn
        self.roster = Roster(zone)
        self._zone, self._is_one_of_several = zone, bool(zone)
        self._slots = Slots()
        self._watching: dict[Key, Watching] = {}
        self._batch = Batch()
        self._unsettled: Batch | None = None
        self._figures = Figures(time.monotonic())
        self._shown: dict[str, Any] = {}
        self._asked_per_s = 0.0
        self._looks: set[asyncio.Task[None]] = set()
        self._wake, self._write_soon = asyncio.Event(), asyncio.Event()
        self.trouble = ""
        """Why nothing can be written now."""
        self._clocks = clocks
        self._seen = clocks()
        self._listening_since = self._seen[0]

    def take_catalog(
        self,
        catalog: Catalog,
        statuses: Mapping[str, Status],
        states: Mapping[Key, ProbeState],
        numbers: Mapping[Key, int],
        gone: Iterable[str] = (),
    ) -> None:
        """Watches what `catalog` declares for the zone from now on; each probe must have a number.

        `gone` are components that are declared no longer, in whatever zone they were: their states are forgotten.
        """
        self.roster.numbers = numbers
        self._is_one_of_several = bool(self._zone) or any(
            c.zone != self._zone for c in catalog.components.values()
        )
        changes = self.roster.take_catalog(catalog, statuses, states)
        wanted = self.roster.probes()
        for key in set(self._watching) - set(wanted):
            self._drop(key)
        now = time.monotonic()
        revised = 0
        for key, probe in wanted.items():
            held = self._watching.get(key)
            if held is not None and held.probe == probe:
                continue
            if held is not None and is_looked_at_alike(held.probe, probe):
                held.probe = probe
            else:
                if held is not None:
                    self._drop(key)
                looker = prober(probe.target, self._context)
                self._watching[key] = Watching(probe, looker, numbers[key])
                self._slots.add(key, probe.every_s, now)
            if held is not None:
                # What it last said was judged by what is declared no longer: ask it again.
                self._slots.once(key, now + revised / REVISED_PER_S)
                revised += 1
        self._asked_per_s = sum(1 / probe.every_s for probe in wanted.values())
        self._batch.forgotten.update(gone)
        self._take_changes(changes)
        self._wake.set()

    def take_thresholds(self, probes: Mapping[Key, Probe]) -> None:
        """Judges these probes by other thresholds from now on: each is looked at at once, and goes on from where it stands."""
        changed = []
        for key, probe in probes.items():
            held = self._watching.get(key)
            if held is None or held.probe == probe:
                continue
            held.probe = probe
            self.roster.take_probe(key, probe)
            changed.append(key)
        self.look_soon(changed)

    def _drop(self, key: Key) -> None:
        watching = self._watching.pop(key)
        self._slots.remove(key)
        self._start(watching.prober.close())

    def look_soon(self, keys: Sequence[Key]) -> None:
        """Has these probes looked at now; their slots stay where they are."""
        now = time.monotonic()
        for key in keys:
            self._slots.once(key, now)
        self._wake.set()

    def look_at_component(self, component_id: str) -> None:
        """Has every probe of a component looked at now."""
        self.look_soon([key for key in self._watching if key[0] == component_id])

    def take_stopped(self, component_id: str, status: Status) -> None:
        """Takes in that a person stopped a component on purpose, or released it."""
        changes, keys = self.roster.take_stopped(component_id, status, to_micros(utc_now()))
        self._take_changes(changes)
        if status.stopped is None:
            self.look_soon(keys)
        for key in keys:  # what is kept says soon how it is since then
            self._watching[key].keep_at = 0.0

    def take_maintenance_end(self, component_id: str, status: Status) -> None:
        """Takes in that a component is no longer in maintenance."""
        changes, keys = self.roster.take_maintenance_end(component_id, status, to_micros(utc_now()))
        self._take_changes(changes)
        self.look_soon(keys)

    def take_foreign(self, statuses: Mapping[str, Status]) -> None:
        """Takes in how components of other zones are now."""
        changes, keys = self.roster.take_foreign(statuses, to_micros(utc_now()))
        self._take_changes(changes)
        self.look_soon(keys)

    async def run(self) -> None:
        """Looks and writes until cancelled; raises LeaseLost when another agent has taken over."""
        tasks = [
            asyncio.create_task(part, name=name)
            for name, part in (
                ("schedule", self._schedule()), ("write", self._write()), ("silence", self._listen_for_silence()),
            )
        ]  # fmt: skip
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in [*tasks, *self._looks]:
                task.cancel()
            await asyncio.gather(*tasks, *self._looks, return_exceptions=True)
            for watching in self._watching.values():
                await watching.prober.close()

    async def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now = self._notice_gap()
            for due in self._slots.pop_due(now):
                self._begin(due, now)
            due_at = self._slots.next_due()
            wait = 1.0 if due_at is None else min(max(due_at - time.monotonic(), 0.0), 1.0)
            self._wake.clear()
            timer = loop.call_later(wait, self._wake.set)
            await self._wake.wait()
            timer.cancel()

    def _notice_gap(self) -> float:
        """Begins anew after the machine slept or its clock was set; returns what the monotonic clock shows.

        Nobody listened meanwhile: slots are spread anew, and silence counts from now on.
        """
        (wall, now), (last_wall, last_now) = self._clocks(), self._seen
        self._seen = wall, now
        jump_s = (wall - last_wall) - (now - last_now)
        if abs(jump_s) > SUSPENDED_S:
            self._slots.resplay(now)
            self._listening_since = wall
            self._warn(f"the clock jumped by {jump_s:+.0f} s: slots are spread anew")
        return now

    def _begin(self, due: Due, now: float) -> None:
        watching = self._watching.get(due.key)
        if watching is None:
            return
        self._figures.skipped += due.missed
        if watching.busy:
            # At most one look of a probe at a time; a slot that finds it busy is counted as skipped.
            self._figures.skipped += due.kind is Kind.SLOT
            return
        if due.kind is Kind.SLOT:
            self._figures.count_look(now - due.due)
        watching.busy = True
        self.roster.began_look(due.key)
        self._start(self._look(due.key, watching))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)

    async def _look(self, key: Key, watching: Watching) -> None:
        try:
            reading = await self._pools.run(
                watching.probe.target, lambda: watching.prober.look(watching.probe.timeout_s)
            )
        except NoPlace:
            self._figures.skipped += 1
            return
        finally:
            watching.busy = False
            self.roster.ended_look(key)
        self._take_reading(key, watching, reading)

    def _take_reading(self, key: Key, watching: Watching, reading: Reading) -> None:
        at = to_micros(utc_now())
        outcome = self.roster.take_reading(key, reading, at)
        value = reading.metrics[0].value if reading.metrics else None
        point = (at // 1000, value, reading.verdict.severity)
        self._batch.samples.append((watching.number, *point))
        self._roll(watching, point)
        self._take_outcome(key, watching, outcome, reading)

    def _roll(self, watching: Watching, point: tuple[int, float | None, int]) -> None:
        """Collects a probe's samples until their minute is over."""
        if watching.points and watching.points[0][0] // MINUTE_MS != point[0] // MINUTE_MS:
            self._batch.minutes += [
                {
                    "probe": watching.number, "minute": roll.minute, "samples": roll.samples, "lowest": roll.lowest,
                    "highest": roll.highest, "total": roll.total, "worst": roll.worst,
                }
                for roll in roll_minutes(watching.points)
            ]  # fmt: skip
            watching.points = []
        watching.points = [*(watching.points or []), point]

    def _take_outcome(self, key: Key, watching: Watching, outcome: Outcome, reading: Reading) -> None:
        now = self._clocks()[1]
        if outcome.retry:
            self._slots.once(key, now + watching.probe.retry_s)
        is_due = now >= watching.keep_at or self._has_news(watching, outcome.words, now)
        if is_due:
            # A place of its own, as a slot has: probes that were first looked at together are not kept together.
            watching.keep_at = now + KEEP_PROBE_S - (now - place_within(key, KEEP_PROBE_S)) % KEEP_PROBE_S
        if outcome.record is not None or is_due:
            watching.kept_words, watching.kept_at = outcome.words, now
            self._batch.probes[watching.number] = outcome.record or self.roster.record(key, reading)
        self._take_changes(outcome.changes)
        for each in outcome.look_again:
            self._slots.once(each, now + self._watching[each].probe.retry_s)
        if outcome.look_now:
            self.look_soon(outcome.look_now)

    def _has_news(self, watching: Watching, words: str, now: float) -> bool:
        """Tells whether a probe that is not well says something that is not kept yet."""
        return bool(words) and words != watching.kept_words and now >= watching.kept_at + KEEP_WORDS_S

    def _take_changes(self, changes: Sequence[Change]) -> None:
        self._batch.changes.update((change.now.id, change) for change in changes)
        for root in {root for change in changes for root in change.now.roots}:
            self._batch.affected[root] = self.roster.affected_of(root)
        if changes:
            self._write_soon.set()

    async def _listen_for_silence(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_EVERY_S)
            self._hear_silence()

    def _hear_silence(self) -> None:
        """Takes in which probes have been silent too long, counted from when somebody listened."""
        self._notice_gap()
        lateness = self._figures.percentile_s(0.99)
        at, since = int(self._seen[0] * 1_000_000), int(self._listening_since * 1_000_000)
        self._take_changes(self.roster.take_silence(at, since=since, lateness_s=lateness))

    async def _write(self) -> None:
        while True:
            try:
                # asyncio.wait_for would lose the end, told at the moment something is to be written.
                async with asyncio.timeout(FLUSH_S):
                    await self._write_soon.wait()
                await asyncio.sleep(FLUSH_CHANGES_S)
            except TimeoutError:
                pass
            self._write_soon.clear()
            await self._flush()

    async def _flush(self) -> None:
        """Writes what waits; a batch whose end is not known first, and by itself: only so can it be told from a new one."""
        if self._unsettled is not None:
            if not await self._is_written(self._unsettled):
                self._batch.keep_within_bounds()
                return
            self._unsettled = None
        batch, self._batch = self._batch, Batch()
        if not await self._is_written(batch) and self._unsettled is None:
            self._batch.put_back(batch)

    async def _is_written(self, batch: Batch) -> bool:
        """Writes a batch; False where nothing can be written now. It is kept as unsettled where its end is not known."""
        try:
            written = await asyncio.wrap_future(
                self._database.write(
                    self._author, write_batch, batch, self._token, self._info(batch), duty=duty_of(self._zone),
                    zone=self._zone if self._is_one_of_several else None,
                )
            )  # fmt: skip
        except OnlyReads:
            raise  # it watches for nobody: its service starts the newer program
        except StoreUnavailable as error:
            if isinstance(error, OutcomeUnknown):
                self._unsettled = batch
            if str(error) != self.trouble:
                self._warn(f"nothing can be written, looking goes on: {error}")
            self.trouble = str(error)
            return False
        if self.trouble:
            self._warn("writing works again")
        self.trouble = ""
        self.roster.written(written)
        return True

    def _info(self, batch: Batch) -> dict[str, Any]:
        now = time.monotonic()
        figures = self._figures.as_info(
            now, asked_per_s=self._asked_per_s, in_flight=len(self._looks), probes=len(self._watching),
            oldest_overdue_s=self._slots.oldest_overdue_s(now),
        )  # fmt: skip
        if now - self._figures.began > FIGURES_S:
            self._shown, self._figures = figures, Figures(now)
        shown = self._shown if now - self._figures.began < FIGURES_S / 6 and self._shown else figures
        return {**self._about, **shown, "dropped": batch.dropped, "pools": self._pools.queued()}
