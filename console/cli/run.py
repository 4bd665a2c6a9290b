"""`watchfloor run PROCEDURE`: carry out a procedure here; with --runs, print runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.incidents import incident_number
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    database_of,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.words import number_of, refuse_unused, whole
from core.catalog.queries import declared_procedures
from core.errors import BadInput, NotPermitted
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.operations import commands, queries
from core.operations.model import RunState
from core.operations.procedure import parse_procedure
from core.printable import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from core.operations.queries import OutputLine, Run
    from core.store.store import Store
    from core.store.work import Work

ORDERS = ("hold", "resume", "cancel", "tick")
WORDS = (
    "conduct", "list", "runs", "procedure", "verb", "step", "incident", "request", "operate", "yes", "confirm", "reason",
)  # fmt: skip
_CONSENT = ("operate", "yes", "reason")
TAKES = {**dict.fromkeys(ORDERS, _CONSENT), "tick": ("step", *_CONSENT)}
"""Which of WORDS go with an order to a run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `run`."""
    add_store_arguments(parser)
    parser.add_argument("procedure", nargs="?", help="a procedure's id, or a run as PR-3")
    parser.add_argument("verb", nargs="?", choices=ORDERS, help="with a run: what to order")
    parser.add_argument("--step", type=whole, default=0, help="with tick: which manual step was done")
    parser.add_argument("--incident", metavar="I-7", help="the incident it is started from")
    parser.add_argument(
        "--for", dest="request", metavar="R-7", help="the request it is for, whose agreement is asked"
    )
    parser.add_argument("--operate", action="store_true", help="act on the service system; asks for --reason")
    parser.add_argument("--list", action="store_true", help="print the procedures")
    parser.add_argument("--runs", action="store_true", help="print the runs")
    parser.add_argument("--conduct", metavar="N", type=whole, default=0, help="carry out the waiting run N")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Carries out a procedure; 0 when it was done, 1 when it was not."""
    for word in ("conduct", "list", "runs"):
        if getattr(options, word):
            refuse_unused(options, WORDS, (word,), f"--{word}")
    if options.conduct:
        return _conduct(options, options.conduct, quiet=True)
    if options.list:
        return _print_procedures(options)
    if options.runs:
        with open_store(options) as store:
            return _print_runs(options, store.read(queries.runs))
    if not options.procedure:
        raise BadInput("no procedure is named", next_step="watchfloor run --list prints them")
    if options.procedure.upper().startswith("PR-"):
        return _one_run(options)
    return _begin(options)


def _begin(options: argparse.Namespace) -> int:
    if options.verb or options.step:
        raise BadInput(
            f"{options.verb or '--step'} is for a run, and {options.procedure} is a procedure's id",
            next_step="Nothing was begun. Name the run, as PR-3: watchfloor run --runs prints them",
        )
    if not options.operate:
        raise NotPermitted(
            "a run acts on the service system", next_step="Say so, and why: --operate --reason TEXT --yes"
        )
    level = Level.NAME if options.confirm else Level.BOX if options.yes else Level.UNDOABLE
    consent = Consent(level, options.confirm, options.reason)
    incident = incident_number(options.incident) if options.incident else None
    request = number_of(options.request, "R", "request") if options.request else None

    def begin(work: Work) -> Run:
        unlock_operate(work, options.reason)
        return commands.begin_run(
            work, options.procedure, consent, reason=options.reason, incident=incident, request=request
        )

    with open_store(options) as store:
        begun = store.write(person(), begin)
    return _conduct(options, begun.id, quiet=options.json)


def _conduct(options: argparse.Namespace, run_id: int, *, quiet: bool) -> int:
    from console.conducting import conduct

    show = (lambda _: None) if quiet else (lambda text: print(printable(text, 4000), flush=True))
    state = conduct(database_of(options), run_id, show)
    if options.json:
        with open_store(options) as store:
            print_json(_in_full(store, store.read(queries.one_run, run_id)))
    return 0 if state is RunState.DONE else 1


