"""`[[agreement.request_type]]` and its fields as they are written in a catalog file."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.catalog import model
from core.catalog.fields import Duration, Id, Line, Names, Pattern, Title, told
from core.catalog.people_declaration import Deliverers  # noqa: TC001 – read as the class is made
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short, value_shown

Level = Annotated[int, Field(ge=1, le=4)]
LONGEST_MATCHED = 200
"""Characters of a text that a pattern is held against: a slow pattern must not hold up the desk."""


def _bound(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    is_text = isinstance(value, str)
    if not is_text and (
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    ):
        raise told(f"{value_shown(value)} is no bound", "Write a number or a date")
    return value if is_text else float(value)


Bound = Annotated[float | str | None, BeforeValidator(_bound)]


def _distinct_choices(choices: list[str]) -> list[str]:
    for index, choice in enumerate(choices):
        if choice in choices[:index]:
            raise told(f'offers "{short(choice)}" twice', "Offer it once", at=(index,))
    return choices


class FormFieldDeclaration(Declaration):
    """`[[agreement.request_type.field]]`."""

    name: Id
    label: Title | None = None
    kind: Literal["text", "number", "choice", "date", "yes-no"] = "text"
    required: bool = False
    choices: Annotated[list[Title], Field(max_length=200), AfterValidator(_distinct_choices)] = Field(
        default=[]
    )
    least: Bound = Field(default=None, alias="min")
    most: Bound = Field(default=None, alias="max")
    pattern: Pattern = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "choice" and not self.choices:
            raise told("offers nothing to choose from", 'Add choices = ["…"]', concerns=(("choices",),))
        if self.kind != "choice" and self.choices:
            step = 'Write kind = "choice", or take them out'
            raise told(f"a {self.kind} has no choices", step, at=("choices",), concerns=(("kind",),))
        if self.kind != "text" and self.pattern:
            what = f"a {self.kind} is not held against a pattern"
            raise told(what, "Take it out", at=("pattern",), concerns=(("kind",),))
        return self

    @model_validator(mode="after")
    def _bounds_fit(self) -> Self:
        for key, bound in (("min", self.least), ("max", self.most)):
            fault = _bound_fault(self.kind, bound)
            if fault is not None:
                raise told(*fault, at=(key,), concerns=(("kind",),))
        if self.least is not None and self.most is not None and self.least > self.most:  # type: ignore[operator]
            what = f"is smaller than min ({value_shown(self.least)})"
            raise told(what, "Make it at least as large", at=("max",), concerns=(("min",), ("kind",)))
        if self.pattern and isinstance(self.most, float) and self.most > LONGEST_MATCHED:
            what = f"a text with a pattern has at most {LONGEST_MATCHED} characters"
            raise told(what, "Lower max, or take it out", at=("max",), concerns=(("pattern",),))
        return self

    def value(self) -> model.FormField:
        """Returns the field; without a label it goes by its name."""
        return model.FormField(
            self.name, self.label or self.name, self.kind, self.required, tuple(self.choices), self.least,
            self.most, self.pattern,
        )  # fmt: skip


def _bound_fault(kind: str, bound: float | str | None) -> tuple[str, str] | None:
    if bound is None:
        return None
    if kind in {"choice", "yes-no"}:
        return f"a {kind} has no bounds", "Take it out"
    if kind == "date":
        try:
            date.fromisoformat(bound if isinstance(bound, str) else "")
        except ValueError:
            return "is not a date", "Write it as 2026-12-25"
        return None
    if isinstance(bound, str):
        return "must be a number", "Take the quotes away"
    if kind == "text" and not (0 <= bound <= 20_000 and bound == int(bound)):
        return "is no length of a text", "Write a whole number from 0 to 20000"
    return None


SHORTEST_REMINDER_S = 60.0


class ApprovalDeclaration(Declaration):
    """`approval = {by = ["role:lead"], count = 1}`."""

    by: Annotated[Deliverers, Field(min_length=1)]
    count: Annotated[int, Field(ge=1, le=20)] = 1
    remind: Duration = 8 * 3600.0
    expires: Duration = 40 * 3600.0

    @model_validator(mode="after")
    def _reminds_before_it_expires(self) -> Self:
        if self.remind < SHORTEST_REMINDER_S:
            raise told("is more often than once a minute", "Write a minute or more", at=("remind",))
        if self.expires < self.remind:
            what = f"expires ({self.expires:g}s) before anybody is reminded ({self.remind:g}s)"
            raise told(what, "Make it at least as long as remind", at=("expires",), concerns=(("remind",),))
        return self

    def value(self) -> model.Approval:
        """Returns who approves, and how long they have."""
        return model.Approval(tuple(self.by), self.count, self.remind, self.expires)


def _distinct_fields(fields: list[FormFieldDeclaration]) -> list[FormFieldDeclaration]:
    seen: dict[str, int] = {}
    for index, item in enumerate(fields):
        first = seen.setdefault(item.name, index)
        if first != index:
            what = f'a second field "{item.name}"'
            raise told(what, "Give one of the two another name", at=(index, "name"), first=(first, "name"))
    return fields


class RequestTypeDeclaration(Declaration):
    """`[[agreement.request_type]]`. Without a service it is of the only one the agreement covers."""

    nested: ClassVar[dict[str, Any]] = {"field": FormFieldDeclaration, "approval": ApprovalDeclaration}

    id: Id
    title: Title | None = None
    service: Line = ""
    field: Annotated[list[FormFieldDeclaration], Field(max_length=50), AfterValidator(_distinct_fields)] = (
        Field(default=[])
    )
    approval: ApprovalDeclaration | None = None
    procedure: Line = ""
    may_run: Annotated[Names, Field(max_length=100)] = Field(default=[])
    checklist: Annotated[list[Title], Field(max_length=100)] = Field(default=[])
    may_stay_open: Annotated[list[Title], Field(max_length=100)] = Field(default=[])
    impact: Level = 3
    urgency: Level = 3
    resolve: Duration | None = None

    @model_validator(mode="after")
    def _leaves_open_what_is_there(self) -> Self:
        for index, text in enumerate(self.may_stay_open):
            if text not in self.checklist:
                what = f'"{short(text)}" is no line of its checklist'
                raise told(
                    what,
                    "Write it in both, in the same words",
                    at=("may_stay_open", index),
                    concerns=(("checklist",),),
                )
        return self

    def value_of(self, services: list[str]) -> model.RequestType:
        """Returns the type as one of an agreement over `services`."""
        return model.RequestType(
            id=self.id,
            title=self.title or self.id,
            service=self.service or services[0],
            fields=tuple(item.value() for item in self.field),
            approval=self.approval.value() if self.approval is not None else None,
            procedure=self.procedure,
            checklist=tuple(self.checklist),
            impact=self.impact,
            urgency=self.urgency,
            resolve_s=self.resolve,
            may_stay_open=tuple(self.may_stay_open),
            may_run=tuple(self.may_run),
        )
