"""The filter line of the log: words, `field:word`, `!` in front to invert. All must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.journal.body import body_text
from core.journal.wording import subject_called

if TYPE_CHECKING:
    from core.journal.model import Entry, Subject

FIELDS = ("kind", "actor", "via", "subject")


@dataclass(frozen=True, slots=True)
class Term:
    """One word asked for: in `field`, or anywhere when that is empty."""

    text: str
    field: str = ""
    inverted: bool = False

    @property
    def subject(self) -> Subject | None:
        """Returns the subject it names as people do (I-3), which its text alone would not find."""
        return subject_called(self.text) if self.field in {"", "subject"} else None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A parsed filter line; no terms let everything through."""

    terms: tuple[Term, ...] = ()

    def lets_through(self, entry: Entry) -> bool:
        """Tells whether `entry` passes; the same rule as the database's, for entries that arrive live."""
        return all(_holds(term, entry) for term in self.terms)


def parse_log_filter(line: str) -> LogFilter:
    """Returns the filter that `line` asks for. Any text is a filter; an unknown field is searched as plain text."""
    terms = []
    for word in line.split():
        inverted = word.startswith("!")
        body = word[1:] if inverted else word
        field, colon, text = body.partition(":")
        if colon and field in FIELDS and text:
            terms.append(Term(text, field, inverted))
        elif body:
            terms.append(Term(body, "", inverted))
    return LogFilter(tuple(terms))


def _holds(term: Term, entry: Entry) -> bool:
    values = {"kind": entry.kind, "actor": entry.actor, "via": str(entry.via), "subject": str(entry.subject)}
    haystack = (
        [values[term.field]] if term.field else [*values.values(), body_text(entry.changes, entry.note)]
    )
    wanted = term.text.lower()
    is_about = term.subject is not None and entry.subject == term.subject
    return (is_about or any(wanted in text.lower() for text in haystack)) != term.inverted
