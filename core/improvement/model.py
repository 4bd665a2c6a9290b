"""The words of improvement: corrective actions, where each stands, and what it still lacks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from core.journal.model import Subject


class ActionState(StrEnum):
    """Where a corrective action stands, in the order of its life."""

    OPEN = "open"
    NOT_EFFECTIVE = "not effective"  # carried out, and the same came back: it is to be done anew
    DONE = "done"  # carried out; its effectiveness is still to be checked
    CLOSED = "closed"  # the check showed that it works
    CANCELLED = "cancelled"

    @property
    def is_to_do(self) -> bool:
        """Tells whether it is still to be carried out."""
        return self in TO_DO

    @property
    def is_ended(self) -> bool:
        """Tells whether nothing is to be done about it any more."""
        return self in {ActionState.CLOSED, ActionState.CANCELLED}


_S = ActionState
TO_DO = (_S.OPEN, _S.NOT_EFFECTIVE)
UNENDED = (*TO_DO, _S.DONE)
FOLLOWS: dict[ActionState, frozenset[ActionState]] = {
    _S.OPEN: frozenset({_S.DONE, _S.CANCELLED}),
    _S.NOT_EFFECTIVE: frozenset({_S.DONE, _S.CANCELLED}),
    _S.DONE: frozenset({_S.OPEN, _S.CLOSED, _S.NOT_EFFECTIVE}),
    _S.CLOSED: frozenset({_S.OPEN, _S.NOT_EFFECTIVE}),
    _S.CANCELLED: frozenset({_S.OPEN}),
}


def check_follows(action: str, now: ActionState, wanted: ActionState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        allowed = ", ".join(sorted(FOLLOWS[now]))
        raise NotPossible(
            f"{action} is {now}; it cannot become {wanted}", next_step=f"It can become: {allowed}"
        )


class Origin(StrEnum):
    """Out of what a corrective action came."""

    HAND = "by hand"
    INCIDENT = "incident"
    REVIEW = "review"
    FINDING = "finding"
    SIGNAL = "signal"
    SCORE = "low score"
    TARGET = "missed target"


_ORIGINS = {
    "incident": Origin.INCIDENT,
    "review": Origin.REVIEW,
    "finding": Origin.FINDING,
    "signal": Origin.SIGNAL,
}


def origin_of(about: Subject | None) -> Origin:
    """Returns the origin of what is drafted from a subject, where nobody says another one."""
    return _ORIGINS.get(about.kind, Origin.HAND) if about else Origin.HAND


EDITABLE = (
    "deviation", "containment", "whys", "category", "cause", "action", "owner", "due", "check_plan", "measure", "check_on",
    "checker",
)  # fmt: skip
"""The fields a person writes."""
DAYS = frozenset({"due", "check_on"})
"""Those of them that are days, written as 2026-11-30."""
PEOPLE = frozenset({"owner", "checker"})
VOIDS_APPROVAL = frozenset({"cause", "action"})
"""What was approved is these: once one of them is another, it is to be approved anew."""
MOST_WHYS = 10
MOST_EVIDENCE = 50


class Evidence(NamedTuple):
    """What shows that something was done: a sentence, and where it is of a file its path and SHA-256 (hexadecimal)."""

    text: str
    path: str
    digest: str
    at: datetime
    by: str


class Step(StrEnum):
    """What a corrective action waits for next."""

    CAUSE = "its cause"
    PLAN = "what is done, by whom, by when"
    APPROVAL = "a lead's approval"
    WORK = "its being carried out"
    CHECK = "the check of its effectiveness"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class CorrectiveAction:
    """What is done so that a deviation does not return. Written A-118."""

    id: int
    version: int
    state: ActionState
    deviation: str
    created_at: datetime
    created_by: str
    origin: Origin = Origin.HAND
    source: Subject | None = None  # what it came from
    component: str = ""
    containment: str = ""  # what was done at once, so that it does no more harm
    whys: tuple[str, ...] = ()  # why, why that, and so on: the last is nearest to the root
    category: str = ""  # of its cause, by the id that the catalog gives
    cause: str = ""
    action: str = ""
    owner: str = ""
    due: date | None = None
    needs_approval: bool = False
    approved_at: datetime | None = None
    approved_by: str = ""
    evidence: tuple[Evidence, ...] = ()
    check_plan: str = ""  # how it is seen to have worked
    measure: str = ""  # what the journal is asked: see core.improvement.recurring
    check_on: date | None = None  # when it is to be checked
    checker: str = ""  # who is to check it
    done_at: datetime | None = None
    done_by: str = ""
    outcome: str = ""  # what the last check showed
    recurred: int = 0  # how often it was found not effective
    figure: int | None = None  # what the journal answered at the check that closed it
    overruled: str = ""  # why it was closed although the same had come back
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: A-118."""
        return f"A-{self.id}"

    @property
    def incident(self) -> int | None:
        """Returns the number of the incident it came from; None where it came from something else."""
        source = self.source
        return int(source.id) if source and source.kind == "incident" and source.id.isdecimal() else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Returns what closing asks for and nobody has written yet, in the words of its form."""
        asked = {
            "cause": self.cause, "cause category": self.category, "action": self.action, "owner": self.owner,
            "due": self.due, "evidence": self.evidence, "effectiveness check": self.check_plan, "measure": self.measure,
        }  # fmt: skip
        return tuple(words for words, value in asked.items() if not value)

    @property
    def missing_to_do(self) -> tuple[str, ...]:
        """Returns what carrying it out asks for first."""
        return tuple(words for words in self.missing if words in {"action", "owner", "due"})

    @property
    def awaits_approval(self) -> bool:
        """Tells whether a lead is to approve what is planned before it is carried out."""
        return self.needs_approval and self.approved_at is None and self.state.is_to_do

    @property
    def next_step(self) -> Step:
        """Returns what it waits for."""
        if self.state.is_ended:
            return Step.NOTHING
        if self.state is ActionState.DONE:
            return Step.CHECK
        if not self.cause or not self.category:
            return Step.CAUSE
        if self.missing_to_do:
            return Step.PLAN
        return Step.APPROVAL if self.awaits_approval else Step.WORK

    def is_overdue(self, today: date) -> bool:
        """Tells whether it should have been carried out before `today`."""
        return self.state.is_to_do and self.due is not None and self.due < today

    def is_unverified(self, today: date) -> bool:
        """Tells whether it was carried out and its effectiveness should have been checked before `today`."""
        return self.state is ActionState.DONE and self.check_on is not None and self.check_on < today

    def standing(self, today: date) -> str:
        """Returns its state in a word, on a day: late and unverified ones say so."""
        if self.is_overdue(today):
            return "late"
        if self.is_unverified(today):
            return "unverified"
        return "to approve" if self.next_step is Step.APPROVAL else str(self.state)

    @property
    def next_day(self) -> date | None:
        """Returns the day by which what it waits for is to be done; None where none is set, or nothing is to be done."""
        if self.state.is_ended:
            return None
        return self.check_on if self.state is ActionState.DONE else self.due


class Tally(NamedTuple):
    """How many corrective actions are where on a day, and the day on which the next one is due."""

    to_do: int
    late: int
    unowned: int
    to_check: int
    unverified: int
    not_effective: int
    next_due: date | None


def tally_of(actions: Iterable[CorrectiveAction], today: date) -> Tally:
    """Returns how many of these are where on a day."""
    found = [each for each in actions if not each.state.is_ended]
    to_do = [each for each in found if each.state.is_to_do]
    days = [each.due for each in to_do if each.due is not None and each.due >= today]
    return Tally(
        to_do=len(to_do), late=sum(each.is_overdue(today) for each in to_do),
        unowned=sum(not each.owner for each in to_do), to_check=len(found) - len(to_do),
        unverified=sum(each.is_unverified(today) for each in found),
        not_effective=sum(each.state is _S.NOT_EFFECTIVE for each in to_do), next_due=min(days, default=None),
    )  # fmt: skip
