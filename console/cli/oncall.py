"""`watchfloor oncall`: who is on call now, next and over a week, what is missing, overrides, and trying a policy."""

from __future__ import annotations

from argparse import SUPPRESS
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from console.cli.oncall_trial import print_trial
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    database_of,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.words import number_of, refuse_unused, whole_days
from console.mail_secrets import REACHED_AT, contact_secret
from console.places import said_path
from core.catalog.queries import declared_catalog
from core.desk.agreements.versions import agreements_at
from core.desk.escalation.words import policy_words
from core.desk.oncall.commands import end_override, make_override
from core.desk.oncall.gaps import lacks
from core.desk.oncall.model import shifts
from core.desk.oncall.moving import moved
from core.desk.oncall.queries import declared_policies, one_rota, overrides_since, people_at, people_of
from core.desk.oncall.words import (
    all_on_call,
    from_words,
    load_of,
    named,
    override_words,
    shift_words,
    until_words,
)
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.printable import printable
from core.timekeeping import from_micros, instant_or_none, parse_future, to_micros, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from core.catalog.model import Catalog
    from core.desk.escalation.whom import People
    from core.desk.oncall.model import Override, Shift
    from core.store.store import Store

VERBS = ("now", "next", "week", "gaps", "policies", "try", "override", "end")
WORDS = ("name", "days", "catalog", "person", "from", "until", "yes", "confirm", "reason")
_CONSENT = ("yes", "confirm", "reason")
TAKES = {
    "now": ("name",), "next": ("name",), "week": ("name", "days"), "gaps": ("name", "days", "catalog"), "policies": ("name", "catalog"),
    "try": ("name", "days", "catalog"), "override": ("name", "person", "from", "until", *_CONSENT),
    "end": ("name", *_CONSENT),
}  # fmt: skip
"""Which of WORDS go with a verb."""
DAYS = {"week": 7, "gaps": 28, "try": 30}
_DAY = 86_400_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `oncall`."""
    add_store_arguments(parser)
    parser.add_argument(
        "verb", nargs="?", choices=VERBS, metavar="VERB",
        help="now, next, week, gaps, policies, try POLICY or ROTA, override ROTA, end OV-3; nothing says who is on call now",
    )  # fmt: skip
    parser.add_argument("name", nargs="?", default="", help="one rota, policy or override")
    parser.add_argument(
        "--days", type=whole_days, default=None, help="how far: week 7, gaps 28, try 30 days back"
    )
    parser.add_argument(
        "--catalog", type=said_path, metavar="DIR", default=SUPPRESS,
        help="with gaps, policies and try: files that are not in force yet",
    )  # fmt: skip
    parser.add_argument("--person", metavar="ID", default="", help="with override: who is on call instead")
    parser.add_argument(
        "--from",
        metavar="WHEN",
        default="",
        help="with override: as 14:30 or 2026-03-02 09:00, UTC; now if not said",
    )
    parser.add_argument("--until", metavar="WHEN", default="", help="with override: up to when, or 8h")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints who is on call, or does the verb. gaps returns 1 where something is missing."""
    verb = options.verb or "now"
    refuse_unused(options, WORDS, TAKES[verb], verb)
    with open_store(options) as store:
        now = utc_now()
        if verb == "try":
            return _try(store, options, now)
        if verb == "override" and options.name:
            return _override(store, options, now)
        if verb == "end":
            return _end(store, options)
        if verb == "override":
            return _overrides(store, options, now)
        doing: dict[str, Callable[[Store, argparse.Namespace, datetime], int]] = {
            "now": _now, "next": _now, "week": _week, "gaps": _gaps, "policies": _policies,
        }  # fmt: skip
        return doing[verb](store, options, now)


def _people(store: Store, options: argparse.Namespace, now: datetime, since: int | None = None) -> People:
    """Returns everybody there is to tell, of all rotas or the named one. Raises NotFound for a rota there is not."""
    people = store.read(people_at, to_micros(now), since=since)
    if options.name and options.verb != "try":
        people = replace(people, rotas={options.name: one_rota(people, options.name)})
    return people


def _now(store: Store, options: argparse.Namespace, now: datetime) -> int:
    people = _people(store, options, now)
    found = all_on_call(people, to_micros(now))
    if options.json:
        print_json(
            [
                {"rota": each.rota.id, "title": each.rota.title, "zone": each.rota.zone, "now": shift_data(each.now),
                 "next": None if each.next is None else shift_data(each.next)}
                for each in found
            ]
        )  # fmt: skip
        return 0
    print_table(
        ("ROTA", "NOW", "", "NEXT", "", "ZONE"),
        [
            (
                each.rota.id, named(each.now.person, people), until_words(each.now, each.rota.zone),
                "-" if each.next is None else named(each.next.person, people), from_words(each.next, each.rota.zone), each.rota.zone,
            )
            for each in found
        ],
        "No rota is declared.",
    )  # fmt: skip
    return 0


def _week(store: Store, options: argparse.Namespace, now: datetime) -> int:
    people, begin = _people(store, options, now), to_micros(now)
    end = begin + (options.days or DAYS["week"]) * _DAY
    found = {rota.id: shifts(rota, people.overrides, begin, end) for rota in people.rotas.values()}
    if options.json:
        print_json(
            [
                {"rota": name, "shifts": [shift_data(each) for each in of_rota], "hours": load_of(of_rota)}
                for name, of_rota in found.items()
            ]
        )
        return 0
    print_table(
        ("ROTA", "FROM", "TO", "WHO", "BY", "ZONE"),
        [
            (name, *shift_words(each, people.rotas[name].zone), named(each.person, people), each.by or "-", people.rotas[name].zone)
            for name, of_rota in found.items()
            for each in of_rota
        ],
        "No rota is declared.",
    )  # fmt: skip
    return 0


