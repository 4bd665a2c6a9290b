"""The state of a component by its own probes alone: the worst of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.counting import counted
from core.monitoring.model import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.monitoring.evaluation import ProbeState


@dataclass(frozen=True, slots=True)
class Standing:
    """What a component's own probes say together. `since` is microseconds UTC.

    `frame` is the summary without what the deciding probe itself said: it holds its name, the kind of its
    failure and what is counted. `speaker` is the probe that decides, empty where all is well.
    """

    state: State
    confirmed: bool
    since: int
    summary: str
    flapping: bool = False
    frame: str = ""
    speaker: str = ""


def own_standing(probes: Mapping[str, ProbeState]) -> Standing:
    """Returns the standing of a component with these probes, by probe id.

    The worst decides; a soft state does so only where nothing is down for certain (confirmed critical or
    unknown), for a doubt must not make a certain failure uncertain. Of several as bad the one that has stood
    longest speaks; the others that are bad for certain are counted. Without a result from any probe the
    component is pending.
    """
    looked = {name: p for name, p in probes.items() if p.state is not State.PENDING}
    if not looked:
        return Standing(State.PENDING, True, 0, "not looked at yet")
    deciding = min(looked, key=lambda name: (*_precedence(looked[name]), name))
    chosen = looked[deciding]
    beside = sum(1 for n, p in looked.items() if n != deciding and p.confirmed and p.state is not State.OK)
    before = "" if len(probes) == 1 else f"{deciding}: "
    after = f" (and {beside} more)" if beside else ""
    summary, frame = f"{before}{chosen.summary}{after}", f"{before}{chosen.kind}{after}"
    if chosen.state is State.OK:
        # What was measured when it became ok is not what is measured now: the figures stand with the probes.
        # Nor is it counted how many have not been looked at yet: these words stand until the last one was.
        ok = f"{counted(len(probes), 'probe')} ok"
        deciding = ""
        summary = frame = ok if len(looked) == len(probes) else "ok so far, not every probe was looked at yet"
    since = max(p.since for p in looked.values()) if chosen.state is State.OK else chosen.since
    flapping = any(p.flapping for p in probes.values())
    return Standing(chosen.state, chosen.confirmed, since, summary, flapping, frame, deciding)


def _precedence(probe: ProbeState) -> tuple[bool, int, bool, int]:
    """Returns what orders probes by how much they decide, the first deciding."""
    is_down = probe.confirmed and probe.state.severity >= State.UNKNOWN.severity
    return not is_down, -probe.state.severity, not probe.confirmed, probe.since
