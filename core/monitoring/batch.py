"""What the agent writes in one go: states first, then probes, minutes and samples, under its lease.

Filled on the event loop, written on the database thread. A batch that could not be written is kept and
joined with the next; when that grows too large, samples are dropped, oldest first, and counted. Changes
of state are never dropped.

Most batches leave no entry, so no key of the journal tells whether one was committed whose end nobody heard of. The
beat does: it goes with every batch and names it. One that is tried again first looks whether the beat that stands
is its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.monitoring.commands import (
    Change,
    ProbeRecord,
    add_minutes,
    add_samples,
    forget_components,
    keep_probes,
    of_zone,
    record_changes,
    set_affected,
)
from core.monitoring.queries import statuses_of
from core.monitoring.watch import DUTY
from core.store.lease import beat, last_beat_info

if TYPE_CHECKING:
    from core.monitoring.model import Status
    from core.store.work import Work

MOST_SAMPLES = 200_000
Sample = tuple[int, int, float | None, int]


@dataclass(slots=True)
class Batch:
    """Everything that waits to be written. `name` is this batch's alone; `is_tried`: somebody began to write it."""

    changes: dict[str, Change] = field(default_factory=dict)
    probes: dict[int, ProbeRecord] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    minutes: list[dict[str, Any]] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    affected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: int = 0
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    is_tried: bool = False

    def put_back(self, unwritten: Batch) -> None:
        """Takes in again what was not written for certain; what is newer here stands."""
        self.changes = {**unwritten.changes, **self.changes}
        self.probes = {**unwritten.probes, **self.probes}
        self.samples = unwritten.samples + self.samples
        self.minutes = unwritten.minutes + self.minutes
        self.forgotten |= unwritten.forgotten
        self.affected = {**unwritten.affected, **self.affected}
        self.keep_within_bounds()

    def keep_within_bounds(self) -> None:
        """Drops the oldest samples where there are too many, and counts them."""
        surplus = len(self.samples) - MOST_SAMPLES
        if surplus > 0:
            del self.samples[:surplus]
            self.dropped += surplus


def write_batch(
    work: Work, batch: Batch, token: int, info: dict[str, Any], *, duty: str = DUTY, zone: str | None = None
) -> list[Status]:
    """Writes a batch and the agent's beat; returns the changed statuses as they now stand.

    `zone` is given in a house of several: of a component that has left it meanwhile nothing is written, for another
    agent speaks of it now. A batch that was written before, to an end that nobody heard of, is not written again. Raises
    LeaseLost, and writes nothing, when another agent has taken over.
    """
    if batch.is_tried and last_beat_info(work, duty, token).get("batch") == batch.name:
        return list(statuses_of(work.connection, list(batch.changes)).values())
    batch.is_tried = True
    beat(work, duty, token, {**info, "batch": batch.name})
    changes = list(batch.changes.values())
    if zone is not None and changes:
        own = of_zone(work, [change.now.id for change in changes], zone)
        changes = [change for change in changes if change.now.id in own]
    written = record_changes(work, changes, zone) if changes else []
    for root, behind in batch.affected.items():
        set_affected(work, root, behind, zone=zone)
    if batch.forgotten:
        forget_components(work, sorted(batch.forgotten))
    keep_probes(work, list(batch.probes.values()))
    add_minutes(work, batch.minutes)
    add_samples(work, batch.samples)
    return written