def _gaps(store: Store, options: argparse.Namespace, now: datetime) -> int:
    begin = to_micros(now)
    catalog = _catalog(options)
    if catalog is None:
        people, policies = _people(store, options, now), store.read(declared_policies, now)
    else:
        people = people_of(catalog, store.read(overrides_since, begin))
        policies = catalog.policies
        if options.name:
            people = people_of(catalog, people.overrides)
            one_rota(people, options.name)
    place = database_of(options)

    @cache
    def reaches(name: str, has_address: bool) -> bool:
        return has_address or contact_secret(place, REACHED_AT, name) is not None

    days = options.days or DAYS["gaps"]
    found = lacks(people, {} if options.name else policies, begin, begin + days * _DAY, reaches)
    found = [each for each in found if not options.name or each.where == options.name]
    agreed = () if options.name else store.read(agreements_at, begin).agreements
    ahead = moved(people, agreed, begin, begin + days * _DAY)
    if options.json:
        print_json(
            [
                {"sort": each.sort, "where": each.where, "person": each.person or None, "from": instant_or_none(each.begin),
                 "to": instant_or_none(each.end), "why": each.why}
                for each in found
            ]
            + [
                {"sort": "clocks are set", "where": each.where, "person": None, "from": instant_or_none(each.change.at), "to": None, "why": each.words}
                for each in ahead
            ]
        )  # fmt: skip
    else:
        for each in found:
            print(printable(each.words, 300))
        if not found:
            print(f"Nothing is missing in the next {days} days.")
        for coming in ahead:
            print(printable(f"ahead: {coming.words}", 300))
    return 1 if found else 0


def _policies(store: Store, options: argparse.Namespace, now: datetime) -> int:
    catalog = _catalog(options)
    policies = store.read(declared_policies, now) if catalog is None else catalog.policies
    found = [each for each in policies.values() if options.name in {"", each.id}]
    if options.json:
        print_json(found)
        return 0
    for policy in found:
        print(printable(f"{policy.id}: {policy.title}", 200))
        for line in policy_words(policy):
            print(f"  {printable(line, 300)}")
    if not found:
        print(
            f"There is no policy {printable(options.name, 60)}." if options.name else "No policy is declared."
        )
    return 0


def _try(store: Store, options: argparse.Namespace, now: datetime) -> int:
    if not options.name:
        raise BadInput("what is tried is not said", next_step="Name a policy, or a rota")
    end = to_micros(now)
    begin = end - (options.days or DAYS["try"]) * _DAY
    catalog = _catalog(options)
    in_force = catalog is None
    catalog = store.read(declared_catalog) if catalog is None else catalog
    people = people_of(catalog, store.read(overrides_since, begin))
    return print_trial(store, options, catalog, people, (begin, end), in_force=in_force)


def _catalog(options: argparse.Namespace) -> Catalog | None:
    """Returns the catalog in the named files; None where none are named. Raises BadInput for one with problems."""
    if options.catalog is None:
        return None
    from console.catalog_source import read_good

    return read_good(options.catalog)


def _overrides(store: Store, options: argparse.Namespace, now: datetime) -> int:
    if options.person or options.until or getattr(options, "from"):
        raise BadInput(
            "in which rota is not said",
            next_step="Write watchfloor oncall override ROTA --person ID --until WHEN",
        )
    found = store.read(overrides_since, to_micros(now))
    if options.json:
        print_json([override_data(each) for each in found])
        return 0
    for each in found:
        print(printable(override_words(each), 300))
    if not found:
        print("No override counts now or later.")
    return 0


def _override(store: Store, options: argparse.Namespace, now: datetime) -> int:
    if not options.person or not options.until:
        raise BadInput(
            "who is on call, and until when, is not said",
            next_step="Add --person ID --until WHEN --reason TEXT",
        )
    text = getattr(options, "from")
    begin = parse_future(text, now) if text else now
    end = parse_future(options.until, begin)
    made = store.write(
        person(), make_override, options.name, options.person, begin, end, options.reason, _consent(options)
    )
    return _print_override(options, made)


def _end(store: Store, options: argparse.Namespace) -> int:
    if not options.name:
        raise BadInput("which override is not said", next_step="Write watchfloor oncall end OV-3")
    number = number_of(options.name, "OV", "override")
    return _print_override(
        options, store.write(person(), end_override, number, options.reason, _consent(options))
    )


def _print_override(options: argparse.Namespace, override: Override) -> int:
    if options.json:
        print_json(override_data(override))
    else:
        print(printable(override_words(override), 300))
    return 0


def _consent(options: argparse.Namespace) -> Consent:
    return Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)


def override_data(override: Override) -> dict[str, Any]:
    """Returns an override as JSON holds it."""
    return {
        "id": override.label, "rota": override.rota, "person": override.person, "from": from_micros(override.from_at),
        "until": from_micros(override.until_at), "reason": override.reason, "made_at": from_micros(override.made_at),
        "made_by": override.made_by, "ended_at": instant_or_none(override.ended_at), "ended_by": override.ended_by or None,
    }  # fmt: skip


def shift_data(shift: Shift) -> dict[str, Any]:
    """Returns a shift as JSON holds it; its person is null where nobody is on call."""
    return {
        "person": shift.person or None, "from": from_micros(shift.begin), "to": from_micros(shift.end), "by": shift.by or None
    }  # fmt: skip
