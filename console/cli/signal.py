"""`watchfloor signal`: look at one signal, and judge it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.cli.printing import add_consent_arguments, add_store_arguments, open_store, person
from console.cli.signals import print_signals
from console.cli.words import number_of, refuse_unused
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.printable import printable
from core.security.signals.commands import acknowledge_signal, evidence_of, make_incident
from core.security.signals.model import USUAL_SUPPRESSED_DAYS
from core.security.signals.queries import one_signal
from core.security.signals.suppressing import suppress_signal
from core.timekeeping import parse_future, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.store.store import Store

_MEANT = ("yes", "confirm", "reason")
TAKES = {
    "acknowledge": ("text",), "suppress": ("until", "to", "text", "whatever", *_MEANT), "incident": ("into", *_MEANT),
}  # fmt: skip
WORDS = ("text", "to", "until", "whatever", "into", *_MEANT)
"""Which of WORDS go with a verb; the others take none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `signal`."""
    add_store_arguments(parser)
    parser.add_argument("id", help="one signal, as SG-7 or 7")
    parser.add_argument(
        "verb", nargs="?", choices=tuple(TAKES),
        help="what to do with it; suppress keeps its like from being shown until an end, incident opens one with its evidence",
    )  # fmt: skip
    parser.add_argument("--text", default="", help="what it was, or why it is suppressed")
    parser.add_argument("--to", metavar="WHO", default="", help="who answers for the suppression")
    parser.add_argument(
        "--until", metavar="WHEN", default="",
        help=f"its end: 2026-11-30 18:00 (UTC), or from now on as 12h or {USUAL_SUPPRESSED_DAYS}d",
    )  # fmt: skip
    parser.add_argument(
        "--whatever",
        action="store_true",
        help="suppress what the rule raises in that log, whatever it is about",
    )
    parser.add_argument("--into", metavar="I-7", default="", help="an incident that is worked on already")
    parser.add_argument("--plain", action="store_true", help="print a sentence, without columns")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints one signal with its evidence, after the verb."""
    refuse_unused(options, WORDS, TAKES.get(options.verb, ()), options.verb or "one signal without a verb")
    number = number_of(options.id, "SG", "signal")
    now = utc_now()
    with open_store(options) as store:
        if options.verb:
            _do(store, options, number, now)
        found = store.read(one_signal, number)
        code = print_signals(options, [found])
    if not options.json and not options.plain:
        for line in evidence_of(found).splitlines()[1:]:
            print(printable(line, 1000))
    return code


def _do(store: Store, options: argparse.Namespace, number: int, now: datetime) -> None:
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    if options.verb == "acknowledge":
        store.write(person(), acknowledge_signal, number, options.text)
    elif options.verb == "suppress":
        store.write(
            person(), suppress_signal, number, end_of(options.until, now), options.to, options.text, consent,
            whatever=options.whatever,
        )  # fmt: skip
    else:
        into = number_of(options.into, "I", "incident") if options.into else None
        store.write(person(), make_incident, number, consent, into=into)


def end_of(text: str, now: datetime) -> datetime:
    """Returns the instant written as `2026-11-30 18:00`, `2026-11-30` (its end), `12h` or `7d`. Raises BadInput."""
    word = text.strip()
    if not word:
        raise BadInput(
            "a suppression needs an end", where="--until", next_step=f"Write it as 2026-11-30 18:00, 12h or {USUAL_SUPPRESSED_DAYS}d"
        )  # fmt: skip
    if len(word) == len("2026-11-30") and word.count("-") == 2:
        return parse_future(f"{word} 00:00", now - timedelta(days=1)) + timedelta(days=1)
    return parse_future(word, now)
