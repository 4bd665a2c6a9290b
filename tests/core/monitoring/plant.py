"""A house with a plant: two zones, and what stands behind what across them."""

from __future__ import annotations

from core.catalog.model import Catalog, Component, Need, Probe, Service, TcpTarget, Zone
from core.monitoring.model import State, Status
from core.timekeeping import from_micros

OK, CRIT, UNREACHABLE = State.OK, State.CRITICAL, State.UNREACHABLE
SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=1, retry_s=1)
PLANT = "plant"


def component(name: str, *needs: str, zone: str = "", probe: Probe = PROBE) -> Component:
    return Component(
        name, name, "s", needs=tuple(Need((each,), 1) for each in needs), probes=(probe,), zone=zone
    )


HOUSE = Catalog(
    services={"s": Service("s", "S")},
    components={
        c.id: c for c in (component("db"), component("press", "db", zone=PLANT), component("lamp", zone=PLANT))
    },
    zones={PLANT: Zone(PLANT, "Plant")},
)  # fmt: skip


def told(name: str, state: State, *, confirmed: bool = True, roots: tuple[str, ...] = ()) -> Status:
    return Status(name, 1, state, confirmed, from_micros(SECOND), str(state), roots=roots)
