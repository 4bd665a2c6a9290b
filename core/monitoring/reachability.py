"""What a failure means for what stands behind it. Pure.

A need `{of, at_least}` is met while at least that many of the named components are not down. A component
that is itself bad (critical or unknown) and has an unmet need is `unreachable`: its fault is elsewhere, and
`roots` says where. A component that works stays ok, whatever is down around it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from core.monitoring.model import State

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from core.catalog.model import Component, Need
    from core.monitoring.standing import Standing

BAD = frozenset({State.CRITICAL, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Effective:
    """A component's state after its dependencies were asked; `roots` are the topmost down ones before it."""

    state: State
    confirmed: bool
    roots: tuple[str, ...] = ()

    @property
    def is_down(self) -> bool:
        """Tells whether what needs it must do without it."""
        return self.state in {State.UNREACHABLE, State.STOPPED} or (self.state in BAD and self.confirmed)

    @property
    def is_doubtful(self) -> bool:
        """Tells whether it may be down, but is not known to be."""
        return self.state in BAD and not self.confirmed


class Dependencies:
    """Who needs whom, in both directions; the declared needs have no cycles."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self._components = components
        self._children: dict[str, list[str]] = defaultdict(list)
        for component in components.values():
            for parent in component.needed_ids:
                self._children[parent].append(component.id)
        order = TopologicalSorter({c.id: c.needed_ids for c in components.values()}).static_order()
        self._rank = {name: rank for rank, name in enumerate(order)}

    def parents(self, component_id: str) -> tuple[str, ...]:
        """Returns what the component needs."""
        found = self._components.get(component_id)
        return found.needed_ids if found else ()

    def children(self, component_id: str) -> tuple[str, ...]:
        """Returns what needs the component."""
        return tuple(self._children.get(component_id, ()))

    def rank(self, component_id: str) -> int:
        """Returns a place in an order in which what is needed comes before what needs it; -1 for the unknown."""
        return self._rank.get(component_id, -1)

    def affected_by(self, component_ids: Iterable[str]) -> list[str]:
        """Returns the components themselves and all that stand behind them, needed ones before those that need them."""
        found: set[str] = set()
        todo = list(component_ids)
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo.extend(self._children.get(current, ()))
        return sorted(found, key=lambda name: self._rank.get(name, -1))

    def effective(
        self,
        component_id: str,
        own: Standing,
        around: Mapping[str, Effective],
        *,
        stopped: bool = False,
        awaiting: bool = False,
    ) -> Effective:
        """Returns the state of a component whose probes say `own`, given its parents' states in `around`.

        `awaiting` says that what it needed has just come back and it was not looked at since: it keeps
        being unreachable, with the roots it had (in `around` under its own id), until it was.
        """
        if stopped:
            return Effective(State.STOPPED, confirmed=True)
        if own.state not in BAD:
            return Effective(own.state, own.confirmed)
        roots = self._roots(component_id, around)
        if roots:
            return Effective(State.UNREACHABLE, confirmed=True, roots=roots)
        before = around.get(component_id)
        if awaiting and before is not None and before.state is State.UNREACHABLE:
            return before
        return Effective(own.state, own.confirmed)

    def _roots(self, component_id: str, around: Mapping[str, Effective]) -> tuple[str, ...]:
        component = self._components.get(component_id)
        if component is None:
            return ()
        roots: set[str] = set()
        for need in component.needs:
            down = _down(need, around)
            if len(need.of) - len(down) < need.at_least:
                for name in down:
                    roots.update(around[name].roots or (name,))
        return tuple(sorted(roots))

    def all_effective(
        self, own: Mapping[str, Standing], stopped: Container[str] = frozenset()
    ) -> dict[str, Effective]:
        """Returns the state of every component that `own` has a standing of, worked out from nothing: for replay."""
        around: dict[str, Effective] = {}
        for name in sorted(own, key=lambda each: self._rank.get(each, -1)):
            around[name] = self.effective(name, own[name], around, stopped=name in stopped)
        return around

    def must_wait(
        self, component_id: str, around: Mapping[str, Effective], looking: Container[str] = frozenset()
    ) -> bool:
        """Tells whether the component's failure may not be confirmed yet.

        So it is while one of its needs is met only by what is bad but not confirmed, or is being looked at
        right now. Where enough others stand for certain, nobody is waited for.
        """
        component = self._components.get(component_id)
        if component is None:
            return False
        for need in component.needs:
            doubtful = [
                name for name in need.of
                if name in looking or (name in around and around[name].is_doubtful)
            ]  # fmt: skip
            if not doubtful:
                continue
            certain = len(need.of) - len({*_down(need, around), *doubtful})
            if certain < need.at_least:
                return True
        return False

    def parents_to_check(self, component_id: str, around: Mapping[str, Effective]) -> tuple[str, ...]:
        """Returns what is to be looked at when the component turns bad: what it needs, save what is down already."""
        return tuple(
            name for name in self.parents(component_id) if name not in around or not around[name].is_down
        )

    def root_of(self, component_id: str, around: Mapping[str, Effective]) -> tuple[str, ...]:
        """Returns under which outage a component falls: its roots, itself where it is one, nothing where it stands."""
        state = around.get(component_id)
        if state is None or not state.is_down:
            return ()
        return state.roots or (component_id,)

    def release_order(self, component_id: str, around: Mapping[str, Effective]) -> list[str]:
        """Returns what is unreachable behind the component, nearest first: so it is looked at when that is back."""
        return [
            name for name in self.affected_by([component_id])
            if name in around and component_id in around[name].roots
        ]  # fmt: skip


def _down(need: Need, around: Mapping[str, Effective]) -> list[str]:
    return [name for name in need.of if name in around and around[name].is_down]
