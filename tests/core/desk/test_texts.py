"""The words that are sent by themselves: the agreement's own before the house's before those shipped."""

from __future__ import annotations

import pytest

from core.catalog.mail import MessageText
from core.desk.messages.texts import FIELDS, PURPOSES, check_text, written
from core.errors import BadInput

OWN = MessageText("a", "closed", "Done: $title", "By gold. $text", "gold")
ALL = MessageText("b", "closed", "Ended: $title", "By all. $text")
KNOWN = {"item": "I-7", "title": "orders hang", "text": "Restarted."}


def test_the_nearest_text_is_taken() -> None:
    assert written("closed", KNOWN, [ALL, OWN], "gold") == ("Done: orders hang", "By gold. Restarted.")
    assert written("closed", KNOWN, [ALL, OWN], "silver").body == "By all. Restarted."
    assert written("closed", KNOWN, [OWN], "silver").title == "Closed: orders hang"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_text_shipped_names_only_what_there_is(purpose: str) -> None:
    title, body = written(purpose, {name: f"<{name}>" for name in FIELDS})
    assert title
    assert "$" not in title + body
    assert "<team>" in body


def test_what_a_field_holds_is_never_filled_in_itself() -> None:
    assert written("update", {"title": "$text", "text": "costs $5 ${item}"}).body.startswith(
        "costs $5 ${item}"
    )


@pytest.mark.parametrize("text", ["$nobody", "${nobody}", "5 $", "$1", "${item", "$item.$x"])
def test_what_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_text(text)


def test_a_purpose_without_words_is_refused() -> None:
    with pytest.raises(BadInput, match="no text for 'greeting'"):
        written("greeting", KNOWN)
