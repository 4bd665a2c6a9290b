"""A mail that came in, as a value: who it is from, what it says, what kind of mail it is, and which item it names.

Pure, and total: whatever bytes come, a value comes out. What it says of its sender is what the mail says; whether that is
so only the receiving server can know (`verified`).
"""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from base64 import b64decode
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from io import BytesIO
from typing import TYPE_CHECKING, Final

from core.desk.mail.html_text import html_text
from core.desk.mail.letters import ids_in
from core.desk.mail.mime_leaves import Leaf, Lines, Parts, parts_of
from core.desk.mail.quoted_text import new_text
from core.desk.mail.verdicts import Verdict, reported_id, verdict_of, verified_by
from core.desk.messages.model import checked_address
from core.errors import BadInput
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from email.message import Message

LONGEST_TEXT: Final = 20_000
MOST_ATTACHMENTS: Final = 50
NO_TEXT: Final = "(no text)"
_WHOLE_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail; its content stays where the mail is. Its size in bytes is close, not exact."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as it was understood. Texts are fit to be shown; `sender` is empty where it names nobody that can be answered."""

    key: str  # the same for the same mail, another for any other
    message_id: str
    sender: str
    sender_name: str
    reply_to: str
    title: str
    text: str  # what is new in it, without what it quotes
    references: tuple[str, ...]  # Message-IDs that it names, the nearest last
    attachments: tuple[Attachment, ...]
    verdict: Verdict
    reason: str  # why the verdict is what it is
    verified: str  # `yes`, `forged`, or why it is not known
    reported: str = ""  # of a bounce: the Message-ID of what did not arrive
    length: int = 0


def read_mail(source: bytes | Lines, *, own: Collection[str] = (), authority: str = "") -> Incoming:
    """Returns what a mail says. `own` are the addresses of our mailboxes; `authority` whose word on the sender is believed."""
    file = _Hashed(BytesIO(source) if isinstance(source, bytes) else source)
    parts = parts_of(file)
    headers = parts.headers
    sender, name = _address(headers, "From", "Sender", "Return-Path")
    answer, _ = _address(headers, "Reply-To")
    verdict, reason = verdict_of(parts, sender, own)
    message_id = next(iter(ids_in(_raw(headers, "Message-ID"))), "")
    return Incoming(
        key=f"{message_id[:250]} {file.digest()}",
        message_id=message_id,
        sender=sender,
        sender_name=name,
        reply_to=answer or sender,
        title=printable(" ".join(_decoded(_raw(headers, "Subject")).split()), 200) or "(no subject)",
        text=new_text(_text(parts)) or NO_TEXT,
        references=tuple(
            dict.fromkeys([*ids_in(_raw(headers, "References")), *ids_in(_raw(headers, "In-Reply-To"))])
        ),
        attachments=_attachments(parts),
        verdict=verdict,
        reason=reason,
        verified=verified_by(headers, sender, authority),
        reported=reported_id(parts) if verdict is Verdict.BOUNCE else "",
        length=parts.length,
    )


class _Hashed:
    """The lines of a mail, and the digest of what was read of them."""

    def __init__(self, lines: Lines) -> None:
        self._lines, self._digest = lines, hashlib.sha256()

    def readline(self, limit: int, /) -> bytes:
        line = self._lines.readline(limit)
        self._digest.update(line)
        return line

    def digest(self) -> str:
        return self._digest.hexdigest()


def _raw(headers: Message, name: str) -> str:
    """Returns a header as it is written; bytes that are no ASCII as UTF-8 where they are, else as Windows wrote them."""
    for given, value in headers.raw_items():
        if given.lower() == name.lower():
            return _as_text(str(value).encode("utf-8", "surrogateescape"), "utf-8")
    return ""


def _decoded(value: str) -> str:
    """Returns a header with its encoded words (RFC 2047) read; one that cannot be read stays as it is written."""
    try:
        pieces = decode_header(value[:20_000])
    except (HeaderParseError, ValueError, IndexError):
        return value
    return "".join(
        _as_text(piece, charset or "utf-8") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _address(headers: Message, *names: str) -> tuple[str, str]:
    """Returns the first address that can be answered in these headers, and the name beside it."""
    for header in names:
        for name, address in getaddresses([_raw(headers, header)[:5000]])[:20]:
            try:
                return checked_address(address), printable(_decoded(name), 100)
            except BadInput:
                continue
    return "", ""


def _as_text(data: bytes, charset: str) -> str:
    """Returns bytes as text: as they say, or else as UTF-8, or else as Windows has written for decades."""
    for attempt in (charset, "utf-8"):
        try:
            return data.decode(attempt)
        except (LookupError, ValueError):  # there is no such charset; it is another one
            continue
    return data.decode("cp1252", "replace")


def _text(parts: Parts) -> str:
    """Returns what a person reads of a mail: its plain texts, or where they say nothing its HTML as text."""
    for kind in ("text/plain", "text/html"):
        texts = [_of_leaf(leaf) for leaf in parts.leaves if leaf.kind == kind and not _is_attached(leaf)]
        found = printable_lines("\n".join(text for text in texts if text.strip()), LONGEST_TEXT * 2).strip()
        if found:
            return printable_lines(found, LONGEST_TEXT)
    return ""


def _of_leaf(leaf: Leaf) -> str:
    data = _plain_bytes(leaf)
    charset = leaf.headers.get_content_charset() or "us-ascii"
    text = _as_text(data, "utf-8" if charset in {"us-ascii", "ascii", "unknown-8bit"} else charset)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return html_text(text) if leaf.kind == "text/html" else text


def _plain_bytes(leaf: Leaf) -> bytes:
    """Returns the content without its transfer encoding; what is wrong in that is passed over."""
    encoding = str(leaf.headers.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64":
        letters = _WHOLE_BASE64.sub(b"", leaf.content).partition(b"=")[
            0
        ]  # what lists add behind it is no more of it
        try:
            return b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
        except (binascii.Error, ValueError):
            return b""
    if encoding == "quoted-printable":
        return quopri.decodestring(leaf.content)
    return leaf.content


def _is_attached(leaf: Leaf) -> bool:
    return leaf.headers.get_content_disposition() == "attachment" or bool(_file_name(leaf))


def _file_name(leaf: Leaf) -> str:
    try:
        name = leaf.headers.get_filename() or ""
    except (ValueError, LookupError, TypeError):  # RFC 2231, written wrong
        name = "unnamed"
    plain = printable(_decoded(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")), 120)
    return plain.replace("/", "_").replace("\\", "_")


def _attachments(parts: Parts) -> tuple[Attachment, ...]:
    found = [
        Attachment(_file_name(leaf) or f"unnamed ({leaf.kind})", _size(leaf))
        for leaf in parts.leaves
        if _is_attached(leaf) or leaf.headers.get_content_maintype() != "text"
    ]
    more = len(found) - MOST_ATTACHMENTS + parts.left_out
    if more > 0 and (parts.left_out or len(found) > MOST_ATTACHMENTS):
        found = [*found[:MOST_ATTACHMENTS], Attachment(f"and {max(more, parts.left_out)} more", 0)]
    return tuple(found)


def _size(leaf: Leaf) -> int:
    encoding = str(leaf.headers.get("Content-Transfer-Encoding", "")).strip().lower()
    return leaf.length * 57 // 78 if encoding == "base64" else leaf.length
