"""The replies that are written again and again, each behind one key: those declared, and behind them those shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.catalog.queries import declared_replies
from core.desk.messages.texts import filled_in
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.requests.model import Request

KEYS = "123456789"


class Reply(NamedTuple):
    """A text that is put in with one key; a person may go on writing in it."""

    key: str
    name: str
    text: str


REPLIES = (
    Reply("1", "we see it", "We have seen it and are working on it. You hear from us again as soon as we know more."),
    Reply("2", "needs a word from you", "To go on we need to know: since when, on which device, and what exactly you see?"),
    Reply("3", "a way round", "Until it is mended there is a way round: "),
    Reply("4", "still at it", "We are still at work on it. It takes longer than we thought, and we have not forgotten you."),
    Reply("5", "please try again", "It should work again. Please try, and tell us whether it does."),
    Reply("6", "done", "It is done. If anything is missing, answer this message."),
    Reply("7", "given on", "We have given it to those who look after this, and go on following it for you."),
)  # fmt: skip
"""Offered where nothing is written yet."""


def offered(connection: Connection, found: Sequence[Request], actor: str) -> tuple[Reply, ...]:
    """Returns the replies to the requesters of requests, at most nine: those declared for all of their services come first.

    Of one request the fields are filled in; over several they stay as they are, and are filled in for each.
    """
    services = {each.service for each in found}
    texts: list[tuple[str, str]] = []
    for each in declared_replies(connection):
        if not each.services or services <= set(each.services):
            body = filled(each.body, found[0], actor) if len(found) == 1 else each.body
            texts.append((printable(each.title, 40), body))
    texts += [(each.name, each.text) for each in REPLIES]
    return tuple(Reply(key, *text) for key, text in zip(KEYS, texts, strict=False))


def filled(body: str, found: Request, actor: str) -> str:
    """Returns a declared text with what its fields are of a request; what is not known is empty."""
    return filled_in(
        body,
        {
            "item": found.label, "title": found.title, "service": found.service, "customer": found.customer,
            "requester": found.requester_name or found.requester, "state": found.standing, "me": actor,
            "due": f"{found.due:%Y-%m-%d %H:%M} UTC" if found.due is not None else "",
        },
    )  # fmt: skip
