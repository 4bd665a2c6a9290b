"""What was told of an item, incident or request, as its clocks take it in. Pure.

An item's state comes to four phases: its clocks run, it waits for something, it is done, or it is over without being
done. Which waiting a clock stands still for is a matter of its agreement, not of the item.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from core.desk.clocks.model import ClockKind

if TYPE_CHECKING:
    from core.journal.model import Changes

AT_RISK, BREACHED, TAKEN_BACK = "at_risk", "breached", "taken_back"
"""How the kinds of entries end that the clocks look at: `incident.breached`."""


class Phase(StrEnum):
    """What a state of an item is to its clocks."""

    RUNS = "runs"
    WAITS = "waits"
    DONE = "done"
    OVER = "over"  # cancelled, refused, merged: nothing is promised any more


HELD, APPROVAL = "held", "approval"
"""What an item waits for that is not at work yet; beside these are `customer`, `supplier` and `until`."""
_PHASES = {
    "held": (Phase.WAITS, HELD), "awaiting approval": (Phase.WAITS, APPROVAL), "waiting": (Phase.WAITS, ""),
    "resolved": (Phase.DONE, ""), "delivered": (Phase.DONE, ""), "closed": (Phase.DONE, ""),
    "cancelled": (Phase.OVER, ""), "refused": (Phase.OVER, ""), "merged": (Phase.OVER, ""),
}  # fmt: skip
"""The states of incidents and of requests in which no clock simply runs on, and what they wait for by themselves."""


class Said(NamedTuple):
    """What an entry said of a clock: that it is at risk or was broken, and at which instant it was to be said."""

    is_breach: bool
    clock: ClockKind
    agreement: str
    due: int


class Covered(NamedTuple):
    """Under which agreement an item stands, in which version (since when that is in force, microseconds UTC); an empty name for none chosen."""

    agreement: str
    since: int | None


class Told(NamedTuple):
    """What is so of an item from an instant on (microseconds UTC): what an entry changed is given, the rest None."""

    at: int
    state: str | None = None
    priority: int | None = None
    is_noted: bool | None = None  # a person took note of it, or (by taking that back) did not
    is_status_told: bool = False  # who waits was told how it stands
    waits_for: str | None = None
    owner: str | None = None
    requester: str | None = None
    type: str | None = None
    covered: Covered | None = None
    counts_from: int | None = None  # an older one was merged into it: its time counts from there
    every_s: int | None = (
        None  # a major incident: who waits is told every so many seconds, whatever was agreed; 0: as agreed again
    )
    said: Said | None = None


class Standing(NamedTuple):
    """Where an item stands: its phase, in words, what it waits for, and whether who asked has it in hand."""

    phase: Phase = Phase.RUNS
    why: str = "open"
    waits_for: str = ""
    is_own: bool = False


class Life:
    """How an item stands, as it is told."""

    def __init__(self, addresses: dict[str, str]) -> None:
        """Begins; `addresses` are those of the staff, by login."""
        self._addresses = addresses
        self._state, self._waits_for, self._owner, self._requester = "open", "", "", ""

    def take_in(self, told: Told) -> Standing:
        """Returns how it stands after that."""
        self._state = self._state if told.state is None else told.state
        self._waits_for = self._waits_for if told.waits_for is None else told.waits_for
        self._owner = self._owner if told.owner is None else told.owner
        self._requester = self._requester if told.requester is None else told.requester
        phase, waits_for = _PHASES.get(self._state, (Phase.RUNS, ""))
        why = self._state
        if self._state == "waiting":
            waits_for = self._waits_for
            why = "waiting until then" if waits_for == "until" else f"waiting on {waits_for or 'something'}"
        return Standing(phase, why, waits_for, self._is_own())

    def _is_own(self) -> bool:
        asks, owner = self._requester.lower(), self._owner.lower()
        return bool(asks and owner) and asks in {owner, self._addresses.get(owner, "").lower()}


def told_by(at: int, kind: str, changes: Changes) -> Told | None:
    """Returns what an entry about an incident or a request tells its clocks; None where that is nothing.

    Raises ValueError, TypeError or KeyError for one that no rule of ours wrote.
    """
    noted = changes.get("acknowledged_at", changes.get("answered_at"))
    is_noted = None
    if noted is not None and (noted[1] is not None or kind.endswith(f".{TAKEN_BACK}")):
        # One that fails again is to be looked at again, but its first answer was given.
        is_noted = noted[1] is not None
    told_at = _after(changes, "told_at")
    priority = _after(changes, "severity", _after(changes, "priority"))
    told = Told(
        at, _text(changes, "state"), None if priority is None else int(priority), is_noted,
        told_at is not None and not kind.endswith(f".{TAKEN_BACK}"), _text(changes, "waiting_for"),
        _text(changes, "owner"), _text(changes, "requester"), _text(changes, "type"), _covered(changes),
        _after(changes, "counts_from"), int(changes["update_every_s"][1] or 0) if "update_every_s" in changes else None,
        _said(kind, changes),
    )  # fmt: skip
    return told if told != Told(at) else None


def _after(changes: Changes, name: str, default: Any = None) -> Any:
    return changes[name][1] if name in changes else default


def _text(changes: Changes, name: str) -> str | None:
    after = _after(changes, name)
    return None if after is None else str(after)


def _covered(changes: Changes) -> Covered | None:
    if "agreement" not in changes:
        return None
    since = _after(changes, "agreement_since")
    return Covered(str(changes["agreement"][1] or ""), None if since is None else int(since))


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
