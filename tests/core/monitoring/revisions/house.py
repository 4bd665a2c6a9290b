"""A house with one shop front that is looked at, and a clock that a test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, HttpTarget, Probe, Service, Staff, TcpTarget, Threshold
from core.journal.model import Via
from core.monitoring.revisions.model import Name
from core.monitoring.revisions.queries import judged
from core.security.findings.commands import DUTY
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.monitoring.revisions.queries import Judged

T = TypeVar("T")
NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ADA, LEE, VIC = (Author(name, Via.CONSOLE, f"seat-{name}") for name in ("ada", "lee", "vic"))
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
DECLARED = Threshold("latency_ms", "200", "400", "150", "")
PROBE = Probe(
    "http", HttpTarget("http://shop/"), every_s=10, timeout_s=2, attempts=2, retry_s=1, thresholds=(DECLARED,)
)
LATENCY = Name("shop", "http", "latency_ms")
SIZE = Name("shop", "http", "size_bytes")


def catalog(*probes: Probe, severity: int = 2, vault: bool = True) -> Catalog:
    components = {"shop": Component("shop", "Shop", "s", probes=probes or (PROBE,), severity=severity)}
    if vault:
        looked = replace(PROBE, id="tcp", target=TcpTarget("vault", 1))
        components["vault"] = Component("vault", "Vault", "s", probes=(looked,), severity=1)
    people = {"ada": "operator", "lee": "lead", "vic": "viewer"}
    return Catalog(
        services={"s": Service("s", "S")},
        components=components,
        staff={name: Staff(name, name.title(), role=role) for name, role in people.items()},  # type: ignore[arg-type]
    )


class House:
    """Does things at a moment that a test sets."""

    def __init__(self, place: Path | str) -> None:
        self.now = NIGHT
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.loads = 0
        self.load(catalog())

    def load(self, declared: Catalog) -> None:
        self.loads += 1
        self.store.write(
            AGENT, load_catalog, declared, directory="x", digest=str(self.loads), changes=["some"]
        )

    def do(self, command: Callable[..., T], *args: Any, by: Author = ADA, **named: Any) -> T:
        self.now += timedelta(seconds=1)
        return self.store.write(by, command, *args, **named)

    def judged(self, name: Name = LATENCY) -> Judged:
        return self.store.read(judged, name)

    def keep_endings(self, command: Callable[..., Any]) -> None:
        """Has the agent do a part of its duty of endings."""
        held = self.store.write(AGENT, take_lease, DUTY, AGENT.seat, over=self._held(), info={})
        self.store.write(AGENT, command, held)

    def _held(self) -> Any:
        from core.store.lease import lease_of

        return self.store.read(lease_of, DUTY)

    def hours(self, count: float) -> datetime:
        return self.now + timedelta(hours=count)
