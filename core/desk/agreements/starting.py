"""What agreements say of the start of a procedure: for a request, and without one. Pure: each answer is the clause it goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.agreements.coverage import Outcome, outside_dates
from core.desk.agreements.coverage_words import series

if TYPE_CHECKING:
    from datetime import datetime

    from core.catalog.model import RequestType
    from core.desk.agreements.coverage import AgreementVersion, InForce


class ForRequest(NamedTuple):
    """A request for which a procedure is to be started, and what goes with it.

    `by` is its agreement in the version the request has, `now` the same agreement as it is declared now, `offered` its type
    by the first. None of them is there where no agreement was chosen for it; `is_bound` tells that some are declared.
    """

    label: str
    service: str
    standing: str
    is_open: bool
    is_held: bool
    is_approved: bool  # or asks for no approval
    opened_at: datetime
    is_bound: bool = True
    type: str = ""
    by: AgreementVersion | None = None
    now: AgreementVersion | None = None
    offered: RequestType | None = None


class OnlyFor(NamedTuple):
    """That a procedure runs only for a request: what becomes of a start without one, and the clause."""

    outcome: Outcome
    clause: str


def why_not_for(asked: ForRequest, procedure: str, component: str, service: str, at: datetime) -> str | None:
    """Returns the clause by which a procedure on a component (of `service`) is not started for a request; None where it may be."""
    if asked.is_held or not asked.is_open:
        return f"{asked.label} is {asked.standing}"
    if not asked.is_approved:
        return f"{asked.label} is of the type {asked.type}, which is approved first, and it is not"
    return (
        _out_of_force(asked, at)
        or _another_service(asked, component, service)
        or (_another_procedure(asked, procedure) if asked.is_bound else None)
    )


def _out_of_force(asked: ForRequest, at: datetime) -> str | None:
    """Returns that its agreement ended since it was asked for: what a lead let in outside its dates stays let in."""
    if asked.by is None or outside_dates(asked.by, asked.opened_at):
        return None
    name = asked.by.agreement.id
    if asked.now is None:
        return f"agreement {name}: is no longer declared"
    ended = outside_dates(asked.now, at)
    return f"agreement {name}: {ended}" if ended else None


def _another_service(asked: ForRequest, component: str, service: str) -> str | None:
    if service == asked.service:
        return None
    return (
        f"{component} is of {service or 'no service'}, and {asked.label} is about {asked.service or 'none'}"
    )


def _another_procedure(asked: ForRequest, procedure: str) -> str | None:
    offered = asked.offered
    if offered is None:
        return f"{asked.label} is of no request type of its agreement, and so no procedure is run for it"
    names = procedures_for(offered)
    if procedure in names:
        return None
    under = f"agreement {asked.by.agreement.id}: " if asked.by is not None else ""
    if not names:
        return f"{under}its type {offered.id} names no procedure"
    return f"{under}its type {offered.id} is carried out by {series(names)}, not by {procedure}"


def procedures_for(offered: RequestType) -> tuple[str, ...]:
    """Returns the procedures that may be run for requests of a type, its own first."""
    own = (offered.procedure,) if offered.procedure else ()
    return tuple(dict.fromkeys((*own, *offered.may_run)))


def only_for_requests(in_force: InForce, procedure: str, service: str, at: datetime) -> OnlyFor | None:
    """Returns that a procedure on a component of a service runs only for a request; None where it may run without one.

    So it is where every agreement in force that covers the service says it: where one does not, it is done for that one.
    """
    covering = [
        each.agreement
        for each in in_force.agreements
        if service in each.agreement.services and not outside_dates(each, at)
    ]
    if not covering or any(procedure not in each.only_for_requests for each in covering):
        return None
    is_refused = all(each.outside == "refuse" for each in covering)
    clause = f"agreement {series([each.id for each in covering])}: {procedure} runs only for a request"
    return OnlyFor(Outcome.REFUSED if is_refused else Outcome.HELD, clause)
