"""What was told of an item, incident or request, as its clocks take it in. Pure.

An item's state comes to four phases: its clocks run, it waits for something, it is done, or it is over without being
done. Which waiting a clock stands still for is a matter of its agreement, not of the item.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks import ClockKind
from core.desk.model import IncidentState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.journal.model import Changes

AT_RISK, BREACHED, TAKEN_BACK = "at_risk", "breached", "taken_back"
"""How the kinds of entries end that the clocks look at: `incident.breached`."""


class Phase(StrEnum):
    """What a state of an item is to its clocks."""

    RUNS = "runs"
    WAITS = "waits"
    DONE = "done"
    OVER = "over"  # cancelled, refused, merged: nothing is promised any more


class Said(NamedTuple):
    """What an entry said of a clock: that it is at risk or was broken, and at which instant it was to be said."""

    is_breach: bool
    clock: ClockKind
    agreement: str
    due: int


class Standing(NamedTuple):
    """Where an item stands: its phase, in words, and what it waits for (customer, supplier, …)."""

    phase: Phase = Phase.RUNS
    why: str = "open"
    waits_for: str = ""


class Told(NamedTuple):
    """What is so of an item from an instant on (microseconds UTC): what an entry changed is given, the rest None."""

    at: int
    standing: Standing | None = None
    priority: int | None = None
    is_noted: bool | None = None  # a person took note of it, or (by taking that back) did not
    is_status_told: bool = False  # who waits was told how it stands
    is_own: bool | None = None  # who asked for it has it in hand
    counts_from: int | None = None  # an older one was merged into it: its time counts from there
    said: Said | None = None


def of_incident(at: int, kind: str, changes: Changes) -> Told | None:
    """Returns what an entry about an incident tells its clocks; None where that is nothing. Raises ValueError."""
    state, severity = changes.get("state"), changes.get("severity")
    standing = _incident_stands(IncidentState(state[1])) if state else None
    return _told(at, kind, changes, standing, severity, changes.get("acknowledged_at"))


def _incident_stands(state: IncidentState) -> Standing:
    return Standing(Phase.RUNS if state.is_unsolved else Phase.DONE, str(state))


def _told(
    at: int,
    kind: str,
    changes: Changes,
    standing: Standing | None,
    priority: tuple[object, object] | None,
    noted: tuple[object, object] | None,
) -> Told | None:
    is_noted = None
    if noted is not None and (noted[1] is not None or kind.endswith(f".{TAKEN_BACK}")):
        # One that fails again is to be looked at again, but its first answer was given.
        is_noted = noted[1] is not None
    telling = changes.get("told_at")
    told = Told(
        at,
        standing,
        int(str(priority[1])) if priority else None,
        is_noted,
        telling is not None and telling[1] is not None,
        said=_said(kind, changes),
    )
    return told if told != Told(at) else None


def _said(kind: str, changes: Changes) -> Said | None:
    what = kind.partition(".")[2]
    if what not in {AT_RISK, BREACHED}:
        return None
    return Said(
        what == BREACHED,
        ClockKind(changes["clock"][1]),
        str(changes["clock_agreement"][1]),
        int(changes["clock_due"][1]),
    )


READERS: Mapping[str, Callable[[int, str, Changes], Told | None]] = {"incident": of_incident}
"""What reads the entries about each kind of item."""
