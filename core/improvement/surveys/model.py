"""The words of satisfaction: what is asked, on which scale, which answer is low. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import datetime

EXPIRES_S = 14 * 86_400
"""A question that nobody answered for so long is over."""
TOKEN_SIGNS = 26
_ANSWER = re.compile(
    rf"\bR-(?P<request>\d{{1,15}}) score (?P<score>\d{{1,2}}) (?P<token>[a-z2-7]{{{TOKEN_SIGNS}}})\b",
    re.IGNORECASE,
)


class Scale(StrEnum):
    """What is asked: how satisfied somebody is, whether they would recommend it, or how easy it was."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"

    @property
    def lowest(self) -> int:
        """Returns the worst score."""
        return 0 if self is Scale.NPS else 1

    @property
    def highest(self) -> int:
        """Returns the best score."""
        return {Scale.CSAT: 5, Scale.NPS: 10, Scale.CES: 7}[self]

    @property
    def low(self) -> int:
        """Returns the highest score that asks for a follow-up."""
        return {Scale.CSAT: 2, Scale.NPS: 6, Scale.CES: 3}[self]

    @property
    def question(self) -> str:
        """Returns what the requester is asked."""
        ends = {
            Scale.CSAT: ("How satisfied are you with how this was handled?", "not at all", "very"),
            Scale.NPS: ("How likely are you to recommend us to a colleague?", "not at all", "very"),
            Scale.CES: ("How easy was it to get what you needed?", "very difficult", "very easy"),
        }[self]
        return f"{ends[0]} ({self.lowest} {ends[1]} … {self.highest} {ends[2]})"

    @property
    def scores(self) -> range:
        """Returns every score, the worst first."""
        return range(self.lowest, self.highest + 1)


class SurveyState(StrEnum):
    """Where a question to a requester stands; no answer is a value of its own."""

    ASKED = "asked"
    ANSWERED = "answered"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Survey:
    """One question to the requester of one request, and the answer."""

    request: int
    version: int
    state: SurveyState
    scale: Scale
    asked_at: datetime
    expires_at: datetime
    score: int | None = None
    comment: str = ""
    answered_at: datetime | None = None
    via: str = ""  # how the answer came: mail, phone
    action: int | None = None  # the corrective action that a low score opened

    @property
    def is_low(self) -> bool:
        """Tells whether its answer asks for a follow-up."""
        return self.score is not None and self.score <= self.scale.low

    @property
    def words(self) -> str:
        """Returns what came of it: `answered 4 of 5 by mail`."""
        if self.score is None:
            return "no answer" if self.state is SurveyState.EXPIRED else "not answered yet"
        return f"answered {self.score} of {self.scale.highest} by {self.via}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A score that somebody sent by one click on a link of their mail."""

    request: int
    score: int
    token: str


def digest(token: str) -> str:
    """Returns what is kept of a token: who reads the database cannot answer for the requester."""
    return hashlib.sha256(token.lower().encode()).hexdigest()


def answer_links(scale: Scale, request: int, token: str, address: str) -> list[str]:
    """Returns a line with a mailto link for each score, the best first: a click opens a message whose subject is the answer."""
    return [
        f"{score:>2}  mailto:{quote(address, safe='@')}?subject={quote(f'R-{request} score {score} {token}')}"
        for score in reversed(scale.scores)
    ]


def answer_in(subject: str) -> Answer | None:
    """Returns the answer that the subject of a message is; None where it is none."""
    found = _ANSWER.search(subject)
    return Answer(int(found["request"]), int(found["score"]), found["token"].lower()) if found else None
