"""What is declared for who works the queue, as frozen values: the replies that are written again and again, and macros."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A reply that is put in with one key. `body` may name `$fields`; `services` are those it is offered for, empty: all."""

    id: str
    title: str
    body: str
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Macro:
    """Several doings under one name: a reply, a state, an owner, a priority. What is empty is left as it is."""

    id: str
    title: str
    reply: str = ""
    state: str = ""  # acknowledged, in progress, waiting (on the customer) or delivered
    owner: str = ""  # `me`, `nobody`, or the id of one of the staff
    priority: int | None = None
