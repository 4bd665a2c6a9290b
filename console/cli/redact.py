"""`watchfloor redact ITEM`: take a text out for good that should never have been typed, as a password or a person's data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.printing import (
    add_name_arguments,
    add_store_arguments,
    open_store,
    person,
    print_json,
    print_table,
)
from console.cli.words import refuse_unused
from console.connections.asking import typed
from console.places import said_path
from core.counting import counted
from core.errors import BadInput, Unavailable
from core.gate.model import VERBS, Consent, Level, check_consent
from core.journal.wording import label, subject_called
from core.redaction.commands import redact
from core.redaction.model import NOTHING, Found, check_found
from core.redaction.queries import find_text, whole_text

if TYPE_CHECKING:
    import argparse

    from core.journal.model import Subject
    from core.redaction.model import HeldEntry, HeldRow
    from core.store.store import Store

ALONE = ("item", "text", "file", "field", "everywhere", "preview", "confirm", "reason")
"""What does nothing beside --scour, which does one part alone."""
MOST_BYTES = 1024 * 1024
ASKED = "the text to take out (not shown): "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `redact`."""
    add_store_arguments(parser)
    parser.add_argument("item", nargs="?", default="", help="R-7, I-3, P-1, A-2, ML-5 …: whose texts hold it")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--text", default=None, metavar="TEXT",
        help="the text, letter by letter; it stays in the shell's history: where nothing is said it is asked for instead",
    )  # fmt: skip
    which.add_argument(
        "--file",
        type=said_path,
        default=None,
        metavar="FILE",
        help="the text is what FILE holds; - is a pipe",
    )
    which.add_argument(
        "--field", default="", metavar="NAME",
        help="all that a field of the item holds (title, text, resolution …), or the note of an entry, as note:812",
    )  # fmt: skip
    parser.add_argument(
        "--everywhere", action="store_true", help="also out of every other item that holds it"
    )
    parser.add_argument("--preview", action="store_true", help="say where it stands, and change nothing")
    add_name_arguments(parser)
    parser.add_argument(
        "--scour", action="store_true",
        help="alone: only write the embedded database's file anew, so that nothing stands in its free parts",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Shows where the text stands, asks, takes it out, and says what is left."""
    with open_store(options) as store:
        if options.scour:
            refuse_unused(options, ALONE, (), "--scour")
            return _print_left(options, store, None)
        subject = subject_called(options.item)
        if subject is None:
            raise BadInput(
                f"{options.item[:40]!r} names no item" if options.item else "no item is named",
                next_step="Write it as the lists do: watchfloor redact R-7",
            )
        piece = _piece(options, store, subject)
        found = store.read(find_text, subject, piece, everywhere=options.everywhere)
        check_found(found, subject, everywhere=options.everywhere)
        if not options.json:
            _print_preview(found, options)
        if options.preview:
            if options.json:
                print_json(_as_data(found))
            return 0
        done = store.write(
            person(),
            redact,
            subject,
            piece,
            _consent(options, subject),
            everywhere=options.everywhere,
            seen=found,
        )
        return _print_left(options, store, done)


def _piece(options: argparse.Namespace, store: Store, subject: Subject) -> str:
    if options.field:
        return store.read(whole_text, subject, options.field)
    if options.text is not None:
        return str(options.text)
    if options.file is not None:
        return _read(options.file)
    if not sys.stdin.isatty():
        raise BadInput(
            "no text is named", next_step=f"{NOTHING}. Name it with --file FILE, or - for a pipe, or --field"
        )
    return typed(ASKED, is_seen=False)


def _read(name: str) -> str:
    """Returns what a file holds, without its last line end."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).expanduser().open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unavailable(f"cannot be read: {error.strerror}", where=name) from error
    if len(data) > MOST_BYTES:
        raise BadInput(f"holds more than {MOST_BYTES} bytes", where=name, next_step=NOTHING)
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8", where=name, next_step=NOTHING) from None


def _consent(options: argparse.Namespace, subject: Subject) -> Consent:
    """Returns how surely it is meant; on a terminal what was not said is asked for."""
    name, reason = options.confirm, options.reason
    if sys.stdin.isatty() and not options.json:
        reason = reason or typed("why, in one sentence: ")
        name = name or typed(f"type {label(*subject)} to take it out for good: ")
    consent = Consent(Level.NAME if name else Level.UNDOABLE, name, reason)
    check_consent(VERBS["redact"], [label(*subject)], consent)
    return consent


def _print_preview(found: Found, options: argparse.Namespace) -> None:
    print(
        f"A text of {counted(found.characters, 'character')} stands {counted(found.times, 'time')} in "
        f"{counted(len(found.entries), 'entry', 'entries')} and {counted(len(found.rows), 'kept text')}:"
    )
    rows = [
        (label(*e.subject), f"entry {e.seq}", e.kind, ", ".join(e.fields), e.times) for e in found.entries
    ]
    rows += [(label(*r.subject), "kept", r.table, r.column, r.times) for r in found.rows]
    print_table(("OF", "WHERE", "WHAT", "FIELDS", "TIMES"), rows, "")
    if found.elsewhere:
        print(
            f"It also stands in {counted(found.elsewhere, 'entry', 'entries')} of other items: --everywhere takes it out there, too."
        )
    if not options.preview:
        print(
            "It is replaced by [redacted] for good; what it was can never be proven again, nor brought back."
        )


def _print_left(options: argparse.Namespace, store: Store, done: Found | None) -> int:
    left = store.scour()
    if options.json:
        print_json({**(_as_data(done) if done else {}), "left": left})
        return 0
    if done is not None:
        print(
            f"Taken out {counted(done.times, 'time')}. `watchfloor journal verify` names the entries it was taken out of."
        )
    print(
        f"What is left: {left}."
        if left
        else "The file was written anew: its free parts and its log hold nothing of it."
    )
    if done is not None:
        print(
            "Not touched: backups and exports made before, what was sent already, and drafts on people's own machines."
        )
    return 0


def _as_data(found: Found) -> dict[str, Any]:
    return {
        "characters": found.characters,
        "times": found.times,
        "entries": [_held_as_data(each) for each in found.entries],
        "rows": [_held_as_data(each) for each in found.rows],
        "elsewhere": found.elsewhere,
    }


def _held_as_data(held: HeldEntry | HeldRow) -> dict[str, Any]:
    return {**held._asdict(), "subject": str(held.subject)}
