"""`watchfloor handover`: what one shift tells the next, computed, and accepted line by line."""

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
from console.cli.words import number_of, refuse_unused, whole
from core.desk.shifts import commands
from core.desk.shifts.queries import handovers, one_handover, open_handover
from core.errors import BadInput, NotPossible
from core.gate.model import Consent, Level
from core.timekeeping import parse_future, parse_instant, utc_now

if TYPE_CHECKING:
    import argparse

    from core.desk.shifts.model import Handover
    from core.store.store import Store

VERBS = ("begin", "add", "accept", "withdraw")
WORDS = ("line", "text", "begun", "until", "yes")
TAKES = {
    "begin": ("begun", "until", "yes"),
    "add": ("text",),
    "accept": ("line",),
    "withdraw": ("text", "yes"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `handover`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", nargs="?", choices=VERBS, help="what to do; without a word the open one is printed"
    )
    parser.add_argument("--id", default="", help="which one, as HO-7; else the one that is open")
    parser.add_argument("--all", action="store_true", help="print which there were")
    parser.add_argument("--line", type=whole, metavar="N", help="the line that is accepted: one at a time")
    parser.add_argument("--text", default="", help="the line in one's own words, or why it is withdrawn")
    parser.add_argument(
        "--begun", default="", metavar="WHEN", help="since when the shift lasts (default 8h ago)"
    )
    parser.add_argument("--until", default="", metavar="WHEN", help="when the next one ends (default in 8h)")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints the handover, or does the verb; 1 where none is open and none is named."""
    refuse_unused(options, WORDS, TAKES.get(options.verb, ()), options.verb or "printing")
    with open_store(options) as store:
        if options.all:
            return _print_all(options, store.read(handovers))
        if options.verb == "begin":
            return _print(options, _begin(store, options))
        there = (
            store.read(one_handover, number_of(options.id, "HO", "handover"))
            if options.id
            else store.read(open_handover)
        )
        if options.verb is None:
            return _print(options, there)
        if there is None:
            raise NotPossible("no handover is open", next_step="watchfloor handover begin --yes opens one")
        return _print(options, _do(store, options, there))


def _begin(store: Store, options: argparse.Namespace) -> Handover:
    now = utc_now()
    begun = parse_instant(options.begun or "8h", now)
    until = parse_future(options.until or "8h", now)
    return store.write(person(), commands.begin_handover, begun, until, _consent(options))


def _do(store: Store, options: argparse.Namespace, there: Handover) -> Handover:
    if options.verb == "add":
        return store.write(person(), commands.add_line, there.id, options.text)
    if options.verb == "withdraw":
        return store.write(person(), commands.withdraw_handover, there.id, options.text, _consent(options))
    if options.line is None:
        raise BadInput(
            "which line is accepted?", next_step="Name it with --line N: each is accepted by itself"
        )
    return store.write(person(), commands.accept_line, there.id, options.line)


def _consent(options: argparse.Namespace) -> Consent:
    return Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)


def _print_all(options: argparse.Namespace, found: list[Handover]) -> int:
    if options.json:
        print_json([_as_data(each) for each in found])
        return 0
    rows = [
        (each.label, each.state, f"{each.begun_at:%Y-%m-%d %H:%M}Z", each.begun_by, len(each.lines), len(each.open_lines), each.ended_by or "-")
        for each in found
    ]  # fmt: skip
    print_table(
        ("ID", "STATE", "BEGUN", "BY", "LINES", "NOT ACCEPTED", "ENDED BY"),
        rows,
        "No shift was ever handed over.",
    )
    return 0


def _print(options: argparse.Namespace, found: Handover | None) -> int:
    if options.json:
        print_json(None if found is None else _as_data(found))
        return 0 if found else 1
    if found is None:
        print("No handover is open: `watchfloor handover begin --yes` opens one.")
        return 1
    print(
        f"{found.label} {found.state}: {found.begun_by} hands over at {found.begun_at:%Y-%m-%d %H:%M}Z until {found.until:%Y-%m-%d %H:%M}Z"
    )
    print_table(
        ("N", "ACCEPTED BY", "TOPIC", "ABOUT", "WHAT"),
        [
            (line.number, line.accepted_by or "-", line.topic, line.about or "-", line.text)
            for line in found.lines
        ],
        "It has no line.",
    )
    print(f"{len(found.open_lines)} of {len(found.lines)} lines are not accepted yet")
    return 0


def _as_data(found: Handover) -> dict[str, Any]:
    return {
        "id": found.label, "state": found.state, "begun_at": found.begun_at, "begun_by": found.begun_by, "since": found.since,
        "until": found.until, "entry": found.upto, "ended_at": found.ended_at, "ended_by": found.ended_by,
        "lines": [
            {
                "number": line.number, "topic": line.topic, "about": line.about, "text": line.text, "by": line.by,
                "accepted_by": line.accepted_by, "accepted_at": line.accepted_at,
            }
            for line in found.lines
        ],
    }  # fmt: skip
