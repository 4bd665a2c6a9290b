"""`watchfloor agreements`: what is agreed with whom, whether its hours run now, and what the gate says of a request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.cli.agreements_trial import DAYS, print_trial
from console.cli.printing import add_store_arguments, open_store, print_json, print_table
from console.cli.words import refuse_unused, whole, whole_days
from console.places import said_path
from core.catalog.codec import encode
from core.catalog.nearest import did_you_mean
from core.desk.agreements.coverage import groups_of, judge, may_deliver, roles_of
from core.desk.agreements.versions import agreements_at, one_agreement
from core.desk.agreements.words import agreement_lines, hours_words, target_words
from core.desk.clocks.trying import MOST_DAYS
from core.errors import BadInput, NotFound
from core.printable import printable
from core.timekeeping import from_micros, to_micros, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.desk.agreements.coverage import AgreementVersion, InForce, Verdict

WORDS = ("may_ask", "service", "type", "may_deliver", "try", "rejudge", "days")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `agreements`."""
    add_store_arguments(parser)
    parser.add_argument("id", nargs="?", help="one agreement, explained in words")
    parser.add_argument(
        "--may-ask", metavar="ADDRESS", default="", help="say whether they may ask, and by which clause"
    )
    parser.add_argument("--service", metavar="ID", default="", help="what is asked for: a service")
    parser.add_argument("--type", metavar="ID", default="", help="and a request type of it")
    parser.add_argument(
        "--may-deliver", metavar="STAFF", default="", help="say whether they may deliver under the agreement"
    )
    parser.add_argument(
        "--try", type=said_path, metavar="DIR", default=None,
        help="say what was opened lately and would be due otherwise, were the agreements and calendars of these files in force",
    )  # fmt: skip
    parser.add_argument(
        "--rejudge",
        type=whole,
        metavar="VERSION",
        default=None,
        help="the same, by an older or newer version of the agreement",
    )
    parser.add_argument(
        "--days",
        type=whole_days,
        default=None,
        help=f"with these two: how far back ({DAYS}), at most {MOST_DAYS}",
    )


def run(options: argparse.Namespace) -> int:
    """Prints agreements, or a verdict: 1 where the gate does not let it through."""
    if getattr(options, "try") is not None:
        refuse_unused(options, WORDS, ("try", "days"), "--try")
        return print_trial(options)
    if options.rejudge is not None:
        refuse_unused(options, WORDS, ("rejudge", "days"), "--rejudge")
        return print_trial(options)
    if options.may_ask:
        refuse_unused(options, WORDS, ("may_ask", "service", "type"), "--may-ask")
    elif options.may_deliver:
        refuse_unused(options, WORDS, ("may_deliver",), "--may-deliver")
    else:
        refuse_unused(options, WORDS, (), "agreements without --may-ask")
    now = utc_now()
    with open_store(options) as store:
        in_force = store.read(agreements_at, to_micros(now))
    chosen = one_agreement(in_force, options.id) if options.id is not None else None
    if options.may_ask:
        asked_of = in_force if chosen is None else replace(in_force, agreements=(chosen,))
        return _judge(options, asked_of, now)
    if options.may_deliver:
        return _deliver(options, in_force, chosen)
    if chosen is None:
        return _print_all(options, in_force, now)
    return _print_one(options, chosen, in_force, now)


def _judge(options: argparse.Namespace, in_force: InForce, now: datetime) -> int:
    if not options.service:
        raise BadInput("what is asked for is not said", next_step="Add --service ID")
    verdict = judge(
        in_force, asker=options.may_ask, service=options.service, request_type=options.type, at=now
    )
    if options.json:
        print_json(verdict_data(verdict))
    else:
        print(f"{verdict.outcome}: {printable(verdict.clause)}")
        if verdict.customer:
            print(f"customer: {verdict.customer}")
        if verdict.also:
            print(f"also covered by: {', '.join(verdict.also)}")
    return 0 if verdict.is_covered else 1


def _deliver(options: argparse.Namespace, in_force: InForce, chosen: AgreementVersion | None) -> int:
    if chosen is None:
        raise BadInput(
            "under which agreement is not said",
            next_step="Write watchfloor agreements ID --may-deliver STAFF",
        )
    person = in_force.staff.get(options.may_deliver)
    if person is None:
        step = did_you_mean(options.may_deliver, in_force.staff, "watchfloor staff lists them")
        raise NotFound(f"there is no staff {options.may_deliver!r}", next_step=step)
    clause = may_deliver(
        chosen.agreement, person.id, roles_of(person.role), groups_of(in_force.groups, person.id)
    )
    if options.json:
        print_json(
            {"agreement": chosen.agreement.id, "staff": person.id, "may": clause is None, "clause": clause}
        )
    else:
        print(
            printable(clause)
            if clause is not None
            else f"{person.id} may deliver under {chosen.agreement.id}"
        )
    return 0 if clause is None else 1


def _print_all(options: argparse.Namespace, in_force: InForce, now: datetime) -> int:
    if options.json:
        print_json([as_data(each, now) for each in in_force.agreements])
        return 0
    print_table(
        ("ID", "CUSTOMER", "SERVICES", "HOURS", "TARGETS"),
        [
            (
                each.agreement.id, each.agreement.customer, ",".join(each.agreement.services),
                hours_words(each.hours, now), _targets(each),
            )
            for each in in_force.agreements
        ],
        "No agreement is declared.",
    )  # fmt: skip
    return 0


def _targets(version: AgreementVersion) -> str:
    targets = sorted(version.agreement.targets, key=lambda each: each.priority)
    return "; ".join(f"{target.priority}: {target_words(target)}" for target in targets) or "-"


def _print_one(
    options: argparse.Namespace, version: AgreementVersion, in_force: InForce, now: datetime
) -> int:
    if options.json:
        print_json(as_data(version, now))
        return 0
    for name, words in agreement_lines(version, in_force, now):
        print(f"{name:<12}  {printable(words)}")
    return 0


def as_data(version: AgreementVersion, now: datetime) -> dict[str, Any]:
    """Returns an agreement as JSON holds it, with how its hours stand."""
    standing = version.hours.standing(to_micros(now))
    return encode(version.agreement) | {
        "since": from_micros(version.since),
        "hours": {
            "calendar": version.calendar.id if version.calendar else None,
            "zone": version.calendar.zone if version.calendar else None,
            "open": standing.is_open,
            "until": from_micros(standing.until) if standing.until is not None else None,
            "why": standing.why,
        },
    }


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """Returns a verdict as JSON holds it."""
    return {
        "outcome": verdict.outcome,
        "clause": verdict.clause,
        "customer": verdict.customer,
        "agreement": verdict.by.agreement.id if verdict.by else None,
        "since": from_micros(verdict.by.since) if verdict.by else None,
        "also": list(verdict.also),
    }
