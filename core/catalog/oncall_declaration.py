"""`[[rota]]` and `[[policy]]` as they are written in a catalog file."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.catalog import oncall
from core.catalog.calendar_fields import HoursLines, hours_of
from core.catalog.fields import Duration, Id, IsoDate, Names, Span, Title, Zone, id_fault, told
from core.catalog.nearest import did_you_mean, listed
from core.catalog.people_declaration import ROLES
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short
from core.errors import BadInput
from core.timekeeping import parse_span

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SHORTEST_TURN, _LONGEST_TURN = 60, 366 * 24 * 60
_TURNS = {"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60}
_TURN_STEP = "Write daily, weekly, or a span such as 12h, 3d or 2w"
_TELL_STEP = "Name staff or a group by id, or write rota:ID, role:lead or channel:NAME"
_MOST_ROUNDS = 20
_FEWEST_S = 60.0


def _clock(value: Any) -> Any:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise told("is not a time of day", "Write it as 09:00, in the rota's zone")
    return int(found[1]) * 60 + int(found[2])


def _turn(value: Any) -> Any:
    if not isinstance(value, str):
        raise told("must be text", _TURN_STEP)
    minutes = _TURNS.get(value)
    if minutes is None:
        try:
            seconds = parse_span(value)
        except BadInput as error:
            raise told(f'"{short(value)}" is no turn', _TURN_STEP) from error
        if seconds % 60 or not _SHORTEST_TURN <= seconds / 60 <= _LONGEST_TURN:
            raise told("is shorter than an hour, longer than a year, or no whole minutes", _TURN_STEP)
        minutes = int(seconds / 60)
    return minutes


def _told_to(text: str) -> str:
    for sign in (oncall.ROTA, oncall.CHANNEL):
        if text.startswith(sign):
            fault = id_fault(text.removeprefix(sign))
            if fault is not None:
                raise told(fault[0], _TELL_STEP)
            return text
    if text.startswith(oncall.ROLE):
        role = text.removeprefix(oncall.ROLE)
        if role not in ROLES:
            step = did_you_mean(role, ROLES, f"The roles are: {listed(ROLES)}")
            raise told(f'there is no role "{short(role)}"', step)
        return text
    fault = id_fault(text)
    if fault is not None:
        raise told(fault[0], _TELL_STEP)
    return text


def _apart(layers: list[LayerDeclaration]) -> list[LayerDeclaration]:
    seen: dict[str, int] = {}
    for index, layer in enumerate(layers):
        first = seen.setdefault(layer.id, index)
        if first != index:
            what = f'a second layer "{layer.id}" of this rota'
            raise told(what, "Give one of the two another id", at=(index, "id"), first=(first, "id"))
    return layers


class LayerDeclaration(Declaration):
    """`[[rota.layer]]`."""

    id: Id
    people: Annotated[Names, Field(min_length=1, max_length=500)]
    begins: IsoDate = Field(alias="from")
    at: Annotated[int, BeforeValidator(_clock)] = 9 * 60
    every: Annotated[int, BeforeValidator(_turn)] = _TURNS["weekly"]
    hours: HoursLines = Field(default=[])

    def value(self) -> oncall.Layer:
        """Returns the layer."""
        return oncall.Layer(
            self.id, tuple(self.people), self.begins, self.at, self.every, hours_of(self.hours)
        )


class RotaDeclaration(Declaration):
    """`[[rota]]`, with its `[[rota.layer]]` tables."""

    nested: ClassVar[dict[str, Any]] = {"layer": LayerDeclaration}

    id: Id
    title: Title | None = None
    zone: Zone
    covers: HoursLines = Field(default=[])
    layer: Annotated[list[LayerDeclaration], Field(min_length=1, max_length=50), AfterValidator(_apart)]

    def value(self) -> oncall.Rota:
        """Returns the rota; without a title it goes by its id."""
        layers = tuple(layer.value() for layer in self.layer)
        return oncall.Rota(self.id, self.title or self.id, self.zone, layers, hours_of(self.covers))


class StepDeclaration(Declaration):
    """`[[policy.step]]`."""

    tell: Annotated[list[Annotated[str, AfterValidator(_told_to)]], Field(max_length=100)]
    after: Span = 0.0
    since: oncall.Since = "opened"

    @model_validator(mode="after")
    def _tells_somebody(self) -> Self:
        if not self.tell:
            raise told("tells nobody", _TELL_STEP, at=("tell",))
        return self

    def value(self) -> oncall.PolicyStep:
        """Returns the step."""
        return oncall.PolicyStep(tuple(dict.fromkeys(self.tell)), self.after, self.since)


class PolicyDeclaration(Declaration):
    """`[[policy]]`, with its `[[policy.step]]` tables."""

    nested: ClassVar[dict[str, Any]] = {"step": StepDeclaration}

    id: Id
    title: Title | None = None
    step: Annotated[list[StepDeclaration], Field(max_length=50)]
    repeat: Annotated[int, Field(ge=0, le=_MOST_ROUNDS)] = 0
    every: Duration | None = None
    ends: oncall.Ends = "acknowledge"

    @model_validator(mode="after")
    def _tells_somebody(self) -> Self:
        if not self.step:
            raise told("has no steps: nobody would be told", "Add [[policy.step]] with tell", at=("step",))
        return self

    @model_validator(mode="after")
    def _repeats_behind_its_steps(self) -> Self:
        if (self.every is None) is not (self.repeat == 0):
            what = (
                "repeats without saying how far apart"
                if self.repeat
                else "says how far apart, but repeats never"
            )
            step = "Add every, such as 30m" if self.repeat else "Add repeat, or take every out"
            key, other = ("repeat", "every") if self.repeat else ("every", "repeat")
            raise told(what, step, at=(key,), concerns=((other,),))
        longest = max(step.after for step in self.step)
        if self.every is not None and self.every < max(longest, _FEWEST_S):
            what = f"is shorter than the way through the steps ({longest:g}s), or than a minute"
            raise told(what, "Write a longer one", at=("every",), concerns=(("step",),))
        return self

    def value(self) -> oncall.Policy:
        """Returns the policy; without a title it goes by its id."""
        return oncall.Policy(
            self.id, self.title or self.id, tuple(step.value() for step in self.step), self.repeat,
            self.every or 0.0, self.ends,
        )  # fmt: skip
