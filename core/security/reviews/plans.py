"""What a review is to be: which grants, who is asked in which stage, how long, and what is done about silence. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput
from core.security.reviews.model import SAID, Decision, OutcomeRule

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_STAGES = 3
MOST_DAYS = 92
USUAL_DAYS = 14
LAST_CALL_DAYS = 3
REMINDERS = (7, 3, 1, 0)
"""So many days before the last one reviewers are reminded of what they have not decided; 0: on the day itself."""
ESCALATED_DAYS = 3
"""With so many days left leads are asked about what nobody has decided."""
EVERY_MONTHS = (1, 2, 3, 4, 6, 12, 24)


class By(StrEnum):
    """Who is asked about a grant."""

    OWNER = "owner"  # who answers for the grant
    LEAD = "lead"  # everybody with the role lead, or above
    KEEPER = "keeper"  # who owns the component the grant is on
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: who is asked, how long, how one outcome is made of their answers, and which outcomes are asked about again."""

    by: By
    people: tuple[str, ...] = ()
    days: int = USUAL_DAYS
    rule: OutcomeRule = OutcomeRule.ONE_REVOKES
    goes_on: tuple[Decision, ...] = (Decision.KEEP, Decision.CHANGE, Decision.UNDECIDED, Decision.NO_ANSWER)

    @property
    def in_words(self) -> str:
        """Returns it in a line."""
        who = {
            By.OWNER: "who answers for the grant", By.LEAD: "the leads", By.KEEPER: "who owns what it is on",
            By.NAMED: ", ".join(self.people),
        }[self.by]  # fmt: skip
        return f"{who}, {self.days} days, {self.rule}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which grants are drawn, of those that their source shows; what is left empty asks for nothing.

    Of `words` each must (with `!`: must not) be there.
    """

    words: str = ""
    sources: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    is_privileged: bool = False
    unused_days: int = 0  # not used for so long, as far as the source knows
    ends_within_days: int = 0
    unreviewed_days: int = 0  # no review decided it for so long, and none asks about it now

    @property
    def in_words(self) -> str:
        """Returns it in a line, as the evidence prints it."""
        among = (
            ("of", self.people), ("in", self.sources), ("on", self.on), ("to", self.entitlements),
            ("answered for by", self.owners),
        )  # fmt: skip
        said = [
            "privileged" if self.is_privileged else "",
            *(f"{word} {', '.join(values)}" for word, values in among if values),
            f"not used for {self.unused_days} days" if self.unused_days else "",
            f"ending within {self.ends_within_days} days" if self.ends_within_days else "",
            f"not decided in a review for {self.unreviewed_days} days" if self.unreviewed_days else "",
            f"with the words {self.words}" if self.words else "",
        ]
        narrowed = "; ".join(each for each in said if each)
        return (
            f"grants that their source shows: {narrowed}" if narrowed else "every grant that its source shows"
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a review is to be. `last` are the last people of the escalation; `every_months` 0: it does not come again.

    `is_suspended_by_agent`: what is privileged and nobody decided is suspended as soon as the last call is over; otherwise
    a lead carries that out with all else.
    """

    stages: tuple[Stage, ...]
    last: tuple[str, ...]
    scope: Scope = Scope()
    zone: str = "UTC"
    every_months: int = 0
    is_suspended_by_agent: bool = False

    @property
    def silence_in_words(self) -> str:
        """Returns what becomes of what nobody decided, in a line."""
        when = "as the last call ends" if self.is_suspended_by_agent else "by a lead's carrying out"
        return f"suspended {when} if privileged, else listed"

    def stage(self, number: int) -> Stage:
        """Returns a stage by its number from 1; of the last call the last people, for as long as that takes."""
        if 1 <= number <= len(self.stages):
            return self.stages[number - 1]
        return Stage(By.NAMED, self.last, LAST_CALL_DAYS, OutcomeRule.ONE_REVOKES, ())


def check_plan(plan: Plan, staff: Collection[str]) -> None:
    """Raises BadInput for a plan that cannot be kept, with the exact place. `staff` are the names that are known; empty: any is."""
    if not 1 <= len(plan.stages) <= MOST_STAGES:
        raise BadInput(f"a review has 1 to {MOST_STAGES} stages, not {len(plan.stages)}", where="stages")
    if not plan.last:
        raise BadInput(
            "nobody is named who decides where all others are silent", where="last",
            next_step="Name one or two people: grants that nobody else decides go to them",
        )  # fmt: skip
    _check_people(plan.last, staff, "last")
    for number, stage in enumerate(plan.stages, start=1):
        where = f"stage {number}"
        if not 1 <= stage.days <= MOST_DAYS:
            raise BadInput(
                f"{stage.days} days are no length of a stage",
                where=where,
                next_step=f"Write 1 to {MOST_DAYS}",
            )
        if stage.by is By.NAMED and not stage.people:
            raise BadInput("nobody is named", where=where, next_step="Say who is asked, or by which rule")
        if stage.by is not By.NAMED and stage.people:
            raise BadInput(f"people are named, and it is asked by the rule {stage.by}", where=where)
        if not set(stage.goes_on) <= {*SAID, Decision.NO_ANSWER}:
            raise BadInput("what goes on to the next stage is no outcome", where=where)
        _check_people(stage.people, staff, where)
    if plan.every_months and plan.every_months not in EVERY_MONTHS:
        raise BadInput(
            f"{plan.every_months} months are no period of reviews", where="every",
            next_step=f"Write one of: {listed(list(map(str, EVERY_MONTHS)))}",
        )  # fmt: skip
    _check_zone(plan.zone)


def _check_people(names: Collection[str], staff: Collection[str], where: str) -> None:
    for name in names:
        if staff and name not in staff:
            raise BadInput(
                f"{name!r} is not declared as staff", where=where,
                next_step=did_you_mean(name, staff, f"Staff: {listed(staff)}"),
            )  # fmt: skip


def _check_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # only who drafts pays for it

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            f"{zone!r} is no time zone", where="zone", next_step="Write it as Europe/Berlin"
        ) from None


def plan_text(plan: Plan) -> str:
    """Returns a plan as it is kept: JSON."""
    return json.dumps(asdict(plan), sort_keys=True)


def plan_of(text: str) -> Plan:
    """Returns the plan that a text keeps."""
    found: dict[str, Any] = json.loads(text)
    stages = tuple(
        Stage(
            By(each["by"]), tuple(each["people"]), each["days"], OutcomeRule(each["rule"]),
            tuple(map(Decision, each["goes_on"])),
        )
        for each in found["stages"]
    )  # fmt: skip
    scope: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in found["scope"].items()
    }
    return Plan(
        stages,
        tuple(found["last"]),
        Scope(**scope),
        found["zone"],
        found["every_months"],
        found.get("is_suspended_by_agent", False),
    )
