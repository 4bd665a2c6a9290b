"""Having a component watched again that was stopped on purpose, by a person's word instead of a procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotPossible
from core.gate.commands import admit
from core.monitoring.commands import release_stopped
from core.monitoring.queries import status_of
from core.operations.queries import active_run_of
from core.sentences import reason_of

if TYPE_CHECKING:
    from core.gate.model import Consent
    from core.store.work import Work


def release_component(work: Work, component_id: str, reason: str, consent: Consent) -> None:
    """Ends `stopped on purpose` by hand: what was started from a shell, or has no start procedure, is watched again.

    Level 2; needs OPERATE. Raises BadInput without a reason, NotFound, and NotPossible where it is not stopped or a
    run on it has not ended: that decides itself how it leaves it.
    """
    admit(work, "component.release", [component_id], consent)
    reason = reason_of(reason, "a reason is asked for: why it is watched again")
    if status_of(work.connection, component_id).stopped is None:
        raise NotPossible(f"{component_id} is not stopped on purpose", next_step="It is watched already")
    run = active_run_of(work.connection, component_id)
    if run is not None:
        raise NotPossible(
            f"{run.label} ({run.title}) is {run.state} on {component_id}",
            next_step="Wait for its end, or cancel it",
        )
    release_stopped(work, component_id, note=reason)
