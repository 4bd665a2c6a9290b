"""What components of one zone need in others: only how it is told to be, and how long to wait until it would have been told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.monitoring.reachability import Effective

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping, Sequence

    from core.catalog.model import Catalog, Component, Probe
    from core.monitoring.model import Status

PATIENCE_S = 30.0
"""A failure waits no longer than this for what its component needs in another zone."""
SLACK_S = 1.0


class Elsewhere:
    """The needed components of other zones: how long (microseconds) until all of one was looked at once more."""

    def __init__(self) -> None:
        self._patience: dict[str, int] = {}

    def take(self, own: Iterable[Component], zone: str, catalog: Catalog) -> None:
        """Takes in what these components, all of `zone`, need in others."""
        needed = (catalog.components[name] for each in own for name in each.needed_ids)
        self._patience = {each.id: _patience(each.probes) for each in needed if each.zone != zone}

    @property
    def names(self) -> KeysView[str]:
        """Returns their ids."""
        return self._patience.keys()

    def differing(self, told: Mapping[str, Status], known: Mapping[str, Effective]) -> dict[str, Effective]:
        """Returns how those are told to be that are known otherwise."""
        found = {name: as_told(told[name]) for name in self._patience.keys() & told.keys()}
        return {name: state for name, state in found.items() if known.get(name) != state}

    def is_waited_for(self, parents: Iterable[str], known: Mapping[str, Effective], waited: int) -> bool:
        """Tells whether, after microseconds of waiting, one of these may still be told to be down.

        Another agent looks at it, and tells nobody that it is well: by then it would have looked and told.
        """
        return any(
            waited <= self._patience[name] and not (name in known and known[name].is_down)
            for name in self._patience.keys() & set(parents)
        )


def as_told(status: Status) -> Effective:
    """Returns what a status says of a component that others need."""
    return Effective(status.state, status.confirmed, status.roots)


def _patience(probes: Sequence[Probe]) -> int:
    waits = (probe.every_s + probe.timeout_s + SLACK_S for probe in probes)
    return int(min(max(waits, default=0.0), PATIENCE_S) * 1_000_000)
