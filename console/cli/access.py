"""`watchfloor access`: who has which right on what, where that is read from, and what is decided about each difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli import access_requests, access_reviews
from console.cli.access_import import KINDS, keep_password, take_source
from console.cli.printing import (
    add_consent_arguments,
    add_seen_argument,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
    who,
)
from console.cli.words import day_ahead, number_of, refuse_unused, whole
from core.counting import counted
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.journal.wording import sentence as told
from core.printable import printable
from core.security.grants import commands
from core.security.grants.model import USUAL_GRANTED_DAYS
from core.security.grants.pages import ORDERS, PAGES, VIEWS, Wanted
from core.security.grants.queries import history_of, one_grant, peers, readings, some_grants
from core.security.grants.sources.known import sources_of
from core.security.together import together
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from datetime import date

    from core.security.grants.model import Grant, Source
    from core.store.store import Store

MOST = 500
DECIDES = ("accept", "end", "ignore", "assign", "note")
OTHERS = {"review": access_reviews, "request": access_requests}
VERBS = ("grants", "compare", "sources", "readings", "show", "import", "password", *DECIDES, *OTHERS)
_MEANT = ("seen", "yes", "confirm", "reason")
WORDS = (
    "names", "view", "all", "text", "owner", "until", "source", "about", "kind", "account", "granted", "fewer", "dry_run", "file",
    *_MEANT,
)  # fmt: skip
TAKES = {
    "grants": ("names", "view", "all", "source"), "compare": ("names", "source"), "readings": ("source",), "show": ("names",),
    "import": ("names", "source", "about", "kind", "account", "owner", "granted", "fewer", "dry_run", *_MEANT[1:]),
    "password": ("names", "file"),
    "accept": ("names", "owner", "text", "until", *_MEANT), "end": ("names", "text", "until", *_MEANT),
    "ignore": ("names", "text", "until", *_MEANT), "assign": ("names", "owner", *_MEANT), "note": ("names", "text"),
}  # fmt: skip
"""Which of WORDS go with a verb; the others take none."""
_OF_OTHERS = (*access_reviews.WORDS, *access_requests.WORDS)

_SHOWN_OF_A_READING = 5
"""So many refused lines of each reading are printed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `access`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", nargs="?", default="grants", choices=VERBS, metavar="VERB",
        help="grants [WORDS] (also without a word), compare (what differs and is to be decided), sources, readings, show G-7, import [FILE], "
        "password SOURCE; accept, end, ignore, assign or note G-7 ...; "
        f"{access_reviews.USAGE}; {access_requests.USAGE}",
    )  # fmt: skip
    parser.add_argument(
        "names", nargs="*", help="words that must be there (with ! must not); grants as G-7; or the file"
    )
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of grants, reviews and requests for access."""
    parser.add_argument("--view", choices=tuple(VIEWS), default="", help="which part of them (open ones)")
    parser.add_argument("--all", action="store_true", help="ended ones too")
    parser.add_argument("--sort", choices=tuple(ORDERS), default="state", help="in which order (state)")
    parser.add_argument("--limit", type=whole, default=MOST, help=f"at most so many ({MOST})")
    parser.add_argument("--text", default="", help="why, or the note")
    parser.add_argument("--owner", metavar="WHO", default="", help="who answers for it")
    parser.add_argument(
        "--until", metavar="DAY", default="",
        help=f"the last day, as 2026-11-30, or days ahead as {USUAL_GRANTED_DAYS}d; with end: by when it is to be gone",
    )  # fmt: skip
    parser.add_argument(
        "--source", metavar="NAME", default="", help="the source, as declared or as named here"
    )
    parser.add_argument(
        "--about",
        metavar="WHAT",
        default="",
        help="what the file speaks of: service:ID, component:ID or host:NAME",
    )
    parser.add_argument(
        "--kind", choices=KINDS, default="", help="it must be of this kind, else it is refused"
    )
    parser.add_argument(
        "--account", metavar="NAME", default="", help="with authorized_keys: whose keys they are"
    )
    parser.add_argument(
        "--granted", action="store_true", help="it lists what is granted here, not what is found there"
    )
    parser.add_argument("--fewer", action="store_true", help="it is right that most rights are gone")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would come of it, and change nothing"
    )
    parser.add_argument("--file", action="store_true", help="keep the password in a file for you alone")
    parser.add_argument("--plain", action="store_true", help="print a sentence for each, without columns")
    for other in OTHERS.values():
        other.add_arguments(parser)
    add_seen_argument(parser, "what is named", whole)
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints, reads a source, or decides."""
    verb = options.verb
    if verb in OTHERS:
        with open_store(options) as store:
            code: int = OTHERS[verb].run(store, options, (*WORDS[1:], *_OF_OTHERS))
            return code
    refuse_unused(options, (*WORDS, *_OF_OTHERS), TAKES.get(verb, ()), f"access {verb}")
    if verb == "password":
        return keep_password(options)
    with open_store(options) as store:
        if verb == "import":
            return take_source(store, options)
        if verb == "sources":
            return _print_sources(options, store.read(sources_of))
        if verb == "readings":
            return _print_readings(options, store)
        if verb == "show":
            return _show(store, options)
        if verb in DECIDES:
            return _decide(store, options)
        view = "to decide" if verb == "compare" else options.view or ("all" if options.all else "open")
        words = [*options.names, *([f"source:{options.source}"] if options.source else [])]
        wanted = Wanted(who(store), utc_now().date(), view, " ".join(words), options.sort)
        nothing = (
            "Nothing differs: what is granted here is what the sources show." if verb == "compare" else ""
        )
        return print_grants(options, store.read(PAGES.page, wanted, limit=options.limit), nothing)


