"""What is declared of mail, as frozen values: the mailboxes, and the texts that are sent through them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.catalog.later import LATER

Security = Literal["starttls", "tls", "none"]
REOPENS_S = 14 * 86_400.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One account: through which server it sends, and where what comes in is read. Its password is kept elsewhere."""

    id: str
    address: str  # what messages are from, and where answers go
    name: str = ""  # how people see it: `Acme Support`
    tag: str = ""  # what a subject line carries before the item: `[acme I-7]`
    services: tuple[str, ...] = ()  # whose messages it carries; empty: those that no other mailbox names
    smtp_host: str = ""  # empty: it only reads
    smtp_port: int = 587
    smtp_security: Security = "starttls"
    imap_host: str = ""
    imap_port: int = 993
    imap_security: Security = "tls"
    imap_folder: str = "INBOX"
    maildir: str = ""  # a directory with new/ and cur/, read instead of an account
    opens: str = ""  # the service that a new mail asks for; empty: the first of `services`
    user: str = ""  # empty: no login
    authority: str = ""  # whose Authentication-Results are believed: the receiving server's own name
    reopens_s: float = field(
        default=REOPENS_S, metadata=LATER
    )  # so long an answer opens a closed request again

    @property
    def domain(self) -> str:
        """Returns the domain of its address, in which its messages are numbered."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class MessageText:
    """The words of one purpose, for one agreement or for all that have none of their own."""

    id: str
    purpose: str
    title: str
    body: str
    agreement: str = ""
