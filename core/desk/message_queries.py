"""Every read of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from core.desk.message_tables import message
from core.desk.messages import TO_DECIDE, Message, MessageState
from core.errors import NotFound
from core.journal.model import Subject
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


class Outbox(NamedTuple):
    """How the sending stands: since when the oldest unsent message waits (None: nothing waits), and counts."""

    oldest_at: datetime | None
    waiting: int
    undelivered: int
    unknown: int


def to_message(row: Any) -> Message:
    """Returns the value of a row of `message`."""
    return Message(
        id=row.id, version=row.version, about=Subject(row.about_kind, row.about_id), purpose=row.purpose,
        channel=row.channel, recipient=row.recipient, title=row.title, body=row.body, state=MessageState(row.state),
        attempts=row.attempts, created_at=from_micros(row.created_at), next_at=_instant(row.next_at),
        sent_at=_instant(row.sent_at), trouble=row.trouble, handed_until=_instant(row.until),
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


def due_messages(
    connection: Connection, now: datetime, *, but_not: Collection[int] = (), limit: int = 100
) -> list[Message]:
    """Returns what is to be sent now and is in nobody's hands, the longest due first."""
    query = select(message).where(
        message.c.state == MessageState.WAITING,
        message.c.next_at <= to_micros(now),
        message.c.until.is_(None),
        message.c.id.not_in(list(but_not)),
    )
    rows = connection.execute(query.order_by(message.c.next_at, message.c.id).limit(limit))
    return [to_message(row) for row in rows]


def outbox(connection: Connection) -> Outbox:
    """Returns how the sending stands."""
    query = select(message.c.state, func.count(), func.min(message.c.created_at)).where(
        message.c.state.in_((MessageState.WAITING, *TO_DECIDE))
    )
    found = {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(message.c.state)).all()}
    waiting, oldest = found.get(MessageState.WAITING, (0, None))
    return Outbox(
        _instant(oldest), waiting, *(found.get(state, (0, None))[0] for state in (MessageState.UNDELIVERED, MessageState.UNKNOWN))
    )  # fmt: skip


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
