"""Every write of messages: `queue` for whoever has something to say, the agent's steps of sending, a person's decisions.

What leaves the house is a row first, with a key that makes a second one impossible. Its entries are about the item it
speaks of, so that they stand on that item's time line; fields of a message are called `message_…` there, for an item has
a state of its own. Before a message is handed over, that is written down and committed; what became of it, afterwards.
Whatever lies between the two when its holder dies is `unknown`: it is never sent again by itself.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from core.desk.messages.model import (
    ABOUT,
    TO_DECIDE,
    Message,
    MessageState,
    backoff_s,
    checked_channel,
    checked_recipient,
    is_too_old,
)
from core.desk.messages.queries import to_message
from core.desk.messages.tables import message
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.journal.model import Subject
from core.printable import printable, printable_lines
from core.sentences import reason_of
from core.store.lease import beat
from core.store.rows import new_number, row_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.gate.model import Consent
    from core.journal.appending import Recorded
    from core.store.work import Work

DUTY = "messages"
LONGEST_TITLE, LONGEST_BODY, LONGEST_KEY = 200, 20_000, 200
HAND_OVER_S = 120.0
"""So long after it was handed over an answer is due, at the latest."""


def queue(
    work: Work,
    *,
    subject: Subject,
    purpose: str,
    channel: str,
    recipient: str,
    title: str,
    body: str,
    key: str,
    cause: int | Recorded | None = None,
) -> bool:
    """Puts a message in the outbox, in the transaction of what it tells of; tells whether it was not there already.

    `subject` is the item it is about (incident or request), `purpose` a word for why (`receipt`, `update`, …); `channel`
    is `mail` (the mailbox of the item's service), `mail:ID` or `staff`; `recipient` an address, or for staff a name.
    `key` names the occasion and the person: of a second call with the same one nothing comes. Raises BadInput.
    """
    if subject.kind not in ABOUT:
        raise BadInput(f"no message is about a {subject.kind}", next_step=f"It is about: {', '.join(ABOUT)}")
    key, title, body = (
        key[:LONGEST_KEY],
        printable(title.strip(), LONGEST_TITLE),
        printable_lines(body.strip(), LONGEST_BODY),
    )
    if not (key and title and body and purpose):
        raise BadInput("a message needs a purpose, a title, a text and a key", next_step="Nothing was queued")
    recipient = checked_recipient(checked_channel(channel), recipient)
    if work.connection.scalar(select(message.c.id).where(message.c.key == key)) is not None:
        return False
    now, number = to_micros(work.now), new_number(work, message)
    values: dict[str, Any] = {
        "purpose": printable(purpose, 40), "channel": channel, "recipient": recipient, "title": title, "body": body,
        "key": key, "state": MessageState.WAITING, "attempts": 0, "created_at": now, "since": now, "next_at": now, "sent_at": None,
        "trouble": "",
    }  # fmt: skip
    row = {"about_kind": subject.kind, "about_id": subject.id, **values}
    work.connection.execute(insert(message).values(id=number, version=1, **row))
    changes = {f"message_{name}": (None, value) for name, value in values.items()}
    work.record(
        f"{subject.kind}.message_queued", subject, {"message": (None, number), **changes}, cause=cause
    )
    return True


# What the agent does, under its lease


def hand_over(work: Work, token: int, message_id: int) -> bool:
    """Writes down that a message is handed over next; tells whether it may be: it waits, and nobody has it in hand.

    Nothing anybody decides by changes, so no entry is made; the database keeps it all the same. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    work.is_quiet = True
    done = work.connection.execute(
        update(message)
        .where(message.c.id == message_id, message.c.state == MessageState.WAITING, message.c.until.is_(None))
        .values(token=token, until=to_micros(work.now + timedelta(seconds=HAND_OVER_S)))
    )
    return done.rowcount == 1


def take_back(work: Work, token: int, message_id: int) -> None:
    """Writes down that what was to be handed over was not: it waits as before. Raises LeaseLost."""
    beat(work, DUTY, token)
    work.is_quiet = True
    work.connection.execute(
        update(message)
        .where(message.c.id == message_id, message.c.token == token)
        .values(token=None, until=None)
    )


def note_sent(work: Work, token: int, message_id: int) -> None:
    """Writes down that the other side took a message that was handed over. Raises LeaseLost."""
    beat(work, DUTY, token)
    row = row_of(work, message, "message", message_id)
    if row.state == MessageState.WAITING:
        _revise(
            work,
            row,
            "sent",
            state=MessageState.SENT,
            sent_at=to_micros(work.now),
            next_at=None,
            attempts=row.attempts + 1,
        )


def note_failed(work: Work, token: int, message_id: int, why: str, *, for_good: bool) -> Message:
    """Writes down that a message was not taken: it is tried again later, or is undelivered `for_good` or by its age.

    Raises LeaseLost.
    """
    beat(work, DUTY, token)
    row = row_of(work, message, "message", message_id)
    if row.state != MessageState.WAITING:
        return to_message(row)
    attempts = row.attempts + 1
    after: dict[str, Any] = {"attempts": attempts, "trouble": printable(why, 500)}
    if for_good or is_too_old(from_micros(row.since), work.now):
        return _revise(work, row, "undelivered", state=MessageState.UNDELIVERED, next_at=None, **after)
    next_at = to_micros(work.now + timedelta(seconds=backoff_s(attempts)))
    return _revise(work, row, "delayed", next_at=next_at, **after)


def note_unknown(work: Work, token: int, message_id: int, why: str) -> None:
    """Writes down that a message was handed over and that no answer came. Raises LeaseLost."""
    beat(work, DUTY, token)
    row = row_of(work, message, "message", message_id)
    if row.state == MessageState.WAITING:
        _lose(work, row, why)


def lose_handed_over(work: Work, token: int, but_not: Collection[int] = ()) -> int:
    """Makes unknown what earlier holders of the duty had handed over when they ended, and what was in hand too long.

    Returns how many. `but_not` is what the present holder is at. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    rows = work.connection.execute(
        select(message)
        .where(
            message.c.state == MessageState.WAITING,
            message.c.until.is_not(None),
            or_(message.c.token != token, message.c.until < to_micros(work.now)),
            message.c.id.not_in(list(but_not)),
        )
        .order_by(message.c.id)
        .limit(500)
        .with_for_update()
    ).all()
    for row in rows:
        _lose(work, row, "its sender ended after it was handed over, before an answer was known")
    return len(rows)


def note_bounced(work: Work, about: Subject, message_id: int, why: str) -> bool:
    """For the agent that reads the mail: a message that was sent came back; tells whether there is such a one."""
    row = work.connection.execute(
        select(message)
        .where(message.c.id == message_id, message.c.about_kind == about.kind, message.c.about_id == about.id)
        .with_for_update()
    ).first()
    if row is None:
        return False
    if row.state in {MessageState.SENT, MessageState.UNKNOWN}:
        _revise(work, row, "undelivered", state=MessageState.UNDELIVERED, trouble=printable(why, 500))
    return True


# What a person decides


def retry_message(work: Work, message_id: int, consent: Consent, seen: int | None = None) -> Message:
    """Has a dead letter sent again; one that is unknown may then arrive twice, so it is asked for. Level 2."""
    admit(work, "message.retry", [f"M-{message_id}"], consent)
    row = row_of(work, message, "message", message_id, seen)
    if row.state not in TO_DECIDE:
        raise NotPossible(
            f"M-{message_id} is {row.state}", next_step="Only what is undelivered or unknown is sent again"
        )
    now = to_micros(work.now)
    return _revise(
        work, row, "retried", state=MessageState.WAITING, next_at=now, attempts=0, trouble="", since=now
    )


def drop_message(
    work: Work, message_id: int, reason: str, consent: Consent, seen: int | None = None
) -> Message:
    """Has a message never sent, or not again, with the reason. Level 2. Raises NotPossible while it is in hand."""
    admit(work, "message.drop", [f"M-{message_id}"], consent)
    reason = reason_of(reason, "a reason is asked for: why it is not to be sent")
    row = row_of(work, message, "message", message_id, seen)
    if row.state not in {MessageState.WAITING, *TO_DECIDE} or (
        row.state == MessageState.WAITING and row.until is not None
    ):
        standing = "being handed over" if row.state == MessageState.WAITING else row.state
        raise NotPossible(
            f"M-{message_id} is {standing}; it cannot be dropped", next_step="Nothing was changed"
        )
    return _revise(work, row, "cancelled", note=reason, state=MessageState.CANCELLED, next_at=None)


def _lose(work: Work, row: Any, why: str) -> None:
    _revise(
        work,
        row,
        "unknown",
        state=MessageState.UNKNOWN,
        next_at=None,
        attempts=row.attempts + 1,
        trouble=printable(why, 500),
    )


def _revise(work: Work, row: Any, what: str, *, note: str = "", **after: Any) -> Message:
    """Sets fields of a message that nobody has in hand any more, and says so on its item's time line."""
    values = {name: value for name, value in after.items() if getattr(row, name) != value}
    written = {**values, "version": row.version + 1, "token": None, "until": None}
    work.connection.execute(update(message).where(message.c.id == row.id).values(**written))
    about = Subject(row.about_kind, row.about_id)
    changes = {f"message_{name}": (getattr(row, name), value) for name, value in values.items()}
    said = {"message": (None, row.id), "message_recipient": (None, row.recipient), **changes}
    work.record(f"{about.kind}.message_{what}", about, said, note=note)
    return to_message(SimpleNamespace(**{**row._asdict(), **written}))
