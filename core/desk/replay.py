"""The story of an incident: every entry that concerns it, in order, for a review of how it went. Nothing is written.

Its own entries say what it was about: the components that failed or were affected, the runs begun for it, what was sent
and whom it was escalated to. What was told of those components counts until it was closed, of those runs all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.errors import NotFound
from core.journal import queries as journal
from core.journal.folding import readable
from core.journal.model import Subject
from core.journal.past import reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from core.journal.model import Entry

MOST = 2000
"""So many entries are played at most: the first ones, and that there are more is said."""


class Step(NamedTuple):
    """One entry of a story, and the seconds since the one before it (0 of the first)."""

    entry: Entry
    gap_s: float


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to an incident, by its label; never empty. `is_whole` unless there were more than MOST entries."""

    label: str
    steps: tuple[Step, ...]
    is_whole: bool = True

    def since_s(self, step: Step) -> float:
        """Returns the seconds from its first entry to one of its steps."""
        return (step.entry.at - self.steps[0].entry.at).total_seconds()


def story_of(connection: Connection, incident_id: int) -> Story:
    """Returns the story of an incident. Raises NotFound."""
    incident = one_incident(connection, incident_id)
    own = journal.of_subject(connection, Subject("incident", str(incident_id)))
    whole = reach(connection)
    if not own or whole is None:
        raise NotFound(f"nothing was told of {incident.label}: there is nothing to replay")
    begin, newest = own[0].seq - 1, whole.seq
    end = _closed_at(own) if incident.state is IncidentState.CLOSED else newest
    about = _components(own)
    found = {entry.seq: entry for entry in own}
    for kind, ids, upto in (("component", about, end), ("run", _runs(own), newest)):
        if ids:
            others = journal.of_several(connection, kind, ids, after=begin, upto=upto, limit=MOST + 1)
            found |= {entry.seq: entry for entry in others}
    entries = [found[seq] for seq in sorted(found)]
    return Story(incident.label, steps_of(entries[:MOST]), len(entries) <= MOST)


def steps_of(entries: Sequence[Entry]) -> tuple[Step, ...]:
    """Returns entries with their distance in time from the one before."""
    before = [*entries[:1], *entries]
    return tuple(
        Step(entry, (entry.at - earlier.at).total_seconds())
        for earlier, entry in zip(before, entries, strict=False)
    )


def _closed_at(own: Iterable[Entry]) -> int:
    """Returns the number of the entry that closed it last; of its last one where none says so."""
    numbers = [(entry.seq, entry.changes.get("state", (None, None))[1]) for entry in own]
    return max((seq for seq, state in numbers if state == IncidentState.CLOSED), default=numbers[-1][0])


def _components(own: Iterable[Entry]) -> set[str]:
    """Returns every component that it was ever said to be about, or to affect."""
    found: set[str] = set()
    for entry in own:
        _, component = entry.changes.get("component", (None, None))
        _, affected = entry.changes.get("affected", (None, None))
        found |= {component} if isinstance(component, str) and component else set()
        found |= readable(_named, affected) or set() if isinstance(affected, str) else set()
    return found


def _named(text: str) -> set[str]:
    return {each for each in json.loads(text) if isinstance(each, str)}


def _runs(own: Iterable[Entry]) -> set[str]:
    numbers = (entry.changes.get("run", (None, None))[1] for entry in own)
    return {str(number) for number in numbers if isinstance(number, int)}
