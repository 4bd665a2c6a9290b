"""What a failure means for what stands behind it. Pure.

A need `{of, at_least}` is met while at least that many of the named components are not down. A component
that is itself bad (critical or unknown) and has an unmet need is `unreachable`: its fault is elsewhere, and
`roots` says where. A component that works stays ok, whatever is down around it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.monitoring.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.catalog.model import Component
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


class Dependencies:
    """Who needs whom, in both directions; the declared needs have no cycles."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self._components = components
        self._children: dict[str, list[str]] = defaultdict(list)
        for component in components.values():
            for parent in component.needed_ids:
                self._children[parent].append(component.id)

    def parents(self, component_id: str) -> tuple[str, ...]:
        """Returns what the component needs."""
        found = self._components.get(component_id)
        return found.needed_ids if found else ()

    def children(self, component_id: str) -> tuple[str, ...]:
        """Returns what needs the component."""
        return tuple(self._children.get(component_id, ()))

    def affected_by(self, component_ids: Iterable[str]) -> list[str]:
        """Returns the components themselves and all that stand behind them, needed ones before those that need them."""
        found: set[str] = set()
        todo = list(component_ids)
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo.extend(self._children.get(current, ()))
        return self._in_order(found)

    def _in_order(self, ids: set[str]) -> list[str]:
        ordered: list[str] = []
        done: set[str] = set()
        for start in sorted(ids):
            stack = [(start, False)]
            while stack:
                current, parents_done = stack.pop()
                if parents_done:
                    ordered.append(current)
                elif current not in done and current in ids:
                    done.add(current)
                    stack.append((current, True))
                    stack.extend((p, False) for p in self.parents(current) if p not in done)
        return ordered

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
            down = [name for name in need.of if name in around and around[name].is_down]
            if len(need.of) - len(down) < need.at_least:
                for name in down:
                    roots.update(around[name].roots or (name,))
        return tuple(sorted(roots))

    def must_wait(
        self, component_id: str, around: Mapping[str, Effective], looking: Iterable[str] = ()
    ) -> bool:
        """Tells whether the component's failure may not be confirmed yet.

        So it is while something it needs is bad but not confirmed, or is being looked at right now.
        """
        looking = frozenset(looking)
        for parent in self.parents(component_id):
            state = around.get(parent)
            if parent in looking or (state is not None and state.state in BAD and not state.confirmed):
                return True
        return False
