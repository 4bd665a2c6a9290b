"""`watchfloor journal verify` and `export`: the work that takes long, and what a verdict says in words."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any

from console.cli.printing import MOST_SHOWN, database_of, existing_database, open_store, person, print_json
from console.cli.progress import Progress
from core.counting import counted
from core.errors import BadInput, NotPossible, Unavailable, WatchfloorError
from core.journal.exporting import ExportReader, export_lines
from core.journal.sealing import UNSIGNED, JournalBroken
from core.journal.seals import pieces, standing
from core.journal.signing import read_public_keys, short
from core.journal.verifying import Verifier, parse_head, verify
from core.printable import printable
from core.security.signals.own import tell_broken
from core.security.signals.readers import is_looked_through
from core.store.looking import looking
from core.store.recognised import begins_as_database
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from core.journal.verifying import Verdict

MOST_KEY_BYTES = 65536
EXPORTS_BEGIN = b'{"watchfloor":"journal"'


# Verify


def verify_command(options: argparse.Namespace) -> int:
    """Checks a database or an exported file, and says what that proves; 1 where it does not hold."""
    if options.path and options.db:
        raise BadInput(
            "FILE and --db both name what to verify", next_step="Nothing was done. Name one of them"
        )
    trusted = frozenset[str]().union(*(_public_keys(name) for name in options.public_key or ()))
    verifier = Verifier(trusted, parse_head(options.head) if options.head else None)
    where, verdict, broken = "", None, None
    try:
        where, verdict = _verified(options, verifier)
    except JournalBroken as error:
        where, broken = _named(options), error
    if options.json:
        print_json(_as_data(where, verdict, broken))
    elif verdict:
        print("\n".join(_folded([printable(line, 2000) for line in _in_words(where, verdict)])))
    if broken:
        fits = verifier.place.seq if broken.fits is None else broken.fits
        upto = f" Up to entry {fits} the chain of hashes fits." if fits > 0 else ""
        told = "" if options.path else _told(options, broken)
        print(
            f"watchfloor: {printable(f'{where}: the journal does not hold: {broken}', 2000)}.{upto}{told}",
            file=sys.stderr,
        )
    return JournalBroken.exit_code if broken else 0


def _told(options: argparse.Namespace, broken: JournalBroken) -> str:
    """Writes into the journal that it does not hold, where an agent works on it that raises a signal of it; says so, or why not.

    A copy that nobody works on is only looked at.
    """
    place = existing_database(options)
    try:
        with looking(place.target) as found:
            if found.age or not found.read(is_looked_through, utc_now()):
                return ""
        with open_store(options) as store:
            store.write(person(), tell_broken, str(broken))
    except WatchfloorError as error:
        return f" This could not be written down, so tell it: {printable(str(error), 500)}"
    return " This was written down, and is told on every console."


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Yields the lines broken between words where they are read on a terminal; elsewhere as they are."""
    width = get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        yield from (
            wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""] if width else [line]
        )


def _named(options: argparse.Namespace) -> str:
    return "standard input" if options.path == "-" else options.path or database_of(options).title


def _verified(options: argparse.Namespace, verifier: Verifier) -> tuple[str, Verdict]:
    """Returns the name of what was verified, and the verdict."""
    if options.path == "-":
        return _named(options), _verified_export(sys.stdin.buffer, _named(options), verifier)
    if not options.path:
        return _verified_database(options, verifier)
    path = Path(options.path).expanduser().absolute()
    with _opened(path) as file:
        beginning = file.peek(16)[:16]  # type: ignore[attr-defined]
        if beginning.startswith(b"{"):
            return str(path), _verified_export(file, str(path), verifier)
    if not begins_as_database(beginning):
        raise BadInput(
            "is neither an exported journal nor a database" if beginning else "is empty", where=str(path),
            next_step="Name a file that `watchfloor journal export` wrote, or a database",
        )  # fmt: skip
    return _verified_database(argparse.Namespace(db=str(path)), verifier)


def _verified_database(options: argparse.Namespace, verifier: Verifier) -> tuple[str, Verdict]:
    with looking(existing_database(options).target) as found:
        upto = found.read(standing)
        with Progress("verifying", upto.head.seq) as progress:
            verdict = verify(pieces(found, upto), verifier, progress.tell)
        if found.age:
            print(f"watchfloor: {found.where}: {found.age}", file=sys.stderr)
        return found.where, verdict


def _verified_export(file: IO[bytes], where: str, verifier: Verifier) -> Verdict:
    reader = ExportReader(file, where)
    with Progress("verifying", reader.entries) as progress:
        return verify(reader.pieces(), verifier, progress.tell)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unavailable(f"cannot be read: {error.strerror}", where=str(path)) from error
    with file:
        yield file


def _public_keys(name: str) -> frozenset[str]:
    path = Path(name).expanduser().absolute()
    with _opened(path) as file:
        return read_public_keys(file.read(MOST_KEY_BYTES), str(path))


# What a verdict says


def _as_data(where: str, verdict: Verdict | None, broken: JournalBroken | None) -> dict[str, Any]:
    found: dict[str, Any] = asdict(verdict) if verdict else {}
    at_fault = (
        {"entry": broken.entry, "seal": broken.seal, "at": broken.at, "what": printable(broken.what)}
        if broken
        else None
    )
    return {"where": where, "holds": broken is None, **found, "broken": at_fault}


