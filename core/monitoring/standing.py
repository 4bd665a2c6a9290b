"""The state of a component by its own probes alone: the worst of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.monitoring.model import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.monitoring.evaluation import ProbeState


@dataclass(frozen=True, slots=True)
class Standing:
    """What a component's own probes say together. `since` is microseconds UTC."""

    state: State
    confirmed: bool
    since: int
    summary: str
    flapping: bool = False


def own_standing(probes: Mapping[str, ProbeState]) -> Standing:
    """Returns the standing of a component with these probes, by probe id.

    The worst decides; a soft state does so only where nothing is down for certain (confirmed critical or
    unknown), for a doubt must not make a certain failure uncertain. Of several as bad the one that has stood
    longest speaks. Without a result from any probe the component is pending.
    """
    looked = {name: p for name, p in probes.items() if p.state is not State.PENDING}
    if not looked:
        return Standing(State.PENDING, True, 0, "not looked at yet")
    deciding = min(looked, key=lambda name: (*_precedence(looked[name]), name))
    chosen = looked[deciding]
    bad = sum(1 for p in looked.values() if p.state is not State.OK)
    summary = chosen.summary if len(probes) == 1 else f"{deciding}: {chosen.summary}"
    if bad > 1:
        summary += f" (and {bad - 1} more)"
    if chosen.state is State.OK:
        waiting = len(probes) - len(looked)
        # What was measured when it became ok is not what is measured now: the figures stand with the probes.
        summary = f"{len(looked)} probes ok" if len(looked) > 1 else "1 probe ok"
        summary += f", {waiting} not looked at yet" if waiting else ""
    since = max(p.since for p in looked.values()) if chosen.state is State.OK else chosen.since
    return Standing(chosen.state, chosen.confirmed, since, summary, any(p.flapping for p in probes.values()))


def _precedence(probe: ProbeState) -> tuple[bool, int, bool, int]:
    """Returns what orders probes by how much they decide, the first deciding."""
    is_down = probe.confirmed and probe.state.severity >= State.UNKNOWN.severity
    return not is_down, -probe.state.severity, not probe.confirmed, probe.since
