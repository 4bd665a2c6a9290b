"""A catalog as large as a test wants it, as a real operation's might look; the same for the same seed.

Everything it watches is on this machine (127.0.0.1), so that it may be watched in earnest.
"""

from __future__ import annotations

import random

from core.catalog.model import (
    Agreement,
    Calendar,
    Catalog,
    Component,
    Customer,
    HttpTarget,
    Need,
    Probe,
    ProcedureText,
    Promise,
    Service,
    Staff,
    TcpTarget,
    Threshold,
)
from tests.catalog_files import write_catalog

__all__ = ["sample_catalog", "write_catalog"]

_SERVICES = (
    ("orders", "Order entry"), ("payments", "Payments"), ("identity", "Sign-in"), ("search", "Search"),
    ("mail", "Mail delivery"), ("billing", "Billing"), ("stock", "Stock and warehouses"),
    ("reports", "Reports"), ("delivery", "Delivery tracking"), ("archive", "Document archive"),
    ("support", "Support portal"), ("prices", "Price lists"), ("contracts", "Contracts"),
    ("payroll", "Payroll"), ("maps", "Maps and routes"), ("messages", "Text messages"),
)  # fmt: skip
_LAYERS = (
    ("db", "cache", "queue", "files"),
    ("api", "worker", "scheduler"),
    ("web", "gateway"),
)
_TCP_ROLES = {"db": 5432, "cache": 6379, "queue": 5672, "files": 2049, "worker": 9100, "scheduler": 9101}
_PEOPLE = (
    ("ana", "Ana Silva", "lead"), ("ben", "Ben Okafor", "operator"), ("chen", "Chen Wei", "operator"),
    ("dora", "Dóra Kiss", "operator"), ("emil", "Emil Novák", "reviewer"), ("fay", "Fay Müller", "admin"),
    ("gus", "Gus Lindqvist", "viewer"),
)  # fmt: skip
_CUSTOMERS = (
    ("northwind", "Northwind Trading"), ("contoso", "Contoso Retail"), ("lumen", "Lumen Clinics"),
    ("harbour", "Harbour Logistics"),
)  # fmt: skip


def sample_catalog(components: int, seed: int, *, http_port: int = 18080) -> Catalog:
    """Returns a consistent catalog with exactly that many components, spread over services in three layers.

    Each kind of component has one procedure, which restarts the first of its kind. A component needs only components of lower layers, mostly of its own service. HTTP probes ask
    `http://127.0.0.1:{http_port}/<component id>`.
    """
    chance = random.Random(seed)
    count = max(1, min(len(_SERVICES), components // 8))
    catalog = Catalog()
    catalog.services.update({name: Service(name, title) for name, title in _SERVICES[:count]})
    _add_people(catalog)
    _add_agreements(catalog, chance)
    lower: dict[str, list[list[str]]] = {name: [[], [], []] for name in catalog.services}
    for number in range(components):
        service = _SERVICES[number % count][0]
        turn = number // count
        layer = min(turn % 4, 2) if turn % 4 != 3 else 1  # of four: one below, two in the middle, one on top
        component = _component(service, layer, turn, lower, chance, http_port)
        lower[service][layer].append(component.id)
        catalog.components[component.id] = component
        procedure = component.procedures[0]
        catalog.procedures.setdefault(procedure, _procedure(procedure, component))
    return catalog


def _add_people(catalog: Catalog) -> None:
    for name, full, role in _PEOPLE:
        catalog.staff[name] = Staff(name, full, email=f"{name}@watchfloor.example", role=role)  # type: ignore[arg-type]
    for name, title in _CUSTOMERS:
        catalog.customers[name] = Customer(name, title, f"desk@{name}.example")
    office = tuple((day, 8 * 60, 18 * 60) for day in range(5))
    always = tuple((day, 0, 24 * 60) for day in range(7))
    catalog.calendars["office"] = Calendar("office", "Europe/Lisbon", office, ("2026-01-01", "2026-12-25"))
    catalog.calendars["always"] = Calendar("always", "UTC", always)


def _add_agreements(catalog: Catalog, chance: random.Random) -> None:
    targets = (
        Promise(1, 900.0, 4 * 3600.0),
        Promise(2, 1800.0, 8 * 3600.0),
        Promise(3, 4 * 3600.0, 3 * 86400.0),
        Promise(4, 86400.0, 10 * 86400.0),
    )
    names = list(catalog.services)
    for customer in catalog.customers.values():
        services = tuple(sorted(chance.sample(names, chance.randint(1, len(names)))))
        name = f"{customer.id}-standard"
        calendar = chance.choice(("office", "always"))
        catalog.agreements[name] = Agreement(
            name, f"{customer.title}, standard", customer.id, services, calendar, targets
        )


def _component(
    service: str,
    layer: int,
    turn: int,
    lower: dict[str, list[list[str]]],
    chance: random.Random,
    http_port: int,
) -> Component:
    role = chance.choice(_LAYERS[layer])
    name = f"{service}-{role}-{turn + 1:03}"
    needs = _needs(service, layer, lower, chance)
    return Component(
        id=name,
        title=f"{dict(_SERVICES)[service]}: {role} {turn + 1}",
        service=service,
        owner=chance.choice(_PEOPLE)[0],
        note="Runs in the second hall.\nAsk before moving it." if chance.random() < 0.05 else "",
        needs=needs,
        probes=_probes(name, role, chance, http_port),
        procedures=(f"restart-{role}",),
        severity=chance.choice((1, 2, 2, 3, 3, 4)),
    )


def _needs(
    service: str, layer: int, lower: dict[str, list[list[str]]], chance: random.Random
) -> tuple[Need, ...]:
    if layer == 0 or not lower[service][layer - 1]:
        return ()
    below = lower[service][layer - 1][-6:]
    chosen = chance.sample(below, min(len(below), chance.randint(1, 3)))
    needs = [Need((chosen[0],), 1)]
    if len(chosen) > 1:
        needs.append(Need(tuple(chosen[1:]), 1))
    sign_in = lower.get("identity", [[]])[0][-1:]
    if service != "identity" and sign_in and chance.random() < 0.2:
        needs.append(Need((sign_in[0],), 1))
    return tuple(needs)


def _probes(name: str, role: str, chance: random.Random, http_port: int) -> tuple[Probe, ...]:
    every = chance.choice((10.0, 30.0, 60.0))
    if role in _TCP_ROLES:
        target = TcpTarget("127.0.0.1", _TCP_ROLES[role])
        return (Probe("port", target, every_s=every, timeout_s=2.0),)
    slow = chance.choice((200, 250, 400))
    thresholds = (Threshold("latency_ms", str(slow), str(slow * 4)),)
    page = HttpTarget(f"http://127.0.0.1:{http_port}/{name}", status=(200, 204))
    probes = [Probe("http", page, every_s=every, timeout_s=4.5, thresholds=thresholds)]
    if chance.random() < 0.3:
        probes.append(
            Probe("port", TcpTarget("127.0.0.1", http_port), every_s=every, timeout_s=2.0, attempts=2)
        )
    return tuple(probes)


def _procedure(name: str, component: Component) -> ProcedureText:
    text = (
        f'+++\ntitle = "Restart {component.title}"\ncomponent = "{component.id}"\neffect = "restart"\n+++\n\n'
        f"# Restart {component.title}\n\n- [ ] Tell the desk\n- [ ] Restart it\n"
    )
    return ProcedureText(name, f"procedures/{name}.md", text)
