"""`[[log_source]]` as it is written in a catalog file."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from core.catalog import logs
from core.catalog.fields import Duration, GivenPath, Id, Line, Span, Title, Zone, told
from core.catalog.probe_declaration import Declaration
from core.expressions import Unusable, compiled

_LONGEST_MATCH = 1000
_TAKEN = "journal"
"""What Watchfloor's own journal goes by among the logs that are read."""


def _checked_match(text: str) -> str:
    try:
        compiled(text.encode())
    except Unusable as error:
        raise told(error.what, error.next_step) from error
    return text


def _checked_id(name: str) -> str:
    if name == _TAKEN:
        raise told(f'"{_TAKEN}" is Watchfloor\'s own journal', "Give the log another id")
    return name


class LogPatternDeclaration(Declaration):
    """`[[log_source.pattern]]`."""

    name: Id
    match: Annotated[str, Field(min_length=1, max_length=_LONGEST_MATCH), AfterValidator(_checked_match)]
    contains: Line = ""
    level: logs.Level = "low"
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    within: Duration = 600.0
    by: Line = ""
    across: bool = False

    @model_validator(mode="after")
    def _by_is_a_group(self) -> Self:
        groups = compiled(self.match).groupindex
        if self.by and self.by not in groups:
            what = f'is no named group of match: "{self.by[:40]}"'
            raise told(what, f"Write (?P<{self.by[:40]}>…) in match", at=("by",), concerns=(("match",),))
        return self

    def value(self) -> logs.LogPattern:
        """Returns the pattern."""
        return logs.LogPattern(
            self.name,
            self.match,
            self.contains,
            self.level,
            self.count,
            self.within,
            self.by,
            self.across,
        )


def _distinct(patterns: list[LogPatternDeclaration]) -> list[LogPatternDeclaration]:
    seen: dict[str, int] = {}
    for index, pattern in enumerate(patterns):
        first = seen.setdefault(pattern.name, index)
        if first != index:
            what = f'a second pattern "{pattern.name}" of this log'
            raise told(what, "Give one of the two another name", at=(index, "name"), first=(first, "name"))
    return patterns


class LogSourceDeclaration(Declaration):
    """`[[log_source]]`, with its `[[log_source.pattern]]` tables."""

    nested: ClassVar[dict[str, Any]] = {"pattern": LogPatternDeclaration}

    id: Annotated[Id, AfterValidator(_checked_id)]
    title: Title | None = None
    kind: logs.LogKind
    path: GivenPath
    format: logs.LogFormat = "lines"
    component: str = ""
    host: Line = ""
    zone: str = ""
    time_zone: Zone = "UTC"
    usual_gap: Span = 0.0
    unit: Line = ""
    pattern: Annotated[list[LogPatternDeclaration], Field(max_length=100), AfterValidator(_distinct)] = Field(
        default=[]
    )

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if self.kind == "generic" and not self.pattern and not self.unit:
            what = "is generic, and nothing is looked for in it"
            raise told(what, "Add a [[log_source.pattern]]", at=("kind",), concerns=(("pattern",),))
        if self.unit and not self.component:
            what = "names a unit, but no component that it is of"
            raise told(what, "Add component", at=("unit",), concerns=(("component",),))
        return self

    def value(self) -> logs.LogSource:
        """Returns the log; without a title it goes by its id."""
        return logs.LogSource(
            self.id, self.title or self.id, self.kind, self.path, self.format, self.component, self.host, self.zone,
            self.time_zone, self.usual_gap, self.unit, tuple(each.value() for each in self.pattern),
        )  # fmt: skip
