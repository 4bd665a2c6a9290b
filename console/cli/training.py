"""`watchfloor training`: how everybody stands with what is asked of them; record, import and withdraw what was completed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.plain import add_plain_argument, print_plain
from console.cli.printing import (
    add_consent_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_some,
    print_table,
)
from console.cli.then import add_at_argument, at
from console.cli.words import number_of, refuse_unused, whole
from core.errors import BadInput
from core.gate.model import Consent, Level
from core.improvement.training.as_of import completions_at, trained_at
from core.improvement.training.commands import record_training, withdraw_training
from core.improvement.training.importing import import_training
from core.improvement.training.queries import MOST, completions, trained
from core.printable import printable
from core.security.foreign import bytes_of
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse

    from console.cli.then import Then
    from core.improvement.training.importing import Imported
    from core.improvement.training.model import Completion
    from core.improvement.training.queries import Trained
    from core.store.store import Store

VERBS = ("list", "record", "import", "withdraw")
WORDS = ("names", "missing", "records", "limit", "at", "on", "evidence", "text", "yes", "confirm", "reason")
TAKES = {
    "list": ("missing", "records", "limit", "at"), "record": ("names", "on", "evidence"), "import": ("names",),
    "withdraw": ("names", "text", "yes", "confirm", "reason"),
}  # fmt: skip
"""Which of WORDS go with a verb."""
_EMPTY = "No training is asked of anybody, and none was recorded."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `training`."""
    add_store_arguments(parser)
    add_plain_argument(parser)
    add_at_argument(parser)
    parser.add_argument(
        "verb", nargs="?", choices=VERBS, default="list", help="what to do; list where nothing is said"
    )
    parser.add_argument(
        "names", nargs="*", help="record: WHO TRAINING; import: a CSV file; withdraw: a record as TR-7"
    )
    parser.add_argument(
        "--missing", action="store_true", help="only what is asked for and missing or expired"
    )
    parser.add_argument("--records", action="store_true", help="print what was recorded")
    parser.add_argument("--limit", type=whole, default=None, help=f"with --records: at most so many ({MOST})")
    parser.add_argument("--on", metavar="DAY", default="", help="when it was completed, as 2026-11-30")
    parser.add_argument("--evidence", metavar="TEXT", default="", help="what shows it: a certificate, a list")
    parser.add_argument("--text", default="", help="withdraw: why")
    add_consent_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Prints how everybody stands, or does the verb; returns 1 where something asked for with --missing is."""
    refuse_unused(options, WORDS, TAKES[options.verb], options.verb)
    with open_store(options) as store:
        if options.verb == "list":
            return _records(store, options) if options.records else _list(store, options)
        if options.verb == "import":
            return _import(store, options)
        found = _record(store, options) if options.verb == "record" else _withdraw(store, options)
    _print_records(options, [found])
    return 0


def _list(store: Store, options: argparse.Namespace) -> int:
    if options.limit:
        raise BadInput("--limit does nothing without --records", next_step="Nothing was printed")
    if options.at is None:
        found = store.read(trained, utc_now().date())
    else:
        then = _then(store, options)
        found = store.read(trained_at, then.seq, then.instant.date())
    if options.missing:
        found = [each for each in found if each.is_lacking]
    empty = "Nothing that is asked for is missing or expired." if options.missing else _EMPTY
    if options.json:
        print_json([as_data(each) for each in found])
    elif options.plain:
        print_plain([as_data(each) for each in found], empty)
    else:
        rows = [
            (e.person, e.training, e.standing.words, _record_of(e), e.why or "not asked", e.title)
            for e in found
        ]
        print_table(("WHO", "TRAINING", "STATE", "RECORD", "ASKED BECAUSE", "TITLE"), rows, empty)
    return 1 if options.missing and found else 0


def _records(store: Store, options: argparse.Namespace) -> int:
    limit = options.limit or MOST
    if options.at is None:
        found = store.read(completions, limit=limit)
    else:
        found = store.read(completions_at, _then(store, options).seq)[:limit]
    _print_records(options, found)
    return 0


def _then(store: Store, options: argparse.Namespace) -> Then:
    """Returns the instant that was said, which is told before anything is shown of it."""
    then = at(store, options.at)
    if not options.json:
        print(then.words)
    return then


def _record(store: Store, options: argparse.Namespace) -> Completion:
    if len(options.names) != 2:
        raise BadInput(
            "a person and a training are asked for",
            next_step="Write: training record WHO NAME --on 2026-11-30",
        )
    who, name = options.names
    return store.write(person(), record_training, who, name, _day(options.on), evidence=options.evidence)


def _withdraw(store: Store, options: argparse.Namespace) -> Completion:
    if len(options.names) != 1:
        raise BadInput("which record?", next_step="Write: training withdraw TR-7 --text WHY --yes")
    consent = Consent(Level.BOX if options.yes else Level.UNDOABLE, options.confirm, options.reason)
    number = number_of(options.names[0], "TR", "record of training")
    return store.write(person(), withdraw_training, number, options.text or options.reason, consent)


def _import(store: Store, options: argparse.Namespace) -> int:
    if len(options.names) != 1:
        raise BadInput("one file is read at a time", next_step="Write: training import FILE.csv")
    path = Path(options.names[0]).expanduser()
    try:
        content = bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "is no text in UTF-8", where=str(path), next_step="Nothing was read. Save it as UTF-8"
        ) from error
    came: Imported = store.write(person(), import_training, content, path.name)
    if options.json:
        print_json(
            {
                "read": came.read, "matched": came.matched, "created": [record_data(each) for each in came.created],
                "refused": [{"place": place, "why": why} for place, why in came.refused],
            }
        )  # fmt: skip
        return 0
    print(
        f"{printable(path.name, 100)}: {came.read} read, {came.matched} matched, {len(came.created)} created, "
        f"{len(came.refused)} refused"
    )
    print_some("refused", [f"{place}: {why}" for place, why in came.refused])
    return 0


def _print_records(options: argparse.Namespace, found: list[Completion]) -> None:
    if options.json or options.plain:
        data = [record_data(each) for each in found]
        print_plain(data, "Nothing was recorded.") if options.plain else print_json(data)
        return
    print_table(
        ("ID", "WHO", "TRAINING", "ON", "EVIDENCE", "RECORDED BY", "WITHDRAWN"),
        [
            (e.label, e.person, e.training, e.on, e.evidence or "-", e.recorded_by,
             f"by {e.withdrawn_by}: {e.withdrawn_why}" if e.is_withdrawn else "-")
            for e in found
        ],
        "Nothing was recorded.",
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{printable(text, 40)!r} is no day" if text else "a day is asked for", where="--on",
            next_step="Nothing was changed. Write it as 2026-11-30",
        ) from error  # fmt: skip


def _record_of(found: Trained) -> str:
    by = found.standing.by
    return f"{by.label} {by.on}" if by is not None else "-"


def as_data(found: Trained) -> dict[str, Any]:
    """Returns how somebody stands with a training, as JSON holds it."""
    stands, by = found.standing, found.standing.by
    return {
        "id": found.id, "person": found.person, "name": found.name, "training": found.training, "title": found.title,
        "state": stands.state, "expires_on": stands.expires, "asked_because": found.why,
        "record": None if by is None else record_data(by),
    }  # fmt: skip


def record_data(found: Completion) -> dict[str, Any]:
    """Returns a record as JSON holds it."""
    return {
        "id": found.label, "person": found.person, "training": found.training, "on": found.on, "evidence": found.evidence,
        "recorded_by": found.recorded_by, "recorded_at": found.recorded_at, "withdrawn_by": found.withdrawn_by,
        "withdrawn_why": found.withdrawn_why,
    }  # fmt: skip
