"""`watchfloor incidents`: print them, and do what the screen can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.then import add_at_argument, at
from console.cli.words import number_of, refuse_unused
from core.desk import commands, queries
from core.desk.as_of import incident_at, incidents_at
from core.errors import NotFound
from core.gate.model import Consent, Level
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.desk.model import Incident
    from core.store.store import Store

AT_ONCE = {
    "acknowledge": commands.acknowledge_incident,
    "take": commands.take_incident,
    "start": commands.start_incident,
}
WITH_TEXT = {
    "resolve": commands.resolve_incident,
    "close": commands.close_incident,
    "reopen": commands.reopen_incident,
}
VERBS = (*AT_ONCE, *WITH_TEXT, "note")
WORDS = ("text", "all", "at", "yes", "confirm", "reason")
TAKES = {**dict.fromkeys(WITH_TEXT, ("text", "yes", "confirm", "reason")), "note": ("text",)}
"""Which of WORDS go with a verb; the others take none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `incidents`."""
    add_store_arguments(parser)
    add_at_argument(parser)
    parser.add_argument("id", nargs="?", help="one incident, as I-7 or 7")
    parser.add_argument("verb", nargs="?", choices=VERBS, help="what to do with it")
    parser.add_argument("--text", default="", help="the note, the resolution, or why it is reopened")
    parser.add_argument("--all", action="store_true", help="closed ones too")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints incidents, or does the verb."""
    if options.id is None:
        refuse_unused(options, WORDS, ("all", "at"), "a list of incidents")
    else:
        refuse_unused(
            options,
            WORDS,
            TAKES.get(options.verb, ()) if options.verb else ("at",),
            options.verb or "one incident without a verb",
        )
    if options.at is not None:
        return _print_then(options)
    with open_store(options) as store:
        if options.id is None:
            return _print(options, store.read(queries.incidents, closed=options.all), utc_now())
        number = incident_number(options.id)
        if options.verb:
            _do(store, options, number)
        return _print(options, [store.read(queries.one_incident, number)], utc_now())


def _print_then(options: argparse.Namespace) -> int:
    """Prints incidents as they were at an instant. Raises NotFound for one that was not opened yet."""
    with open_store(options) as store:
        then = at(store, options.at)
        if options.id is None:
            found = store.read(incidents_at, then.seq, closed=options.all)
        else:
            number = incident_number(options.id)
            one = store.read(incident_at, number, then.seq)
            if one is None:
                raise NotFound(f"there was no incident I-{number} at {then.instant:%Y-%m-%d %H:%M:%S}Z")
            found = [one]
    if not options.json:
        print(then.words)
    return _print(options, found, then.instant)


def incident_number(text: str) -> int:
    """Returns 7 for `I-7` or `7`; raises BadInput, or NotFound for a number that was never given."""
    return number_of(text, "I", "incident")


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    if options.verb in AT_ONCE:
        store.write(person(), AT_ONCE[options.verb], number)
    elif options.verb == "note":
        store.write(person(), commands.note_incident, number, options.text)
    else:
        consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
        store.write(person(), WITH_TEXT[options.verb], number, options.text, consent)


def _print(options: argparse.Namespace, found: list[Incident], now: datetime) -> int:
    if options.json:
        extra = {"at": now} if options.at is not None else {}
        print_json([extra | as_data(incident) for incident in found])
        return 0
    print_table(
        ("ID", "SEV", "STATE", "AGE", "COMPONENT", "TITLE", "OWNER"),
        [
            (i.label, i.severity, i.standing, age((now - i.opened_at).total_seconds()), i.component, i.title, i.owner or "-")
            for i in found
        ],
        "No incident was open." if options.at is not None else "No incident is open.",
    )  # fmt: skip
    return 0


def as_data(incident: Incident) -> dict[str, Any]:
    """Returns an incident as JSON holds it."""
    return {
        "id": incident.label, "state": incident.state, "standing": incident.standing, "severity": incident.severity,
        "component": incident.component, "service": incident.service, "title": incident.title,
        "opened_at": incident.opened_at, "owner": incident.owner, "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by, "cleared_at": incident.cleared_at,
        "resolved_at": incident.resolved_at, "closed_at": incident.closed_at, "closed_by": incident.closed_by,
        "resolution": incident.resolution, "affected": list(incident.affected),
    }  # fmt: skip
