"""`watchfloor problem`: print problems and what suggests one, and do what the screen can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.incidents import incident_number
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    indented,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.then import add_at_argument, at
from console.cli.words import number_of, refuse_unused
from core.desk.problems import commands, queries
from core.desk.problems.as_of import problems_at, some_problems_at
from core.desk.problems.model import EDITABLE, ProblemState
from core.errors import BadInput, NotFound
from core.gate.model import Consent, Level
from core.journal.queries import of_subject
from core.journal.wording import sentence
from core.printable import printable
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.desk.model import Incident
    from core.desk.problems.model import Problem, Recurring
    from core.journal.model import Entry
    from core.store.store import Store

ENDS = {
    "solve": commands.solve_problem,
    "close": commands.close_problem,
    "reopen": commands.reopen_problem,
}
VERBS = ("revise", "known", "note", "link", "unlink", *ENDS)
WORDS = ("incident", "set", "text", "all", "at", "yes", "confirm", "reason")
TAKES = {
    **dict.fromkeys(ENDS, ("text", "yes", "confirm", "reason")),
    "revise": ("set",),
    "known": ("set",),
    "note": ("text",),
    "link": ("incident",),
    "unlink": ("incident",),
}
"""Which of WORDS go with a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `problem`."""
    add_store_arguments(parser)
    add_at_argument(parser)
    parser.add_argument("id", nargs="?", help="one problem, as P-3 or 3; or `new`")
    parser.add_argument(
        "verb",
        nargs="?",
        choices=VERBS,
        help="what to do with it; known asks for --set cause=… and --set workaround=…",
    )
    parser.add_argument(
        "--incident", metavar="I-7", action="append", default=[], help="an incident that comes from it"
    )
    parser.add_argument("--set", metavar="FIELD=TEXT", action="append", default=[],
                        help=f"a field: {', '.join(EDITABLE)}")  # fmt: skip
    parser.add_argument("--text", default="", help="the note, how it was mended, what was seen since, or why")
    parser.add_argument("--all", action="store_true", help="closed ones too")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints problems, or does the verb."""
    _refuse_what_does_nothing(options)
    with open_store(options) as store:
        if options.at is not None:
            return _print_then(store, options)
        if options.id is None:
            now = utc_now()
            found = store.read(queries.problems, over=options.all)
            return _print(options, found, store.read(queries.recurring, now), now)
        if options.id == "new":
            numbers = [incident_number(text) for text in options.incident]
            opened = store.write(person(), commands.open_problem, _fields(options), numbers)
            return _print_one(store, options, opened.id)
        number = number_of(options.id, "P", "problem")
        if options.verb:
            _do(store, options, number)
        return _print_one(store, options, number)


def _refuse_what_does_nothing(options: argparse.Namespace) -> None:
    if options.id is None:
        refuse_unused(options, WORDS, ("all", "at"), "a list of problems")
    elif options.id == "new":
        refuse_unused(options, (*WORDS, "verb"), ("incident", "set"), "new")
    else:
        takes = TAKES[options.verb] if options.verb else ("at",)
        refuse_unused(options, WORDS, takes, options.verb or "one problem without a verb")
    if options.verb == "revise" and not options.set:
        raise BadInput("revise says no field", next_step="Write --set owner=j.silva; --help names the fields")
    if options.verb in {"link", "unlink"} and not options.incident:
        raise BadInput(f"{options.verb} names no incident", next_step="Write --incident I-7")


def _fields(options: argparse.Namespace) -> dict[str, str]:
    pairs = [text.partition("=") for text in options.set]
    for name, sign, _ in pairs:
        if not sign:
            raise BadInput(f"--set {name!r} has no value", next_step="Write --set owner=j.silva")
    return {name: text for name, _, text in pairs}


def _do(store: Store, options: argparse.Namespace, number: int) -> None:
    if options.verb == "revise":
        store.write(person(), commands.revise_problem, number, _fields(options))
    elif options.verb == "known":
        fields = _fields(options)
        strange = next((name for name in fields if name not in {"cause", "workaround"}), None)
        if strange is not None:
            raise BadInput(
                f"known takes no {strange!r}", next_step="Say --set cause=… and --set workaround=…"
            )
        texts = fields.get("cause", ""), fields.get("workaround", "")
        store.write(person(), commands.make_known, number, *texts)
    elif options.verb == "note":
        store.write(person(), commands.note_problem, number, options.text)
    elif options.verb in {"link", "unlink"}:
        store.read(queries.one_problem, number)
        for text in options.incident:
            _link(store, incident_number(text), number, is_linked=options.verb == "link")
    else:
        consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
        store.write(person(), ENDS[options.verb], number, options.text, consent)


