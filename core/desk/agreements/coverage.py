"""The gate of the agreements: may this be asked, and by whom may it be delivered? Pure.

Of several agreements that cover a request the one counts that names who asks most closely: by address, by an address in
a group, by domain, by a domain in a group, as anybody. Of equals the one that promises to respond first counts, then
the first by id. What none covers is refused only where every agreement that came nearest says so; else it is held, for
a lead to decide. A verdict always says the clause it goes by.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.model import Promise
from core.desk.agreements.coverage_words import askers, deliverers, not_asking, not_offered
from core.desk.hours.service_hours import ServiceHours
from core.errors import BadInput
from core.gate.rights import Role, includes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from core.catalog.model import (
        Agreement,
        Approval,
        Calendar,
        Customer,
        Group,
        RequestType,
        Staff,
    )

ANYBODY, ROLE = "*", "role:"


class Outcome(StrEnum):
    """What the gate says of a request."""

    COVERED = "covered"
    HELD = "held"  # a lead decides
    REFUSED = "refused"


class Closeness(IntEnum):
    """How closely an agreement names who asks."""

    ADDRESS = 0
    IN_GROUP = 1
    DOMAIN = 2
    DOMAIN_IN_GROUP = 3
    ANYBODY = 4


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """An agreement as it stood from an instant on (microseconds UTC), with the calendar it went by."""

    agreement: Agreement
    since: int
    calendar: Calendar | None = None

    @property
    def hours(self) -> ServiceHours:
        """Returns the hours of its clocks."""
        return ServiceHours(self.calendar)


@dataclass(frozen=True, slots=True)
class InForce:
    """What was declared at an instant, as far as the gate goes by it."""

    agreements: tuple[AgreementVersion, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    customers: Mapping[str, Customer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says, and by which clause.

    `by` is the agreement that covers the request, or came nearest to it; None where none did. `customer` is the
    customer's id where who asks belongs to one, else empty. `also` are ids of further agreements that cover it.
    """

    outcome: Outcome
    clause: str
    customer: str = ""
    by: AgreementVersion | None = None
    also: tuple[str, ...] = ()

    @property
    def is_covered(self) -> bool:
        """Tells whether the request may go its way."""
        return self.outcome is Outcome.COVERED


class _Look(NamedTuple):
    """One agreement held against a request: what fits, and the clause of the first that does not."""

    version: AgreementVersion
    closeness: Closeness | None
    fits: tuple[bool, bool, bool, bool]  # who asks, service, dates, request type
    clause: str

    @property
    def rank(self) -> tuple[float, float, str]:
        agreement = self.version.agreement
        respond = min((target.respond_s for target in agreement.targets), default=float("inf"))
        return self.closeness if self.closeness is not None else len(Closeness), respond, agreement.id


def judge(in_force: InForce, *, asker: str, service: str, request_type: str = "", at: datetime) -> Verdict:
    """Returns whether `asker` (an address; empty where it is not known) may ask for this of a service at an instant.

    Without a request type it is asked whether anything may be.
    """
    looks = [_look(each, in_force, asker, service, request_type, at) for each in in_force.agreements]
    covering = sorted((look for look in looks if all(look.fits)), key=lambda look: look.rank)
    if covering:
        first, also = covering[0], tuple(look.version.agreement.id for look in covering[1:])
        return Verdict(Outcome.COVERED, first.clause, first.version.agreement.customer, first.version, also)
    near = [look for look in looks if look.fits[0] or look.fits[1]]
    if not near:
        return Verdict(Outcome.HELD, f'no agreement covers "{service}"')
    best = max(look.fits for look in near)
    nearest = sorted((look for look in near if look.fits == best), key=lambda look: look.rank)
    is_refused = all(look.version.agreement.outside == "refuse" for look in nearest)
    clauses = "; ".join(look.clause for look in nearest[:3]) + ("; …" if len(nearest) > 3 else "")
    customers = {look.version.agreement.customer for look in nearest if look.fits[0]}
    return Verdict(
        Outcome.REFUSED if is_refused else Outcome.HELD,
        clauses,
        customers.pop() if len(customers) == 1 else "",
        nearest[0].version,
    )


def _look(
    version: AgreementVersion, in_force: InForce, asker: str, service: str, request_type: str, at: datetime
) -> _Look:
    agreement = version.agreement
    closeness = asks(agreement, asker, in_force)
    offered = next((each for each in agreement.request_types if each.id == request_type), None)
    is_offered = not request_type or (offered is not None and offered.service == service)
    out_of_date = outside_dates(version, at)
    fits = (closeness is not None, service in agreement.services, not out_of_date, is_offered)
    words: tuple[Callable[[], str], ...] = (
        lambda: not_asking(agreement, asker, in_force.groups),
        lambda: f"covers {', '.join(agreement.services)}, not {service}",
        lambda: out_of_date,
        lambda: not_offered(agreement, request_type, service),
    )
    clause = next((say() for fit, say in zip(fits, words, strict=True) if not fit), "")
    return _Look(
        version,
        closeness,
        fits,
        f"agreement {agreement.id}: {clause or _covers(agreement, offered, in_force)}",
    )


