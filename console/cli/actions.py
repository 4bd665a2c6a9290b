"""`watchfloor actions`: the corrective-action log, which causes come again, and what the screen can do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.action_words import as_data, causes_as_data, print_actions, print_causes, print_whole
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
)
from console.cli.words import number_of, refuse_unused
from core.catalog.queries import declared_causes
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.improvement import checking, commands, queries
from core.improvement.begun import begun_from
from core.improvement.causes import recurrences
from core.improvement.evidence import file_evidence
from core.improvement.model import EDITABLE
from core.improvement.signs import figure_of
from core.journal.wording import subject_called
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse

    from core.improvement.model import CorrectiveAction
    from core.store.store import Store

FIELD_NAMES = {"check": "check_plan"}
"""Fields that --json calls otherwise than the house does."""
WORDS = ("from", "set", "text", "file", "overrule", "all", "plain", "yes", "confirm", "reason")
JUDGED = {
    "approve": checking.approve_action, "refute": checking.refute_action,
    "cancel": commands.cancel_action, "reopen": commands.reopen_action,
}  # fmt: skip
_MEANT = ("text", "yes", "confirm", "reason", "plain")
TAKES = {
    **dict.fromkeys(JUDGED, _MEANT), "close": (*_MEANT, "overrule"), "revise": ("set", "plain"), "done": ("plain",),
    "evidence": ("text", "file", "plain"),
}  # fmt: skip
"""Which of WORDS go with a verb."""
MOST = 5000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `actions`."""
    add_store_arguments(parser)
    parser.add_argument(
        "id", nargs="?", help="one action, as A-3 or 3; or `new`, or `causes`: which come again"
    )
    parser.add_argument(
        "verb", nargs="?", choices=("revise", "done", "evidence", "close", *JUDGED),
        help="what to do with it; close says that it works, refute that it does not",
    )  # fmt: skip
    parser.add_argument(
        "--from",
        dest="from",
        metavar="I-7",
        help="with new: what it is drafted from, as I-7, RV-2, F-3, SG-4 or R-12",
    )
    parser.add_argument("--set", metavar="FIELD=TEXT", action="append", default=[],
                        help=f"a field: {', '.join(EDITABLE)}")  # fmt: skip
    parser.add_argument("--text", default="", help="what the check showed, what the evidence is, or why")
    parser.add_argument(
        "--file", metavar="PATH", default="", help="with evidence: a file, kept by path and SHA-256"
    )
    parser.add_argument(
        "--overrule", metavar="WHY", default="", help="with close: why it works although the same came back"
    )
    parser.add_argument("--all", action="store_true", help="ended ones too")
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints corrective actions or causes, or does the verb."""
    _refuse_what_does_nothing(options)
    with open_store(options) as store:
        if options.id is None:
            found = store.read(queries.corrective_actions, ended=options.all, limit=MOST)
            return print_actions(options, found, utc_now().date())
        if options.id == "causes":
            return _print_causes(store, options)
        if options.id == "new":
            return _print_one(store, options, _draft(store, options).id)
        number = number_of(options.id, "A", "action")
        if options.verb:
            _do(store, options, number)
        return _print_one(store, options, number)


def _refuse_what_does_nothing(options: argparse.Namespace) -> None:
    if options.id is None:
        refuse_unused(options, WORDS, ("all", "plain"), "a list of actions")
    elif options.id in {"new", "causes"}:
        takes = ("from", "set", "plain") if options.id == "new" else ("plain",)
        refuse_unused(options, (*WORDS, "verb"), takes, options.id)
    else:
        refuse_unused(
            options, WORDS, TAKES.get(options.verb, ("plain",)), options.verb or "one action without a verb"
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
    fields, came_from = _fields(options), getattr(options, "from")
    if not came_from:
        return store.write(person(), commands.draft_action, fields)
    about = subject_called(came_from)
    if about is None:
        raise BadInput(
            f"{came_from[:40]!r} names nothing that an action comes from",
            next_step="Write it as I-7, RV-2, F-3, SG-4 or R-12",
        )
    begun = store.read(begun_from, about)
    fields.setdefault("deviation", begun.deviation)
    return store.write(person(), commands.draft_action, fields, about=about, component=begun.component)


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    who, verb = person(), options.verb
    if verb == "revise":
        store.write(who, commands.revise_action, number, _fields(options))
    elif verb == "done":
        store.write(who, commands.complete_action, number)
    elif verb == "evidence":
        path, digest = file_evidence(options.file) if options.file else ("", "")
        store.write(who, commands.add_evidence, number, options.text or path, path, digest)
    else:
        consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
        if verb == "close":
            store.write(who, checking.close_action, number, options.text, consent, overrule=options.overrule)
        else:
            store.write(who, JUDGED[verb], number, options.text, consent)


def _print_one(store: Store, options: argparse.Namespace, number: int) -> int:
    action = store.read(queries.one_action, number)
    figure = store.read(figure_of, action)
    if options.json:
        print_json([as_data(action, utc_now().date(), figure)])
    elif options.plain:
        return print_actions(options, [action], utc_now().date())
    else:
        print_whole(action, utc_now().date(), figure, store.read(declared_causes))
    return 0


def _print_causes(store: Store, options: argparse.Namespace) -> int:
    actions = store.read(queries.corrective_actions, ended=True, limit=MOST)
    found = recurrences(actions, store.read(declared_causes), utc_now())
    if options.json:
        print_json(causes_as_data(found))
        return 0
    return print_causes(found, plain=options.plain)
