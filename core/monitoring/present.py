"""What the probe that decides a component's state says now, while that state stays as it was told.

A component's own words are written with its changes, and only then: each has its entry. What a probe said at its
last look is kept beside the journal, for a bad one at nearly every look. Here the one is put in the place of the other.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core.catalog.tables import catalog_item
from core.monitoring.evaluation import ProbeState
from core.monitoring.model import State
from core.monitoring.standing import own_standing
from core.monitoring.tables import probe_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.monitoring.model import Status
    from core.monitoring.queries import BoardRow

TELLING = frozenset({State.WARNING, State.UNREACHABLE, State.UNKNOWN, State.CRITICAL})
"""The states whose words hold what a probe found."""
AT_ONCE = 500
_KEPT = select(probe_state.c.component, probe_state.c.probe, probe_state.c.data).where(
    probe_state.c.component.in_(bindparam("ids", expanding=True))
)
_DECLARED = select(catalog_item.c.id, catalog_item.c.definition).where(
    catalog_item.c.kind == "component",
    catalog_item.c.until.is_(None),
    catalog_item.c.id.in_(bindparam("ids", expanding=True)),
)


def present_words(status: Status, probes: Mapping[str, ProbeState]) -> str:
    """Returns what is said of a component now; what was written of it where its probes, by id, say no more than that.

    That is so where they have just changed its state, too: their change is on its way.
    """
    if status.state not in TELLING or status.stopped is not None:
        return status.summary
    own = own_standing(probes)
    if status.state is State.UNREACHABLE and status.roots and own.state not in {State.OK, State.PENDING}:
        return f"behind {', '.join(status.roots)}: {own.summary}"
    return own.summary if own.state is status.state else status.summary


def in_present_words(connection: Connection, rows: Sequence[BoardRow]) -> list[BoardRow]:
    """Returns the same rows; those that tell what a probe found say what it finds now."""
    ids = [row.status.id for row in rows if row.status.state in TELLING]
    probes = _kept_probes(connection, ids) if ids else {}
    return [_said(row, probes.get(row.status.id)) for row in rows]


def _said(row: BoardRow, probes: Mapping[str, ProbeState] | None) -> BoardRow:
    words = present_words(row.status, probes) if probes else row.status.summary
    said = "" if words == row.status.summary else words
    return row if said == row.said else replace(row, said=said)


def _kept_probes(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, ProbeState]]:
    """Returns what is kept of the declared probes of these components; one declared no longer says nothing more."""
    found: dict[str, dict[str, ProbeState]] = {}
    for start in range(0, len(ids), AT_ONCE):
        chunk = {"ids": ids[start : start + AT_ONCE]}
        for component, definition in connection.execute(_DECLARED, chunk):
            found[component] = {name: ProbeState() for name in _probe_ids(definition)}
        for component, probe, data in connection.execute(_KEPT, chunk):
            if data and probe in found.get(component, ()):
                found[component][probe] = ProbeState.from_json(data)
    return found


def _probe_ids(definition: str) -> Iterable[str]:
    declared = json.loads(definition)
    return [each["id"] for each in declared.get("probes", ()) if "id" in each]