def _covers(agreement: Agreement, offered: RequestType | None, in_force: InForce) -> str:
    what = f"offers {offered.id}" if offered is not None else f"covers {', '.join(agreement.services)}"
    return f"{what}; {askers(agreement, in_force.groups)} may ask"


def asks(agreement: Agreement, asker: str, in_force: InForce) -> Closeness | None:
    """Returns how closely an agreement names who asks; None where they may not."""
    address = asker.strip().lower()
    domain = f"@{address.rpartition('@')[2]}" if "@" in address else ""
    found = set()
    for name in agreement.may_ask:
        if name == ANYBODY:
            found.add(Closeness.ANYBODY)
        elif "@" in name:
            if address and name == address:
                found.add(Closeness.ADDRESS)
            elif domain and name == domain:
                found.add(Closeness.DOMAIN)
        elif name in in_force.groups and domain:
            found |= _asks_in(in_force.groups[name], address, domain, in_force.staff)
    return min(found, default=None)


def _asks_in(group: Group, address: str, domain: str, staff: Mapping[str, Staff]) -> set[Closeness]:
    found = set()
    if domain in group.members:
        found.add(Closeness.DOMAIN_IN_GROUP)
    emails = (staff[name].email.lower() for name in group.members if name in staff)
    if address in group.members or address in emails:
        found.add(Closeness.IN_GROUP)
    return found


def outside_dates(version: AgreementVersion, at: datetime) -> str:
    """Returns why an agreement is not in force on the day of an instant, in the zone of its hours; empty where it is."""
    agreement = version.agreement
    if not agreement.begins and not agreement.ends:
        return ""
    day = version.hours.local_day(at).isoformat()
    if agreement.begins and day < agreement.begins:
        return f"begins on {agreement.begins}"
    if agreement.ends and day > agreement.ends:
        return f"ended on {agreement.ends}"
    return ""


def may_deliver(
    agreement: Agreement, staff_id: str, roles: Collection[str], groups: Collection[str]
) -> str | None:
    """Returns the clause by which somebody of the staff may not deliver under an agreement; None where they may.

    `roles` are all that they have (see `roles_of`), `groups` the ids of the groups they are in (see `groups_of`).
    """
    if not agreement.may_deliver or _is_named(agreement.may_deliver, staff_id, roles, groups):
        return None
    return f"agreement {agreement.id}: only {deliverers(agreement.may_deliver)} may deliver; {staff_id} is none of them"


def may_approve(
    approval: Approval, staff_id: str, roles: Collection[str], groups: Collection[str]
) -> str | None:
    """Returns the clause by which somebody may not approve; None where they may."""
    if _is_named(approval.by, staff_id, roles, groups):
        return None
    return f"only {deliverers(approval.by)} may approve; {staff_id} is none of them"


def _is_named(names: Collection[str], staff_id: str, roles: Collection[str], groups: Collection[str]) -> bool:
    return any(
        name.removeprefix(ROLE) in roles if name.startswith(ROLE) else name == staff_id or name in groups
        for name in names
    )


def roles_of(role: str) -> frozenset[str]:
    """Returns a role and all that it includes: an admin may what a lead may."""
    return frozenset(other.value for other in Role if includes(Role(role), other))


def groups_of(groups: Mapping[str, Group], staff_id: str) -> frozenset[str]:
    """Returns the ids of the groups that somebody of the staff is in."""
    return frozenset(group.id for group in groups.values() if staff_id in group.members)


def priority_of(agreement: Agreement, impact: int, urgency: int) -> int:
    """Returns the priority, 1 (most pressing) to 4, by the agreement's table. Raises BadInput for what the table has not."""
    size = len(agreement.priority)
    for name, value in (("impact", impact), ("urgency", urgency)):
        if not 1 <= value <= size:
            raise BadInput(
                f"{name} {value} does not exist in agreement {agreement.id}",
                next_step=f"Choose 1 (the greatest) to {size}",
            )
    return agreement.priority[impact - 1][urgency - 1]


def promise_of(
    agreement: Agreement, priority: int, request_type: RequestType | None = None
) -> Promise | None:
    """Returns what is promised for a priority, with what a request type promises in its place; None where nothing is.

    Who promises to resolve sooner than to respond, or only to resolve, responds by then.
    """
    target = next((each for each in agreement.targets if each.priority == priority), None)
    resolve_s = request_type.resolve_s if request_type is not None else None
    if resolve_s is None:
        return target
    if target is None:
        return Promise(priority, resolve_s, resolve_s)
    return replace(target, resolve_s=resolve_s, respond_s=min(target.respond_s, resolve_s))
