"""`[[mailbox]]` and `[[template]]` as they are written in a catalog file."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.catalog import mail
from core.catalog.fields import AbsolutePath, Duration, Given, Id, Line, Names, Note, Plain, Title, told
from core.catalog.nearest import did_you_mean, listed
from core.catalog.probe_declaration import Declaration
from core.desk.messages.model import checked_address
from core.desk.messages.texts import PURPOSES, check_text
from core.errors import BadInput

Security = Literal["starttls", "tls", "none"]
Port = Annotated[int, Field(ge=0, le=65535)]
_SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_IMAP_PORTS = {"starttls": 143, "tls": 993, "none": 143}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _address(text: str) -> str:
    try:
        return checked_address(text)
    except BadInput as error:
        raise told(error.what, error.next_step) from error


def _purpose(text: str) -> str:
    if text not in PURPOSES:
        what = f'there is no text for "{text[:40]}"'
        raise told(what, did_you_mean(text, PURPOSES, f"There are: {listed(PURPOSES)}"))
    return text


def _fields(text: str) -> str:
    try:
        return check_text(text)
    except BadInput as error:
        raise told(error.what, error.next_step) from error


class MailboxDeclaration(Declaration):
    """`[[mailbox]]`. Ports that are not given follow from the security: SMTP 587, 465, 25; IMAP 143, 993, 143."""

    id: Id
    address: Annotated[Given, AfterValidator(_address)]
    name: Line = ""
    tag: Line = ""
    services: Names = Field(default=[])
    smtp_host: Plain = ""
    smtp_port: Port = 0
    smtp_security: Security = "starttls"
    imap_host: Plain = ""
    imap_port: Port = 0
    imap_security: Security = "tls"
    imap_folder: Given = "INBOX"
    maildir: AbsolutePath = ""
    opens: str = ""
    user: Line = ""
    authority: Line = ""
    reopens: Duration = mail.REOPENS_S

    @model_validator(mode="after")
    def _sends_or_reads(self) -> Self:
        if not (self.smtp_host or self.imap_host or self.maildir):
            ways = (("smtp_host",), ("imap_host",), ("maildir",))
            raise told(
                "neither sends nor reads", "Add smtp_host, imap_host or maildir", at=("id",), concerns=ways
            )
        if self.imap_host and self.maildir:
            raise told(
                "is read in two places",
                "Keep imap_host or maildir",
                at=("maildir",),
                concerns=(("imap_host",),),
            )
        if self.imap_host and not self.user:
            raise told(
                "reads an account without a user", "Add user", at=("imap_host",), concerns=(("user",),)
            )
        for host, security in (("smtp_host", "smtp_security"), ("imap_host", "imap_security")):
            given = getattr(self, host)
            if self.user and given and given not in _LOOPBACK and getattr(self, security) == "none":
                what = f"would send its password to {given[:60]} in the clear"
                step = 'Write "starttls" or "tls"; without encryption only this machine is logged in to'
                raise told(what, step, at=(security,), concerns=(("user",), (host,)))
        if any(letter in self.tag for letter in "[]"):
            raise told(
                "holds a bracket, which ends what stands in a subject line", "Take it out", at=("tag",)
            )
        return self

    def value(self) -> mail.Mailbox:
        """Returns the mailbox; its tag is its id unless given."""
        given = self.model_dump(exclude={"reopens"}) | {
            "services": tuple(self.services), "tag": self.tag or self.id, "reopens_s": self.reopens,
        }  # fmt: skip
        given["smtp_port"] = self.smtp_port or _SMTP_PORTS[self.smtp_security]
        given["imap_port"] = self.imap_port or _IMAP_PORTS[self.imap_security]
        return mail.Mailbox(**given)


class TemplateDeclaration(Declaration):
    """`[[template]]`: the words of one purpose; without an agreement for all that have none of their own."""

    id: Id
    purpose: Annotated[str, AfterValidator(_purpose)]
    agreement: str = ""
    title: Annotated[Title, AfterValidator(_fields)]
    body: Annotated[Note, AfterValidator(_fields), Field(min_length=1)]

    def value(self) -> mail.MessageText:
        """Returns the text."""
        return mail.MessageText(**self.model_dump())
