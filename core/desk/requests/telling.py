"""What the requesters of requests read: looked at before it goes, and sent with what its fields are of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.desk.messages.contact import previews
from core.desk.requests import commands
from core.desk.requests.queries import to_request
from core.desk.requests.replies import filled
from core.desk.requests.tables import request
from core.errors import BadInput, NotPossible
from core.printable import printable_lines
from core.store.rows import row_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.requests.model import Request
    from core.store.work import Work

_MARK = "%%what is written%%"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes out where the requester of one request is told something, for any text.

    `also` are those who read it besides, each with why. `why_not` says why nothing goes, where nothing does.
    """

    request: Request
    recipient: str
    sender: str = ""
    subject: str = ""
    body: str = ""
    answers: str = ""
    also: tuple[str, ...] = ()
    why_not: str = ""

    def letter(self, text: str, actor: str, *, fills: bool = False) -> str:
        """Returns what they read, from the subject on, for what was written; with `fills` its fields are filled in."""
        said = printable_lines((filled(text, self.request, actor) if fills else text).strip())
        if self.why_not:
            return f"no mail goes: {self.why_not}\non the time line of {self.request.label}:\n\n{said}"
        return f"{self.subject}\n\n{self.body}".replace(_MARK, said)


def outgoing(
    connection: Connection, found: Sequence[Request], now: datetime, *, by: str = ""
) -> list[Outgoing]:
    """Returns what would go out for each request, told by somebody, who is not told it as well."""
    return [_outgoing(connection, each, now, by) for each in found]


def _outgoing(connection: Connection, found: Request, now: datetime, by: str) -> Outgoing:
    try:
        first, *others = previews(connection, found, "update", _MARK, now, by=by)
    except (BadInput, NotPossible) as error:
        return Outgoing(found, found.requester, why_not=error.what)
    also = tuple(f"{each.going.recipient} ({each.going.why})" for each in others)
    going, letter, text = first.going, first.letter, first.text
    if letter is None:
        return Outgoing(found, going.recipient, subject=text.title, body=text.body, also=also)
    return Outgoing(
        found, letter.recipient, letter.sender, letter.subject, letter.body, letter.answers, also
    )  # fmt: skip


def tell_filled(work: Work, request_id: int, text: str, seen: int | None = None) -> Request:
    """Tells the requester of a request what was written for several, with its fields filled in. Level 1."""
    found = to_request(row_of(work, request, "request", request_id, seen))
    return commands.tell_requester(work, request_id, filled(text, found, work.actor), seen)
