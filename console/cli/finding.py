"""`watchfloor finding`: look at one finding, and work on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.findings import print_findings
from console.cli.printing import add_consent_arguments, add_store_arguments, open_store, person
from console.cli.words import day_ahead, number_of, refuse_unused
from core.gate.model import Consent, Level
from core.security.findings import commands
from core.security.findings.model import USUAL_ACCEPTED_DAYS, Justification, Severity
from core.security.findings.queries import one_finding
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from core.store.store import Store

AT_ONCE = {
    "confirm": commands.confirm_finding,
    "take": commands.take_finding,
    "start": commands.start_finding,
}
VERBS = (*AT_ONCE, "correct", "assign", "note", "grade", "verify", "accept", "rule-out", "reopen")
WORDS = ("text", "to", "severity", "run", "until", "justification", "restart", "yes", "confirm", "reason")
_MEANT = ("yes", "confirm", "reason")
TAKES = {
    "correct": ("text",), "assign": ("to",), "note": ("text",), "grade": ("severity", "text"),
    "verify": ("run", "text", *_MEANT), "accept": ("until", "to", "text", "restart", *_MEANT),
    "rule-out": ("justification", "text", *_MEANT), "reopen": ("text", *_MEANT),
}  # fmt: skip
"""Which of WORDS go with a verb; the others take none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `finding`."""
    add_store_arguments(parser)
    parser.add_argument("id", help="one finding, as F-7 or 7")
    parser.add_argument(
        "verb", nargs="?", choices=VERBS,
        help="what to do with it; verify names the run of a check, accept takes its risk until a day, rule-out says that it does not affect",
    )  # fmt: skip
    parser.add_argument("--text", default="", help="the note, or why")
    parser.add_argument("--to", metavar="WHO", default="", help="to whom; with accept, who answers for it")
    parser.add_argument(
        "--severity", choices=tuple(map(str, Severity)), default="", help="how grave it is here"
    )
    parser.add_argument(
        "--run", metavar="PR-31", default="", help="the run of a check that shows that it is gone"
    )
    parser.add_argument(
        "--until",
        metavar="DAY",
        default="",
        help=f"the last day of it, as 2026-11-30, or days ahead as {USUAL_ACCEPTED_DAYS}d",
    )
    parser.add_argument(
        "--justification", choices=tuple(map(str, Justification)), default="", help="why it does not affect"
    )
    parser.add_argument(
        "--restart", action="store_true", help="its days are counted anew once its risk is no longer accepted"
    )
    parser.add_argument("--plain", action="store_true", help="print a sentence, without columns")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints one finding, after the verb."""
    taken = TAKES.get(options.verb, ())
    refuse_unused(options, WORDS, taken, options.verb or "one finding without a verb")
    number = number_of(options.id, "F", "finding")
    today = utc_now().date()
    with open_store(options) as store:
        if options.verb:
            _do(store, options, number, today)
        return print_findings(options, [store.read(one_finding, number)], today)


def _do(store: Store, options: argparse.Namespace, number: int, today: date) -> None:
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    if options.verb in AT_ONCE:
        store.write(person(), AT_ONCE[options.verb], number)
    elif options.verb == "correct":
        store.write(person(), commands.correct_finding, number, options.text)
    elif options.verb == "assign":
        store.write(person(), commands.assign_finding, number, options.to)
    elif options.verb == "note":
        store.write(person(), commands.note_finding, number, options.text)
    elif options.verb == "grade":
        store.write(person(), commands.grade_finding, number, options.severity, options.text)
    elif options.verb == "verify":
        run_number = number_of(options.run, "PR", "run")
        store.write(person(), commands.verify_finding, number, run_number, options.text, consent)
    elif options.verb == "accept":
        store.write(
            person(), commands.accept_finding, number, day_ahead(options.until, today, "an accepted risk needs an end"), options.to, options.text, consent,
            restarts=options.restart,
        )  # fmt: skip
    elif options.verb == "rule-out":
        store.write(person(), commands.rule_out_finding, number, options.justification, options.text, consent)
    else:
        store.write(person(), commands.reopen_finding, number, options.text, consent)
