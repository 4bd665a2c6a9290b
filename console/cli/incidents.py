"""`watchfloor incidents`: print them, and do what the screen can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from console.cli.attached import ATTACH, LOGS, attach_or_print
from console.cli.escalations import escalation_data, print_escalated, print_escalation
from console.cli.filters import HELP, read_filter
from console.cli.links import add_relation_argument, link_data, link_facts
from console.cli.listed import add_limit_argument, first_of, to_read
from console.cli.plain import add_plain_argument, print_plain
from console.cli.previewing import print_previews
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    indented,
    open_store,
    person,
    print_json,
    print_table,
    who,
)
from console.cli.promises import clock_data, print_clocks
from console.cli.replay import print_story
from console.cli.then import add_at_argument, at
from console.cli.words import number_of, refuse_unused
from core.desk import commands, queries
from core.desk.as_of import incident_at, incidents_at
from core.desk.clocks.due_words import due_words
from core.desk.clocks.promises import promises, with_clocks
from core.desk.escalation.commands import escalate
from core.desk.escalation.queries import escalation_of
from core.desk.finding.fields import Kind
from core.desk.finding.queries import find, speaks_of_state
from core.desk.finding.reading import Sight
from core.desk.finding.tree import All, Flag, Not
from core.desk.links.commands import link_items, unlink_items
from core.desk.links.model import item_called
from core.desk.links.queries import links_of
from core.desk.messages.incident_contact import incident_previews
from core.desk.model import Incident
from core.desk.problems.model import offered_for
from core.desk.problems.queries import known_errors_of
from core.desk.replay import story_of
from core.desk.telling import tell_incident
from core.errors import BadInput, NotFound
from core.gate.model import Consent, Level
from core.printable import printable
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from core.desk.escalation.queries import Escalation
    from core.desk.links.model import Link
    from core.desk.problems.model import Problem
    from core.store.store import Store

AT_ONCE = {
    "acknowledge": commands.acknowledge_incident,
    "take": commands.take_incident,
    "start": commands.start_incident,
}
WITH_TEXT = {
    "resolve": commands.resolve_incident,
    "close": commands.close_incident,
    "reopen": commands.reopen_incident,
}
ONLY_TEXT = {"note": commands.note_incident, "tell": tell_incident}
ESCALATE = "escalate"
LINK, UNLINK = "link", "unlink"
INCIDENTS = frozenset({Kind.INCIDENT})
VERBS = (*AT_ONCE, *WITH_TEXT, *ONLY_TEXT, ESCALATE, LINK, UNLINK, ATTACH, LOGS, "due")
WORDS = (
    "text",
    "all",
    "at",
    "filter",
    "limit",
    "preview",
    "relation",
    "replay",
    "since",
    "to",
    "yes",
    "confirm",
    "reason",
)
TAKES = {
    **dict.fromkeys((*WITH_TEXT, ESCALATE), ("text", "yes", "confirm", "reason")),
    "note": ("text",),
    "tell": ("text", "preview"),
    LINK: ("relation", "to"),
    UNLINK: ("to",),
    ATTACH: ("since", "preview"),
    "due": ("at",),
}
"""Which of WORDS go with a verb; the others take none."""


class Belongings(NamedTuple):
    """What belongs to one incident beside itself."""

    offered: Sequence[Problem] = ()
    escalation: Escalation | None = None
    links: Sequence[Link] = ()


NOTHING_BELONGS = Belongings()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `incidents`."""
    add_store_arguments(parser)
    add_plain_argument(parser)
    add_at_argument(parser)
    parser.add_argument("id", nargs="?", help="one incident, as I-7 or 7")
    parser.add_argument(
        "verb",
        nargs="?",
        choices=VERBS,
        help="what to do with it; escalate tells whoever is next now, with why; tell says what who waits was told; link says what it is to another; attach puts what you did since a time on its time line, as a log; logs prints those that are attached; due explains what is promised of it",
    )
    parser.add_argument(
        "--text", default="", help="the note, what was told, the resolution, or why it is reopened"
    )
    parser.add_argument(
        "--preview",
        action="store_true",
        help="with tell: print what would go out, and to whom; with attach: print the log; nothing is done",
    )
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default="",
        help="with attach: since when, in UTC: 03:12, '2026-11-27 03:12', -2h, or I-3 for when that was opened",
    )
    add_relation_argument(parser)
    parser.add_argument("--to", default="", help="with link and unlink, the other item, as R-2 or I-7")
    parser.add_argument(
        "--replay",
        action="store_true",
        help="print how it went: each entry that concerns it, with its distance in time from the one before",
    )
    parser.add_argument("--all", action="store_true", help="closed ones too")
    add_limit_argument(parser)
    parser.add_argument("--filter", default="", help=f"only those that pass it, {HELP}")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints incidents, or does the verb."""
    if options.id is None:
        refuse_unused(options, WORDS, ("all", "at", "filter", "limit"), "a list of incidents")
    else:
        refuse_unused(
            options,
            WORDS,
            TAKES.get(options.verb, ()) if options.verb else ("replay",) if options.replay else ("at",),
            options.verb or ("--replay" if options.replay else "one incident without a verb"),
        )
    if options.at is not None:
        if options.filter:
            raise BadInput(
                "--filter looks at what is now, --at at what was", next_step="Leave one of them out"
            )
        return _print_then(options)
    with open_store(options) as store:
        now = utc_now()
        if options.id is None:
            wanted = first_of(_wanted(store, options, now), options)
            return _print(options, store.read(with_clocks, wanted, now), now)
        number = incident_number(options.id)
        if options.replay:
            return print_story(options, store.read(story_of, number))
        if options.verb == "due":
            return _explain(store, options, number)
        if options.verb in {ATTACH, LOGS}:
            return attach_or_print(options, store, number)
        if options.preview:
            one = store.read(queries.one_incident, number)
            by = who(store)
            print_previews(options, store.read(incident_previews, one, "update", options.text, now, by=by))
            return 0
        if options.verb:
            _do(store, options, number)
        found = store.read(with_clocks, [store.read(queries.one_incident, number)], now)
        known = store.read(known_errors_of, found[0])
        belongings = Belongings(
            offered_for(found[0], known),
            store.read(escalation_of, "incident", number),
            store.read(links_of, commands.subject(number)),
        )
        return _print(options, found, now, belongings)


def _wanted(store: Store, options: argparse.Namespace, now: datetime) -> list[Incident]:
    """Returns one more than are wanted of the newest incidents, or those that pass the filter; a filter that names a state shows any."""
    if not options.filter:
        return store.read(queries.incidents, closed=options.all, limit=to_read(options))
    tree = read_filter([options.filter], INCIDENTS)
    if not options.all and not speaks_of_state(tree):
        tree = All((Not(Flag("over")), tree))
    found = store.read(find, tree, Sight(who(store), now), kinds=INCIDENTS, limit=to_read(options))
    return [each for each in found if isinstance(each, Incident)]


def _explain(store: Store, options: argparse.Namespace, number: int) -> int:
    """Prints what agreements promise of one incident, and how each due instant comes about."""
    incident, now = store.read(queries.one_incident, number), utc_now()
    clocks = store.read(promises, [incident], now)[number]
    return print_clocks(options, incident.label, clocks, now)


def _print_then(options: argparse.Namespace) -> int:
    """Prints incidents as they were at an instant. Raises NotFound for one that was not opened yet."""
    with open_store(options) as store:
        then = at(store, options.at)
        if options.id is None:
            stood = store.read(incidents_at, then.seq, closed=options.all, limit=to_read(options))
            found = store.read(with_clocks, first_of(stood, options), then.instant, upto=then.seq)
        else:
            number = incident_number(options.id)
            one = store.read(incident_at, number, then.seq)
            if one is None:
                raise NotFound(f"there was no incident I-{number} at {then.instant:%Y-%m-%d %H:%M:%S}Z")
            found = store.read(with_clocks, [one], then.instant, upto=then.seq)
    if not options.json:
        print(then.words)
    if options.verb == "due":
        return print_clocks(options, found[0].label, found[0].clocks, then.instant)
    return _print(options, found, then.instant)


def incident_number(text: str) -> int:
    """Returns 7 for `I-7` or `7`; raises BadInput, or NotFound for a number that was never given."""
    return number_of(text, "I", "incident")


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    if options.verb in AT_ONCE:
        store.write(person(), AT_ONCE[options.verb], number)
        return
    if options.verb == LINK:
        other = item_called(options.to)
        store.write(person(), link_items, commands.subject(number), options.relation, other)
        return
    if options.verb == UNLINK:
        store.write(person(), unlink_items, commands.subject(number), item_called(options.to))
        return
    if options.verb in ONLY_TEXT:
        store.write(person(), ONLY_TEXT[options.verb], number, options.text)
        return
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    if options.verb == ESCALATE:
        reason = options.text or options.reason
        print_escalated(options, store.write(person(), escalate, "incident", number, reason, consent))
    else:
        store.write(person(), WITH_TEXT[options.verb], number, options.text, consent)


def _print(
    options: argparse.Namespace,
    found: list[Incident],
    now: datetime,
    belonging: Belongings = NOTHING_BELONGS,
) -> int:
    if options.json or options.plain:
        extra: dict[str, Any] = {"at": now} if options.at is not None else {}
        if belonging.escalation is not None:
            extra["escalation"] = escalation_data(belonging.escalation)
        if belonging.offered:
            extra["known_errors"] = [
                {"id": each.label, "cause": each.cause, "workaround": each.workaround}
                for each in belonging.offered
            ]
        if options.id is not None and options.at is None:
            extra["links"] = link_data(belonging.links)
        data = [extra | as_data(incident, now) for incident in found]
        print_plain(data, "No incident is open.") if options.plain else print_json(data)
        return 0
    print_table(
        ("ID", "SEV", "STATE", "AGE", "DUE", "COMPONENT", "TITLE", "OWNER"),
        [
            (
                i.label, i.severity, f"MAJOR, {i.standing}" if i.is_major else i.standing, age((now - i.opened_at).total_seconds()),
                due_words(i.clocks, now) or "-", i.component, i.title, i.owner or "-",
            )
            for i in found
        ],
        "No incident was open." if options.at is not None else "No incident is open.",
    )  # fmt: skip
    if options.id is not None and options.verb is None:
        lines = [line for incident in found for line in in_full(incident)]
        lines += [f"{name:<12}  {printable(words, 300)}" for name, words in link_facts(belonging.links)]
        print("\n".join([*lines, *offers(belonging.offered)]))
        print_escalation(belonging.escalation)
    return 0


def in_full(incident: Incident) -> list[str]:
    """Returns what the row of one incident has no room for: each of its instants, and every line that was written."""
    facts = [
        ("opened", _by(incident.opened_at, incident.opened_by)),
        ("acknowledged", _by(incident.acknowledged_at, incident.acknowledged_by)),
        ("cleared", _by(incident.cleared_at, "")),
        ("resolved", _by(incident.resolved_at, "")),
        ("closed", _by(incident.closed_at, incident.closed_by)),
        ("status told", _by(incident.told_at, "")),
        ("affected", ", ".join(incident.affected)),
        (
            "major",
            f"since {incident.major.declared_at:%Y-%m-%d %H:%M:%S}Z: {printable(incident.major.words, 400)}"
            if incident.major
            else "",
        ),
        ("problem", f"P-{incident.problem}" if incident.problem is not None else ""),
        ("resolution", indented(incident.resolution)),
    ]
    return [f"{name:<12}  {words}" for name, words in facts if words]


def offers(problems: Sequence[Problem]) -> list[str]:
    """Returns what is known of an incident's cause already, and what helped before."""
    return [
        line
        for each in problems
        for line in (
            f"{'known error':<12}  {each.label} {printable(each.title)}; its cause: {indented(each.cause)}",
            f"{'try first':<12}  {indented(each.workaround)}",
        )
    ]


