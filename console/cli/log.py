"""`watchfloor log`: the journal, newest last."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, print_json
from console.cli.words import refuse_unused, whole
from core.catalog.nearest import did_you_mean, listed
from core.errors import BadInput, NotFound
from core.gate.rights import WRITES, subject_of
from core.journal import queries
from core.journal.log_filter import parse_log_filter
from core.journal.model import Entry, Subject
from core.journal.wording import sentence, subject_called
from core.printable import printable
from core.timekeeping import from_micros, utc_now
from screens.log_lines import is_instant, value_words

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime


LINES = 50
KINDS = tuple(sorted({subject_of(kind) for kind in WRITES}))
"""The kinds of subjects that entries are about."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `log`."""
    add_store_arguments(parser)
    parser.add_argument("filter", nargs="*", help="words, kind:… actor:… via:… subject:…, ! inverts")
    parser.add_argument("-n", "--lines", type=whole, help=f"how many entries (default {LINES})")
    parser.add_argument("--as-of", metavar="SUBJECT@TIME", default="",
                        help="print what a subject was at an instant: I-7@2026-11-23T03:12Z, component:mail@now")  # fmt: skip
    parser.add_argument(
        "--chain", metavar="N", type=whole, help="print what led to entry N and what followed from it"
    )


def run(options: argparse.Namespace) -> int:
    """Prints the entries."""
    words = ("as_of", "chain", "lines", "filter")
    for word in ("as_of", "chain"):
        if getattr(options, word):
            refuse_unused(options, words, (word,), f"--{word.replace('_', '-')}")
    with open_store(options) as store:
        if options.as_of:
            subject, instant = _subject_at(options.as_of)
            fields = store.read(queries.as_of, subject, instant)
            if options.json:
                print_json({name: _plain(name, value) for name, value in fields.items()})
            else:
                _print_fields(fields)
            return 0 if fields else 1
        if options.chain is not None:
            entries = store.read(queries.chain_of, options.chain)
            if not entries:
                raise NotFound(
                    f"there is no entry {options.chain}", next_step="watchfloor log lists the newest"
                )
        else:
            wanted = parse_log_filter(" ".join(options.filter))
            entries = list(reversed(store.read(queries.page, limit=options.lines or LINES, wanted=wanted)))
    filtered = " passes the filter" if options.filter else ""
    return _print(options, entries, f"no entry there ever was{filtered}")


def entries_about(options: argparse.Namespace, name: str, lines: int | None) -> int:
    """Prints the entries about the subject that people call so, newest last."""
    wanted = parse_log_filter(f"subject:{name}")
    with open_store(options) as store:
        entries = list(reversed(store.read(queries.page, limit=lines or LINES, wanted=wanted)))
    return _print(options, entries, f"no entry is about {name}")


def _print(options: argparse.Namespace, entries: Sequence[Entry], nothing: str) -> int:
    if options.json:
        print_json([as_data(entry) for entry in entries])
    else:
        for entry in entries:
            print(as_line(entry))
    if not entries:
        print(f"watchfloor: {nothing}", file=sys.stderr)
    return 0


def as_data(entry: Entry) -> dict[str, Any]:
    """Returns an entry as JSON holds it."""
    return {
        "id": entry.seq, "at": entry.at, "actor": entry.actor, "via": entry.via, "kind": entry.kind,
        "subject": str(entry.subject),
        "changes": {name: [_plain(name, value) for value in pair] for name, pair in entry.changes.items()},
        "note": entry.note, "cause": entry.cause,
    }  # fmt: skip


def _plain(field: str, value: Any) -> Any:
    """Returns a field's value as JSON holds it: an instant as all other JSON does."""
    if isinstance(value, int) and not isinstance(value, bool) and is_instant(field):
        with suppress(
            OverflowError, ValueError
        ):  # no instant that can be written: the number, rather than nothing
            return from_micros(value)
    return value


def as_line(entry: Entry) -> str:
    """Returns an entry as one line: number, instant, who, what."""
    return printable(
        f"{entry.seq:>7}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.actor:<12}  {sentence(entry)}", 400
    )


def _print_fields(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        print(f"{printable(name, 40)}: {value_words(name, value, utc_now())}")
    if not fields:
        print("It did not exist then.")


def _subject_at(text: str) -> tuple[Subject, datetime]:
    from datetime import UTC, datetime

    name, _, when = text.rpartition("@")
    subject = subject_called(name) or Subject.parse(name)
    try:
        instant = utc_now() if when == "now" else datetime.fromisoformat(when)
    except ValueError:
        instant = None
    if instant is None or not subject.kind or not subject.id:
        raise BadInput(
            f"{text!r} names no subject at an instant",
            next_step="Write it as I-7@2026-11-23T03:12:00Z or component:mail@now",
        )
    if subject.kind not in KINDS:
        raise BadInput(
            f"there is no kind of subject {subject.kind!r}",
            next_step=did_you_mean(subject.kind, KINDS, f"There are: {listed(KINDS)}"),
        )
    return subject, instant if instant.tzinfo else instant.replace(tzinfo=UTC)
