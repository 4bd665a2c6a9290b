"""The words of findings: their states as data, which follows which, how grave one is, and when it is due. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

EXPLOITED_FROM = 0.1
"""From this probability (EPSS, within 30 days) on a vulnerability counts as one that is used."""
MOST_ACCEPTED_DAYS = 366
"""So far ahead a risk is accepted at most: an end beyond that is none."""
USUAL_ACCEPTED_DAYS = 90


class Severity(StrEnum):
    """How grave a vulnerability is, gravest first. One of which no report says it stands behind high, and is due like it."""

    CRITICAL = "critical"
    HIGH = "high"
    UNKNOWN = "unknown"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def grade(self) -> int:
        """Returns its place: 0 is the gravest."""
        return _GRADES[self]

    @classmethod
    def of_score(cls, score: float) -> Severity:
        """Returns the severity of a CVSS base score (the qualitative scale of CVSS 3.1, section 5)."""
        steps = ((9.0, cls.CRITICAL), (7.0, cls.HIGH), (4.0, cls.MEDIUM), (0.1, cls.LOW))
        return next((severity for least, severity in steps if score >= least), cls.INFO)


_GRADES = {severity: place for place, severity in enumerate(Severity)}
DAYS: dict[Severity, int | None] = {
    Severity.CRITICAL: 7, Severity.HIGH: 30, Severity.UNKNOWN: 30, Severity.MEDIUM: 90, Severity.LOW: 120,
    Severity.INFO: None,
}  # fmt: skip
"""In how many days a finding is to be corrected where nothing asks for it sooner; None: no day is set."""


class FindingState(StrEnum):
    """Where a finding stands."""

    NEW = "new"
    CONFIRMED = "confirmed"
    CORRECTING = "in correction"
    CORRECTED = "corrected"  # said to be; a later report or a check is to show it
    REOPENED = "reopened"
    ACCEPTED = "accepted"  # until a day
    NOT_AFFECTED = "not affected"
    VERIFIED = "verified"

    @property
    def is_open(self) -> bool:
        """Tells whether somebody still has to do something about it."""
        return STANDING[self].is_open


class Standing(NamedTuple):
    """What is so of a finding in a state: whether it is open, and which states may follow."""

    is_open: bool
    follows: frozenset[FindingState]


_S = FindingState
_ENDS = frozenset({_S.CORRECTED, _S.ACCEPTED, _S.NOT_AFFECTED, _S.VERIFIED})
STANDING: dict[FindingState, Standing] = {
    _S.NEW: Standing(True, _ENDS | {_S.CONFIRMED, _S.CORRECTING}),
    _S.CONFIRMED: Standing(True, _ENDS | {_S.CORRECTING}),
    _S.CORRECTING: Standing(True, _ENDS | {_S.CONFIRMED}),
    _S.REOPENED: Standing(True, _ENDS | {_S.CONFIRMED, _S.CORRECTING}),
    _S.CORRECTED: Standing(True, frozenset({_S.VERIFIED, _S.REOPENED, _S.NOT_AFFECTED})),
    _S.ACCEPTED: Standing(False, frozenset({_S.ACCEPTED, _S.REOPENED, _S.VERIFIED, _S.NOT_AFFECTED, _S.CORRECTED})),
    _S.NOT_AFFECTED: Standing(False, frozenset({_S.REOPENED})),
    _S.VERIFIED: Standing(False, frozenset({_S.REOPENED})),
}  # fmt: skip
"""What follows what. Taking back is a compensating entry and not bound by this table."""
OPEN = tuple(state for state in FindingState if state.is_open)
ENDED = (_S.VERIFIED, _S.NOT_AFFECTED)
"""States in which nothing is to be corrected: what is told of the vulnerability meanwhile is looked up when one is opened again."""


class Justification(StrEnum):
    """Why a component is not affected: the five of OpenVEX, and a sentence of somebody's own."""

    ABSENT_COMPONENT = "component_not_present"
    ABSENT_CODE = "vulnerable_code_not_present"
    NOT_REACHED = "vulnerable_code_not_in_execute_path"
    NOT_CONTROLLED = "vulnerable_code_cannot_be_controlled_by_adversary"
    MITIGATED = "inline_mitigations_already_exist"
    IMPACT = "impact_statement"


