"""What a line behind `:` names by its form alone: a subject by its number, a list with what it is to show. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.journal.wording import number_in

if TYPE_CHECKING:
    from collections.abc import Collection

_BY_NUMBER: Final = {
    "R": "request",
    "RV": "review",
    "F": "findings",
    "G": "access",
    "SG": "signals",
}
"""The views that show any subject of such a letter, whether or not it is known here."""
_LISTS: Final = {"queue": "R", "findings": "F", "signals": "SG", "access": "G"}
"""Lists that are asked for with what they are to show, and the letter of what they list."""


def place_named(line: str) -> tuple[str, str] | None:
    """Returns the view that a line names, and what is to be shown there; None for any other line."""
    word, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if word == "find":
        return word, f"/{rest}"
    if word in _LISTS:
        return word, _shown_in(word, rest)
    name = subject_named(line)
    return None if name is None else (_BY_NUMBER[name.partition("-")[0]], name)


def subject_named(line: str) -> str | None:
    """Returns the name of the subject that a line names by its number (`R-7`), whether or not there is one; None for any other."""
    letter, number = line.strip().upper().partition("-")[0], number_in(line.strip())
    return None if number is None or letter not in _BY_NUMBER else f"{letter}-{number}"


def _shown_in(name: str, words: str) -> str:
    """Returns what a list is asked to show: one of its views by name, one of its subjects, or what passes a filter."""
    if words in _views_of(name):
        return words
    subject = subject_named(words)
    if name != "queue" and subject is not None and subject.partition("-")[0] == _LISTS[name]:
        return subject
    return f"/{words}"


def _views_of(name: str) -> Collection[str]:
    if name == "queue":
        from core.desk.requests.pages import VIEWS as OF_QUEUE

        return OF_QUEUE
    if name == "findings":
        from core.security.findings.pages import VIEWS as OF_FINDINGS

        return OF_FINDINGS
    if name == "signals":
        from core.security.signals.pages import VIEWS as OF_SIGNALS

        return OF_SIGNALS
    from core.security.grants.pages import VIEWS as OF_GRANTS

    return OF_GRANTS