def _one_run(options: argparse.Namespace) -> int:
    takes = ("procedure", "verb", *TAKES.get(options.verb, ()))
    refuse_unused(options, WORDS, takes, options.verb or "one run without a verb")
    number = number_of(options.procedure, "PR", "run")
    if options.verb == "tick" and not options.step:
        raise BadInput("tick says no step", next_step="Write which manual step was done: --step 2")
    with open_store(options) as store:
        if options.verb:
            _order(store, options, number)
        found = store.read(queries.one_run, number)
        if options.json:
            print_json([_in_full(store, found)])
            return 0
        if options.verb:
            return _print_runs(options, [found])
        _print_runs(options, [found])
        for name, words in _facts(found):
            print(printable(f"  {name:<8}  {words}", 600))
        for step in store.read(queries.steps_of, number):
            print(printable(f"  step {step.n}  {step.state:<9}  {step.title}  {step.text}", 300))
        for line in _output(store, number):
            print(printable(f"  {line.at:%H:%M:%S}Z  {line.n}  {line.text}", 4000))
    return 0


def _output(store: Store, number: int) -> Iterator[OutputLine]:
    """Yields all that a run wrote, oldest first, page by page."""
    last = 0
    while page := store.read(queries.output_of, number, after=last):
        yield from page
        last = page[-1].id


def _order(store: Store, options: argparse.Namespace, number: int) -> None:
    level = Level.BOX if options.yes else Level.UNDOABLE

    def order(work: Work) -> None:
        if options.operate:
            unlock_operate(work, options.reason)
        if options.verb == "cancel":
            commands.cancel_run(work, number, options.reason, Consent(level))
        elif options.verb == "tick":
            commands.tick_step(work, number, options.step, options.reason)
        else:
            (commands.hold_run if options.verb == "hold" else commands.resume_run)(work, number)

    store.write(person(), order)


def _print_procedures(options: argparse.Namespace) -> int:
    with open_store(options) as store:
        texts = store.read(declared_procedures)
    rows = []
    for text in texts:
        procedure = parse_procedure(text.text, path=text.path).procedure
        if procedure is not None:
            rows.append(
                (text.id, procedure.component, procedure.effect, len(procedure.steps), procedure.title)
            )
    if options.json:
        keys = ("id", "component", "effect", "steps", "title")
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        print_table(("PROCEDURE", "COMPONENT", "EFFECT", "STEPS", "TITLE"), rows, "No procedure is declared.")
    return 0


def _print_runs(options: argparse.Namespace, found: list[Run]) -> int:
    if options.json:
        print_json([_as_data(each) for each in found])
        return 0
    print_table(
        ("ID", "STATE", "BEGUN", "COMPONENT", "TITLE", "BY", "TEXT"),
        [
            (r.label, r.state, f"{r.created_at:%Y-%m-%d %H:%M}Z", r.component, r.title, r.begun_by, r.text)
            for r in found
        ],
        "Nothing was run yet.",
    )
    return 0


def _facts(found: Run) -> list[tuple[str, str]]:
    """Returns what the row of one run has no room for."""
    facts = [
        ("incident", f"I-{found.incident}" if found.incident else ""),
        ("for", f"R-{found.request}" if found.request else ""),
        ("reason", found.reason),
        ("despite", found.despite),
    ]
    return [(name, words) for name, words in facts if words]


def _as_data(found: Run) -> dict[str, Any]:
    return {
        "id": found.label, "state": found.state, "procedure": found.procedure, "component": found.component,
        "title": found.title, "effect": found.effect, "begun_by": found.begun_by, "reason": found.reason,
        "created_at": found.created_at, "started_at": found.started_at, "ended_at": found.ended_at,
        "text": found.text, "incident": f"I-{found.incident}" if found.incident else None,
        "request": f"R-{found.request}" if found.request else None, "despite": found.despite,
    }  # fmt: skip


def _in_full(store: Store, found: Run) -> dict[str, Any]:
    steps = store.read(queries.steps_of, found.id)
    return _as_data(found) | {
        "steps": [
            {
                "n": step.n, "title": step.title, "state": step.state, "text": step.text, "by": step.by,
                "started_at": step.started_at, "ended_at": step.ended_at, "exit_code": step.exit_code,
            }
            for step in steps
        ],
        "output": [
            {"n": line.n, "at": line.at, "stream": line.stream, "text": line.text} for line in _output(store, found.id)
        ],
    }  # fmt: skip
