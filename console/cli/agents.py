"""`watchfloor agents`: which agent watches which zone, how old its last beat is, and how it keeps up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from core.catalog.tables import component
from core.monitoring.watch import look_at_agents
from core.timekeeping import age

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Connection

    from core.monitoring.watch import AgentsSight

HOME = "home"
"""What the home zone is called where it needs a name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `agents`."""
    add_store_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a line for each zone that holds components or ever had an agent; 1 where one with components has none in force."""
    with open_store(options) as store:
        held = store.read(components_by_zone)
        seen = look_at_agents(store)
    rows = [as_data(zone, held[zone], seen) for zone in sorted({*held, *seen.zones})]
    if options.json:
        print_json(rows)
    else:
        print_table(
            ("ZONE", "AGENT", "BEAT", "COMPONENTS", "PROBES", "LOOKS/S", "LATE P99"),
            [_line(row) for row in rows],
            "No component is declared, and no agent ever ran.",
        )
    return 1 if any(row["components"] and not row["in_force"] for row in rows) else 0


def components_by_zone(connection: Connection) -> Counter[str]:
    """Returns how many components each zone holds."""
    rows = connection.execute(
        select(component.c.zone, func.count().label("count_")).group_by(component.c.zone)
    )
    return Counter({row.zone: row.count_ for row in rows})


def as_data(zone: str, components: int, seen: AgentsSight) -> dict[str, Any]:
    """Returns a zone as JSON holds it; figures are None where no agent is known."""
    sight = seen.of(zone)
    held = sight.held if sight is not None else None
    info = held.info if held is not None else {}
    return {
        "zone": zone, "components": components, "in_force": sight is not None and sight.stands,
        "host": info.get("host"), "pid": info.get("pid"), "beat_at": held.beat_at if held else None,
        "silent_s": round(sight.silent_s, 1) if sight is not None and sight.silent_s is not None else None,
        **{name: info.get(name) for name in ("probes", "asked_per_s", "achieved_per_s", "late_p99_ms", "skipped")},
    }  # fmt: skip


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    who = f"{row['host']}:{row['pid']}" if row["host"] else "-"
    beat = "never" if row["silent_s"] is None else age(row["silent_s"])
    rate = "-" if row["achieved_per_s"] is None else f"{row['achieved_per_s']} of {row['asked_per_s']}"
    late = "-" if row["late_p99_ms"] is None else f"{row['late_p99_ms']} ms"
    state = "" if row["in_force"] else "SILENT " if row["components"] else "ended "
    probes = "-" if row["probes"] is None else row["probes"]
    return row["zone"] or HOME, who, f"{state}{beat}", row["components"], probes, rate, late
