"""The tables of a catalog file, as written, and how each becomes a value of the catalog.

Nothing outside the reading of files imports this: it brings Pydantic with it.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.catalog import model
from core.catalog.access_declaration import AccessSourceDeclaration, ConflictDeclaration
from core.catalog.agreement_declaration import AgreementDeclaration
from core.catalog.calendar_declaration import CalendarDeclaration, DayOff, once
from core.catalog.desk_declaration import MacroDeclaration, ReplyDeclaration
from core.catalog.fields import Given, Id, Line, Names, Note, Role, Severity, Title, told
from core.catalog.improvement_declaration import CauseDeclaration, ImprovementDeclaration
from core.catalog.log_declaration import LogSourceDeclaration
from core.catalog.mail_declaration import MailboxDeclaration, TemplateDeclaration
from core.catalog.oncall_declaration import PolicyDeclaration, RotaDeclaration
from core.catalog.people_declaration import GroupDeclaration
from core.catalog.probe_declaration import PROBES, AnyProbe, Declaration
from core.catalog.training_declaration import TrainingDeclaration


class CustomerDeclaration(Declaration):
    """`[[customer]]`."""

    id: Id
    title: Title | None = None
    contact: Line = ""

    def value(self) -> model.Customer:
        """Returns the customer; without a title it goes by its id."""
        return model.Customer(self.id, self.title or self.id, self.contact)


class ServiceDeclaration(Declaration):
    """`[[service]]`."""

    id: Id
    title: Title | None = None
    note: Note = ""
    policy: str = ""

    def value(self) -> model.Service:
        """Returns the service; without a title it goes by its id."""
        return model.Service(self.id, self.title or self.id, self.note, self.policy)


def _plain_need(value: Any) -> Any:
    return {"of": [value], "at_least": 1} if isinstance(value, str) else value


class NeedDeclaration(Declaration):
    """One of `needs`: the id of a component, or `{of = [ids], at_least = n}`."""

    of: Annotated[Names, Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _enough_are_named(self) -> Self:
        if self.at_least > len(self.of):
            what = f"asks for at least {self.at_least} of {len(self.of)}"
            raise told(what, "Name more components, or lower at_least", at=("at_least",), concerns=(("of",),))
        return self

    def value(self) -> model.Need:
        """Returns the dependency."""
        return model.Need(tuple(self.of), self.at_least)


def _distinct_probes(probes: list[AnyProbe]) -> list[AnyProbe]:
    seen: dict[str, int] = {}
    for index, probe in enumerate(probes):
        first = seen.setdefault(probe.id, index)
        if first != index:
            what = f'a second probe "{probe.id}" of this component'
            raise told(what, "Give one of the two another id", at=(index, "id"), first=(first, "id"))
    return probes


class ComponentDeclaration(Declaration):
    """`[[component]]`, with its `[[component.probe]]` tables."""

    nested: ClassVar[dict[str, Any]] = {"probe": PROBES, "needs": NeedDeclaration}

    id: Id
    title: Title | None = None
    service: Given
    owner: Line = ""
    note: Note = ""
    needs: list[Annotated[NeedDeclaration, BeforeValidator(_plain_need)]] = Field(default=[])
    probe: Annotated[list[AnyProbe], AfterValidator(_distinct_probes)] = Field(default=[])
    procedures: Names = Field(default=[])
    severity: Severity = 2
    zone: str = ""
    scanned_as: Names = Field(default=[])

    def value(self) -> model.Component:
        """Returns the component; without a title it goes by its id."""
        return model.Component(
            id=self.id,
            title=self.title or self.id,
            service=self.service,
            owner=self.owner,
            note=self.note,
            needs=tuple(need.value() for need in self.needs),
            probes=tuple(probe.value() for probe in self.probe),
            procedures=tuple(self.procedures),
            severity=self.severity,
            zone=self.zone,
            scanned_as=tuple(self.scanned_as),
        )


class ZoneDeclaration(Declaration):
    """`[[zone]]`."""

    id: Id
    title: Title | None = None

    def value(self) -> model.Zone:
        """Returns the zone; without a title it goes by its id."""
        return model.Zone(self.id, self.title or self.id)


class StaffDeclaration(Declaration):
    """`[[staff]]`."""

    id: Id
    name: Title
    login: Line = ""
    email: Line = ""
    role: Role = "operator"
    away: Annotated[list[DayOff], Field(max_length=200), AfterValidator(once)] = Field(default=[])

    def value(self) -> model.Staff:
        """Returns the person."""
        return model.Staff(self.id, self.name, self.login, self.email, self.role, tuple(self.away))


KINDS: dict[str, type[Declaration]] = {
    "customer": CustomerDeclaration,
    "service": ServiceDeclaration,
    "agreement": AgreementDeclaration,
    "component": ComponentDeclaration,
    "staff": StaffDeclaration,
    "calendar": CalendarDeclaration,
    "zone": ZoneDeclaration,
    "group": GroupDeclaration,
    "mailbox": MailboxDeclaration,
    "template": TemplateDeclaration,
    "rota": RotaDeclaration,
    "policy": PolicyDeclaration,
    "reply": ReplyDeclaration,
    "macro": MacroDeclaration,
    "cause": CauseDeclaration,
    "improvement": ImprovementDeclaration,
    "access_source": AccessSourceDeclaration,
    "conflict": ConflictDeclaration,
    "log_source": LogSourceDeclaration,
    "training": TrainingDeclaration,
}
