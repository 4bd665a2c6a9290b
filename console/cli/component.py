"""One component in lines, as its page on the screen: `watchfloor board orders-front`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.log import as_data as entry_data
from console.cli.log import as_line
from console.cli.printing import print_json, print_table
from core.catalog.nearest import did_you_mean
from core.desk.queries import unsolved_of_components
from core.errors import NotFound
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.monitoring.present import in_present_words
from core.monitoring.queries import board, probes_of
from core.monitoring.watch import look_at_agents
from core.printable import printable
from core.timekeeping import EPOCH, age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.journal.model import Entry
    from core.monitoring.model import Status
    from core.monitoring.queries import BoardRow, ProbeView
    from core.store.store import Store

ENTRIES = 20
"""So many of its newest entries are printed."""


def print_component(store: Store, options: argparse.Namespace) -> int:
    """Prints one component; 1 when no agent watches it, for what is printed is then old. Raises NotFound."""
    rows = {row.status.id: row for row in store.read(board)}
    name: str = options.component
    if name not in rows:
        raise NotFound(
            f"there is no component {name!r}",
            next_step=did_you_mean(name, rows, "watchfloor board lists them"),
        )
    (row,) = store.read(in_present_words, [rows[name]])
    behind = sorted(other for other, each in rows.items() if name in each.needs)
    probes = store.read(probes_of, name)
    entries = store.read(of_subject, Subject("component", name), limit=ENTRIES)
    incident = store.read(unsolved_of_components).get(name)
    is_stale = bool(look_at_agents(store).silent({row.zone}))
    if options.json:
        print_json(_data(row, behind, probes, entries, incident, is_stale=is_stale))
        return int(is_stale)
    if is_stale:
        print("STALE: no agent is watching it. What follows is the last that is known.")
    for what, words in _facts(row, incident):
        print(f"{what:<12}  {words}")
    related = [("needs", each) for each in row.needs] + [("needed by", each) for each in behind]
    print_table(
        ("", "COMPONENT", "STATE", "SUMMARY"),
        [(way, n, rows[n].status.state, rows[n].words) if n in rows else (way, n, "-", "-") for way, n in related],
        "It needs nothing, and nothing needs it.",
    )  # fmt: skip
    now = utc_now()
    print_table(
        ("PROBE", "STATE", "SEEN", "SAYS"),
        [
            (p.probe, p.state, age((now - p.seen_at).total_seconds()) if p.seen_at > EPOCH else "-", p.summary)
            for p in probes
        ],
        "No probe has looked at it.",
    )  # fmt: skip
    for entry in entries:
        print(as_line(entry))
    return int(is_stale)


def _facts(row: BoardRow, incident: int | None) -> list[tuple[str, str]]:
    status = row.status
    stopped, planned = status.stopped, status.maintenance
    facts = [
        ("component", f"{status.id}: {row.title}"),
        ("state", f"{status.state}{'' if status.confirmed else ' (not confirmed)'}{', flapping' if status.flapping else ''}"),
        ("since", f"{status.since:%Y-%m-%d %H:%M:%S}Z" if status.version else ""),
        ("says", row.words),
        ("service", row.service),
        ("owner", row.owner),
        ("incident", f"I-{incident}" if incident else ""),
        ("stopped", f"by {stopped.by} since {stopped.at:%Y-%m-%d %H:%M:%S}Z: {stopped.reason}" if stopped else ""),
        ("maintenance", f"{planned.label} until {planned.until:%Y-%m-%d %H:%M}Z" if planned else ""),
        ("behind", ", ".join(status.roots)),
    ]  # fmt: skip
    return [(name, printable(words, 400)) for name, words in facts if words]


def _data(
    row: BoardRow, behind: list[str], probes: list[ProbeView], entries: list[Entry], incident: int | None, *, is_stale: bool
) -> dict[str, Any]:  # fmt: skip
    return as_data(row, incident, stale=is_stale) | {
        "needs": list(row.needs), "needed_by": behind,
        "probes": [
            {
                "id": p.probe, "state": p.state, "summary": p.summary, "detail": p.detail,
                "seen_at": p.seen_at if p.seen_at > EPOCH else None,
            }
            for p in probes
        ],
        "entries": [entry_data(entry) for entry in entries],
    }  # fmt: skip


def _maintenance(status: Status) -> dict[str, Any] | None:
    found = status.maintenance
    return None if found is None else {"window": found.label, "until": found.until}


def as_data(
    row: BoardRow, incident: int | None, *, stale: bool, at: datetime | None = None
) -> dict[str, Any]:
    """Returns a component as JSON holds it, as one of the board's; one of the past says as of when."""
    status = row.status
    return ({"at": at} if at else {}) | {
        "id": status.id, "service": row.service, "title": row.title, "state": status.state,
        "confirmed": status.confirmed, "since": status.since if status.version else None,
        "summary": row.words, "flapping": status.flapping, "unreachable_behind": list(status.roots),
        "stopped": status.stopped, "maintenance": _maintenance(status), "owner": row.owner, "incident": f"I-{incident}" if incident else None,
        "zone": row.zone, "stale": stale,
        "revised": [
            {"threshold": str(r.name), "way": r.way, "ends_at": r.ends_at, "owner": r.owner, "reason": r.reason}
            for r in row.revised
        ],
    }  # fmt: skip
