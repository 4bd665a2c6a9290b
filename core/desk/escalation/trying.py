"""Trying a policy against what was: who would have been told of what, when, had it been in force. Pure.

The same functions decide as live; only the agent's own way to each step takes no time here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.escalation.model import Following, pending, take
from core.desk.escalation.whom import whom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.oncall import Policy
    from core.desk.clocks.told import Told
    from core.desk.escalation.model import Course, Done, Taken
    from core.desk.escalation.whom import People


class Would(NamedTuple):
    """A step that would have been taken: when (microseconds UTC), which, whom it would have told, and what it would have missed."""

    at: int
    step: int
    round: int
    told: tuple[str, ...]
    missing: str


def would_have(policy: Policy, told: Sequence[Told], people: People, until: int) -> list[Would]:
    """Returns the steps that a policy would have taken of an item of which this was told, up to an instant (microseconds UTC)."""
    following = Following()
    done: Done = {}
    cycle = 0
    found: list[Would] = []
    ends = [each.at for each in told[1:]] + [until]
    for each, end in zip(told, ends, strict=True):
        course = following.take_in(each)
        if course.cycle != cycle:
            cycle, done = course.cycle, {}
        found += _between(policy, course, done, people, each.at, min(end, until))
    return found


def _between(policy: Policy, course: Course, done: Done, people: People, begin: int, end: int) -> list[Would]:
    """Returns the steps that come due while an item stands as it does; `done` is kept along."""
    found: list[Would] = []
    while steps := pending(policy, course, done):
        first = steps[0]
        at = max(first.due_at or begin, begin)
        if at >= end:
            break

        def tell(taken: Taken, at: int = at) -> bool:
            named = whom(policy.steps[taken.step - 1].tell, people, at)
            found.append(Would(at, taken.step, taken.round, tuple(named.names), named.words))
            return bool(named.told)

        for _ in take(policy, done, first, tell):
            pass
    return found
