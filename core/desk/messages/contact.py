"""What a requester is told of their request, from what happens to it to the letter: composed once, for the preview and the sending.

One change is one message. Nothing is queued for who has no e-mail address, or where no mailbox carries the service.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.catalog.queries import declared_mailboxes, declared_texts
from core.desk.mail.letters import Letter, mailbox_for
from core.desk.messages.model import MAIL, Message, MessageState, checked_address
from core.desk.messages.outbox import queue
from core.desk.messages.queries import letter_of
from core.desk.messages.tables import message
from core.desk.messages.texts import Shipped, written
from core.desk.requests.queries import merged_in
from core.errors import BadInput
from core.improvement.surveys.model import Scale, answer_links
from core.journal.model import Subject

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.mail import Mailbox
    from core.desk.requests.model import Request
    from core.store.work import Work

TOLD_TO_ALL = frozenset({"update", "waiting", "resolved", "closed"})
"""What the requesters of what was merged into a request are told, too."""


def tell(
    work: Work, found: Request, purpose: str, text: str = "", *, token: str | None = None, once: str = ""
) -> bool:
    """Queues what the requester of a request is told, in the transaction that changed it; tells whether there is a way to.

    `purpose` is one of those of `texts`, `text` what a person wrote; `token` is that of a survey that is asked along.
    `once` names an occasion that is told of once only, where that is not this very change. How it stands is also told to
    the requesters of what was merged into it, each person once.
    """
    mailbox = mailbox_for(found.service, declared_mailboxes(work.connection))
    if mailbox is None:
        return False
    recipient = _address(found)
    is_told = bool(recipient) and _queue(
        work, found, mailbox, purpose, text, recipient, token=token, once=once
    )
    if purpose in TOLD_TO_ALL:
        for address in {_address(each) for each in merged_in(work.connection, [found.id])} - {recipient, ""}:
            _queue(work, found, mailbox, purpose, text, address)
    return is_told


def _queue(
    work: Work, found: Request, mailbox: Mailbox, purpose: str, text: str, recipient: str, *,
    token: str | None = None, once: str = "",
) -> bool:  # fmt: skip
    composed = compose(work.connection, found, mailbox, purpose, text, token=token)
    return queue(
        work, subject=Subject("request", str(found.id)), purpose=purpose, channel=MAIL, recipient=recipient,
        title=composed.title, body=composed.body, key=once or f"request {found.id} version {found.version} {purpose} {recipient}",
        cause=work.recorded[-1] if work.recorded else None,
    )  # fmt: skip


def compose(
    connection: Connection,
    found: Request,
    mailbox: Mailbox,
    purpose: str,
    text: str,
    *,
    token: str | None = None,
) -> Shipped:
    """Returns title and body of what a requester is told, in the words of the request's agreement."""
    answers = ""
    if token is not None:
        lines = answer_links(Scale.CSAT, found.id, token, mailbox.address)
        answers = "\n".join(["How did we do? One of these, clicked and sent, is enough:", *lines])
    fields = {
        "item": found.label, "title": found.title, "service": found.service, "customer": found.customer,
        "requester": found.requester_name or found.requester, "state": str(found.state), "text": text,
        "clause": found.held_why or (found.outcome if purpose == "refused" and found.outcome != text else ""),
        "answers": answers, "team": mailbox.name or mailbox.id,
    }  # fmt: skip
    return written(purpose, fields, declared_texts(connection), found.agreement)


def preview(connection: Connection, found: Request, purpose: str, text: str, now: datetime) -> Letter:
    """Returns exactly what would go out now, to whom, and the thread it would land in. Raises BadInput or NotPossible."""
    number = (connection.scalar(select(func.max(message.c.id))) or 0) + 1
    planned = Message(
        id=number, version=1, about=Subject("request", str(found.id)), purpose=purpose, channel=MAIL,
        recipient=checked_address(found.requester), title="", body="", state=MessageState.WAITING, attempts=0, created_at=now,
        next_at=now, sent_at=None, trouble="",
    )  # fmt: skip
    bare = letter_of(connection, planned)  # raises where no mailbox carries it
    box = next(each for each in declared_mailboxes(connection) if each.id == bare.mailbox)
    composed = compose(connection, found, box, purpose, text)
    return letter_of(connection, replace(planned, title=composed.title, body=composed.body))


def _address(found: Request) -> str:
    try:
        return checked_address(found.requester)
    except BadInput:
        return ""
