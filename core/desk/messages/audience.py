"""Who is told what happens to a request, each person once: who asked, who asked for what was merged into it, who watches it.

Everybody hears of it in the thread of their own request: so an answer finds its way while the merge stands, and also
once it is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.catalog.queries import declared_staff
from core.desk.messages.model import MAIL, STAFF, checked_address, is_name
from core.desk.requests.queries import merged_in
from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from core.desk.requests.model import Request

REQUESTER, MERGED, WATCHER = "requester", "requester of what was merged into it", "watcher"


class Hearer(NamedTuple):
    """One person who is told: an e-mail address or a name of staff, in whose request's thread, and why."""

    channel: str
    recipient: str
    about: Request
    why: str


def hearers_of(
    connection: Connection, found: Request, watchers: Sequence[str] = (), *, by: str = ""
) -> list[Hearer]:
    """Returns who is told of a request, the requester first; who cannot be reached is left out, and nobody is in it twice.

    `watchers` are addresses and names of staff; `by` is who tells it, and as a watcher needs not be told.
    """
    emails = {name: one.email.lower() for one in declared_staff(connection) for name in (one.id, one.login)}
    seen: set[str] = set()
    hearers: list[Hearer] = []
    for channel, recipient, about, why in _all(connection, found, watchers, by):
        names = {recipient.lower(), emails.get(recipient, "")} - {""}
        if not names & seen:
            hearers.append(Hearer(channel, recipient, about, why))
        seen |= names
    return hearers


def _all(
    connection: Connection, found: Request, watchers: Sequence[str], by: str
) -> Iterator[tuple[str, str, Request, str]]:
    for about, why in ((found, REQUESTER), *((each, MERGED) for each in merged_in(connection, [found.id]))):
        if address := address_of(about.requester):
            yield MAIL, address, about, why
    for watcher in watchers:
        if address := address_of(watcher):
            yield MAIL, address, found, WATCHER
        elif watcher != by and is_name(watcher):
            yield STAFF, watcher, found, WATCHER


def address_of(requester: str) -> str:
    """Returns the address at which somebody is written to; empty where there is none."""
    try:
        return checked_address(requester)
    except BadInput:
        return ""
