"""What is sent to people and what came from them, as it stands."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class MessageColumns(TypedColumns):
    """Columns of `message`; instants in microseconds UTC.

    `key` makes a second message of one occasion impossible; `since` is when its delivery was begun (anew). `token` and `until` are set before it is handed over and
    emptied by what is known of it afterwards: which holder of the duty does it, and by when an answer is due.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    about_kind: Named[str] = Column(Text)
    about_id: Named[str] = Column(Text)
    purpose: Named[str] = Column(Text)
    channel: Named[str] = Column(Text)
    recipient: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    body: Named[str] = Column(Text)
    key: Named[str] = Column(Text, unique=True)
    state: Named[str] = Column(Text)
    attempts: Named[int] = Column(Integer)
    created_at: Named[int] = Column(BigInteger)
    since: Named[int] = Column(BigInteger)
    next_at: Named[int | None] = Column(BigInteger)
    sent_at: Named[int | None] = Column(BigInteger)
    trouble: Named[str] = Column(Text)
    token: Named[int | None] = Column(Integer)
    until: Named[int | None] = Column(BigInteger)


message = Table("message", metadata, MessageColumns)
Index("message_state", message.c.state, message.c.next_at)
Index("message_about", message.c.about_kind, message.c.about_id, message.c.id)


class ReceivedColumns(TypedColumns):
    """Columns of `received`: one row for each mail that was read, whatever came of it; never changed.

    `key` makes a second reading of the same mail impossible; `attachments` is a JSON list of [name, size].
    """

    id: Named[int] = Column(Integer, primary_key=True)
    mailbox: Named[str] = Column(Text)
    key: Named[str] = Column(Text, unique=True)
    message_id: Named[str] = Column(Text)
    sender: Named[str] = Column(Text)
    verified: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    body: Named[str] = Column(Text)
    attachments: Named[str] = Column(Text)
    verdict: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    about_kind: Named[str] = Column(Text)
    about_id: Named[str] = Column(Text)
    received_at: Named[int] = Column(BigInteger)


received = Table("received", metadata, ReceivedColumns)
Index("received_about", received.c.about_kind, received.c.about_id, received.c.id)
Index("received_message_id", received.c.message_id)
Index("received_sender", received.c.sender, received.c.received_at)
