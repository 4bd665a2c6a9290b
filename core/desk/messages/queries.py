"""Every read of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from core.catalog.queries import declared_mailboxes
from core.desk.mail.letters import Letter, letter, mailbox_for, own_id
from core.desk.messages.model import MAIL, STAFF, TO_DECIDE, Message, MessageState
from core.desk.messages.tables import message, received
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.errors import NotFound, NotPossible
from core.journal.model import Subject
from core.timekeeping import from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from core.catalog.mail import Mailbox

_TABLES: dict[str, Table[Any]] = {"incident": incident, "request": request}


class Received(NamedTuple):
    """A mail that was read, and what became of it."""

    id: int
    mailbox: str
    sender: str
    verified: str
    title: str
    verdict: str
    reason: str
    about: Subject | None
    received_at: datetime


def to_message(row: Any) -> Message:
    """Returns the value of a row of `message`."""
    return Message(
        id=row.id, version=row.version, about=Subject(row.about_kind, row.about_id), purpose=row.purpose,
        channel=row.channel, recipient=row.recipient, title=row.title, body=row.body, state=MessageState(row.state),
        attempts=row.attempts, created_at=from_micros(row.created_at), next_at=instant_or_none(row.next_at),
        sent_at=instant_or_none(row.sent_at), trouble=row.trouble, handed_until=instant_or_none(row.until),
    )  # fmt: skip


def one_message(connection: Connection, message_id: int) -> Message:
    """Returns one message; raises NotFound."""
    row = connection.execute(select(message).where(message.c.id == message_id)).first()
    if row is None:
        raise NotFound(f"there is no message M-{message_id}", next_step="watchfloor mail lists what waits")
    return to_message(row)


def messages_of(connection: Connection, about: Subject) -> list[Message]:
    """Returns what was written about one item, oldest first."""
    query = select(message).where(message.c.about_kind == about.kind, message.c.about_id == about.id)
    return [to_message(row) for row in connection.execute(query.order_by(message.c.id))]


def dead_letters(connection: Connection, limit: int = 200) -> list[Message]:
    """Returns what a person must decide about, newest first: undelivered, or handed over with no answer known."""
    query = select(message).where(message.c.state.in_(TO_DECIDE)).order_by(message.c.id.desc()).limit(limit)
    return [to_message(row) for row in connection.execute(query)]


def waiting_messages(connection: Connection, limit: int = 200) -> list[Message]:
    """Returns what is still to be sent, the next one first."""
    query = (
        select(message)
        .where(message.c.state == MessageState.WAITING)
        .order_by(message.c.next_at, message.c.id)
    )
    return [to_message(row) for row in connection.execute(query.limit(limit))]


def listed_messages(connection: Connection, most: int = 200) -> list[Message]:
    """Returns what a list of messages shows: what a person must decide about, what waits, and what was sent last."""
    sent = (
        select(message).where(message.c.state == MessageState.SENT).order_by(message.c.id.desc()).limit(most)
    )
    went = [to_message(row) for row in connection.execute(sent)]
    return [*dead_letters(connection, most), *waiting_messages(connection, most), *went]


def due_messages(
    connection: Connection, now: datetime, *, but_not: Collection[int] = (), limit: int = 2000
) -> dict[str, list[int]]:
    """Returns the numbers of what is to be sent now and is in nobody's hands, the longest due first, by account.

    An account is a mailbox's id, `staff`, or empty where no mailbox carries a message.
    """
    query = select(message.c.id, message.c.channel, message.c.about_kind, message.c.about_id).where(
        message.c.state == MessageState.WAITING,
        message.c.next_at <= to_micros(now),
        message.c.until.is_(None),
    )
    rows = connection.execute(query.order_by(message.c.next_at, message.c.id).limit(limit)).all()
    if not rows:
        return {}
    boxes = declared_mailboxes(connection)
    services: dict[Subject, str] = {}
    found: dict[str, list[int]] = {}
    for number, channel, kind, about_id in rows:
        if number in but_not:
            continue
        about = Subject(kind, about_id)
        if channel == MAIL and about not in services:
            services[about] = service_of(connection, about)
        box = _box_of(boxes, channel, services.get(about, ""))
        account = STAFF if channel == STAFF else box.id if box else ""
        found.setdefault(account, []).append(number)
    return found


def letter_of(connection: Connection, found: Message) -> Letter:
    """Returns the letter that a message becomes: what is previewed and what is sent. Raises NotPossible without a mailbox."""
    service = service_of(connection, found.about)
    box = _box_of(declared_mailboxes(connection), found.channel, service)
    if box is None:
        raise NotPossible(
            f"there is no mailbox {found.account} that sends"
            if found.account
            else f"no mailbox carries messages about the service {service or '(none)'}",
            next_step="Declare one in the catalog: [[mailbox]]",
        )
    return letter(found, box, thread_of(connection, found, box.domain))


def _box_of(boxes: Sequence[Mailbox], channel: str, service: str) -> Mailbox | None:
    account = channel.partition(":")[2]
    if account:
        return next((each for each in boxes if each.id == account and each.smtp_host), None)
    return mailbox_for(service, boxes)


def thread_of(connection: Connection, found: Message, domain: str) -> list[str]:
    """Returns the Message-IDs of what was written to and came from a message's recipient about its item, oldest first."""
    came = select(received.c.received_at, received.c.message_id).where(
        received.c.about_kind == found.about.kind, received.c.about_id == found.about.id,
        received.c.sender == found.recipient,
    )  # fmt: skip
    went = select(message.c.created_at, message.c.id).where(
        message.c.about_kind == found.about.kind, message.c.about_id == found.about.id,
        message.c.recipient == found.recipient, message.c.state == MessageState.SENT,
    )  # fmt: skip
    ids = [(at, text) for at, text in connection.execute(came).all() if text]
    ids += [(at, own_id(found.about, number, domain)) for at, number in connection.execute(went).all()]
    return [text for _, text in sorted(ids)]


def service_of(connection: Connection, about: Subject) -> str:
    """Returns the service that an item is about; empty where it is not known."""
    table = _TABLES.get(about.kind)
    if table is None or not about.id.isdecimal():
        return ""
    return connection.scalar(select(table.c.service).where(table.c.id == int(about.id))) or ""


def received_mails(connection: Connection, limit: int = 100) -> list[Received]:
    """Returns what was read, newest first."""
    rows = connection.execute(select(received).order_by(received.c.id.desc()).limit(limit)).all()
    return [
        Received(
            id=row.id, mailbox=row.mailbox, sender=row.sender, verified=row.verified, title=row.title, verdict=row.verdict,
            reason=row.reason, about=Subject(row.about_kind, row.about_id) if row.about_id else None,
            received_at=from_micros(row.received_at),
        )
        for row in rows
    ]  # fmt: skip
