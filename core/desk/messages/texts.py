"""The words of what is sent by itself: which purposes there are, what a text may name, and the texts shipped. Pure."""

from __future__ import annotations

from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.catalog.mail import MessageText

FIELDS: Final = MappingProxyType(
    {
        "item": "what people call it: I-7",
        "title": "its title",
        "service": "the service it is about",
        "customer": "who has the service",
        "requester": "who asked, by name or address",
        "state": "where it stands",
        "text": "what a person wrote, or the reason",
        "due": "by when the next promise is due",
        "clause": "the clause of the agreement that decided",
        "answers": "the lines with which a survey is answered",
        "team": "how the mailbox calls itself",
    }
)
"""What a text may name as `$field` or `${field}`; a field that nothing is known of is empty."""


class Shipped(NamedTuple):
    """A text of the program's own."""

    title: str
    body: str


_END = "\n\nAnswer this message to add to $item.\n\n$team"
PURPOSES: Final = MappingProxyType(
    {
        "receipt": Shipped(
            "Received: $title",
            "Your request is recorded as $item: $title\n\nWe work on it under the agreement for $service. $due" + _END,
        ),
        "update": Shipped("$title", "$text" + _END),
        "reply": Shipped("$title", "$text" + _END),
        "waiting": Shipped(
            "We need something from you: $title",
            "To go on with $item we need an answer from you:\n\n$text\n\nUntil it comes, the time that we promised stands still."
            + _END,
        ),
        "resolved": Shipped(
            "Resolved: $title",
            "$item is resolved:\n\n$text\n\nIf it is not, answer this message and it is opened again.\n\n$answers\n\n$team",
        ),
        "closed": Shipped("Closed: $title", "$item is closed.\n\n$text\n\n$team"),
        "refused": Shipped(
            "Not taken: $title",
            "Your message could not be taken as a request:\n\n$text\n\n$clause\n\nNothing was begun. $team",
        ),
        "held": Shipped(
            "Waits for a decision: $title",
            "$item is recorded and waits for a decision, for the agreement does not plainly cover it:\n\n$text\n\n$clause\n\n$team",
        ),
        "watched": Shipped(
            "$title", "$item is $state. Its requester is told:\n\n$text\n\nYou are told because you watch it.\n\n$team"
        ),
        "answer-refused": Shipped("Not counted: your answer", "Your answer could not be counted:\n\n$text\n\n$team"),
        "merged": Shipped(
            "Goes on together: $title",
            "$item is about the same as another request, and goes on together with it:\n\n$text\n\n"
            "Whatever you answer to either is read there, and you are told how it stands.\n\n$team",
        ),
        "unmerged": Shipped("Goes on by itself: $title", "$item no longer goes on with $text, but by itself." + _END),
        "survey": Shipped(
            "How did we do: $title", "$item is done. One answer is enough:\n\n$answers\n\nNothing else is asked. $team"
        ),
    }
)  # fmt: skip
"""Purposes, each with the text that is sent where no template of the agreement says otherwise."""
BY_PERSON: Final = frozenset({"reply", "update", "waiting"})
"""Purposes whose text a person wrote: all others are marked as made by a program (RFC 3834)."""


REPLY_FIELDS: Final = MappingProxyType(
    {
        "item": FIELDS["item"],
        "title": FIELDS["title"],
        "service": FIELDS["service"],
        "customer": FIELDS["customer"],
        "requester": FIELDS["requester"],
        "state": FIELDS["state"],
        "due": FIELDS["due"],
        "me": "who writes it",
    }
)
"""What a reply that is put into an answer may name."""


def check_reply(text: str) -> str:
    """Returns a reply as it is written; raises BadInput where it names what there is not, or has a lone `$`."""
    return check_text(text, REPLY_FIELDS)


def filled_in(text: str, fields: Mapping[str, str]) -> str:
    """Returns a reply with its fields filled in; what is not known is empty, and no other name is looked at."""
    values = dict.fromkeys(REPLY_FIELDS, "") | {
        name: value for name, value in fields.items() if name in REPLY_FIELDS
    }
    return Template(text).safe_substitute(values).strip()


def check_text(text: str, fields: Mapping[str, str] = FIELDS) -> str:
    """Returns a text as it is written; raises BadInput where it names what there is not, or has a lone `$`."""
    template = Template(text)
    if not template.is_valid():
        raise BadInput("has a $ that begins no field", next_step="Write $$ where a dollar sign is meant")
    for name in template.get_identifiers():
        if name not in fields:
            raise BadInput(f"names ${name}, which there is not", next_step=f"There are: {', '.join(fields)}")
    return text


def written(
    purpose: str, fields: Mapping[str, str], texts: Iterable[MessageText] = (), agreement: str = ""
) -> Shipped:
    """Returns title and body of a purpose under an agreement, with every field filled in; what is not known is empty.

    The agreement's own text comes before one for all agreements, and that before the one shipped. Raises BadInput for a
    purpose that has no text.
    """
    found = {
        text.agreement: text
        for text in texts
        if text.purpose == purpose and text.agreement in {"", agreement}
    }
    own = found.get(agreement) or found.get("")
    chosen = Shipped(own.title, own.body) if own else PURPOSES.get(purpose)
    if chosen is None:
        raise BadInput(f"there is no text for {purpose!r}", next_step=f"There are: {', '.join(PURPOSES)}")
    values = dict.fromkeys(FIELDS, "") | {name: value for name, value in fields.items() if name in FIELDS}
    title, body = (Template(check_text(part)).substitute(values) for part in chosen)
    return Shipped(" ".join(title.split()), body.strip())
