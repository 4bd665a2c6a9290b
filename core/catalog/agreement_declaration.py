"""`[[agreement]]` as it is written in a catalog file, and what must hold inside one."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.catalog import model
from core.catalog.fields import Duration, Given, Id, IsoDate, Names, Severity, Title, told
from core.catalog.nearest import did_you_mean, listed
from core.catalog.people_declaration import Askers, Deliverers  # noqa: TC001 – read as the class is made
from core.catalog.probe_declaration import Declaration
from core.catalog.quoting import short
from core.catalog.request_declaration import RequestTypeDeclaration

_SHORTEST_UPDATE_S = 60.0
Days = Annotated[int, Field(ge=0, le=3650)]


class TargetDeclaration(Declaration):
    """`[[agreement.target]]`: what is promised for one priority. Of incidents it is called severity; the number is the same."""

    priority: Severity | None = None
    severity: Severity | None = None
    respond: Duration
    resolve: Duration
    update: Duration | None = None
    policy: str = ""

    @property
    def number(self) -> int:
        """Returns the priority, by whichever word it was written."""
        return self.priority or self.severity or 0

    @property
    def word(self) -> str:
        """Returns the word by which it was written."""
        return "severity" if self.priority is None else "priority"

    @model_validator(mode="after")
    def _is_of_one_priority(self) -> Self:
        both = (("priority",), ("severity",))
        if self.priority is None and self.severity is None:
            raise told('the key "priority" is missing', "Add priority, 1 (most pressing) to 4", concerns=both)
        if self.priority is not None and self.severity is not None:
            what = "priority and severity are two words for one number"
            raise told(what, "Keep one of the two", at=("severity",), concerns=(("priority",),))
        return self

    @model_validator(mode="after")
    def _response_comes_first(self) -> Self:
        if self.resolve < self.respond:
            what = f"promises to resolve ({self.resolve:g}s) before responding ({self.respond:g}s)"
            raise told(
                what, "Make resolve at least as long as respond", at=("resolve",), concerns=(("respond",),)
            )
        if self.update is not None and self.update < _SHORTEST_UPDATE_S:
            raise told("is more often than once a minute", "Write a minute or more", at=("update",))
        return self

    def value(self) -> model.Promise:
        """Returns the promise."""
        return model.Promise(self.number, self.respond, self.resolve, self.update, self.policy)


def _distinct_priorities(targets: list[TargetDeclaration]) -> list[TargetDeclaration]:
    seen: dict[int, int] = {}
    for index, target in enumerate(targets):
        first = seen.setdefault(target.number, index)
        if first != index:
            what = f"a second target for {target.word} {target.number}"
            place = (first, targets[first].word)
            raise told(what, "Keep one of the two", at=(index, target.word), first=place)
    return targets


def _in_order(targets: list[TargetDeclaration]) -> list[TargetDeclaration]:
    """Refuses what is promised sooner for a priority than for a more pressing one, or for one and not for the more pressing."""
    ordered = sorted(enumerate(targets), key=lambda pair: pair[1].number)
    for (first, above), (index, target) in pairwise(ordered):
        for key in ("respond", "resolve", "update"):
            sooner, later = getattr(target, key), getattr(above, key)
            if sooner is not None and later is not None and sooner < later:
                what = f"promises to {key} sooner ({sooner:g}s) than for {above.word} {above.number} ({later:g}s)"
                step = "A more pressing one is promised no later: turn them round, or make the two alike"
                raise told(what, step, at=(index, key), first=(first, key))
    numbers = {target.number for target in targets}
    for index, target in ordered:
        missing = next((number for number in range(1, target.number) if number not in numbers), None)
        if missing is not None:
            what = f"is promised something, and the more pressing {missing} nothing"
            raise told(what, f"Add a target for {target.word} {missing}", at=(index, target.word))
    return targets


class CorrectDeclaration(Declaration):
    """`[agreement.correct]`: in how many days a vulnerability is corrected, by how grave it is."""

    critical: Days | None = None
    high: Days | None = None
    medium: Days | None = None
    low: Days | None = None

    def value(self) -> tuple[tuple[str, int], ...]:
        """Returns what is promised, gravest first."""
        found = ((name, getattr(self, name)) for name in ("critical", "high", "medium", "low"))
        return tuple((name, days) for name, days in found if days is not None)


Stopped = Annotated[
    list[Literal["resolve", "update"]], AfterValidator(lambda names: list(dict.fromkeys(names)))
]


class PausesDeclaration(Declaration):
    """`[agreement.pauses]`: which clocks stand still while it is waited for whom."""

    customer: Stopped = Field(default=list(model.Pauses().customer))
    supplier: Stopped = Field(default=[])
    until: Stopped = Field(default=[])

    def value(self) -> model.Pauses:
        """Returns the pauses."""
        return model.Pauses(tuple(self.customer), tuple(self.supplier), tuple(self.until))


def _matrix(rows: list[list[int]]) -> list[list[int]]:
    size = len(rows)
    if size not in {3, 4}:
        raise told(f"has {size} rows", "Write 3 rows of 3 numbers, or 4 of 4: impact by urgency")
    for index, row in enumerate(rows):
        if len(row) != size:
            what = f"has {len(row)} numbers, and there are {size} rows"
            raise told(what, f"Write {size} numbers in each row", at=(index,))
    for i in range(size):
        for u in range(size):
            above, before = rows[max(i - 1, 0)][u], rows[i][max(u - 1, 0)]
            if rows[i][u] < max(above, before):
                what = f"gives {rows[i][u]} where a greater impact or urgency has {max(above, before)}"
                raise told(what, "Less impact or urgency is never more pressing", at=(i, u))
    return rows


def _distinct_types(types: list[RequestTypeDeclaration]) -> list[RequestTypeDeclaration]:
    seen: dict[str, int] = {}
    for index, item in enumerate(types):
        first = seen.setdefault(item.id, index)
        if first != index:
            what = f'a second request type "{item.id}"'
            raise told(what, "Give one of the two another id", at=(index, "id"), first=(first, "id"))
    return types


class AgreementDeclaration(Declaration):
    """`[[agreement]]`."""

    nested: ClassVar[dict[str, Any]] = {
        "target": TargetDeclaration,
        "pauses": PausesDeclaration,
        "request_type": RequestTypeDeclaration,
    }

    id: Id
    title: Title | None = None
    customer: Given
    services: Annotated[Names, Field(min_length=1)]
    calendar: str = ""
    target: Annotated[
        list[TargetDeclaration], AfterValidator(_distinct_priorities), AfterValidator(_in_order)
    ] = Field(default=[])
    begins: IsoDate = Field(default="", alias="from")
    ends: IsoDate = Field(default="", alias="until")
    outside: Literal["hold", "refuse"] = "hold"
    may_ask: Askers = Field(default=[])
    may_deliver: Deliverers = Field(default=[])
    pauses: PausesDeclaration = PausesDeclaration()
    priority: Annotated[list[list[Severity]], AfterValidator(_matrix)] = Field(
        default=[list(row) for row in model.PRIORITIES]
    )
    correct: CorrectDeclaration = CorrectDeclaration()
    request_type: Annotated[
        list[RequestTypeDeclaration], Field(max_length=500), AfterValidator(_distinct_types)
    ] = Field(default=[])
    survey: Literal["csat", "nps", "ces", "none"] = "csat"
    policy: str = ""
    only_for_requests: Annotated[Names, Field(max_length=500)] = Field(default=[])

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.begins and self.ends and self.ends < self.begins:
            raise told(
                f"is before it begins ({self.begins})",
                "Write a later day",
                at=("until",),
                concerns=(("from",),),
            )
        return self

    @model_validator(mode="after")
    def _types_are_covered(self) -> Self:
        for index, item in enumerate(self.request_type):
            at, services = ("request_type", index), (("services",),)
            if not item.service and len(self.services) > 1:
                step = f"Add service, one of {listed(self.services)}"
                raise told("is of none of the services", step, at=at, concerns=(*services, (*at, "service")))
            if item.service and item.service not in self.services:
                what = f'the agreement does not cover "{short(item.service)}"'
                step = did_you_mean(item.service, self.services, f"It covers {listed(self.services)}")
                raise told(what, step, at=(*at, "service"), concerns=services)
        return self

    @model_validator(mode="after")
    def _types_fit_the_table(self) -> Self:
        for index, item in enumerate(self.request_type):
            for key in ("impact", "urgency"):
                if getattr(item, key) > len(self.priority):
                    what = f"is {getattr(item, key)}; the table of priorities goes to {len(self.priority)}"
                    at = ("request_type", index, key)
                    raise told(what, f"Write {len(self.priority)} or less", at=at, concerns=(("priority",),))
        return self

    @model_validator(mode="after")
    def _somebody_may_ask(self) -> Self:
        if self.request_type and not self.may_ask:
            what = "has request types, but nobody may ask for them"
            step = 'Add may_ask, such as ["@acme.example"], or ["*"] for anybody'
            raise told(what, step, concerns=(("may_ask",), ("request_type",)))
        return self

    def value(self) -> model.Agreement:
        """Returns the agreement; without a title it goes by its id."""
        return model.Agreement(
            id=self.id,
            title=self.title or self.id,
            customer=self.customer,
            services=tuple(self.services),
            calendar=self.calendar,
            targets=tuple(target.value() for target in self.target),
            begins=self.begins,
            ends=self.ends,
            outside=self.outside,
            may_ask=tuple(self.may_ask),
            may_deliver=tuple(self.may_deliver),
            pauses=self.pauses.value(),
            priority=tuple(tuple(row) for row in self.priority),
            request_types=tuple(item.value_of(self.services) for item in self.request_type),
            correct_days=self.correct.value(),
            survey=self.survey,
            policy=self.policy,
            only_for_requests=tuple(self.only_for_requests),
        )