def _link(store: Store, incident: int, problem: int, *, is_linked: bool) -> None:
    if not is_linked and incident not in {each.id for each in store.read(queries.incidents_of, problem)}:
        raise BadInput(f"I-{incident} does not belong to P-{problem}", next_step="Nothing was changed")
    store.write(person(), commands.link_incident, incident, problem if is_linked else None)


def _print_then(store: Store, options: argparse.Namespace) -> int:
    """Prints problems as they were at an instant. Raises NotFound for one that was not opened yet."""
    then = at(store, options.at)
    if options.id is None:
        found = store.read(problems_at, then.seq)
        found = [each for each in found if options.all or each.state is not ProblemState.CLOSED]
    else:
        number = number_of(options.id, "P", "problem")
        found = store.read(some_problems_at, [number], then.seq)
        if not found:
            raise NotFound(f"there was no problem P-{number} at {then.instant:%Y-%m-%d %H:%M:%S}Z")
    if not options.json:
        print(then.words)
    return _print(options, found, [], then.instant)


def _print_one(store: Store, options: argparse.Namespace, number: int) -> int:
    found, linked = store.read(queries.one_problem, number), store.read(queries.incidents_of, number)
    told = store.read(of_subject, commands.subject(number))
    if options.json:
        belonging = {
            "incidents": [each.label for each in linked],
            "told": [_told_data(each) for each in told],
        }
        print_json([as_data(found) | belonging])
        return 0
    _print(options, [found], [], utc_now())
    print("\n".join([*in_full(found, linked), *told_lines(told)]))
    return 0


def _print(
    options: argparse.Namespace, found: list[Problem], suggested: list[Recurring], now: datetime
) -> int:
    if options.json:
        extra = {"at": now} if options.at is not None else {}
        print_json([extra | as_data(problem) for problem in found])
        return 0
    print_table(
        ("ID", "STATE", "AGE", "COMPONENT", "INCIDENTS", "TITLE", "OWNER"),
        [
            (
                p.label, p.state, age((now - p.opened_at).total_seconds()), p.component or "-",
                "-" if options.at is not None else p.incidents, p.title, p.owner or "-",
            )
            for p in found
        ],
        "No problem was open." if options.at is not None else "No problem is open.",
    )  # fmt: skip
    for each in suggested:
        words = printable(each.words, 300)
        print(f"suggested: {words}; watchfloor problem new --incident I-{each.incidents[-1]} opens one")
    return 0


def in_full(problem: Problem, linked: list[Incident]) -> list[str]:
    """Returns what the row of one problem has no room for."""
    facts = [
        ("opened", f"{problem.opened_at:%Y-%m-%d %H:%M:%S}Z by {printable(problem.opened_by, 80)}"),
        ("cause", indented(problem.cause)),
        ("workaround", indented(problem.workaround)),
        ("solved", "" if problem.solved_at is None else f"{problem.solved_at:%Y-%m-%d %H:%M:%S}Z by {printable(problem.solved_by, 80)}"),
        ("solution", indented(problem.solution)),
        ("closed", "" if problem.closed_at is None else f"{problem.closed_at:%Y-%m-%d %H:%M:%S}Z by {printable(problem.closed_by, 80)}"),
        ("outcome", indented(problem.outcome)),
        *(("incident", f"{each.label} {each.standing}: {printable(each.title, 200)}") for each in linked),
    ]  # fmt: skip
    return [f"{name:<12}  {words}" for name, words in facts if words]


def told_lines(told: list[Entry]) -> list[str]:
    """Returns its time line, the newest last; of a note every line."""
    return [
        f"{'told':<12}  {entry.at:%Y-%m-%d %H:%M:%S}Z {printable(entry.actor, 80)} "
        + indented("\n".join([sentence(entry).partition(" ")[2], *entry.note.split("\n")[1:]]))
        for entry in told
    ]


def _told_data(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.actor,
        "kind": entry.kind,
        "note": entry.note,
        "words": sentence(entry),
    }


def as_data(problem: Problem) -> dict[str, Any]:
    """Returns a problem as JSON holds it."""
    return {
        "id": problem.label, "state": problem.state, "title": problem.title, "component": problem.component,
        "service": problem.service, "owner": problem.owner, "cause": problem.cause, "workaround": problem.workaround,
        "solution": problem.solution, "opened_at": problem.opened_at, "opened_by": problem.opened_by,
        "known_at": problem.known_at, "solved_at": problem.solved_at, "solved_by": problem.solved_by,
        "closed_at": problem.closed_at, "closed_by": problem.closed_by, "outcome": problem.outcome,
    }  # fmt: skip
