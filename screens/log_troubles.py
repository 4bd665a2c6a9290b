"""Which entries of the journal tell of trouble: something broke, was refused, or was lost. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.monitoring.model import State
from core.operations.model import RunState

if TYPE_CHECKING:
    from core.journal.model import Entry

_ALWAYS = frozenset({"incident.opened", "incident.failed_again", "incident.reopened", "catalog.refused"})
_BAD_ENDS = frozenset({RunState.FAILED, RunState.LOST})
_BAD_STATES = frozenset(state for state in State if state.severity >= State.WARNING.severity)


def tells_of_trouble(entry: Entry) -> bool:
    """Tells whether an entry is one that n stops at in the log.

    That is: a component that was confirmed to be worse than pending, an incident opened or opened again, a run
    that failed or was lost, a catalog refused, a duty taken over from a holder that fell silent. What is not
    confirmed yet is no trouble, nor what recovers, nor what people did about it.
    """
    if entry.kind in _ALWAYS:
        return True
    if entry.kind == "component.changed":
        return _broke(entry)
    if entry.kind == "run.ended":
        return entry.after("state") in _BAD_ENDS
    return entry.kind == "lease.taken" and bool(entry.after("over"))


def _broke(entry: Entry) -> bool:
    if not entry.after("confirmed", True):
        return False
    if "state" in entry.changes:
        return entry.after("state") in _BAD_STATES
    return "confirmed" in entry.changes  # the state stood before, and is now sure; ok is always sure