def _decide(store: Store, options: argparse.Namespace) -> int:
    """Does the verb to the grants named, in one transaction, and prints them as they are then."""
    numbers = _numbers(options)
    command, args = _doing(options)
    seen = [(each.id, each.version) for each in store.read(some_grants, numbers)]
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    asked = options.verb in {"accept", "end", "ignore"}
    if len(numbers) == 1:
        saw = {} if options.seen is None else {"seen": options.seen}
        store.write(person(), command, numbers[0], *args, *((consent,) if asked else ()), **saw)
        return print_grants(options, [store.read(one_grant, numbers[0])])
    if options.seen is not None:
        raise BadInput("--version is that of one grant", next_step="Nothing was done. Name one grant with it")
    if options.verb == "note":
        raise BadInput("a note is written on one grant at a time", next_step="Nothing was done. Name one")
    outcome = store.write(
        person(), together, f"grant.{options.verb}", command, seen, consent, *args, *((consent,) if asked else ())
    )  # fmt: skip
    print_grants(options, store.read(some_grants, numbers))
    for label, why in outcome.not_done if not options.json else ():
        print(f"not done: {label}: {printable(why, 300)}")
    return 0 if not outcome.not_done else 1


def _doing(options: argparse.Namespace) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Returns the command of a verb, and what it is given before the consent."""
    today = utc_now().date()
    until = day_ahead(options.until, today, "") if options.until else None
    if options.verb == "accept":
        return commands.accept_grant, (options.owner, options.text, until)
    if options.verb == "end":
        return (commands.end_grant if until is None else _end_by(until)), (options.text,)
    if options.verb == "ignore":
        until = day_ahead(options.until, today, "a difference that is left alone needs an end")
        return commands.ignore_grant, (until, options.text)
    if options.verb == "assign":
        return commands.assign_grant, (options.owner,)
    return commands.note_grant, (options.text,)


def _end_by(due: date) -> Callable[..., Any]:
    def end(*args: Any, **named: Any) -> Grant:
        return commands.end_grant(*args, due=due, **named)

    return end


def _numbers(options: argparse.Namespace) -> list[int]:
    if not options.names:
        raise BadInput(f"access {options.verb} was given no grant", next_step="Write it as G-7")
    return list(dict.fromkeys(number_of(name, "G", "grant") for name in options.names))


def _show(store: Store, options: argparse.Namespace) -> int:
    """Prints grants with who else has the same, and what happened to them."""
    found = [store.read(one_grant, number) for number in _numbers(options)]
    others = store.read(peers, found)
    if options.json:
        print_json([as_data(each) | {"peers": others[each.id]} for each in found])
        return 0
    for each in found:
        print(printable(sentence(each), 1000))
        print(
            f"  {counted(others[each.id], 'has', 'have')} {printable(each.entitlement, 200)} on {printable(each.on, 200)}"
        )
        for entry in store.read(history_of, each.id):
            print(f"  {entry.at:%Y-%m-%d %H:%M}Z {printable(entry.actor, 60)}: {printable(told(entry), 400)}")
    return 0


def print_grants(options: argparse.Namespace, found: Sequence[Grant], nothing: str = "") -> int:
    """Prints grants as the options ask for it; returns the exit code."""
    nothing = nothing or "No grant is there."
    if options.json:
        print_json([as_data(each) for each in found])
    elif options.plain:
        for each in found:
            print(printable(sentence(each), 1000))
        if not found:
            print(nothing)
    else:
        print_table(
            ("ID", "STANDING", "WHO", "RIGHT", "ON", "SOURCE", "OWNER", "ENDS", "LAST USED"),
            [
                (
                    g.label, g.standing_in_words, g.principal, f"{g.entitlement}{' !' if g.is_privileged else ''}", g.on,
                    g.source, g.owner or "-", g.expires or "-", f"{g.last_used:%Y-%m-%d}" if g.last_used else "-",
                )
                for g in found
            ],
            nothing,
        )  # fmt: skip
    return 0


def sentence(grant: Grant) -> str:
    """Returns a grant in one sentence."""
    privileged = ", which is privileged" if grant.is_privileged else ""
    owner = f"owned by {grant.owner}" if grant.owner else "nobody's"
    person_ = f" ({grant.person})" if grant.person and grant.person != grant.principal else ""
    why = f": {grant.reason}" if grant.reason else ""
    end = f"until {grant.expires}" if grant.expires else "without an end"
    used = f"last used {grant.last_used:%Y-%m-%d}" if grant.last_used else "last use not known"
    return (
        f"{grant.label} {grant.standing_in_words}: {grant.principal}{person_} has {grant.entitlement} on "
        f"{grant.on}{privileged}, as {grant.source} says; {owner}{why}; {end}; {used}; version {grant.version}"
    )


def as_data(grant: Grant) -> dict[str, Any]:
    """Returns a grant as JSON holds it."""
    return {
        "id": grant.label, "version": grant.version, "standing": grant.standing, "source": grant.source, "principal": grant.principal,
        "person": grant.person, "entitlement": grant.entitlement, "on": grant.on, "is_privileged": grant.is_privileged,
        "owner": grant.owner, "reason": grant.reason, "granted_by": grant.granted_by, "since": grant.since,
        "expires": grant.expires, "last_used": grant.last_used, "said": grant.said, "is_granted": grant.is_granted,
        "is_found": grant.is_found, "found_at": grant.found_at, "due": grant.due, "why": grant.why,
        "decided_by": grant.decided_by, "decided_at": grant.decided_at, "ended_at": grant.ended_at,
    }  # fmt: skip


def _print_sources(options: argparse.Namespace, found: Sequence[Source]) -> int:
    if options.json:
        print_json([_source_data(each) for each in found])
        return 0
    if options.plain:
        for each in found:
            print(printable(_source_sentence(each), 1000))
        return 0
    print_table(
        ("SOURCE", "KIND", "ABOUT", "WHERE", "OWNER", "EVERY", "READ", "LISTED", "HOW IT WENT"),
        [
            (
                s.id, s.kind, s.about, s.path or "-", s.owner or "-", _every(s), s.read_in_words, s.listed,
                s.went_in_words,
            )
            for s in found
        ],
        "No source is declared, and none was read.",
    )  # fmt: skip
    return 0


def _every(source: Source) -> str:
    if source.every_s is None:
        return "by hand"
    hours, minutes = divmod(round(source.every_s / 60), 60)
    return (
        f"{hours}h"
        if hours and not minutes
        else f"{round(source.every_s)}s"
        if source.every_s < 60
        else f"{hours * 60 + minutes}m"
    )


def _source_sentence(source: Source) -> str:
    read = f"last read {source.read_in_words}" if source.good_at else "not read yet"
    went = f"; {source.went_in_words}" if source.trouble or source.refused else ""
    return f"{source.id} ({source.kind}) speaks of {source.about}, read {_every(source)}, {read}: {source.listed} rights{went}"


def _source_data(source: Source) -> dict[str, Any]:
    return {
        "id": source.id, "kind": source.kind, "about": source.about, "path": source.path, "owner": source.owner,
        "every_s": source.every_s, "read_at": source.read_at, "good_at": source.good_at, "trouble": source.trouble,
        "listed": source.listed, "refused": source.refused, "is_declared": source.is_declared,
    }  # fmt: skip


def _print_readings(options: argparse.Namespace, store: Store) -> int:
    found = store.read(readings, options.source, options.limit)
    if options.json:
        print_json([each._asdict() for each in found])
        return 0
    print_table(
        ("ID", "READ", "SOURCE", "WHERE", "LINES", "NEW", "CHANGED", "GONE", "BACK", "REFUSED", "BY"),
        [
            (
                r.label, f"{r.read_at:%Y-%m-%d %H:%M}Z", r.source, r.file, r.lines, r.created, r.changed, r.gone, r.back,
                r.refused, r.read_by,
            )
            for r in found
        ],
        "No reading changed anything yet.",
    )  # fmt: skip
    for r in found:
        shown = r.refusals[:_SHOWN_OF_A_READING]
        for where, why in shown:
            print(f"  {r.label} refused {printable(f'{where}: {why}', 400)}")
        if r.refused > len(shown):
            print(
                f"  {r.label} refused {r.refused - len(shown)} more: --json lists the first {len(r.refusals)}"
            )
    return 0
