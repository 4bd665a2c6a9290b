"""`watchfloor request`: record a request, print one, and do what the screen can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli import request_life
from console.cli.plain import add_plain_argument, print_plain
from console.cli.previewing import print_previews
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    who,
)
from console.cli.promises import print_clocks
from console.cli.queue import as_data, print_requests
from console.cli.request_form import filled_in
from console.cli.request_survey import survey_data, survey_facts
from console.cli.then import add_at_argument, at
from console.cli.words import number_of, refuse_unused
from core.desk.clocks.promises import promises
from core.desk.messages.contact import previews
from core.desk.requests import commands, queries
from core.desk.requests.as_of import whole_at
from core.desk.requests.macros import apply_macro
from core.desk.requests.model import Asked, WaitingFor
from core.desk.requests.whole import whole_request
from core.errors import BadInput, NotFound
from core.improvement.surveys.commands import take_answer
from core.printable import printable, printable_lines
from core.timekeeping import parse_future, utc_now

if TYPE_CHECKING:
    import argparse

    from core.desk.requests.whole import Whole
    from core.store.store import Store

NEW = "new"
AT_ONCE = {
    "acknowledge": commands.acknowledge_request,
    "take": commands.take_request,
    "start": commands.start_request,
}
WITH_LINE = {
    "note": commands.note_request,
    "tell": commands.tell_requester,
    "said": commands.requester_said,
}
WITH_TEXT = {
    "deliver": commands.deliver_request,
    "close": commands.close_request,
    "cancel": commands.cancel_request,
    "refuse": commands.refuse_request,
    "admit": commands.admit_request,
    "reopen": commands.reopen_request,
}
DUE = "due"
VERBS = (
    *AT_ONCE,
    *WITH_LINE,
    "assign",
    "priority",
    "wait",
    "score",
    "macro",
    *WITH_TEXT,
    *request_life.TAKES,
    DUE,
)
WORDS = (
    "text", "title", "service", "requester", "requester_name", "type", "component", "impact", "urgency",
    "to", "priority", "score", "waiting_for", "until", "at", "preview", "macro", "yes", "confirm", "reason", *request_life.WORDS,
)  # fmt: skip
_CONSENT = ("yes", "confirm", "reason")
TAKES = {
    **dict.fromkeys(WITH_LINE, ("text",)),
    **dict.fromkeys(WITH_TEXT, ("text", *_CONSENT)),
    **request_life.TAKES,
    "tell": ("text", "preview"),
    **dict.fromkeys(("close", "cancel", "refuse"), ("text", "preview", *_CONSENT)),
    "deliver": ("text", "despite", "preview", *_CONSENT),
    "assign": ("to",),
    "priority": ("priority", "impact", "urgency"),
    "wait": ("text", "waiting_for", "until", "preview"),
    "score": ("text", "score"),
    "macro": ("macro", *_CONSENT),
    NEW: (
        "text",
        "title",
        "service",
        "requester",
        "requester_name",
        "type",
        "component",
        "impact",
        "urgency",
        "form",
        *_CONSENT,
    ),
}
"""Which of WORDS go with a verb; the others take none."""
PURPOSE_OF = {
    "tell": "update", "wait": "waiting", "deliver": "resolved", "close": "closed", "cancel": "closed", "refuse": "refused",
}  # fmt: skip
"""For which purpose people are told of a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `request`."""
    add_store_arguments(parser)
    add_plain_argument(parser)
    parser.add_argument("id", help="one request, as R-7 or 7; or new")
    parser.add_argument(
        "verb", nargs="?", choices=VERBS, help="what to do with it; due explains what is promised of it"
    )
    parser.add_argument("--text", default="", help="what is asked for, said, told, noted, delivered; or why")
    parser.add_argument("--title", default="", help="of a new one: what is asked for, in one line")
    parser.add_argument("--service", default="", help="of a new one: the service it is about")
    parser.add_argument("--requester", metavar="ADDRESS", default="", help="of a new one: who asks")
    parser.add_argument(
        "--requester-name", metavar="NAME", default="", help="of a new one: the name of who asks"
    )
    parser.add_argument("--type", default="", help="of a new one: one of the service's types of requests")
    parser.add_argument("--component", default="", help="of a new one: the component it is about")
    parser.add_argument("--impact", type=int, choices=commands.GRADES, default=None, help="1 high … 3 low")
    parser.add_argument("--urgency", type=int, choices=commands.GRADES, default=None, help="1 high … 3 low")
    parser.add_argument("--priority", type=int, default=None, help="1 worst … 4, set by hand")
    parser.add_argument("--score", type=int, default=None, help="what its requester answered on the phone")
    parser.add_argument(
        "--to", metavar="PERSON", default="", help="whom to give it to, or the other item: I-7, R-2"
    )
    parser.add_argument(
        "--for", dest="waiting_for", choices=list(WaitingFor), default="", help="what it waits for"
    )
    parser.add_argument(
        "--until", metavar="WHEN", default="", help="when its waiting ends, as 14:30 or 2026-03-02 09:00"
    )
    parser.add_argument(
        "--preview", action="store_true", help="print what would go out, and to whom; nothing is done"
    )
    parser.add_argument("--macro", metavar="NAME", default="", help="a macro of the catalog")
    request_life.add_arguments(parser)
    add_at_argument(parser)
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Records a request, prints one, or does the verb."""
    doing = NEW if options.id == NEW else options.verb
    if options.id == NEW and options.verb:
        raise BadInput(
            f"new takes no {options.verb}", next_step="Nothing was done. Record it first, then say what to do"
        )
    refuse_unused(
        options, WORDS, TAKES.get(doing, ()) if doing else ("at",),
        doing or "one request without a verb",
    )  # fmt: skip
    with open_store(options) as store:
        if options.id == NEW:
            number = store.write(
                person(), commands.new_request, _asked(store, options), request_life.consent_of(options)
            ).id
        else:
            number = number_of(options.id, "R", "request")
            if options.verb == DUE:
                one, now = store.read(queries.one_request, number), utc_now()
                return print_clocks(options, one.label, store.read(promises, [one], now)[number], now)
            if options.preview:
                return _preview(store, options, number)
            if options.at is not None:
                return _print_then(store, options, number)
            if options.verb in request_life.TAKES:
                number = request_life.do(store, options, number)
            elif options.verb:
                _do(store, options, number)
        now = utc_now()
        whole = store.read(whole_request, number, now)
    if options.json or options.plain:
        data = (
            as_data(whole.request, now) | request_life.data_of(whole) | {"satisfaction": survey_data(whole)}
        )
        print_plain([data], "") if options.plain else print_json(data)
        return 0
    print_requests([whole.request], now, "")
    if doing is None:
        print("\n".join(in_full(whole)))
    return 0


