"""What is declared of escalation, as frozen values: rotas of who is on call, and policies of who is told when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Since = Literal["opened", "unanswered", "at risk", "broken"]
Ends = Literal["acknowledge", "resolve"]
ROTA, ROLE, CHANNEL = "rota:", "role:", "channel:"
"""How one says whom a step tells, beside staff and groups by id: who is on call, a role, a kept address by its name."""


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns. Times are of the wall in the rota's zone: turns are handed over there, also over a change of the clocks.

    `begins` is the ISO date of the first turn, `at` the minute of its day, `every_minutes` how long one lasts. `hours` are
    (weekday 0=Monday, from minute, to minute): outside of them the layer has nobody; empty for always.
    """

    id: str
    people: tuple[str, ...]
    begins: str
    at: int = 0
    every_minutes: int = 7 * 24 * 60
    hours: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on call, one person at a time. Where a later layer has somebody, that one goes before the earlier ones.

    In the hours of `covers`, written as a layer's, somebody must be on call; empty for always.
    """

    id: str
    title: str
    zone: str
    layers: tuple[Layer, ...]
    covers: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """Whom to tell, so many seconds after the item was opened, stood unanswered, was at risk, or broke a promise."""

    tell: tuple[str, ...]
    after_s: float = 0.0
    since: Since = "opened"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is told when of an item nobody sees to. `repeat` times all steps are gone through again, `every_s` apart.

    It ends as soon as somebody takes note of the item, or with `resolve` only once it is done.
    """

    id: str
    title: str
    steps: tuple[PolicyStep, ...]
    repeat: int = 0
    every_s: float = 0.0
    ends: Ends = "acknowledge"
