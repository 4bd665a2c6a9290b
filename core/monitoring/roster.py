"""What the agent watches, and what it knows of it: the pure middle between results and what is written.

Fed with catalogs and readings, it gives back which components changed, what is to be looked at again
soon, and what is to be kept. It knows no clock, no database and no network.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from core.monitoring.commands import Change, ProbeRecord
from core.monitoring.elsewhere import Elsewhere, as_told
from core.monitoring.evaluation import Evaluated, ProbeState, doubt, doubt_failure, evaluate, no_data
from core.monitoring.model import State, Status, Stopped, is_put_in_doubt
from core.monitoring.reachability import BAD, Dependencies, Effective
from core.monitoring.standing import own_standing
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping

    from core.catalog.model import Catalog, Component, Probe
    from core.monitoring.model import Reading
    from core.monitoring.schedule import Key
    from core.monitoring.standing import Standing


ANSWER_SLACK_S = 1.0
"""A failure waits for what its component needs, that probe's time-out and this much longer."""


@dataclass(slots=True)
class Watched:
    """A component under watch, with the state of each of its probes by id, and what was last written of it."""

    component: Component
    probes: dict[str, ProbeState]
    status: Status | None = None
    stopped: Stopped | None = None
    # The frame of the words last written (see Standing); None while that is not known.
    frame: str | None = None
    # Which probe spoke in them, and the one that speaks next as soon as it was looked at again.
    speaker: str = ""
    next_speaker: str = ""
    # Probes to be looked at before it leaves `unreachable`; None while it is not about to.
    awaiting: set[str] | None = None
    # When what it needs was asked because one of its probes failed, by probe id.
    asked: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reading led to: changed components to write, probes to look at now, and after their retry interval.

    `words` is what a probe says that is not well; empty for one that is.
    """

    changes: tuple[Change, ...] = ()
    retry: bool = False
    look_now: tuple[Key, ...] = ()
    look_again: tuple[Key, ...] = ()
    record: ProbeRecord | None = None
    words: str = ""


class Roster:
    """Every component of one zone, under watch; of what these need in other zones, the state as it is told.

    `numbers` are given from outside before a catalog that needs them is: under them samples are kept.
    """

    def __init__(self, zone: str = "") -> None:
        self._zone = zone
        self.numbers: Mapping[Key, int] = {}
        self._elsewhere = Elsewhere()
        self._watched: dict[str, Watched] = {}
        self._probes: dict[Key, Probe] = {}
        self._effective: dict[str, Effective] = {}
        self._dependencies = Dependencies({})
        self._looking: dict[str, int] = {}
        # Components one of whose probes fell silent or was heard again: their words are to be written anew.
        self._reworded: set[str] = set()
        # Probes whose word is older than the recovery of the one that spoke before them.
        self._to_ask: list[Key] = []

    @property
    def foreign(self) -> KeysView[str]:
        """Returns the components of other zones whose states are to be told."""
        return self._elsewhere.names

    @property
    def told_by_others(self) -> set[str]:
        """Returns the components of which others say something: people stop those of the zone, agents tell of those elsewhere."""
        return {*self._watched, *self.foreign}

    def knows_stopped(self, status: Status) -> bool:
        """Tells whether it is known here that a component was stopped on purpose, or was not, as `status` says."""
        watched = self._watched.get(status.id)
        return watched is not None and watched.stopped == status.stopped

    def is_put_in_doubt(self, status: Status) -> bool:
        """Tells whether `status` says that a failure which stands here for certain is to be confirmed anew."""
        held = self.status(status.id)
        return held is not None and held.is_down and is_put_in_doubt(status) and status.version > held.version

    def unknown(self, catalog: Catalog) -> list[str]:
        """Returns the components of which a beginning is to be given with `catalog`: new ones here, and needed ones elsewhere."""
        own = [c for c in catalog.components.values() if c.zone == self._zone]
        needed = (name for c in own for name in c.needed_ids if catalog.components[name].zone != self._zone)
        return [c.id for c in own if c.id not in self._watched] + list(dict.fromkeys(needed))

    def take_catalog(
        self, catalog: Catalog, statuses: Mapping[str, Status], states: Mapping[Key, ProbeState]
    ) -> list[Change]:
        """Watches what `catalog` declares from now on; what stays keeps its state.

        It must hold the zone's components and those that these need. Returns the changes of components nothing was known of.
        """
        before, self._watched = self._watched, {}
        self._probes = {}
        self._dependencies = Dependencies(catalog.components)
        for component in catalog.components.values():
            if component.zone != self._zone:
                continue
            known = before.get(component.id)
            status = known.status if known else statuses.get(component.id)
            probes = {}
            for probe in component.probes:
                key = (component.id, probe.id)
                self._probes[key] = probe
                held = known.probes.get(probe.id) if known else states.get(key)
                probes[probe.id] = held or ProbeState()
            if known is None and status is not None and is_put_in_doubt(status):
                probes = {name: doubt_failure(state) for name, state in probes.items()}
            self._watched[component.id] = Watched(
                component, probes, status, status.stopped if status else None
            )
        self._elsewhere.take((w.component for w in self._watched.values()), self._zone, catalog)
        names = (*self._watched, *self.foreign)
        self._effective = {name: self._effective[name] for name in names if name in self._effective}
        for name, watched in self._watched.items():
            if name not in self._effective and watched.status is not None:
                self._effective[name] = as_told(watched.status)
        self._effective |= self._elsewhere.differing(statuses, self._effective)
        return self._recompute(self._watched, at=0)

    def take_probe(self, key: Key, probe: Probe) -> None:
        """Judges a probe under watch by other thresholds from its next result on; what it is known to be stays."""
        self._probes[key] = probe

    def take_foreign(self, statuses: Mapping[str, Status], at: int) -> tuple[list[Change], list[Key]]:
        """Takes in how components of other zones are now; returns changes behind them, and what to look at now."""
        differing = self._elsewhere.differing(statuses, self._effective)
        back = [name for name, now in differing.items() if self._is_down(name) and not now.is_down]
        self._effective |= differing
        behind = {child for name in differing for child in self._dependencies.children(name)}
        changes = self._recompute(behind & self._watched.keys(), at) if behind else []
        return changes, self._awaited_behind(back)

    def probes(self) -> Mapping[Key, Probe]:
        """Returns every probe under watch."""
        return self._probes

    def status(self, component_id: str) -> Status | None:
        """Returns what was last written, or is about to be, of a component."""
        watched = self._watched.get(component_id)
        return watched.status if watched else None

    def began_look(self, key: Key) -> None:
        """Notes that a probe is being looked at: what needs its component waits for the answer."""
        self._looking[key[0]] = self._looking.get(key[0], 0) + 1

    def ended_look(self, key: Key) -> None:
        """Notes that the look is over."""
        left = self._looking.get(key[0], 1) - 1
        if left > 0:
            self._looking[key[0]] = left
        else:
            self._looking.pop(key[0], None)

    def take_reading(self, key: Key, reading: Reading, at: int) -> Outcome:
        """Takes in a reading of instant `at` (microseconds UTC); nothing for a probe no longer under watch."""
        watched, probe = self._watched.get(key[0]), self._probes.get(key)
        if watched is None or probe is None:
            return Outcome()
        before = watched.probes[key[1]]
        hold = self._dependencies.must_wait(key[0], self._effective, self._looking)
        evaluated = evaluate(before, reading, probe, at, hold=hold)
        self._note_asked(watched, key[1], before, evaluated.state, at)
        stood = before.confirmed and before.state in BAD
        if evaluated.state.state in BAD and evaluated.state.confirmed and not stood and self._owed(key, at):
            evaluated = evaluate(before, reading, probe, at, hold=True)
        if watched.awaiting is not None:
            watched.awaiting.discard(key[1])
        return self._took(key, watched, before, evaluated, reading, at)

    def _note_asked(
        self, watched: Watched, probe: str, before: ProbeState, after: ProbeState, at: int
    ) -> None:
        if after.state not in BAD:
            watched.asked.pop(probe, None)
        elif before.state not in BAD:
            watched.asked[probe] = at

    def _owed(self, key: Key, at: int) -> bool:
        """Tells whether something the component needs has not answered yet since this probe's failure began.

        One that is down needs no answer, and one that does not answer is waited for no longer than it may take.
        """
        asked = self._watched[key[0]].asked.get(key[1])
        if asked is None:
            return False
        parents = self._dependencies.parents(key[0])
        if self._elsewhere.is_waited_for(parents, self._effective, at - asked):
            return True
        for parent, name in self._probes_of(parents, only_good=True):
            patience = int((self._probes[parent, name].timeout_s + ANSWER_SLACK_S) * 1_000_000)
            if self._watched[parent].probes[name].last_at < asked and at - asked <= patience:
                return True
        return False

    def take_silence(self, at: int, *, since: int, lateness_s: float) -> list[Change]:
        """Looks for probes that have been silent too long at `at`; returns the components that changed by it.

        `since` is when this agent began: before that it was not there to hear, so no silence counts.
        """
        changed: set[str] = set()
        for key, probe in self._probes.items():
            watched = self._watched[key[0]]
            evaluated = no_data(watched.probes[key[1]], probe, at, lateness_s=lateness_s, since=since)
            if evaluated is not None:
                watched.probes[key[1]] = evaluated.state
                changed.add(key[0])
        self._reworded |= changed
        return self._recompute(changed, at) if changed else []

    def take_stopped(
        self, component_id: str, status: Status, at: int
    ) -> tuple[list[Change], tuple[Key, ...]]:
        """Takes in that a person stopped or released a component; returns changes behind it and what to look at now."""
        watched = self._watched.get(component_id)
        if watched is None:
            return [], ()
        watched.status, watched.stopped, watched.frame = status, status.stopped, None
        if status.stopped is None:
            watched.probes = {name: ProbeState(last_at=p.last_at) for name, p in watched.probes.items()}
        changes = self._recompute([component_id], at)
        return changes, tuple((component_id, name) for name in watched.probes)

    def take_maintenance_end(
        self, component_id: str, status: Status, at: int
    ) -> tuple[list[Change], tuple[Key, ...]]:
        """Takes in that a component is no longer in maintenance: what failed in it counts once looks after it say so, too.

        Returns changes, and what to look at now. What an incident stands for already stays as it is.
        """
        watched = self._watched.get(component_id)
        if watched is None or watched.stopped is not None or status.is_down:
            return [], ()
        held = watched.status
        if held is not None and held.state is status.state and status.version >= held.version:
            watched.status = replace(held, confirmed=status.confirmed, version=status.version)
        before, watched.probes = watched.probes, {n: doubt_failure(p) for n, p in watched.probes.items()}
        changes = self._recompute([component_id], at)
        return changes, tuple((component_id, name) for name, p in before.items() if p != watched.probes[name])

    def written(self, statuses: Iterable[Status]) -> None:
        """Takes in how statuses stand after they were written."""
        for status in statuses:
            watched = self._watched.get(status.id)
            if watched is None:
                continue
            held = watched.status
            if held is None or (status.version >= held.version and status.stopped != held.stopped):
                watched.status, watched.stopped = status, status.stopped
            elif status.version >= held.version:
                # A reading may have come since the write began: what is held is newer than what was written.
                watched.status = replace(held, version=status.version)

    def record(self, key: Key, reading: Reading) -> ProbeRecord:
        """Returns what is kept of a probe after this reading of it."""
        state = self._watched[key[0]].probes[key[1]]
        metric = reading.metrics[0] if reading.metrics else None
        return ProbeRecord(
            self.numbers.get(key, 0), key[0], key[1], state.state, state.summary, reading.detail,
            metric.name if metric else "", metric.unit if metric else "", state.last_at, state.to_json(),
        )  # fmt: skip

    def _took(
        self, key: Key, watched: Watched, before: ProbeState, evaluated: Evaluated, reading: Reading, at: int
    ) -> Outcome:
        watched.probes[key[1]] = evaluated.state
        first = before.state is State.PENDING
        changes: list[Change] = []
        if before.silent:
            self._reworded.add(key[0])
        is_awaited = watched.next_speaker == key[1]
        if before.silent or evaluated.changed or first or is_awaited or self._standing_differs(watched):
            changes = self._recompute([key[0]], at)
        look_now: list[Key] = []
        look_again, self._to_ask = tuple(self._to_ask), []
        if evaluated.state.state in BAD and before.state not in BAD:
            look_now += self._probes_of(self._dependencies.parents(key[0]), only_good=True)
        keep = evaluated.changed or first or evaluated.state.attempt != before.attempt
        record = self.record(key, reading) if keep else None
        words = "" if evaluated.state.state is State.OK else evaluated.state.summary
        return Outcome(
            tuple(changes), evaluated.retry, (*look_now, *self._released(changes)), look_again, record, words
        )

    def _standing_differs(self, watched: Watched) -> bool:
        """Tells whether a component that waits for its probes may leave `unreachable` now."""
        status = watched.status
        return status is not None and status.state is State.UNREACHABLE and watched.awaiting == set()

    def _probes_of(self, component_ids: Iterable[str], *, only_good: bool = False) -> list[Key]:
        found: list[Key] = []
        for name in component_ids:
            watched = self._watched.get(name)
            if watched is None or (only_good and self._is_down(name)):
                continue
            found += [(name, probe) for probe in watched.probes]
        return found

    def _is_down(self, name: str) -> bool:
        state = self._effective.get(name)
        return state is not None and state.is_down

    def _released(self, changes: Iterable[Change]) -> list[Key]:
        """Returns the probes of components that were unreachable behind what has just come back."""
        return self._awaited_behind(c.now.id for c in changes if not self._is_down(c.now.id))

    def _awaited_behind(self, back: Iterable[str]) -> list[Key]:
        return [
            (name, probe) for parent in back for name in self._dependencies.children(parent) if name in self._watched
            for probe in self._watched[name].awaiting or ()
        ]  # fmt: skip

    def _recompute(self, component_ids: Iterable[str], at: int) -> list[Change]:
        """Works out the states of these components and of what they change behind them; returns those that differ.

        A state rests on the component's own probes and on the states of what it needs: behind one whose
        state stayed as it was there is nothing to work out.
        """
        differing: list[str] = []
        rank = self._dependencies.rank
        seen = set(component_ids)
        todo = [(rank(name), name) for name in seen]
        heapify(todo)
        while todo:
            _, name = heappop(todo)
            watched = self._watched.get(name)
            if watched is None:
                continue
            before = self._effective.get(name)
            after = self._effective_of(name, watched)
            left = (
                before is not None
                and before.state is State.UNREACHABLE
                and after.state is not State.UNREACHABLE
            )
            if left and after.state in BAD and watched.awaiting is None:
                # What it needed is back, and its own last word is older than that: ask it again first.
                watched.probes = {n: doubt(p) for n, p in watched.probes.items()}
                watched.awaiting = {n for n, p in watched.probes.items() if p.state in BAD}
                after = self._effective_of(name, watched)
            elif after.state is not State.UNREACHABLE or (after.roots and not watched.awaiting):
                watched.awaiting = None
            self._effective[name] = after
            if self._reaches_on(before, after):
                for child in self._dependencies.children(name):
                    if child not in seen:
                        seen.add(child)
                        heappush(todo, (rank(child), child))
            if self._set_status(name, watched, after, at):
                differing.append(name)
        return [self._change(name) for name in differing]

    def _reaches_on(self, before: Effective | None, after: Effective) -> bool:
        """Tells whether what needs a component is worked out anew. It may always be: then nothing else comes of it, only later."""
        return before != after

    def _effective_of(self, name: str, watched: Watched) -> Effective:
        return self._dependencies.effective(
            name, own_standing(watched.probes), self._effective,
            stopped=watched.stopped is not None, awaiting=bool(watched.awaiting),
        )  # fmt: skip

    def _set_status(self, name: str, watched: Watched, effective: Effective, at: int) -> bool:
        """Sets what is to be written of a component; True when that differs from what was."""
        own = own_standing(watched.probes)
        before = watched.status
        reworded = name in self._reworded
        self._reworded.discard(name)
        if watched.stopped is not None and before is not None:
            return False
        if before is None and effective.state is State.PENDING:
            return False
        # Of what is behind another only that is news: the other's failure is the one to be told of.
        behind = f"behind {', '.join(effective.roots)}: " if effective.roots else ""
        summary, frame = behind + own.summary, behind or own.frame
        key = (effective.state, effective.confirmed, own.flapping, effective.roots)
        same = before is not None and key == (before.state, before.confirmed, before.flapping, before.roots)
        if same and before is not None:
            told = watched.frame if watched.frame is not None else _frame_of(before, frame, own)
            if frame == told and not (reworded and before.summary != summary):
                watched.frame, watched.speaker, watched.next_speaker = frame, own.speaker, ""
                return False
            if not reworded and self._is_old_word(watched, own, at):
                watched.next_speaker = own.speaker
                self._to_ask.append((name, own.speaker))
                return False
        watched.frame, watched.speaker, watched.next_speaker = frame, own.speaker, ""
        since = from_micros(at or own.since)
        if before is not None and before.state is effective.state and before.version:
            since = before.since
        watched.status = Status(
            name, before.version if before else 0, effective.state, effective.confirmed, since, summary,
            own.flapping, effective.roots, None,
        )  # fmt: skip
        return True

    def _is_old_word(self, watched: Watched, own: Standing, at: int) -> bool:
        """Tells whether another probe would speak than did, with what it found before the former one recovered.

        It mostly recovers with it, if a little later: it is asked again first, so that no effect is told as a cause.
        """
        is_other = watched.speaker and own.speaker and own.speaker != watched.speaker
        return bool(is_other) and watched.probes[own.speaker].last_at < at

    def _change(self, name: str) -> Change:
        watched = self._watched[name]
        assert watched.status is not None
        component = watched.component
        return Change(
            watched.status, component.service, component.title, component.severity, self.affected_of(name)
        )

    def affected_of(self, name: str) -> tuple[str, ...]:
        """Returns the components of the zone that are unreachable because this one is down."""
        # Of a root in another zone it is not known what lies between.
        may_be = self._dependencies.affected_by([name]) if name in self._watched else self._watched
        return tuple(
            other
            for other in may_be
            if other in self._watched
            and (state := self._effective.get(other)) is not None
            and name in state.roots
        )


def _frame_of(status: Status, frame: str, own: Standing) -> str:
    """Returns the frame of words written by an agent before this one.

    Where all is well they are nothing but their frame; else what the probe said is part of them: taken as true.
    """
    return status.summary if own.state is State.OK else frame
