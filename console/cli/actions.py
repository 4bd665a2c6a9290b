"""`watchfloor actions`: the corrective-action log, and what the screen can do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.incidents import incident_number
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.words import number_of, refuse_unused
from core.desk.queries import one_incident
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.improvement import commands, queries
from core.improvement.model import EDITABLE
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse

    from core.improvement.model import CorrectiveAction
    from core.store.store import Store

FIELD_NAMES = {"check": "check_plan"}
"""Fields that --json calls otherwise than the house does."""
WORDS = ("incident", "set", "text", "all", "yes", "confirm", "reason")
ENDS = {"close": commands.close_action, "cancel": commands.cancel_action, "reopen": commands.reopen_action}
TAKES = {**dict.fromkeys(ENDS, ("text", "yes", "confirm", "reason")), "revise": ("set",)}
"""Which of WORDS go with a verb; the others take none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `actions`."""
    add_store_arguments(parser)
    parser.add_argument("id", nargs="?", help="one action, as A-3 or 3; or `new`")
    parser.add_argument("verb", nargs="?", choices=("revise", "done", *ENDS), help="what to do with it")
    parser.add_argument("--incident", metavar="I-7", help="with new: the incident it is drafted from")
    parser.add_argument("--set", metavar="FIELD=TEXT", action="append", default=[],
                        help=f"a field: {', '.join(EDITABLE)}")  # fmt: skip
    parser.add_argument("--text", default="", help="what the check showed, or why")
    parser.add_argument("--all", action="store_true", help="ended ones too")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints corrective actions, or does the verb."""
    _refuse_what_does_nothing(options)
    with open_store(options) as store:
        if options.id is None:
            return _print(options, store.read(queries.corrective_actions, ended=options.all))
        if options.id == "new":
            return _print(options, [_draft(store, options)])
        number = number_of(options.id, "A", "action")
        if options.verb:
            _do(store, options, number)
        return _print(options, [store.read(queries.one_action, number)])


def _refuse_what_does_nothing(options: argparse.Namespace) -> None:
    if options.id is None:
        refuse_unused(options, WORDS, ("all",), "a list of actions")
    elif options.id == "new":
        refuse_unused(options, (*WORDS, "verb"), ("incident", "set"), "new")
    else:
        refuse_unused(
            options, WORDS, TAKES.get(options.verb, ()), options.verb or "one action without a verb"
        )
    if options.verb == "revise" and not options.set:
        raise BadInput(
            "revise says no field", next_step="Write --set due=2026-11-30; --help names the fields"
        )


def _fields(options: argparse.Namespace) -> dict[str, str]:
    pairs = [text.partition("=") for text in options.set]
    for name, sign, _ in pairs:
        if not sign:
            raise BadInput(f"--set {name!r} has no value", next_step="Write --set due=2026-11-30")
    return {FIELD_NAMES.get(name, name): text for name, _, text in pairs}


def _draft(store: Store, options: argparse.Namespace) -> CorrectiveAction:
    fields = _fields(options)
    if not options.incident:
        return store.write(person(), commands.draft_action, fields)
    incident = store.read(one_incident, incident_number(options.incident))
    fields.setdefault("deviation", incident.title)
    return store.write(
        person(), commands.draft_action, fields, incident=incident.id, component=incident.component
    )


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    if options.verb == "revise":
        store.write(person(), commands.revise_action, number, _fields(options))
    elif options.verb == "done":
        store.write(person(), commands.complete_action, number)
    else:
        consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
        store.write(person(), ENDS[options.verb], number, options.text, consent)


def _print(options: argparse.Namespace, found: list[CorrectiveAction]) -> int:
    if options.json:
        print_json([as_data(action) for action in found])
        return 0
    today = utc_now().date()
    print_table(
        ("ID", "STATE", "DUE", "FROM", "DEVIATION", "ACTION", "OWNER"),
        [
            (
                a.label, "late" if a.is_overdue(today) else a.state, a.due or "-",
                f"I-{a.incident}" if a.incident else "-", a.deviation, a.action or "-", a.owner or "-",
            )
            for a in found
        ],
        "No corrective action is open.",
    )  # fmt: skip
    return 0


def as_data(action: CorrectiveAction) -> dict[str, Any]:
    """Returns a corrective action as JSON holds it."""
    return {
        "id": action.label, "state": action.state, "incident": f"I-{action.incident}" if action.incident else None,
        "component": action.component, "deviation": action.deviation, "cause": action.cause, "action": action.action,
        "owner": action.owner, "due": action.due, "check": action.check_plan, "outcome": action.outcome,
        "created_at": action.created_at, "created_by": action.created_by, "closed_at": action.closed_at,
        "closed_by": action.closed_by, "missing": list(action.missing),
    }  # fmt: skip
