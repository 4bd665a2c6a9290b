"""The words of access reviews: states as data, decisions, and what follows from the answers of several reviewers. Pure.

A review freezes grants as items. In each stage the reviewers of an item say what is to become of it; a rule makes one
outcome of what they said. That nobody answered is an outcome of its own: it keeps nothing, and revokes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import NotPossible
from core.security.grants.model import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from core.security.reviews.plans import Plan


class ReviewState(StrEnum):
    """Where a review stands."""

    DRAFT = "draft"
    OPEN = "open"  # its items are asked about, stage by stage
    CARRYING_OUT = "being carried out"  # all is decided that will be; what was decided is done
    SIGNED = "signed off"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Tells whether nothing of it is still to be done."""
        return not FOLLOWS[self]


_R = ReviewState
FOLLOWS: dict[ReviewState, frozenset[ReviewState]] = {
    _R.DRAFT: frozenset({_R.OPEN, _R.CANCELLED}),
    _R.OPEN: frozenset({_R.CARRYING_OUT, _R.CANCELLED}),
    _R.CARRYING_OUT: frozenset({_R.SIGNED}),
    _R.SIGNED: frozenset(),
    _R.CANCELLED: frozenset(),
}
"""What follows what. One whose decisions are being carried out is not cancelled any more."""