def _in_words(where: str, found: Verdict) -> Iterator[str]:
    if not found.entries:
        yield f"{where}: the journal has no entry."
        return
    but = f" but {counted(len(found.redacted), 'redacted one')}" if found.redacted else ""
    yield (
        f"{where}: the journal holds. {counted(found.entries, 'entry', 'entries')} from {_when(found.first_at)} to "
        f"{_when(found.last_at)}, none missing, each as it was written{but}."
    )
    for said in found.redacted[:MOST_SHOWN]:
        yield (
            f"Entry {said.entry}: redacted by {said.actor} on {_when(said.at)} (entry {said.by}); its text cannot be checked, "
            "its place in the chain can."
        )
    if len(found.redacted) > MOST_SHOWN:
        yield f"{len(found.redacted) - MOST_SHOWN} more redacted entries (--json has them all)."
    yield _seals_in_words(found)
    if found.head_checked:
        yield f"It still holds entry {found.head_checked}, whose hash was kept elsewhere: up to there nothing was cut off or made anew."
    yield f"Head: {found.entries}:{found.head}:{found.seals}"
    yield ""
    yield f"This proves: {_proven(found)}"
    yield f"It does not prove: {_not_proven(found)}"


def _seals_in_words(found: Verdict) -> str:
    if not found.seals:
        return "Nothing was sealed yet."
    waiting = found.entries - found.sealed_to
    text = (
        f"{counted(found.seals, 'seal')} up to entry {found.sealed_to}, the last at {_when(found.sealed_at)}"
    )
    text += (
        f"; {counted(waiting, 'newer entry is', 'newer entries are')} not sealed yet. " if waiting else ". "
    )
    if not found.signed_to:
        return f"{text}No seal is signed ({UNSIGNED})."
    known = "which you named" if found.trusted else "which nobody vouched for here"
    if len(found.signers) == 1:
        return f"{text}Signed by key {short(found.signers[0].key)}…, {known}."
    return f"{text}Signed by {len(found.signers)} keys one after another, {known}: {_signers(found)}."


def _signers(found: Verdict) -> str:
    return "; ".join(
        f"key {short(one.key)}… seals {one.first_seal} to {one.last_seal} (to entry {one.to_entry})"
        for one in found.signers
    )


def _proven(found: Verdict) -> str:
    if found.signed_to and found.trusted:
        return (
            f"who does not have the private key has neither changed, removed nor added any of entries 1 to {found.signed_to} "
            f"since {_when(found.signed_at)}, whatever rights on the database they have."
        )
    if found.signed_to:
        return (
            f"whoever has the key that the seals name stands for entries 1 to {found.signed_to}. Whether that is your key "
            "only its public half tells, kept elsewhere and named with --public-key."
        )
    return (
        "the entries stand in the order in which they were written, and no accident and no careless hand changed one. "
        f"{UNSIGNED.capitalize()}: who can write the database could have made all of it anew."
    )


def _not_proven(found: Verdict) -> str:
    text = "that what an entry says is true; only that it is what was written."
    if found.redacted:
        text += " Of a redacted entry not even that: what it said, and that no more than the text named was taken out."
    if found.signed_to and found.signed_to < found.entries:
        text += f" Anything of entries {found.signed_to + 1} to {found.entries}, which are not signed yet."
    if not found.head_checked:
        text += " That nothing was cut off at the end: for that name, with --head, a head that was kept elsewhere."
    elif found.head_checked < found.entries:
        text += f" That nothing was cut off behind entry {found.head_checked}."
    return text + " Who holds the private key, or the agent's host, can seal what they like."


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "no time that can be written"


# Export


def export_command(options: argparse.Namespace) -> int:
    """Writes the journal as lines to a file, whole or not at all, or to standard output."""
    if not options.path:
        raise BadInput("no file is named to export to", next_step="Name one, or - for standard output")
    if options.json:
        raise BadInput("--json does nothing with journal export", next_step="An export is JSON lines already")
    with open_store(options) as store:
        upto = store.read(standing)
        with Progress("exporting", upto.head.seq) as progress:
            lines = export_lines(pieces(store, upto), upto, progress.tell)
            if options.path == "-":
                if hasattr(sys.stdout, "reconfigure"):
                    sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="\n")
                for line in lines:
                    sys.stdout.write(line)
                return 0
            path = Path(options.path).expanduser().absolute().resolve()
            _write_whole(path, lines)
    seals = counted(upto.seal.n if upto.seal else 0, "seal")
    print(f"{path}: wrote {counted(upto.head.seq, 'entry', 'entries')} and {seals}")
    return 0


def _write_whole(path: Path, lines: Iterator[str]) -> None:
    """Writes beside the file and renames, so that nobody ever finds half an export under its name."""
    _refuse_to_overwrite(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="\n", buffering=1 << 20) as file:  # noqa: PTH123
            file.writelines(lines)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise Unavailable(
            f"cannot be written: {error.strerror}", where=str(path), next_step="No file was left behind"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _refuse_to_overwrite(path: Path) -> None:
    """Raises NotPossible where something stands that is no export: a slip of the pen must not cost a database."""
    if not path.exists():
        return
    if path.is_file():
        with _opened(path) as file:
            beginning = file.read(len(EXPORTS_BEGIN))
        if beginning in {b"", EXPORTS_BEGIN}:
            return
    raise NotPossible(
        "there is something else of that name", where=str(path),
        next_step="Nothing was written. An export replaces only an export; name another file",
    )  # fmt: skip
