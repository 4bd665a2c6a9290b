"""The replies that are written again and again, each behind one key. Pure."""

from __future__ import annotations

from typing import NamedTuple


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


def reply_of(key: str) -> Reply | None:
    """Returns the reply behind a key."""
    return next((reply for reply in REPLIES if reply.key == key), None)