def check_follows(label: str, now: ReviewState, wanted: ReviewState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    if wanted not in FOLLOWS[now]:
        follows = ", ".join(sorted(FOLLOWS[now]))
        raise NotPossible(
            f"{label} is {now}; it cannot become {wanted}",
            next_step=f"It can become: {follows}" if follows else "Nothing follows it; draft another one",
        )


class Decision(StrEnum):
    """What is to become of a grant; the last is never said, but what is so where nobody says anything."""

    KEEP = "keep"
    CHANGE = "change"
    REVOKE = "revoke"
    UNDECIDED = "undecided"  # somebody looked, and cannot tell
    NO_ANSWER = "no answer"

    @property
    def is_decided(self) -> bool:
        """Tells whether it says what is to become of a grant."""
        return self in {_D.KEEP, _D.CHANGE, _D.REVOKE}

    @property
    def is_change(self) -> bool:
        """Tells whether something is different afterwards."""
        return self in {_D.CHANGE, _D.REVOKE}


_D = Decision
SAID = (_D.KEEP, _D.CHANGE, _D.REVOKE, _D.UNDECIDED)
"""What a reviewer can say."""


class OutcomeRule(StrEnum):
    """How one outcome is made of what several reviewers said."""

    ONE_KEEPS = "one keep keeps"
    ONE_REVOKES = "one revoke revokes"
    ALL_KEEP = "all must keep"
    KEPT_UNLESS_REVOKED = "kept unless revoked"


FIRST_OF: dict[OutcomeRule, tuple[Decision, ...]] = {
    OutcomeRule.ONE_KEEPS: (_D.KEEP, _D.REVOKE, _D.CHANGE, _D.UNDECIDED, _D.NO_ANSWER),
    OutcomeRule.ONE_REVOKES: (_D.REVOKE, _D.CHANGE, _D.KEEP, _D.UNDECIDED, _D.NO_ANSWER),
    OutcomeRule.ALL_KEEP: (_D.REVOKE, _D.CHANGE, _D.UNDECIDED, _D.NO_ANSWER, _D.KEEP),
    OutcomeRule.KEPT_UNLESS_REVOKED: (_D.REVOKE, _D.CHANGE),
}
"""Of what was said the first that occurs wins (the rules of midPoint's outcome strategies); after the last rule all else keeps."""
SETTLES: dict[OutcomeRule, frozenset[Decision]] = {
    OutcomeRule.ONE_KEEPS: frozenset({_D.KEEP}),
    OutcomeRule.ONE_REVOKES: frozenset({_D.REVOKE, _D.CHANGE}),
    OutcomeRule.ALL_KEEP: frozenset({_D.REVOKE, _D.CHANGE}),
    OutcomeRule.KEPT_UNLESS_REVOKED: frozenset({_D.REVOKE, _D.CHANGE}),
}
"""Once one of these is said, nobody else is asked."""


def outcome_of(rule: OutcomeRule, said: Iterable[Decision], *, is_somebody_silent: bool) -> Decision:
    """Returns what comes of what was said of one item; `is_somebody_silent`: another who was to answer has not.

    Where nobody at all said anything it is NO_ANSWER under every rule: silence never keeps.
    """
    answers = set(said) - {_D.NO_ANSWER}
    if not answers:
        return _D.NO_ANSWER
    if is_somebody_silent:
        answers.add(_D.NO_ANSWER)
    return next((each for each in FIRST_OF[rule] if each in answers), _D.KEEP)


def is_settled(rule: OutcomeRule, said: Collection[Decision]) -> bool:
    """Tells whether what was said settles an item, so that nobody else is asked about it in this stage."""
    return not SETTLES[rule].isdisjoint(said)


class ItemState(StrEnum):
    """Where one item stands."""

    OPEN = "open"
    SETTLED = "settled"  # its outcome is known, be it that nobody answered
    ORDERED = "ordered"  # what was decided is told to where grants are kept; the source still shows the old
    DONE = "done"  # nothing was to be done, or what was to be done is
    REFUSED = "refused"  # what was decided cannot be done as it is; somebody looks


class Silence(StrEnum):
    """What becomes of an item that nobody decided, once the last one asked is silent, too."""

    SUSPEND = "suspend"  # a privileged grant: taken away, and given back as soon as somebody says keep
    STAYS = "not reviewed"  # any other: it stays, and is listed as what nobody reviewed


def silence_of(outcome: Decision, *, is_privileged: bool, stood: str = "") -> Silence | None:
    """Returns what becomes of an item that nobody decided; None where somebody did.

    What its source does not show stays expected: nothing can be taken away there, and given back again.
    """
    if outcome.is_decided:
        return None
    return Silence.SUSPEND if is_privileged and stood != Standing.MISSING else Silence.STAYS


ONLY_FOUND = (Standing.FOUND, Standing.IGNORED)
"""How a grant stands that its source shows and nobody has granted here."""
LAST_CALL = 99
"""The stage in which what nobody decided is asked of the last person of the escalation."""


def stage_name(stage: int, stages: int) -> str:
    """Returns how people name a stage."""
    return "last call" if stage == LAST_CALL else f"stage {stage} of {stages}"


@dataclass(frozen=True, slots=True)
class Review:
    """A review of grants. Written RV-7.

    `steps` counts what the agent did of the present stage (reminders, escalations); `next_at` is when it does the next.
    """

    id: int
    version: int
    state: ReviewState
    name: str
    plan: Plan
    owner: str
    occasion: str  # what made the agent open it; empty where a person did
    scheduled: date | None  # the day on which it was to open
    stage: int
    stage_at: datetime | None
    due_at: datetime | None
    next_at: datetime | None
    steps: int
    items: int
    privileged: int
    digest: str  # of the items as they were frozen
    drawn_at: datetime | None
    decided_at: datetime | None  # when its last stage ended
    signed_at: datetime | None
    signed_by: str
    outcome: str

    @property
    def label(self) -> str:
        """Returns how people name it: RV-7."""
        return f"RV-{self.id}"

    @property
    def standing(self) -> str:
        """Returns its state in words, with the stage of one that is open."""
        if self.state is ReviewState.OPEN:
            return f"open, {stage_name(self.stage, len(self.plan.stages))}"
        return str(self.state)


@dataclass(frozen=True, slots=True)
class Item:
    """One grant as it was when its review opened. Written RI-118. `outcome` is what came of what was said so far.

    `mine` and `staged` are of the person the item was read for: what they said in this stage, and what they have staged.
    """

    id: int
    review: int
    state: ItemState
    stage: int
    panel: str  # who has to say: the seats of this name in its stage
    outcome: Decision
    is_settled: bool
    silence: str
    grade: int  # 0 privileged, 1 long unused, 2 without an end, 3 any other
    grant: int
    grant_version: int
    source: str
    principal: str
    person: str
    entitlement: str
    on: str
    is_privileged: bool
    owner: str
    reason: str
    granter: str
    since: date | None
    expires: date | None
    last_used: datetime | None
    stood: str = ""  # how the grant stood then; empty where that was not kept
    trouble: str = ""
    ordered_at: datetime | None = None
    done_at: datetime | None = None
    mine: str = ""
    staged: str = ""
    staged_why: str = ""
    staged_until: date | None = None
    training: str = (
        ""  # how its holder stood with what it asks for as the review opened; empty: nobody looked
    )

    @property
    def label(self) -> str:
        """Returns how people name it: RI-118."""
        return f"RI-{self.id}"

    @property
    def in_words(self) -> str:
        """Returns who has what where."""
        return f"{self.principal}: {self.entitlement} on {self.on}"

    @property
    def was_only_found(self) -> bool:
        """Tells whether nobody had granted it here when its review opened: to keep it is to grant it."""
        return self.stood in ONLY_FOUND

    @property
    def was_missing(self) -> bool:
        """Tells whether it was granted here and its source did not show it: to keep it is to go on expecting it."""
        return self.stood == Standing.MISSING

    @property
    def standing(self) -> str:
        """Returns how it stands in words."""
        if self.state is ItemState.OPEN:
            return "open" if self.outcome is Decision.NO_ANSWER else f"so far {self.outcome}"
        what = self.silence or str(self.outcome)
        return what if self.state is ItemState.SETTLED else f"{what}, {self.state}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reviewer said of one item in one stage. `took_s`: how long it took them; None where that is not known."""

    item: int
    stage: int
    reviewer: str
    decision: Decision
    reason: str
    until: date | None  # of a change: the day on which the grant is to end
    said_at: datetime
    took_s: float | None


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who has to say, or may: `is_asked` at the beginning of the stage, the others by an escalation."""

    stage: int
    panel: str
    reviewer: str
    alias: str  # another name of theirs
    is_asked: bool
    why: str
