"""`watchfloor board`: the state of every component, worst first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from core.catalog.nearest import did_you_mean, listed
from core.catalog.queries import catalog_status
from core.counting import counted
from core.desk.queries import unsolved_of_components
from core.errors import BadInput
from core.monitoring.model import State
from core.monitoring.present import in_present_words
from core.monitoring.queries import board
from core.monitoring.watch import look_at_agent
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from core.monitoring.queries import BoardRow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `board`."""
    add_store_arguments(parser)
    parser.add_argument("--service", default="", help="only this service")
    parser.add_argument("--state", default="", help="only this state, in full or as the console shows it")


def run(options: argparse.Namespace) -> int:
    """Prints the board; 1 when the agent is dead, for what is printed is then old."""
    wanted = _state(options.state)
    with open_store(options) as store:
        rows = store.read(present_board)
        incidents = store.read(unsolved_of_components)
        agent = look_at_agent(store)
        catalog = store.read(catalog_status)
    now = utc_now()
    declared = len(rows)
    service = _service(options.service, {row.service for row in rows})
    rows = [r for r in rows if service in {"", r.service} and wanted in {None, r.status.state}]
    rows.sort(key=lambda r: (-r.status.state.severity, r.status.id))
    stale = not agent.stands
    if catalog is not None and catalog.problems:
        kept = "the last good one is in force" if catalog.digest else "and none is in force yet"
        print(f"watchfloor: the catalog is refused, {kept}: {catalog.problems[0]}", file=sys.stderr)
    if options.json:
        print_json([as_data(row, incidents.get(row.status.id), stale=stale) for row in rows])
    else:
        if stale:
            beat = (
                f"its last beat is {age(agent.silent_s)} old"
                if agent.silent_s is not None
                else "none ever ran"
            )
            print(f"STALE: no agent is watching ({beat}). What follows is the last that is known.")
        print_table(
            ("STATE", "COMPONENT", "SERVICE", "SINCE", "INCIDENT", "SUMMARY"),
            [_line(row, incidents.get(row.status.id), now) for row in rows],
            f"None of {counted(declared, 'component')} is of that kind."
            if declared
            else "No component is declared.",
        )
    return 1 if stale else 0


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


def _line(row: BoardRow, incident: int | None, now: datetime) -> tuple[object, ...]:
    status = row.status
    state = str(status.state) if status.confirmed else f"{status.state}?"
    since = age((now - status.since).total_seconds()) if status.version else "-"
    return state, status.id, row.service, since, f"I-{incident}" if incident else "-", row.words


def as_data(row: BoardRow, incident: int | None, *, stale: bool) -> dict[str, Any]:
    """Returns a row of the board as JSON holds it."""
    status = row.status
    return {
        "id": status.id, "service": row.service, "title": row.title, "state": status.state,
        "confirmed": status.confirmed, "since": status.since if status.version else None,
        "summary": row.words, "flapping": status.flapping, "unreachable_behind": list(status.roots),
        "stopped": status.stopped, "owner": row.owner, "incident": f"I-{incident}" if incident else None,
        "stale": stale,
    }  # fmt: skip
