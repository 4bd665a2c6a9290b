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
    """The letter to the requester of one request, for any text; `why_not` says why no mail goes, where none does."""

    request: Request
    recipient: str
    sender: str = ""
    subject: str = ""
    body: str = ""
    answers: str = ""
    others: tuple[
        str, ...
    ] = ()  # who else is told the same, in words of their own: watchers, and whose was merged
    why_not: str = ""

    def letter(self, text: str, actor: str, *, fills: bool = False) -> str:
        """Returns what they read, from the subject on, for what was written; with `fills` its fields are filled in."""
        said = printable_lines((filled(text, self.request, actor) if fills else text).strip())
        if self.why_not:
            return f"no mail goes: {self.why_not}\non the time line of {self.request.label}:\n\n{said}"
        others = f"also told: {', '.join(self.others)}\n\n" if self.others else ""
        return f"{others}{self.subject}\n\n{self.body}".replace(_MARK, said)


def outgoing(
    connection: Connection, found: Sequence[Request], now: datetime, *, by: str = ""
) -> list[Outgoing]:
    """Returns what would go to the requester of each request; `by` is who writes it, who is not told it as well."""
    return [_outgoing(connection, each, now, by) for each in found]


def _outgoing(connection: Connection, found: Request, now: datetime, by: str) -> Outgoing:
    try:
        first, *more = previews(connection, found, "update", _MARK, now, by=by)
    except (BadInput, NotPossible) as error:
        return Outgoing(found, found.requester, why_not=error.what)
    others = tuple(each.going.recipient for each in more)
    letter = first.letter
    if letter is None:
        return Outgoing(found, first.going.recipient, "", first.text.title, first.text.body, others=others)
    return Outgoing(
        found, letter.recipient, letter.sender, letter.subject, letter.body, letter.answers, others
    )


def tell_filled(work: Work, request_id: int, text: str, seen: int | None = None) -> Request:
    """Tells the requester of a request what was written for several, with its fields filled in. Level 1."""
    found = to_request(row_of(work, request, "request", request_id, seen))
    return commands.tell_requester(work, request_id, filled(text, found, work.actor), seen)
