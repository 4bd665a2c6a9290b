"""A message as the letter that goes out: headers, thread, text. Pure; what is previewed is what is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from core.desk.messages.model import tag_of
from core.desk.messages.texts import BY_PERSON
from core.journal.model import Subject
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.catalog.mail import Mailbox
    from core.desk.messages.model import Message

LOOP = "X-Watchfloor-Loop"
"""The header by which the own letters are known when they come back."""
FIRST, LAST = 4, 6
"""So many of a long thread's identifiers are named: a header has a length that servers take."""
_OWN_ID = re.compile(r"<wf\.([a-z]{1,20})-([0-9]{1,9})\.([0-9]{1,9})@([a-z0-9.-]{1,253})>", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out, to whom, and the thread it lands in."""

    mailbox: str
    sender: str
    recipient: str
    subject: str
    message_id: str
    references: tuple[str, ...]
    answers: str  # the Message-ID that it answers; empty on the first of a thread
    is_automatic: bool
    body: str
    name: str = ""

    def as_email(self, at: datetime) -> EmailMessage:
        """Returns the letter as the mail that is sent at that instant."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(self.name, addr_spec=self.sender) if self.name else self.sender
        mail["To"] = self.recipient
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id
        if self.answers:
            mail["In-Reply-To"] = self.answers
        mail["References"] = " ".join(self.references)
        mail["Reply-To"] = self.sender
        mail[LOOP] = self.sender
        if self.is_automatic:
            mail["Auto-Submitted"] = "auto-generated"
            mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        mail.set_content(self.body + "\n", charset="utf-8")
        return mail


def letter(message: Message, mailbox: Mailbox, earlier: Sequence[str] = ()) -> Letter:
    """Returns the letter that a message becomes through a mailbox.

    `earlier` are the identifiers of what the recipient's side has of this thread, oldest first.
    """
    root = own_id(message.about, 0, mailbox.domain)
    known = [
        each for each in dict.fromkeys(earlier) if _ID.fullmatch(each) and each.isascii() and each != root
    ]
    cut = known if len(known) < FIRST + LAST else [*known[: FIRST - 1], *known[-LAST:]]
    return Letter(
        mailbox=mailbox.id,
        sender=mailbox.address,
        recipient=message.recipient,
        subject=printable(f"{tag_of(message.about, mailbox.tag or mailbox.id)} {message.title}", 250),
        message_id=own_id(message.about, message.id, mailbox.domain),
        references=(root, *cut),
        answers=known[-1] if known else "",
        is_automatic=message.purpose not in BY_PERSON,
        body=message.body,
        name=mailbox.name,
    )


def own_id(about: Subject, number: int, domain: str) -> str:
    """Returns the Message-ID of a message about an item; with number 0 what all of its thread refer to."""
    return f"<wf.{about.kind}-{about.id}.{number}@{domain}>"


def item_in_id(text: str, domains: Iterable[str]) -> tuple[Subject, int] | None:
    """Returns item and number that one of our own Message-IDs names; None for any other."""
    found = _OWN_ID.fullmatch(text.strip())
    if found is None or found[4].lower() not in {domain.lower() for domain in domains}:
        return None
    return Subject(found[1].lower(), str(int(found[2]))), int(found[3])


def ids_in(text: str, most: int = 100) -> list[str]:
    """Returns the Message-IDs in a header, in order, fit to be shown; what is none is left out."""
    found: list[str] = _ID.findall(text[:20_000])
    return [printable(each) for each in found[-most:]]


def mailbox_for(service: str, mailboxes: Iterable[Mailbox]) -> Mailbox | None:
    """Returns the mailbox that carries what is said about a service: one that names it before one that names none."""
    sending = [each for each in mailboxes if each.smtp_host]
    named = [each for each in sending if service and service in each.services]
    open_to_all = [each for each in sending if not each.services]
    return next(iter([*named, *open_to_all]), None)
