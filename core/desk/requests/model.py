"""The words of requests: their states as data, which follows which, and what a person asks for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import NotPossible
from core.made_late import MadeLate

if TYPE_CHECKING:
    from datetime import datetime

    from core.desk.clocks.kept import KeptClock
    from core.desk.clocks.promised import Clock

PRIORITIES = (1, 2, 3, 4)


class RequestState(StrEnum):
    """Where a request stands."""

    HELD = "held"
    APPROVAL = "awaiting approval"
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in progress"
    WAITING = "waiting"
    REOPENED = "reopened"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Tells whether somebody still has to do something about it, or to wait for something."""
        return STANDING[self].is_open

    @property
    def is_over(self) -> bool:
        """Tells whether it has ended, for good or until it is opened again."""
        return self in OVER


class Standing(NamedTuple):
    """What is so of a request in a state: whether it is open, and which states may follow."""

    is_open: bool
    follows: frozenset[RequestState]


_S = RequestState
_AT_WORK = frozenset({_S.IN_PROGRESS, _S.WAITING, _S.DELIVERED, _S.CANCELLED, _S.MERGED, _S.APPROVAL})
STANDING: dict[RequestState, Standing] = {
    _S.HELD: Standing(True, frozenset({_S.NEW, _S.APPROVAL, _S.REFUSED, _S.CANCELLED, _S.MERGED})),
    _S.APPROVAL: Standing(True, frozenset({_S.NEW, _S.HELD, _S.REFUSED, _S.CANCELLED, _S.MERGED})),
    _S.NEW: Standing(True, _AT_WORK | {_S.ACKNOWLEDGED, _S.HELD, _S.REFUSED}),
    _S.ACKNOWLEDGED: Standing(True, _AT_WORK),
    _S.IN_PROGRESS: Standing(True, _AT_WORK - {_S.IN_PROGRESS}),
    _S.WAITING: Standing(True, _AT_WORK),
    _S.REOPENED: Standing(True, _AT_WORK | {_S.ACKNOWLEDGED}),
    _S.DELIVERED: Standing(False, frozenset({_S.CLOSED, _S.REOPENED, _S.MERGED})),
    _S.CLOSED: Standing(False, frozenset({_S.REOPENED})),
    _S.CANCELLED: Standing(False, frozenset({_S.REOPENED, _S.APPROVAL})),
    _S.REFUSED: Standing(False, frozenset({_S.REOPENED, _S.APPROVAL})),
    _S.MERGED: Standing(False, frozenset()),
}
"""What follows what. Taking back and un-merging are compensating entries and not bound by this table."""
OVER = frozenset({_S.CLOSED, _S.CANCELLED, _S.REFUSED, _S.MERGED})
"""States in which a request is out of everybody's sight, unless it is asked for."""


class WaitingFor(StrEnum):
    """Whom or what a request that waits is waiting for."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    UNTIL = "until"


def check_follows(request: str, now: RequestState, wanted: RequestState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    follows = STANDING[now].follows
    if wanted not in follows:
        can = ", ".join(sorted(follows))
        raise NotPossible(
            f"{request} is {now}; it cannot become {wanted}",
            next_step=f"It can become: {can}"
            if can
            else "Un-merge it first, or work on the one it was merged into",
        )


def check_open(request: str, now: RequestState, done: str) -> None:
    """Raises NotPossible when the request is over, for what is `done` only to one that is not."""
    if now in OVER:
        raise NotPossible(
            f"{request} is {now}; it cannot be {done}", next_step="Open it again first, with the reason"
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as it came in: `requester` is their address; `source` how it came (mail, phone, console, cli)."""

    title: str
    service: str
    requester: str
    text: str = ""
    requester_name: str = ""
    type: str = ""
    component: str = ""
    impact: int = 2  # 1 high … 3 low
    urgency: int = 2
    form: dict[str, Any] = field(default_factory=dict)
    source: str = "console"


@dataclass(frozen=True, slots=True)
class Request(MadeLate):
    """Asks for something an agreement covers. Written R-7."""

    id: int
    version: int
    state: RequestState
    priority: int  # 1 worst … 4
    impact: int
    urgency: int
    customer: str
    agreement: str
    service: str
    type: str
    component: str
    requester: str
    requester_name: str
    title: str
    text: str
    form: dict[str, Any]
    source: str
    opened_at: datetime
    opened_by: str
    owner: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    told_at: datetime | None = None  # when its requester was last told how it stands
    waiting_for: str = ""  # one of WaitingFor, while it waits
    wait_until: datetime | None = None
    held_why: str = ""  # the clause of the agreement, while a lead is to decide
    delivered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    outcome: str = ""
    merged_into: int | None = None
    snoozed_until: datetime | None = (
        None  # out of the queue's sight until then, or until its requester says something
    )
    snoozed_by: str = ""
    due: datetime | None = None  # when the next of its promises is due
    clocks: tuple[Clock, ...] = ()  # what its agreement promises, where that was asked for
    kept: tuple[KeptClock, ...] = ()  # the same in brief, as a list has it

    @property
    def label(self) -> str:
        """Returns how people name it: R-7."""
        return f"R-{self.id}"

    @property
    def standing(self) -> str:
        """Returns its state in words: what it waits for, what it was merged into."""
        if self.state is RequestState.WAITING:
            if self.waiting_for == WaitingFor.UNTIL and self.wait_until is not None:
                return f"waiting until {self.wait_until:%m-%d %H:%M}Z"
            return f"waiting on {self.waiting_for}"
        if self.state is RequestState.MERGED:
            return f"merged into R-{self.merged_into}"
        return str(self.state)