def check_follows(finding: str, now: FindingState, wanted: FindingState) -> None:
    """Raises NotPossible when `wanted` may not follow `now`."""
    follows = STANDING[now].follows
    if wanted not in follows:
        raise NotPossible(
            f"{finding} is {now}; it cannot become {wanted}",
            next_step=f"It can become: {', '.join(sorted(follows))}",
        )


class Due(NamedTuple):
    """The day by which a finding is to be corrected, and which rule set it; no day where nothing asks for one."""

    day: date | None
    rule: str


class Exploited(NamedTuple):
    """What is known of a vulnerability being used: on the list of those that are (with its day), and how probable it is."""

    is_listed: bool = False
    listed_due: date | None = None
    epss: float | None = None
    percentile: float | None = None

    @property
    def is_used(self) -> bool:
        """Tells whether it counts as one that is used."""
        return self.is_listed or (self.epss is not None and self.epss >= EXPLOITED_FROM)


NOTHING_KNOWN = Exploited()
BY_LIST = "known to be exploited"
"""The rule of a day that the list of exploited vulnerabilities sets."""
ON_LIST, OFF_LIST = (
    "on the list of those that are exploited",
    "no longer on the list of those that are exploited",
)


def due_of(
    start: date,
    severity: Severity,
    exploited: Exploited = NOTHING_KNOWN,
    agreed: Iterable[tuple[str, int]] = (),
) -> Due:
    """Returns the earliest of what the severity, the list of exploited vulnerabilities and agreements ask for.

    Whole days from `start`. `agreed` are (agreement, days). A listed vulnerability without a day of its own is due
    14 days after the start (the usual term of Binding Operational Directive 22-01).
    """
    days = DAYS[severity]
    asked: list[tuple[date, str]] = []
    if days is not None:
        asked.append((start + timedelta(days=days), f"{severity}: {days} days"))
    if exploited.is_listed:
        asked.append((exploited.listed_due or start + timedelta(days=14), BY_LIST))
    asked += [(start + timedelta(days=within), f"agreement {name}: {within} days") for name, within in agreed]
    return Due(*min(asked, key=lambda each: each[0])) if asked else Due(None, "no day is set")


def due_again(before: Due, wanted: Due, today: date) -> Due:
    """Returns the day after something new is known: a day that has passed stays, so that a breach is never computed away."""
    if before.day is not None and before.day < today and (wanted.day is None or wanted.day > before.day):
        return before
    return wanted


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerability in a component. Written F-118. What it is known by: vulnerability, component and package."""

    id: int
    version: int
    state: FindingState
    vulnerability: str
    component: str
    package: str
    package_version: str
    fixed_in: str
    path: str
    severity: Severity
    is_graded: bool  # a person said how grave it is: reports no longer do
    title: str
    aliases: tuple[str, ...]
    url: str
    exploited: Exploited
    found_at: datetime
    start: date  # from which its days are counted
    due: date | None
    due_rule: str
    seen_in: tuple[str, ...]  # the sources that still name it
    owner: str = ""
    why: str = ""  # why accepted, not affected, or opened again
    justification: str = ""
    accepted_until: date | None = None  # the last day on which it is accepted
    accepted_owner: str = ""
    restarts: bool = False  # its days are counted anew once it is no longer accepted
    corrected_at: datetime | None = None
    corrected_by: str = ""
    closed_at: datetime | None = None
    proof: str = ""  # what shows that it is gone: a report (S-7), or the run of a check (PR-31)
    in_time: bool | None = None

    @property
    def label(self) -> str:
        """Returns how people name it: F-118."""
        return f"F-{self.id}"

    @property
    def known_as(self) -> frozenset[str]:
        """Returns every name its vulnerability goes by, in capitals."""
        return frozenset(name.upper() for name in (self.vulnerability, *self.aliases))

    @property
    def standing(self) -> str:
        """Returns its state in words, with the day on which an accepted one ends."""
        if self.state is FindingState.ACCEPTED:
            return f"accepted until {self.accepted_until}"
        return str(self.state)

    def days_left(self, today: date) -> int | None:
        """Returns how many days are left, negative when it is late; None where no day is set, or nothing is to be done."""
        return (self.due - today).days if self.due is not None and self.state.is_open else None

    def is_overdue(self, today: date) -> bool:
        """Tells whether it should have been corrected before `today`; one that is said to be corrected no longer is."""
        left = self.days_left(today)
        return left is not None and left < 0 and self.state is not FindingState.CORRECTED
