"""Asking the agent for a look now: an entry, which the agent hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_component
from core.gate.commands import admit
from core.journal.model import Subject

if TYPE_CHECKING:
    from core.store.work import Work


def ask_for_look(work: Work, component_id: str) -> None:
    """Has every probe of a component looked at now; slots stay where they are. Raises NotFound."""
    admit(work, "component.check", [component_id])
    declared_component(work.connection, component_id)
    work.record("component.check_asked", Subject("component", component_id))
