"""What people are told of an incident: the requesters of the open requests linked to it, and the contacts of who has the service.

A requester hears of it in the thread of their request, which counts as told. One change is one message a person, in
however many of these ways it concerns them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.catalog.queries import declared_mailboxes, declared_texts
from core.desk.agreements.versions import agreements_at
from core.desk.links.queries import links_of
from core.desk.mail.letters import mailbox_for
from core.desk.messages.audience import address_of
from core.desk.messages.contact import Going, Preview, going_out, preview_of
from core.desk.messages.model import MAIL
from core.desk.messages.outbox import queue
from core.desk.messages.tables import message
from core.desk.requests.queries import some_requests
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.errors import NotPossible
from core.journal.model import Subject
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.model import Incident
    from core.desk.requests.model import Request
    from core.store.work import Work

CONTACT = "contact of the agreement"


def tell_of_incident(work: Work, found: Incident, purpose: str, text: str) -> int:
    """Queues what is told of an incident, in the transaction that changed it; returns to how many people.

    `purpose` is `update`, `resolved` or `closed`. The linked requests, too, say that their requesters were told.
    """
    cause = work.recorded[-1] if work.recorded else None
    going = going_of_incident(work.connection, found, purpose, text, work.now, by=work.actor)
    for each in linked_requests(work.connection, found):
        row = row_of(work, request, "request", each.id)
        after: dict[str, Any] = {"told_at": to_micros(work.now)}
        if row.answered_at is None:
            after |= {"answered_at": to_micros(work.now), "answered_by": work.actor}
        revise_request(work, row, "request.told", after, note=f"{found.label}: {text}", cause=cause)
    for one in going:
        composed = one.with_text(text)
        queue(
            work, subject=one.about, purpose=one.purpose, channel=one.channel, recipient=one.recipient, title=composed.title,
            body=composed.body, key=f"incident {found.id} version {found.version} {purpose} {one.recipient}", cause=cause,
        )  # fmt: skip
    return len(going)


def going_of_incident(
    connection: Connection, found: Incident, purpose: str, text: str, now: datetime, *, by: str = ""
) -> list[Going]:
    """Returns what goes out where an incident is told of, the requesters first: one message a person."""
    going: list[Going] = []
    for each in linked_requests(connection, found):
        going += going_out(connection, each, "update", text, by=by)
    going += _contacts(connection, found, purpose, now)
    first: dict[str, Going] = {}
    for one in going:
        first.setdefault(one.recipient.lower(), one)
    return list(first.values())


def incident_previews(
    connection: Connection, found: Incident, purpose: str, text: str, now: datetime, *, by: str = ""
) -> list[Preview]:
    """Returns exactly what would go out now of an incident, and to whom. Raises NotPossible where it would go to nobody."""
    going = going_of_incident(connection, found, purpose, text, now, by=by)
    if not going:
        raise NotPossible(
            f"nobody is to be told of {found.label}: no open request is linked to it, and no customer of the service "
            f"{found.service or '(none)'} has a contact that is an address",
            next_step="Link a request to it, or declare a contact",
        )
    number = connection.scalar(select(func.max(message.c.id))) or 0
    return [preview_of(connection, each, text, number + at, now) for at, each in enumerate(going, start=1)]


def linked_requests(connection: Connection, found: Incident) -> list[Request]:
    """Returns the open requests that are linked to an incident, the oldest first."""
    about = Subject("incident", str(found.id))
    numbers = [int(each.other.id) for each in links_of(connection, about) if each.other.kind == "request"]
    some = some_requests(connection, numbers) if numbers else []
    return sorted((each for each in some if each.state.is_open), key=lambda each: each.id)


def _contacts(connection: Connection, found: Incident, purpose: str, now: datetime) -> list[Going]:
    """Returns what goes to the contacts of the customers whose agreements cover the incident's service."""
    box = mailbox_for(found.service, declared_mailboxes(connection))
    if box is None:
        return []
    in_force, texts = agreements_at(connection, to_micros(now)), tuple(declared_texts(connection))
    going = []
    for version in in_force.agreements:
        agreement = version.agreement
        customer = in_force.customers.get(agreement.customer)
        address = address_of(customer.contact) if customer is not None else ""
        if not address or customer is None or found.service not in agreement.services:
            continue
        fields = {
            "item": found.label, "title": found.title, "service": found.service, "customer": customer.title,
            "requester": customer.title, "state": str(found.state), "team": box.name or box.id,
        }  # fmt: skip
        about = Subject("incident", str(found.id))
        going.append(Going(MAIL, address, CONTACT, about, purpose, fields, texts, agreement.id))
    return going
