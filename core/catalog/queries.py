"""Every read of what is declared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from core.catalog.access import AccessSource, Conflict
from core.catalog.codec import decode
from core.catalog.desk import Macro, ReplyText
from core.catalog.improvement import USUAL_CAUSES, USUAL_RULES, Cause, Improvement
from core.catalog.logs import LogSource, SigmaText
from core.catalog.mail import Mailbox, MessageText
from core.catalog.model import (
    Agreement,
    Calendar,
    Catalog,
    Component,
    Customer,
    Group,
    ProcedureText,
    Service,
    Staff,
    Zone,
)
from core.catalog.nearest import did_you_mean
from core.catalog.oncall import Policy, Rota
from core.catalog.tables import catalog_item, catalog_state, component
from core.catalog.training import Training
from core.errors import BadInput, NotFound
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

T = TypeVar("T")
_IN_FORCE = (
    select(catalog_item.c.kind, catalog_item.c.id, catalog_item.c.definition)
    .where(catalog_item.c.until.is_(None))
    .order_by(catalog_item.c.kind, catalog_item.c.id)
)
_CLASSES: dict[str, type[Any]] = {
    "customer": Customer, "service": Service, "agreement": Agreement, "component": Component, "staff": Staff,
    "calendar": Calendar, "procedure": ProcedureText, "zone": Zone, "group": Group,
    "mailbox": Mailbox, "template": MessageText, "rota": Rota, "policy": Policy,
    "reply": ReplyText, "macro": Macro, "cause": Cause, "improvement": Improvement, "access_source": AccessSource, "conflict": Conflict,
    "log_source": LogSource, "sigma": SigmaText, "training": Training,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CatalogStatus:
    """Which catalog is in force, and what is wrong with the newer one that is not."""

    directory: str
    digest: str
    loaded_at: datetime
    problems: tuple[str, ...]


def catalog_status(connection: Connection) -> CatalogStatus | None:
    """Returns what is in force; None when nothing was ever loaded."""
    row = connection.execute(select(catalog_state).where(catalog_state.c.id == 1)).first()
    if row is None:
        return None
    return CatalogStatus(
        row.directory, row.digest, from_micros(row.loaded_at), tuple(json.loads(row.problems))
    )


def _definition(connection: Connection, kind: str, key: str) -> tuple[int, str] | None:
    row = connection.execute(
        select(catalog_item.c.version, catalog_item.c.definition).where(
            catalog_item.c.kind == kind, catalog_item.c.id == key, catalog_item.c.until.is_(None)
        )
    ).first()
    return (row.version, row.definition) if row else None


def declared_catalog(connection: Connection) -> Catalog:
    """Returns the whole catalog in force, as it was last put in force; an empty one when none ever was.

    Raises BadInput, naming the row, for one that this program cannot read: a newer one wrote it, or it is damaged.
    """
    return _catalog(connection.execute(_IN_FORCE))


def declared_zone(connection: Connection, zone: str) -> Catalog:
    """Returns of the catalog in force the zones, the components of one, and those of others that these need.

    A site has many components: who goes by one zone need not take in all. Raises BadInput as `declared_catalog` does.
    """
    rows = list(connection.execute(_IN_FORCE.where(catalog_item.c.kind == "zone")))
    own = connection.execute(select(component.c.id, component.c.needs).where(component.c.zone == zone)).all()
    ids = sorted({row.id for row in own} | {name for row in own for name in row.needs.split()})
    for start in range(0, len(ids), 500):
        some = catalog_item.c.id.in_(ids[start : start + 500])
        rows += connection.execute(_IN_FORCE.where(catalog_item.c.kind == "component", some))
    return _catalog(rows)


def _catalog(rows: Iterable[Any]) -> Catalog:
    catalog = Catalog()
    groups = catalog.groups()
    for row in rows:
        try:
            groups[row.kind][row.id] = decode(_CLASSES[row.kind], json.loads(row.definition))
        except (BadInput, ValueError, KeyError) as error:
            raise BadInput(
                f"the catalog kept in the database cannot be read: {error}", where=f"{row.kind} {row.id}",
                next_step="What its files say is put in force instead; update this program if a newer one wrote it",
            ) from error  # fmt: skip
    return catalog


def holds_component(connection: Connection) -> bool:
    """Tells whether the catalog in force declares any component."""
    declared = select(catalog_item.c.id).where(
        catalog_item.c.kind == "component", catalog_item.c.until.is_(None)
    )
    return connection.execute(declared.limit(1)).first() is not None


def declared_component(connection: Connection, component_id: str) -> Component:
    """Returns the declared component in force; raises NotFound."""
    found = _definition(connection, "component", component_id)
    if found is None:
        ids = connection.scalars(
            select(catalog_item.c.id).where(
                catalog_item.c.kind == "component", catalog_item.c.until.is_(None)
            )
        ).all()
        raise NotFound(
            f"there is no component {component_id!r}",
            next_step=did_you_mean(component_id, ids, "watchfloor board lists them"),
        )
    return decode(Component, json.loads(found[1]))


def declared_procedure(connection: Connection, procedure_id: str) -> tuple[int, ProcedureText]:
    """Returns version and text of the procedure in force; raises NotFound."""
    found = _definition(connection, "procedure", procedure_id)
    if found is None:
        ids = [procedure.id for procedure in declared_procedures(connection)]
        raise NotFound(
            f"there is no procedure {procedure_id!r}",
            next_step=did_you_mean(procedure_id, ids, "watchfloor run --list lists them"),
        )
    return found[0], decode(ProcedureText, json.loads(found[1]))


def declared_procedures(connection: Connection) -> list[ProcedureText]:
    """Returns every procedure in force, by id."""
    return _in_force(connection, "procedure", ProcedureText)


def declared_staff(connection: Connection) -> list[Staff]:
    """Returns the staff in force, by id."""
    return _in_force(connection, "staff", Staff)


def declared_services(connection: Connection) -> dict[str, Service]:
    """Returns every service in force, by id."""
    return {service.id: service for service in _in_force(connection, "service", Service)}


def declared_components(connection: Connection) -> dict[str, Component]:
    """Returns the components in force, by id."""
    return {item.id: item for item in _in_force(connection, "component", Component)}


def components_named(connection: Connection, ids: Sequence[str]) -> dict[str, Component]:
    """Returns those of these components that are in force, by id."""
    found: dict[str, Component] = {}
    for start in range(0, len(ids), 500):
        some = catalog_item.c.id.in_(ids[start : start + 500])
        for row in connection.execute(_IN_FORCE.where(catalog_item.c.kind == "component", some)):
            found[row.id] = decode(Component, json.loads(row.definition))
    return found


def declared_agreements(connection: Connection) -> dict[str, Agreement]:
    """Returns the agreements in force, by id."""
    return {item.id: item for item in _in_force(connection, "agreement", Agreement)}


def declared_mailboxes(connection: Connection) -> list[Mailbox]:
    """Returns every mailbox in force, by id."""
    return _in_force(connection, "mailbox", Mailbox)


def declared_texts(connection: Connection) -> list[MessageText]:
    """Returns every text of a message in force, by id."""
    return _in_force(connection, "template", MessageText)


def declared_replies(connection: Connection) -> list[ReplyText]:
    """Returns every reply in force, by id."""
    return _in_force(connection, "reply", ReplyText)


def declared_macros(connection: Connection) -> list[Macro]:
    """Returns every macro in force, by id."""
    return _in_force(connection, "macro", Macro)


def declared_causes(connection: Connection) -> dict[str, Cause]:
    """Returns the categories of causes in force, by id; the usual ones where none is declared."""
    found = _in_force(connection, "cause", Cause) or list(USUAL_CAUSES)
    return {each.id: each for each in found}


def declared_rules(connection: Connection) -> Improvement:
    """Returns the rules of corrective actions in force; the usual ones where none are declared."""
    return next(iter(_in_force(connection, "improvement", Improvement)), USUAL_RULES)


def declared_conflicts(connection: Connection) -> list[Conflict]:
    """Returns which rights one person is not to have together, by id."""
    return _in_force(connection, "conflict", Conflict)


def declared_access_sources(connection: Connection) -> dict[str, AccessSource]:
    """Returns where grants are read from, by id."""
    return {source.id: source for source in _in_force(connection, "access_source", AccessSource)}


def declared_trainings(connection: Connection) -> list[Training]:
    """Returns every training in force, by id."""
    return _in_force(connection, "training", Training)


def declared_log_sources(connection: Connection) -> dict[str, LogSource]:
    """Returns every log in force, by id."""
    return {item.id: item for item in _in_force(connection, "log_source", LogSource)}


def declared_sigma_rules(connection: Connection) -> list[SigmaText]:
    """Returns every Sigma rule in force, by id."""
    return _in_force(connection, "sigma", SigmaText)


def _in_force(connection: Connection, kind: str, cls: type[T]) -> list[T]:
    """Returns all of one kind that are in force, by id."""
    definitions = connection.scalars(
        select(catalog_item.c.definition)
        .where(catalog_item.c.kind == kind, catalog_item.c.until.is_(None))
        .order_by(catalog_item.c.id)
    )
    return [decode(cls, json.loads(definition)) for definition in definitions.all()]


def declared_procedure_version(connection: Connection, procedure_id: str, version: int) -> ProcedureText:
    """Returns a procedure in one version, in force or not; raises NotFound."""
    text = connection.scalar(
        select(catalog_item.c.definition).where(
            catalog_item.c.kind == "procedure",
            catalog_item.c.id == procedure_id,
            catalog_item.c.version == version,
        )
    )
    if text is None:
        raise NotFound(f"there is no version {version} of procedure {procedure_id!r}")
    return decode(ProcedureText, json.loads(text))
