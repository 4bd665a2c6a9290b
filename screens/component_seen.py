"""What a component's own screen shows beside the picture, read for now or for a moment of the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.catalog.as_of import component_at
from core.catalog.queries import declared_component
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.monitoring.as_of import probes_at
from core.monitoring.revisions.as_of import revisions_at
from core.monitoring.revisions.model import component_judged
from core.monitoring.revisions.queries import judged_of, revisions_of
from core.timekeeping import EPOCH
from screens.component_parts import procedure_heads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component
    from core.journal.model import Entry
    from core.monitoring.queries import Minute, ProbeView
    from core.monitoring.revisions.model import Revision
    from core.monitoring.revisions.queries import Judged
    from screens.component_lines import Sample
    from screens.component_parts import ProcedureHead

ENTRIES = 200
WORDS_NOT_KEPT = "what it said then is not kept"
NO_SAMPLES = "no samples are kept of the hour before"


@dataclass(frozen=True, slots=True)
class Seen:
    """A component as it is judged, its probes with their newest samples by number, its entries, its procedures, its chart's minutes."""

    component: Component | None = None
    probes: Sequence[ProbeView] = ()
    recent: Mapping[int, Sequence[Sample]] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    procedures: Sequence[ProcedureHead] | None = None
    minutes: Sequence[Minute] = ()
    revised: Sequence[Judged] = ()

    @property
    def worst(self) -> int:
        """Returns the place of the probe that is worst off."""
        return max(
            range(len(self.probes)), key=lambda place: self.probes[place].state.severity, default=0
        )  # the first of equals


def seen_then(connection: Connection, component_id: str, instant: datetime, seq: int) -> Seen:
    """Returns what is known of a component at an instant, after entry `seq`; what is not known of it says so in its place."""
    component = component_at(connection, component_id, seq)
    entries = of_subject(connection, Subject("component", component_id), upto=seq, limit=ENTRIES)
    if component is None:
        return Seen(entries=entries)
    probes, samples = probes_at(connection, component, instant)
    own = revisions_at(connection, seq, component_id).get(component_id, ())
    return Seen(
        component_judged(component, own), [_in_words(each) for each in probes], samples, entries,
        procedure_heads(connection, component.procedures, seq), revised=_revised(component, own),
    )  # fmt: skip


def declared_and_judged(connection: Connection, component_id: str) -> tuple[Component, Sequence[Judged]]:
    """Returns a component as it is judged now, and those of its thresholds that are revised. Raises NotFound."""
    component = declared_component(connection, component_id)
    own = revisions_of(connection, [component_id])
    return component_judged(component, own), _revised(component, own)


def _revised(component: Component, own: Sequence[Revision]) -> list[Judged]:
    return [each for each in judged_of(component, own) if each.revision is not None]


def _in_words(probe: ProbeView) -> ProbeView:
    return replace(probe, summary=NO_SAMPLES if probe.seen_at == EPOCH else WORDS_NOT_KEPT)
