"""What people are told of a request, from what happens to it to the letter: composed once, for the preview and the sending.

One change is one message a person. Nothing is queued for who has no e-mail address, or where no mailbox carries the
service. Of what concerns the requester alone (that it came in, is held, is refused) nobody else is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.catalog.queries import declared_mailboxes, declared_texts
from core.desk.mail.letters import Letter, mailbox_for
from core.desk.messages.audience import REQUESTER, WATCHER, hearers_of
from core.desk.messages.model import MAIL, STAFF, Message, MessageState, checked_address
from core.desk.messages.outbox import queue
from core.desk.messages.queries import letter_of
from core.desk.messages.tables import message
from core.desk.messages.texts import Shipped, written
from core.desk.requests.attending import watchers_of
from core.errors import NotPossible
from core.improvement.surveys.model import answer_links
from core.improvement.surveys.queries import survey_of
from core.journal.model import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.mail import MessageText
    from core.desk.messages.audience import Hearer
    from core.desk.requests.model import Request
    from core.store.work import Work

TO_ALL = frozenset({"update", "waiting", "resolved", "closed"})
"""Purposes of which others than the requester are told, too."""
WATCHED = "watched"
"""The purpose for who watches a request: they are told what its requester is told."""


@dataclass(frozen=True, slots=True)
class Going:
    """One message that goes out, but for what a person writes: to whom, why to them, in whose thread, in which words."""

    channel: str
    recipient: str
    why: str
    about: Subject
    purpose: str
    fields: Mapping[str, str]
    texts: tuple[MessageText, ...]
    agreement: str

    def with_text(self, text: str) -> Shipped:
        """Returns title and body with what a person wrote."""
        return written(self.purpose, {**self.fields, "text": text}, self.texts, self.agreement)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go out to one person: the letter, or for staff who are reached otherwise the text alone."""

    going: Going
    text: Shipped
    letter: Letter | None


def tell(
    work: Work, found: Request, purpose: str, text: str = "", *, token: str | None = None, once: str = ""
) -> bool:
    """Queues what is told of a request, in the transaction that changed it; tells whether there is anybody to tell.

    `purpose` is one of those of `texts`, `text` what a person wrote; `token` is that of a survey that is asked along.
    `once` names an occasion that is told of once only, where that is not this very change.
    """
    cause = work.recorded[-1] if work.recorded else None
    going = going_out(work.connection, found, purpose, text, token=token, by=work.actor)
    for each in going:
        composed = each.with_text(text)
        occasion = f"request {found.id} version {found.version} {purpose} {each.recipient}"
        queue(
            work, subject=each.about, purpose=each.purpose, channel=each.channel, recipient=each.recipient,
            title=composed.title, body=composed.body, key=once or occasion, cause=cause,
        )  # fmt: skip
    return bool(going)


def going_out(
    connection: Connection,
    found: Request,
    purpose: str,
    text: str = "",
    *,
    token: str | None = None,
    by: str = "",
) -> list[Going]:
    """Returns what goes out where a request is told of, the requester's first: one message a person.

    `by` is who tells it; `text` what they write, by which a refusal that says its clause already is known.
    """
    boxes, texts = declared_mailboxes(connection), tuple(declared_texts(connection))
    if purpose in TO_ALL:
        watchers = watchers_of(connection, Subject("request", str(found.id)))
        hearers = hearers_of(connection, found, watchers, by=by)
    else:
        hearers = [each for each in hearers_of(connection, found) if each.why == REQUESTER]
    answers = (
        _answers(connection, found, token, mailbox.address)
        if (mailbox := mailbox_for(found.service, boxes))
        else ""
    )
    clause = found.held_why or (found.outcome if purpose == "refused" and found.outcome != text else "")
    going: list[Going] = []
    for each in hearers:
        box = mailbox_for(each.about.service, boxes)
        if box is None and each.channel == MAIL:
            continue
        fields = _fields(found, each) | {
            "clause": clause, "answers": answers if each.why == REQUESTER else "", "team": (box.name or box.id) if box else "",
        }  # fmt: skip
        told = WATCHED if each.why == WATCHER else purpose
        about = Subject("request", str(each.about.id))
        going.append(
            Going(each.channel, each.recipient, each.why, about, told, fields, texts, found.agreement)
        )
    return going


def previews(
    connection: Connection, found: Request, purpose: str, text: str, now: datetime, *, by: str = ""
) -> list[Preview]:
    """Returns exactly what would go out now, to whom, and the thread it would land in.

    Raises BadInput or NotPossible where it would go to nobody, with the reason.
    """
    going = going_out(connection, found, purpose, text, by=by)
    if not going:
        checked_address(found.requester)
        raise NotPossible(
            f"no mailbox carries messages about the service {found.service}",
            next_step="Declare one in the catalog: [[mailbox]]",
        )
    number = connection.scalar(select(func.max(message.c.id))) or 0
    return [
        preview_of(connection, each, text, number + place, now) for place, each in enumerate(going, start=1)
    ]


def preview_of(connection: Connection, going: Going, text: str, number: int, now: datetime) -> Preview:
    """Returns one of what would go out, as the message of that number."""
    composed = going.with_text(text)
    if going.channel == STAFF:
        return Preview(going, composed, None)
    planned = Message(
        id=number, version=1, about=going.about, purpose=going.purpose, channel=going.channel, recipient=going.recipient,
        title=composed.title, body=composed.body, state=MessageState.WAITING, attempts=0, created_at=now, next_at=now,
        sent_at=None, trouble="",
    )  # fmt: skip
    return Preview(going, composed, letter_of(connection, planned))


def _fields(found: Request, hearer: Hearer) -> dict[str, str]:
    """Returns what a text may name: of who hears it their own request, and how that stands for which it was merged."""
    about = hearer.about
    who = about.requester_name or about.requester
    return {
        "item": about.label, "title": about.title, "service": found.service, "customer": found.customer,
        "requester": who if hearer.why != WATCHER else hearer.recipient, "state": str(found.state),
    }  # fmt: skip


def _answers(connection: Connection, found: Request, token: str | None, address: str) -> str:
    asked = survey_of(connection, found.id) if token is not None else None
    if token is None or asked is None:
        return ""
    lines = answer_links(asked.scale, found.id, token, address)
    return "\n".join([f"{asked.scale.question} One of these, clicked and sent, is enough:", *lines])
