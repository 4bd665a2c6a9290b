"""Taking in a mail: what it is about, whether it may be, and what becomes of it; once, whatever happens in between.

Every mail that was read is a row with its verdict, also one that nothing came of. Items are found by what our own letters
are called (References, In-Reply-To), then by the tag in the subject line, then by other mails of the thread; a request
that was merged leads to the one it was merged into. Both kinds of names can be guessed, so they say only where a mail
belongs, not that its sender may add to it.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, insert, select

from core.catalog.queries import declared_mailboxes, declared_texts
from core.desk.links.commands import record_link
from core.desk.links.model import Relation
from core.desk.mail.incoming import NO_TEXT
from core.desk.mail.letters import item_in_id
from core.desk.mail.verdicts import Verdict
from core.desk.messages.outbox import DUTY, note_bounced, queue
from core.desk.messages.tables import message, received
from core.desk.messages.texts import written
from core.desk.requests.commands import record_request, record_said
from core.desk.requests.model import Asked, RequestState
from core.desk.requests.queries import merged_in, one_request, standing_for
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.errors import BadInput, NotFound, Refused
from core.improvement.surveys.commands import record_answer
from core.improvement.surveys.model import answer_in
from core.journal.model import Subject
from core.journal.wording import subject_called
from core.printable import printable_lines
from core.sentences import LONGEST_NOTE
from core.store.lease import beat
from core.store.rows import new_number
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.mail import Mailbox
    from core.desk.mail.incoming import Incoming
    from core.desk.requests.model import Request
    from core.journal.appending import Recorded
    from core.store.work import Work

MOST_NEW = 50
"""So many requests one address opens by mail in a day at most: more is a program that runs wild."""
_TAG = re.compile(r"\[([^\[\]]{1,200}) ([A-Z]{1,2}-[0-9]{1,9})\]")


class Taken(NamedTuple):
    """What became of a mail: `opened`, `added`, `answered` (a survey), `bounce`, `ignored`, `refused`, or `again`; and why."""

    verdict: str
    about: Subject | None = None
    reason: str = ""


def take_in(work: Work, token: int, mailbox: Mailbox, mail: Incoming) -> Taken | None:
    """For the agent, under its lease: takes a mail in, in one transaction; None where that was done before. Raises LeaseLost."""
    beat(work, DUTY, token)
    if work.connection.scalar(select(received.c.id).where(received.c.key == mail.key)) is not None:
        return None
    taken = _taken(work, mailbox, mail)
    subject, entry = _keep(work, mailbox, mail, taken)
    if taken.verdict == "refused" and mail.verified != "forged":
        purpose = "refused" if answer_in(mail.title) is None else "answer-refused"
        _answer_refusal(work, mailbox, mail, subject, purpose, taken.reason, entry)
    return taken


def put_aside(work: Work, token: int, mailbox: Mailbox, mail: Incoming, why: str) -> None:
    """For the agent: keeps a mail that could not be taken in, with the reason, so that it holds up no other."""
    beat(work, DUTY, token)
    if work.connection.scalar(select(received.c.id).where(received.c.key == mail.key)) is None:
        _keep(work, mailbox, mail, Taken("put aside", None, why[:500]))


def _keep(work: Work, mailbox: Mailbox, mail: Incoming, taken: Taken) -> tuple[Subject, Recorded]:
    """Keeps what was read and what became of it; returns the subject of its entry, and the entry."""
    about = taken.about or Subject("", "")
    values: dict[str, Any] = {
        "mailbox": mailbox.id, "key": mail.key, "message_id": mail.message_id, "sender": mail.sender, "verified": mail.verified,
        "title": mail.title, "body": mail.text, "attachments": json.dumps([[each.name, each.size] for each in mail.attachments]),
        "verdict": taken.verdict, "reason": taken.reason, "about_kind": about.kind, "about_id": about.id,
        "received_at": to_micros(work.now),
    }  # fmt: skip
    number = new_number(work, received)
    work.connection.execute(insert(received).values(id=number, **values))
    subject = Subject("mail", str(number))
    return subject, work.record(
        "mail.received", subject, {name: (None, value) for name, value in values.items()}
    )


def _taken(work: Work, mailbox: Mailbox, mail: Incoming) -> Taken:
    if mail.verdict is Verdict.BOUNCE:
        return _bounced(work, mail)
    if mail.verdict is not Verdict.PERSON:
        return Taken("ignored", next(_items_named(work, mail), None), mail.reason)
    if mail.verified == "forged":
        return Taken("refused", None, f"it is not from {mail.sender}: the receiving server says so")
    if _came_before(work, mail):
        return Taken("again", None, "the same mail came through another mailbox or way")
    if (answer := answer_in(mail.title)) is not None:
        try:
            record_answer(work, answer, "" if mail.text == NO_TEXT else mail.text)
        except (BadInput, NotFound, Refused) as error:
            return Taken("refused", Subject("request", str(answer.request)), error.what)
        return Taken("answered", Subject("request", str(answer.request)))
    for item in _items_named(work, mail):
        if _may_add(work, item, mail.sender):
            if (before := _over_for_good(work, mailbox, item)) is not None:
                return _opened(work, mailbox, mail, before)
            _add(work, item, mail)
            return Taken("added", item)
    return _opened(work, mailbox, mail)


def _over_for_good(work: Work, mailbox: Mailbox, item: Subject) -> Request | None:
    """Returns the request that an answer no longer opens again: it ended too long ago, or was refused, which a mail never undoes."""
    if item.kind != "request":
        return None
    found = one_request(work.connection, int(item.id))
    if found.state is RequestState.REFUSED:
        return found
    is_old = found.closed_at is not None and (work.now - found.closed_at).total_seconds() > mailbox.reopens_s
    return found if found.state.is_over and is_old else None


def _bounced(work: Work, mail: Incoming) -> Taken:
    named = item_in_id(mail.reported, _domains(work))
    if named is None:
        return Taken("bounce", next(_items_named(work, mail), None), mail.reason)
    about, number = named
    is_ours = note_bounced(work, about, number, f"came back: {mail.title}")
    return Taken("bounce", about if is_ours else None, mail.reason)


def _opened(work: Work, mailbox: Mailbox, mail: Incoming, before: Request | None = None) -> Taken:
    """Opens a request; one that follows `before` is of the same service and linked to it. It goes through the gate as any."""
    service = before.service if before else mailbox.opens or next(iter(mailbox.services), "")
    if not service:
        return Taken("refused", None, "this mailbox opens no requests: no service is declared for it")
    since = to_micros(work.now - timedelta(days=1))
    many = work.connection.scalar(
        select(func.count()).where(
            received.c.sender == mail.sender, received.c.verdict == "opened", received.c.received_at > since
        )
    )
    if (many or 0) >= MOST_NEW:
        return Taken("refused", None, f"{MOST_NEW} requests came from this address within a day")
    try:
        asked = Asked(
            title=mail.title, service=service, requester=mail.sender, text=_with_attachments(mail),
            requester_name=mail.sender_name, source="mail",
        )  # fmt: skip
        opened = record_request(work, asked)
    except (BadInput, Refused) as error:
        return Taken("refused", None, error.what)
    about = Subject("request", str(opened.id))
    if before is None:
        return Taken("opened", about)
    record_link(work, about, Relation.FOLLOWS, Subject("request", str(before.id)))
    return Taken("opened", about, f"{before.label} is {before.state} and stays so: it follows that one")


def _add(work: Work, item: Subject, mail: Incoming) -> None:
    """Adds what was answered to the item."""
    text = _with_attachments(mail)
    if item.kind == "request":
        record_said(work, int(item.id), text, by=mail.sender)
    else:
        work.record("incident.said", item, note=printable_lines(f"{mail.sender}:\n{text}", LONGEST_NOTE))


def _with_attachments(mail: Incoming) -> str:
    names = [
        f"{each.name} ({max(each.size // 1000, 1)} kB)" if each.size else each.name
        for each in mail.attachments
    ]
    return (
        printable_lines(f"{mail.text}\n\nAttached: {', '.join(names)}", LONGEST_NOTE) if names else mail.text
    )


# Where a mail belongs


def _items_named(work: Work, mail: Incoming) -> Iterator[Subject]:
    """Yields the items that a mail names, the surest first, each as it stands: merged ones by what they were merged into."""
    seen: set[Subject] = set()
    for named in _named(work, mail):
        found = _standing(work, named)
        if found is not None and found not in seen:
            seen.add(found)
            yield found


def _named(work: Work, mail: Incoming) -> Iterator[Subject]:
    domains = _domains(work)
    for reference in reversed(mail.references):
        if (known := item_in_id(reference, domains)) is not None:
            yield known[0]
    tags = {box.tag.lower() for box in declared_mailboxes(work.connection)}
    for tag, name in _TAG.findall(mail.title):
        subject = subject_called(name)
        if tag.lower() in tags and subject is not None:
            yield subject
    if mail.references:
        rows = work.connection.execute(
            select(received.c.about_kind, received.c.about_id)
            .where(received.c.message_id.in_(mail.references[-50:]), received.c.about_id != "")
            .order_by(received.c.id.desc())
            .limit(5)
        )
        yield from (Subject(*row) for row in rows.all())


def _standing(work: Work, item: Subject) -> Subject | None:
    """Returns the item that stands for one: itself, or what it was merged into; None where there is none."""
    if not item.id.isdecimal():
        return None
    if item.kind == "incident":
        is_there = work.connection.scalar(select(incident.c.id).where(incident.c.id == int(item.id)))
        return item if is_there is not None else None
    if item.kind != "request":
        return None
    number = standing_for(work.connection, int(item.id))
    return None if number is None else Subject("request", str(number))


def _may_add(work: Work, item: Subject, sender: str) -> bool:
    """Tells whether somebody may add to an item: who asked, somebody of the same domain, or who was written to about it.

    Who asked for what was merged into it asked, too.
    """
    if item.kind == "request":
        asked = work.connection.scalar(select(request.c.requester).where(request.c.id == int(item.id))) or ""
        merged = (each.requester for each in merged_in(work.connection, [int(item.id)]))
        requesters = {each.lower() for each in (asked, *merged)}
        if sender.lower() in requesters:
            return True
        domain = sender.rpartition("@")[2]
        if domain not in OPEN_TO_ALL and any(each.endswith(f"@{domain}") for each in requesters):
            return True
    written_to = select(message.c.id).where(
        message.c.about_kind == item.kind, message.c.about_id == item.id, message.c.recipient == sender
    )
    return work.connection.scalar(written_to.limit(1)) is not None


def _came_before(work: Work, mail: Incoming) -> bool:
    if not mail.message_id:
        return False
    same = select(received.c.id).where(
        received.c.message_id == mail.message_id,
        received.c.sender == mail.sender,
        received.c.body == mail.text,
    )
    return work.connection.scalar(same.limit(1)) is not None


def _domains(work: Work) -> set[str]:
    return {box.domain for box in declared_mailboxes(work.connection)}


# Refusals


def _answer_refusal(
    work: Work, mailbox: Mailbox, mail: Incoming, subject: Subject, purpose: str, reason: str, cause: Recorded
) -> None:
    """Tells the sender why nothing came of a mail, once a day however many there are."""
    if not (mail.sender and mailbox.smtp_host):
        return
    fields = {
        "title": mail.title,
        "text": reason,
        "requester": mail.sender_name or mail.sender,
        "team": mailbox.name or mailbox.id,
    }
    text = written(purpose, fields, declared_texts(work.connection))
    queue(
        work, subject=subject, purpose=purpose, channel=f"mail:{mailbox.id}", recipient=mail.sender, title=text.title,
        body=text.body, key=f"{purpose} {mail.sender} {work.now:%Y-%m-%d}", cause=cause,
    )  # fmt: skip


OPEN_TO_ALL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.de", "gmx.net",
     "web.de", "aol.com", "proton.me", "protonmail.com", "mail.ru", "qq.com", "163.com", "t-online.de"}
)  # fmt: skip
"""Domains where anybody has an address: of two of them nothing follows."""
