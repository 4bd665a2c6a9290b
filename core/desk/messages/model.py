"""The words of what is sent to people: messages, where each stands, and when it is tried again. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.journal.wording import label
from core.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from core.journal.model import Subject

MAIL, STAFF = "mail", "staff"
"""Channels: electronic mail to an address (`mail:ID` through one mailbox), and staff by the name of a kept address."""
ABOUT = ("incident", "request", "mail", "action", "review", "access_request")
"""What a message can be about (a mail that was refused, too): its entries stand on that item's time line."""
BACKOFF_S = (15.0, 60.0, 300.0, 1800.0)
"""How long after a failed attempt the next one is made; the last holds for all further ones."""
LONGEST_S = 2 * 86400.0
"""A message that could not be delivered for so long is undelivered: a person decides."""
LONGEST_ADDRESS = 254
"""Octets of an address at most (RFC 5321, 4.5.3.1.3, without its brackets)."""
_CHANNEL = re.compile(r"(?:mail(?::[a-z0-9][a-z0-9._-]*)?|staff)")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class MessageState(StrEnum):
    """Where a message stands, in the order of its life."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"
    """It was handed over and no answer is known: it may have arrived, so it is never sent again by itself."""
    UNDELIVERED = "undelivered"
    CANCELLED = "cancelled"


TO_DECIDE = (MessageState.UNKNOWN, MessageState.UNDELIVERED)
"""States out of which only a person brings a message: the list of dead letters."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one person about one item. `handed_until` is set while it is handed over and no answer is known."""

    id: int
    version: int
    about: Subject
    purpose: str
    channel: str
    recipient: str
    title: str
    body: str
    state: MessageState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    trouble: str
    handed_until: datetime | None = None

    @property
    def label(self) -> str:
        """Returns how people name it: M-12."""
        return f"M-{self.id}"

    @property
    def standing(self) -> str:
        """Returns its state in words."""
        if self.state is MessageState.WAITING and self.handed_until is not None:
            return "sending"
        if self.state is MessageState.WAITING and self.attempts:
            return f"waiting, tried {self.attempts} times" if self.attempts > 1 else "waiting, tried once"
        return str(self.state)

    @property
    def account(self) -> str:
        """Returns the mailbox it is to go through; empty where its service decides."""
        return self.channel.partition(":")[2]


def backoff_s(attempts: int) -> float:
    """Returns how many seconds after its `attempts`-th failed attempt a message is tried again."""
    return BACKOFF_S[min(max(attempts, 1), len(BACKOFF_S)) - 1]


def is_too_old(since: datetime, now: datetime) -> bool:
    """Tells whether no further attempt is made by itself."""
    return (now - since).total_seconds() >= LONGEST_S


def tag_of(about: Subject, name: str) -> str:
    """Returns what a subject line says of the item: `[acme I-7]`."""
    return f"[{name} {label(*about)}]"


def checked_channel(channel: str) -> str:
    """Returns the channel; raises BadInput for one that there is not."""
    if _CHANNEL.fullmatch(channel) is None:
        raise BadInput(f"there is no channel {channel[:40]!r}", next_step="It is mail, mail:MAILBOX or staff")
    return channel


def is_name(text: str) -> bool:
    """Tells whether a text can be the name of one of the staff."""
    return _NAME.fullmatch(text) is not None


def checked_recipient(channel: str, recipient: str) -> str:
    """Returns to whom a message goes, as it is kept: an address for mail, a name for staff. Raises BadInput."""
    if channel != STAFF:
        return checked_address(recipient)
    if not is_name(recipient):
        raise BadInput(
            f"{printable(recipient, 60)!r} is no name of staff", next_step="Write it as the catalog does"
        )
    return recipient


def checked_address(text: str) -> str:
    """Returns an e-mail address with its host in lower case; raises BadInput for what cannot be one.

    Asked for are the plain forms of RFC 5321: no quoted local parts, no addresses in brackets. A host written in other
    letters becomes its ASCII form (IDNA).
    """
    text = text.strip()
    local, sign, host = text.rpartition("@")
    try:
        host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError:
        host = ""
    is_right = bool(sign) and _LOCAL.fullmatch(local) and _HOST.fullmatch(host) and len(local) <= 64
    if not is_right or len(local) + len(host) >= LONGEST_ADDRESS:
        raise BadInput(
            f"{printable(text, 80)!r} is not an e-mail address", next_step="Write it as name@example.org"
        )
    return f"{local}@{host}"