def _by(at: datetime | None, who: str) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z{f' by {printable(who, 80)}' if who else ''}"


def as_data(incident: Incident, now: datetime) -> dict[str, Any]:
    """Returns an incident as JSON holds it, its promises as they are at an instant."""
    return {
        "id": incident.label, "state": incident.state, "standing": incident.standing, "severity": incident.severity,
        "component": incident.component, "service": incident.service, "title": incident.title,
        "opened_at": incident.opened_at, "owner": incident.owner, "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by, "cleared_at": incident.cleared_at,
        "resolved_at": incident.resolved_at, "closed_at": incident.closed_at, "closed_by": incident.closed_by,
        "resolution": incident.resolution, "affected": list(incident.affected),
        "promises": [clock_data(clock, now) for clock in incident.clocks],
        "problem": f"P-{incident.problem}" if incident.problem is not None else None, "major": major_data(incident),
    }  # fmt: skip


def major_data(incident: Incident) -> dict[str, Any] | None:
    """Returns what an incident is as a major one, as JSON holds it; None where it never was."""
    major = incident.major
    if major is None:
        return None
    return {
        "is_on": major.is_on, "declared_at": major.declared_at, "commander": major.commander, "roles": dict(major.roles),
        "update_every_s": major.update_every_s, "stood_down_at": major.stood_down_at, "review": major.review or None,
        "review_owner": major.review_owner, "review_due": major.review_due, "review_outcome": major.review_outcome,
        "review_action": f"A-{major.review_action}" if major.review_action is not None else None,
    }  # fmt: skip