def _preview(store: Store, options: argparse.Namespace, number: int) -> int:
    """Prints what a verb would have people told, and who they are."""
    found, purpose = store.read(queries.one_request, number), PURPOSE_OF[options.verb]
    print_previews(options, store.read(previews, found, purpose, options.text, utc_now(), by=who(store)))
    return 0


def _print_then(store: Store, options: argparse.Namespace, number: int) -> int:
    """Prints one request as it was at an instant. Raises NotFound where it was not opened yet."""
    then = at(store, options.at)
    whole = store.read(whole_at, number, then.seq, then.instant)
    if whole is None:
        raise NotFound(f"R-{number} was not opened yet at {then.instant:%Y-%m-%d %H:%M:%S}Z")
    if options.json or options.plain:
        data = as_data(whole.request, then.instant) | request_life.data_of(whole)
        print_plain([data], "") if options.plain else print_json(data)
        return 0
    print(then.words)
    print_requests([whole.request], then.instant, "")
    print("\n".join(in_full(whole)))
    return 0


def _asked(store: Store, options: argparse.Namespace) -> Asked:
    return Asked(
        title=options.title, service=options.service, requester=options.requester, text=options.text,
        requester_name=options.requester_name, type=options.type, component=options.component,
        impact=options.impact or 2, urgency=options.urgency or 2, source="cli",
        form=filled_in(store, options),
    )  # fmt: skip


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    verb = options.verb
    if verb in AT_ONCE:
        store.write(person(), AT_ONCE[verb], number)
    elif verb in WITH_LINE:
        command: Any = WITH_LINE[verb]
        store.write(person(), command, number, options.text)
    elif verb == "assign":
        store.write(person(), commands.assign_request, number, options.to)
    elif verb == "macro":
        store.write(person(), apply_macro, number, options.macro, request_life.consent_of(options))
    elif verb == "priority":
        _prioritise(store, options, number)
    elif verb == "score":
        if options.score is None:
            raise BadInput(
                "a score is asked for", next_step="Say --score 4, and what was said besides with --text"
            )
        store.write(person(), take_answer, number, options.score, options.text)
    elif verb == "wait":
        until = parse_future(options.until, utc_now()) if options.until else None
        what = WaitingFor(options.waiting_for or (WaitingFor.UNTIL if until else WaitingFor.CUSTOMER))
        store.write(person(), commands.wait_for, number, what, options.text, until=until)
    elif verb == "deliver":
        store.write(
            person(),
            commands.deliver_request,
            number,
            options.text,
            request_life.consent_of(options),
            despite=options.despite,
        )
    else:
        store.write(person(), WITH_TEXT[verb], number, options.text, request_life.consent_of(options))


def _prioritise(store: Store, options: argparse.Namespace, number: int) -> None:
    if options.priority is not None:
        store.write(person(), commands.set_priority, number, options.priority)
    elif options.impact and options.urgency:
        store.write(person(), commands.grade_request, number, options.impact, options.urgency)
    else:
        raise BadInput("a priority is asked for", next_step="Say --priority 2, or --impact 1 --urgency 2")


def in_full(whole: Whole) -> list[str]:
    """Returns what the row of one request has no room for."""
    request = whole.request
    facts = [
        ("from", f"{request.requester_name} <{request.requester}>" if request.requester_name else request.requester),
        ("customer", request.customer), ("agreement", request.agreement), ("type", request.type),
        ("component", request.component), ("held", request.held_why), ("text", request.text), ("outcome", request.outcome),
    ]  # fmt: skip
    facts += survey_facts(whole)
    for name, value in request.form.items():
        facts.append((printable(name, 40), str(value)))
    facts += request_life.facts_of(whole)
    return [
        f"{name:<12}  " + printable_lines(words).replace("\n", f"\n{'':14}") for name, words in facts if words
    ]
