"""`watchfloor major`: print the major incidents and the reviews that are owed, and see to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from console.cli.incidents import incident_number, major_data
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.words import refuse_unused
from core.desk.clocks.due_words import due_words
from core.desk.clocks.promises import with_clocks
from core.desk.major import commands
from core.desk.major.model import CADENCE_S, ROLES, Review
from core.desk.major.queries import major_incidents
from core.desk.queries import one_incident
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.timekeeping import age, parse_span, utc_now

if TYPE_CHECKING:
    import argparse

    from core.desk.model import Incident
    from core.store.store import Store

WORDS = (
    "commander", "role", "every", "text", "owner", "due", "action", "all", "yes", "confirm", "reason",
)  # fmt: skip
_CONSENT = ("yes", "confirm", "reason")
TAKES = {
    "declare": ("commander", "role", "every", "text", *_CONSENT),
    "command": ("commander", "role", "every", "text"),
    "stand-down": ("text", "owner", "due", *_CONSENT),
    "review": ("text", "owner", "due", "action", *_CONSENT),
    "waive": ("text", *_CONSENT),
}
"""Which of WORDS go with a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `major`."""
    add_store_arguments(parser)
    parser.add_argument("id", nargs="?", help="one incident, as I-7 or 7")
    parser.add_argument(
        "verb",
        nargs="?",
        choices=tuple(TAKES),
        help="command hands over, gives roles or sets the rhythm; review says what it found; waive, that there is none",
    )
    parser.add_argument("--commander", metavar="LOGIN", default="", help="who commands (declare: you)")
    parser.add_argument("--role", metavar="ROLE=LOGIN", action="append", default=[],
                        help=f"who has a part: {', '.join(ROLES)}; without a login nobody")  # fmt: skip
    parser.add_argument(
        "--every", metavar="SPAN", default="", help=f"how often who waits is told ({CADENCE_S // 60}m)"
    )
    parser.add_argument("--text", default="", help="why, what who takes over must know, or what was found")
    parser.add_argument("--owner", metavar="LOGIN", default="", help="whose the review, or its action, is")
    parser.add_argument("--due", metavar="DAY", default="", help="by when, as 2026-11-30")
    parser.add_argument("--action", metavar="TEXT", default="", help="what is to be done after the review")
    parser.add_argument("--all", action="store_true", help="all that ever were")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints major incidents, or does the verb."""
    if options.id is None:
        refuse_unused(options, WORDS, ("all",), "a list of major incidents")
    else:
        takes = TAKES[options.verb] if options.verb else ()
        refuse_unused(options, WORDS, takes, options.verb or "one incident without a verb")
    with open_store(options) as store:
        if options.id is None:
            return _print(store, options, store.read(major_incidents, over=options.all))
        number = incident_number(options.id)
        if options.verb:
            _do(store, options, number)
        return _print(store, options, [store.read(one_incident, number)])


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    due = _day(options.due)
    roles = _roles(options.role)
    every: dict[str, Any] = {"update_every_s": parse_span(options.every)} if options.every else {}
    match options.verb:
        case "declare":
            store.write(
                person(), commands.declare_major, number, consent, commander=options.commander, roles=roles,
                text=options.text, **every,
            )  # fmt: skip
        case "command":
            store.write(
                person(), commands.change_command, number, commander=options.commander, roles=roles,
                text=options.text, **every,
            )  # fmt: skip
        case "stand-down":
            store.write(
                person(), commands.stand_down, number, options.text, consent, owner=options.owner, due=due
            )
        case "review":
            said = {"action": options.action, "owner": options.owner, "due": due.isoformat() if due else ""}
            action = {name: text for name, text in said.items() if text}
            store.write(person(), commands.close_review, number, options.text, consent, action=action)
        case "waive":
            store.write(person(), commands.waive_review, number, options.text, consent)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is not a date", where="due", next_step="Write it as 2026-11-30") from None


def _roles(said: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in said]
    for role, sign, _ in pairs:
        if not sign:
            raise BadInput(f"--role {role!r} names nobody", next_step=f"Write --role {ROLES[0]}=j.silva")
    return {role: who for role, _, who in pairs}


def _print(store: Store, options: argparse.Namespace, found: list[Incident]) -> int:
    now = utc_now()
    found = store.read(with_clocks, found, now)
    if options.json:
        print_json([{"id": each.label, "title": each.title, "major": major_data(each)} for each in found])
        return 0
    print_table(
        ("ID", "STATE", "SINCE", "DUE", "TITLE"),
        [
            (
                each.label, _standing(each, now.date()), age((now - each.major.declared_at).total_seconds()),
                due_words(each.clocks, now) or "-", each.title,
            )
            for each in found
            if each.major is not None
        ],
        "No incident is a major one, and no review is owed." if options.id is None else f"{options.id} is no major incident.",
    )  # fmt: skip
    for each in found:
        if each.major is not None:
            print(f"{each.label}  {each.major.words}")
    return 0


def _standing(incident: Incident, today: date) -> str:
    major = incident.major
    assert major is not None, incident.label
    if major.is_on:
        return f"MAJOR, {incident.state}"
    if major.is_review_late(today):
        return "review late"
    return "review owed" if major.review is Review.OWED else f"review {major.review}"
