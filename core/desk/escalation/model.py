"""What an escalation comes to: which step is due when, and which come about, from what was told of an item. Pure.

The same functions serve the agent, what a person does ahead of time, recovery, and trying a policy against what was.
Instants in microseconds UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks.told import Life, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from core.catalog.oncall import Policy, PolicyStep
    from core.desk.clocks.told import Told

_UNSEEN = frozenset({"open", "new", "reopened"})
_SEEN = frozenset({"acknowledged", "in progress"})


class Course(NamedTuple):
    """How an item stands to those who escalate it. `cycle` counts how often it was opened again, and each begins anew."""

    cycle: int
    begun_at: int
    is_answered: bool = False
    is_done: bool = False
    is_waiting: bool = False
    at_risk_at: int | None = None
    broken_at: int | None = None

    def is_over(self, policy: Policy) -> bool:
        """Tells whether nobody is told any more by itself."""
        return self.is_done or (self.is_answered and policy.ends == "acknowledge")

    def anchor(self, step: PolicyStep) -> int | None:
        """Returns since when a step's time counts; None where it does not."""
        match step.since:
            case "opened":
                return self.begun_at
            case "unanswered":
                return None if self.is_answered else self.begun_at
            case "at risk":
                return self.at_risk_at
            case "broken":
                return self.broken_at


class Taken(NamedTuple):
    """A step that is taken: its number from 1, its round from 0, and when it was due (None: by hand)."""

    step: int
    round: int
    due_at: int | None


Done = dict[int, int]
"""How far an escalation is in a cycle: the number of a step → the last round in which it was taken."""


class Following:
    """Takes in what is told of an item, one after the other."""

    def __init__(self) -> None:
        self._life = Life({})
        self._is_noted = self._is_seen = False
        self.course: Course | None = None

    def take_in(self, told: Told) -> Course:
        """Returns how the item stands after that."""
        standing = self._life.take_in(told)
        before = self.course
        if before is None:
            before = Course(0, told.at)
        elif before.is_done and told.state == "reopened":
            # Opened again from an end; who takes back that they took note of one that was, begins nothing anew.
            before = Course(before.cycle + 1, told.at)
            self._is_noted = self._is_seen = False
        if told.state in _UNSEEN:
            self._is_seen = False
        elif told.state in _SEEN:
            self._is_seen = True
        if told.is_noted is not None:
            self._is_noted = told.is_noted
        at_risk_at, broken_at = before.at_risk_at, before.broken_at
        if told.said is not None and told.said.is_breach:
            broken_at = told.at if broken_at is None else broken_at
        elif told.said is not None:
            at_risk_at = told.at if at_risk_at is None else at_risk_at
        self.course = before._replace(
            is_answered=self._is_noted or self._is_seen,
            is_done=standing.phase in {Phase.DONE, Phase.OVER},
            is_waiting=standing.phase is Phase.WAITS,
            at_risk_at=at_risk_at,
            broken_at=broken_at,
        )
        return self.course


def course_of(told: Sequence[Told]) -> Course:
    """Returns how an item stands of which this was told, the oldest first; raises ValueError where nothing was."""
    following = Following()
    for each in told:
        following.take_in(each)
    if following.course is None:
        raise ValueError("nothing was told of the item")
    return following.course


def pending(policy: Policy, course: Course, done: Mapping[int, int]) -> list[Taken]:
    """Returns the steps to come as things stand, each with its next round, the first due first."""
    if course.is_over(policy) or course.is_waiting:
        return []
    found: list[Taken] = []
    for number, step in enumerate(policy.steps, 1):
        anchor, turn = course.anchor(step), done.get(number, -1) + 1
        if anchor is not None and turn <= policy.repeat:
            found.append(Taken(number, turn, anchor + _micros(step.after_s) + turn * _micros(policy.every_s)))
    return sorted(found, key=lambda each: (each.due_at or 0, each.step))


def next_at(policy: Policy, course: Course, done: Mapping[int, int]) -> int | None:
    """Returns when a step is due next; None where none is."""
    return next((each.due_at for each in pending(policy, course, done)), None)


def due_by(policy: Policy, course: Course, done: Mapping[int, int], now: int) -> list[Taken]:
    """Returns the steps that are due at an instant. Of a step that was due in several rounds meanwhile, only the last."""
    found: list[Taken] = []
    for each in pending(policy, course, done):
        if each.due_at is None or each.due_at > now:
            break
        every = _micros(policy.every_s)
        missed = min((now - each.due_at) // every, policy.repeat - each.round) if every else 0
        found.append(Taken(each.step, each.round + missed, each.due_at + missed * every))
    return sorted(found, key=lambda each: (each.due_at or 0, each.step))


def step_after(policy: Policy, done: Mapping[int, int]) -> Taken:
    """Returns the step that is next in order, whenever it would be due: what a person takes, or who found nobody to tell.

    After the last step it is the first one of another round, also where the policy repeats no more.
    """
    rounds = {number: done.get(number, -1) for number in range(1, len(policy.steps) + 1)}
    number = min(rounds, key=lambda each: (rounds[each], each))
    return Taken(number, rounds[number] + 1, None)


def take_due(
    policy: Policy, course: Course, done: Done, now: int, tell: Callable[[Taken], bool]
) -> Iterator[Taken]:
    """Takes every step that is due at an instant, and yields each; `tell` tells whom it is for, and whether there was anybody.

    A step that finds nobody is no reason to wait: the next one in order is taken at once. `done` is kept along.
    """
    for taken in due_by(policy, course, done, now):
        if done.get(taken.step, -1) < taken.round:  # not taken already, for another that found nobody
            yield from take(policy, done, taken, tell)


def take(policy: Policy, done: Done, first: Taken, tell: Callable[[Taken], bool]) -> Iterator[Taken]:
    """Takes a step, and where it finds nobody those behind it in that round, and yields each. `done` is kept along."""
    taken = first
    while True:
        done[taken.step] = taken.round
        found = tell(taken)
        yield taken
        taken = step_after(policy, done)
        if found or taken.round > first.round:
            return


def _micros(seconds: float) -> int:
    return int(seconds * 1_000_000)
