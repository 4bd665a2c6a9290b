"""`watchfloor window`: plan a maintenance window, change it, end it, leave one time of it out, cancel it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from console.cli.printing import (
    add_consent_arguments,
    add_seen_argument,
    add_store_arguments,
    consent_of,
    open_store,
    person,
    print_json,
)
from console.cli.windows import as_data, sentence
from console.cli.words import number_of, refuse_unused, whole
from core.errors import BadInput
from core.gate.model import VERBS, Level, needed_level
from core.operations.windows.commands import (
    Plan,
    cancel_window,
    change_window,
    checked_plan,
    end_window,
    plan_window,
    skip_window,
)
from core.operations.windows.queries import one_window
from core.operations.windows.scope import checked_scope, touched
from core.operations.windows.when import check_zone, end_after, instant_in, local_words, time_of_day
from core.printable import printable
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.operations.windows.model import Window
    from core.store.store import Store

_PLANNED = ("yes", "confirm", "reason")
_MEANT = ("seen", *_PLANNED)
_WHEN = ("from", "for", "until", "tz")
TAKES = {
    "add": ("service", "zone", "owner", "every", "last", *_WHEN, *_PLANNED), "change": (*_WHEN, *_MEANT), "end": _MEANT,
    "skip": _MEANT, "cancel": _MEANT, "show": (),
}  # fmt: skip
WORDS = ("service", "zone", "owner", "every", "last", *_WHEN, *_MEANT)
"""Which of WORDS go with a verb."""
_DOING = {"end": end_window, "skip": skip_window, "cancel": cancel_window}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `window`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", choices=tuple(TAKES), metavar="VERB",
        help="add COMPONENT …, show W-3, change W-3, end W-3 now, skip the next time of W-3, cancel W-3",
    )  # fmt: skip
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="with add components, else one window, as W-3 or 3"
    )
    parser.add_argument(
        "--service", action="append", default=[], help="with add: every component of a service"
    )
    parser.add_argument(
        "--zone",
        action="append",
        default=[],
        help="with add: every component of a zone; home is the one without a name",
    )
    parser.add_argument(
        "--from", metavar="WHEN", default="", help="now (the usual), 22:00, 2026-11-27 22:00, or 2h ahead"
    )
    parser.add_argument("--for", metavar="SPAN", default="", help="how long: 2h, 90m")
    parser.add_argument("--until", metavar="WHEN", default="", help="its end instead, written as its begin")
    parser.add_argument(
        "--tz",
        metavar="ZONE",
        default="",
        help="in whose local time that is said: Europe/Berlin; UTC if not said",
    )
    parser.add_argument(
        "--every",
        metavar="RULE",
        default="",
        help="daily; weekly tue thu; monthly 15, last, second tue or last fri",
    )
    parser.add_argument(
        "--last", metavar="DAY", default="", help="with --every: the last day on which it may begin"
    )
    parser.add_argument("--owner", metavar="WHO", default="", help="who answers for it; you if not said")
    parser.add_argument("--plain", action="store_true", help="print a sentence, without columns")
    add_seen_argument(parser, "W-3", whole)
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Does the verb and prints the window; before one is planned, what it would touch."""
    refuse_unused(options, WORDS, TAKES[options.verb], options.verb)
    with open_store(options) as store:
        now = utc_now()
        window = _add(store, options, now) if options.verb == "add" else _of_one(store, options, now)
    if options.json:
        print_json(as_data(window, now))
    else:
        print(printable(sentence(window, utc_now()), 1000))
    return 0


def _of_one(store: Store, options: argparse.Namespace, now: datetime) -> Window:
    if len(options.names) != 1:
        raise BadInput(
            f"{options.verb} is about one window", next_step="Name it as W-3; watchfloor windows lists them"
        )
    number = number_of(options.names[0], "W", "window")
    if options.verb == "show":
        return store.read(one_window, number)
    if options.verb == "change":
        return _change(store, options, number, now)
    return store.write(
        person(), _DOING[options.verb], number, options.reason, consent_of(options), options.seen
    )


def _change(store: Store, options: argparse.Namespace, number: int, now: datetime) -> Window:
    before = store.read(one_window, number)
    zone = check_zone(options.tz or before.zone)
    said = getattr(options, "from")
    begin = instant_in(said, zone, now) if said else None
    end = _end(options, zone, now, begin or before.begins_at)
    if end is None:
        if begin is None:
            raise BadInput("what is it to be changed to?", next_step="Say --until, --for or --from")
        end = begin + (before.ends_at - before.begins_at)
    return store.write(
        person(),
        change_window,
        number,
        end,
        options.reason,
        consent_of(options),
        options.seen or before.version,
        begins_at=begin,
    )


def _add(store: Store, options: argparse.Namespace, now: datetime) -> Window:
    zone = check_zone(options.tz or "UTC")
    said = getattr(options, "from") or "now"
    begin = instant_in(said, zone, now)
    end = _end(options, zone, now, begin)
    if end is None:
        raise BadInput(
            "a window has an end",
            where="--for",
            next_step="Nothing was changed. Say --for 2h or --until 23:30",
        )
    scope = store.read(checked_scope, options.names, options.service, options.zone)
    plan = Plan(
        scope, begin, end, options.owner, options.reason, zone, options.every,
        time_of_day(said, zone) if options.every else "", _day(options.last),
    )  # fmt: skip
    found = store.read(touched, scope)
    if not options.json:
        shown = checked_plan(plan, now)
        print(f"when      {local_words(shown.begins_at, zone)} to {local_words(shown.ends_at, zone)}")
        for name, text in found.lines:
            print(printable(f"{name:<9} {text}", 1000))
        if options.confirm == "" and needed_level(VERBS[plan.verb], len(found.components)) >= Level.NAME:
            print("confirm   this covers many: it is asked for by name")
    return store.write(person(), plan_window, plan, consent_of(options))


def _end(options: argparse.Namespace, zone: str, now: datetime, begin: datetime) -> datetime | None:
    span = getattr(options, "for")
    if span and options.until:
        raise BadInput("--for and --until both say its end", next_step="Nothing was changed. Say one of them")
    if span:
        return end_after(begin, span)
    return instant_in(options.until, zone, max(now, begin)) if options.until else None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text[:40]!r} is no day", where="--last", next_step="Write it as 2026-12-31"
        ) from None
