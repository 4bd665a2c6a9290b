"""`watchfloor board`: the state of every component, worst first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from console.cli.component import as_data, print_component
from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from console.cli.then import add_at_argument, at
from console.cli.words import refuse_unused
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import catalog_status
from core.counting import counted
from core.desk.as_of import incidents_at
from core.desk.queries import unsolved_of_components
from core.errors import BadInput
from core.monitoring.as_of import board_at
from core.monitoring.model import State
from core.monitoring.present import in_present_words
from core.monitoring.queries import board
from core.monitoring.watch import look_at_agents
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.monitoring.queries import BoardRow
    from core.monitoring.watch import AgentsSight


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `board`."""
    add_store_arguments(parser)
    add_at_argument(parser)
    parser.add_argument(
        "component",
        nargs="?",
        help="one component: what it needs, what needs it, its probes, its last entries",
    )
    parser.add_argument("--service", default="", help="only this service")
    parser.add_argument("--state", default="", help="only this state, in full or as the console shows it")


def run(options: argparse.Namespace) -> int:
    """Prints the board; 1 when the agent is dead, for what is printed is then old. With --at it is as old as asked."""
    wanted = _state(options.state)
    if options.component is not None:
        refuse_unused(options, ("at", "service", "state"), (), "one component")
        with open_store(options) as store:
            return print_component(store, options)
    if options.at is not None:
        return _print_then(options, wanted)
    with open_store(options) as store:
        rows = store.read(present_board)
        incidents = store.read(unsolved_of_components)
        agents = look_at_agents(store)
        catalog = store.read(catalog_status)
    silent = agents.silent({row.zone for row in rows} or {""})
    if catalog is not None and catalog.problems:
        kept = "the last good one is in force" if catalog.digest else "and none is in force yet"
        print(f"watchfloor: the catalog is refused, {kept}: {catalog.problems[0]}", file=sys.stderr)
    if not options.json:
        for zone in sorted(silent):
            print(_stale_line(zone, agents))
    _print(options, wanted, rows, incidents, utc_now(), silent=silent)
    return 1 if silent else 0


def _stale_line(zone: str, agents: AgentsSight) -> str:
    seen = agents.of(zone)
    last = seen.silent_s if seen is not None else None
    beat = f"its last beat is {age(last)} old" if last is not None else "none ever ran"
    if zone:
        return f"STALE: no agent is watching zone {zone} ({beat}). Of it the last that is known follows."
    return f"STALE: no agent is watching ({beat}). What follows is the last that is known."


def _print_then(options: argparse.Namespace, wanted: State | None) -> int:
    with open_store(options) as store:
        then = at(store, options.at)
        rows = store.read(board_at, then.seq)
        unclosed = store.read(incidents_at, then.seq)
    if not options.json:
        print(then.words)
    incidents = {incident.component: incident.id for incident in reversed(unclosed)}
    _print(options, wanted, rows, incidents, then.instant, silent=())
    return 0


def _print(
    options: argparse.Namespace,
    wanted: State | None,
    rows: Sequence[BoardRow],
    incidents: Mapping[str, int],
    now: datetime,
    *,
    silent: Collection[str],
) -> None:
    declared = len(rows)
    service = _service(options.service, {row.service for row in rows})
    rows = [r for r in rows if service in {"", r.service} and wanted in {None, r.status.state}]
    rows.sort(key=lambda r: (-r.status.state.severity, r.status.id))
    if options.json:
        at_ = now if options.at is not None else None
        print_json([
            as_data(row, incidents.get(row.status.id), stale=row.zone in silent, at=at_) for row in rows
        ])  # fmt: skip
        return
    print_table(
        ("STATE", "COMPONENT", "SERVICE", "SINCE", "INCIDENT", "SUMMARY"),
        [_line(row, incidents.get(row.status.id), now, is_old=row.zone in silent) for row in rows],
        f"None of {counted(declared, 'component')} is of that kind."
        if declared
        else "No component was declared."
        if options.at is not None
        else "No component is declared.",
    )


def present_board(connection: Connection) -> list[BoardRow]:
    """Returns every component with what is said of it now."""
    return in_present_words(connection, board(connection))


def _state(said: str) -> State | None:
    """Returns the state that was said, in full or in the console's word for it; None for every one. Raises BadInput."""
    word = said.casefold()
    if not word:
        return None
    if word in {*State}:
        return State(word)
    from screens.widgets.glyphs import WORDS  # only who says it so pays for the console's modules

    shown = {shown.casefold(): state for state, shown in WORDS.items()}
    if word in shown:
        return shown[word]
    raise BadInput(
        f"there is no state {said!r}", next_step=did_you_mean(said, [*State], f"There are: {listed(State)}")
    )


def _service(said: str, services: Collection[str]) -> str:
    """Returns the service that was said. Raises BadInput for one no component belongs to."""
    if said and services and said not in services:
        hint = did_you_mean(said, services, f"There are: {listed(services)}")
        raise BadInput(f"no component belongs to a service {said!r}", next_step=hint)
    return said


def _line(row: BoardRow, incident: int | None, now: datetime, *, is_old: bool) -> tuple[object, ...]:
    status = row.status
    state = str(status.state) if status.confirmed else f"{status.state}?"
    if is_old:
        state += " (old)"
    since = age((now - status.since).total_seconds()) if status.version else "-"
    revised = "".join(f" [{each.brief}]" for each in row.revised)
    planned = status.maintenance
    words = (
        f"in maintenance until {planned.until:%Y-%m-%d %H:%M}Z ({planned.label}): {row.words}"
        if planned
        else row.words
    )
    return state, status.id, row.service, since, f"I-{incident}" if incident else "-", words + revised
