"""`watchfloor journal`: what proves the journal. Verify it, export it, note its head, list its seals, see to its key; or print what it says of a subject."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.printing import add_store_arguments, open_store, person, print_json, print_table
from console.cli.words import refuse_unused, whole
from console.places import said_path
from core.catalog.nearest import listed
from core.counting import counted
from core.errors import BadInput
from core.journal.agent_wording import process_called
from core.journal.sealing import UNSIGNED, Seal, instant_of
from core.journal.seals import DUTY, SILENT_S, newest_seals, standing
from core.journal.signing import public_pem, short
from core.journal.wording import subject_called
from core.printable import printable
from core.store.lease import lease_of
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from console.sealing_key import FoundKey

LINES = 50
MOST_KEY_BYTES = 65536
TAKES: dict[str, tuple[str, ...]] = {
    "verify": ("path", "public_key", "head"),
    "export": ("path",),
    "head": (),
    "seals": ("lines",),
    "key": ("file", "keyring", "public", "replace", "reason"),
}
"""What is said to each action; anything else would do nothing with it."""
OF_A_SUBJECT = ("lines",)
"""What is said to the entries about one subject."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `journal`."""
    add_store_arguments(parser)
    parser.add_argument(
        "action", type=_asked, metavar=f"{{{','.join(TAKES)},A-1}}",
        help="verify a database or an exported file; export it; print its head, to be kept elsewhere; "
        "list its seals; show or make the key that signs them; A-1, I-7 or another: its entries, as `watchfloor log` does",
    )  # fmt: skip
    parser.add_argument(
        "path", nargs="?", type=said_path, metavar="FILE",
        help="verify: an exported file or a database (default: the database); export: where to write. - is a pipe",
    )  # fmt: skip
    parser.add_argument(
        "--public-key", action="append", type=said_path, metavar="FILE",
        help="verify: a public key (PEM) that seals must be signed with, kept elsewhere than the journal; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--head", metavar="NUMBER:HASH[:SEALS]", default="",
        help="verify: a head that was kept elsewhere; finds what was cut off since",
    )  # fmt: skip
    parser.add_argument("-n", "--lines", type=whole, help=f"seals, entries: how many (default {LINES})")
    parser.add_argument(
        "--file", type=said_path, metavar="PATH", help="key: make a key in a new file that only you may read"
    )
    parser.add_argument("--keyring", action="store_true", help="key: make a key in the system's keyring")
    parser.add_argument(
        "--replace", nargs="?", const=True, type=said_path, metavar="FILE",
        help="key: have seals signed with another key from now on: the one found here, or whose public key (PEM) FILE holds",
    )  # fmt: skip
    parser.add_argument("--reason", metavar="TEXT", default="", help="key --replace: why")
    parser.add_argument("--public", action="store_true", help="key: print the public key (PEM) alone")


def run(options: argparse.Namespace) -> int:
    """Does what is asked; 1 where a journal does not hold, or there is no key."""
    if options.action not in TAKES:
        return _entries_about(options)
    words = {word for takes in TAKES.values() for word in takes}
    refuse_unused(options, sorted(words), TAKES[options.action], f"journal {options.action}")
    if options.action == "verify":
        from console.cli.journal_check import verify_command

        return verify_command(options)
    if options.action == "export":
        from console.cli.journal_check import export_command

        return export_command(options)
    return {"head": _head, "seals": _seals, "key": _key}[options.action](options)


def _asked(text: str) -> str:
    """Returns an action, or what people call a subject; raises ArgumentTypeError for anything else."""
    if text in TAKES or subject_called(text):
        return text
    raise ArgumentTypeError(f"{text!r} is none of {listed(TAKES)}, nor what entries are about, as A-1")


def _entries_about(options: argparse.Namespace) -> int:
    """Prints the entries about one subject, newest last."""
    from console.cli.log import entries_about

    words = {word for takes in TAKES.values() for word in takes}
    refuse_unused(options, sorted(words), OF_A_SUBJECT, f"journal {options.action}")
    return entries_about(options, options.action, options.lines)


def _head(options: argparse.Namespace) -> int:
    """Prints the head as one line that begins with what `verify --head` takes."""
    with open_store(options) as store:
        found = store.read(standing)
    seal, head = found.seal, found.head
    if not head.seq:
        raise BadInput("the journal has no entry yet, and so no head", next_step="Ask again when it has one")
    text = f"{head.seq}:{head.hash}:{seal.n if seal else 0}"
    if options.json:
        print_json({
            "head": text, "entry": head.seq, "hash": head.hash, "at": instant_of(head.at),
            "seal": _as_data(seal) if seal else None, "unsealed": found.unsealed,
        })  # fmt: skip
    else:
        print(printable(f"{text} {_when(head.at)} {_sealed(seal)}"))
    return 0


def _sealed(seal: Seal | None) -> str:
    if seal is None:
        return "not sealed yet"
    by = f"signed by key {short(seal.key_id)}" if seal.is_signed else UNSIGNED
    return f"sealed to entry {seal.last} by seal {seal.n} at {_when(seal.at)}, {by}"


def _seals(options: argparse.Namespace) -> int:
    """Prints the newest seals, and what stands in the way of the next."""
    with open_store(options) as store:
        found = store.read(standing)
        seals = store.read(newest_seals, options.lines or LINES)
        lease = store.read(lease_of, DUTY)
    trouble = str(lease.info.get("trouble", "")) if lease else ""
    if options.json:
        print_json([_as_data(seal) for seal in seals])
        return 0
    rows = [
        (s.n, f"{s.first}-{s.last}", _when(s.at), f"key {short(s.key_id)}" if s.is_signed else "unsigned", s.root[:16])
        for s in seals
    ]  # fmt: skip
    print_table(("SEAL", "ENTRIES", "AT", "SIGNED BY", "HASH"), rows, "Nothing was sealed yet.")
    if any(not seal.is_signed for seal in seals):
        print(f"Seals that are not signed: {UNSIGNED}.")
    if found.unsealed:
        oldest = f" since seal {found.seal.n}" if found.seal else ""
        print(f"{counted(found.unsealed, 'entry', 'entries')} not sealed yet{oldest}.")
    silent = max((utc_now() - lease.beat_at).total_seconds(), 0) if lease else 0
    if lease is None or lease.is_given_up or silent > SILENT_S:
        heard = f" (one was last heard {age(silent)} ago)" if lease else ""
        print(f"No agent seals now{heard}.")
    else:
        print(
            printable(
                f"Sealed by {process_called(lease.holder)}, last heard {age(silent)} ago. {trouble}".rstrip()
            )
        )
    return 0


def _as_data(seal: Seal) -> dict[str, Any]:
    return {**seal._asdict(), "at": instant_of(seal.at), "signed": seal.is_signed}


def _when(micros: int) -> str:
    at: datetime | None = instant_of(micros)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "at no time"


def _key(options: argparse.Namespace) -> int:
    """Shows the key that signs seals, or makes one; never prints the private half."""
    from console.connections.resolving import place_without_secret
    from console.sealing_key import FoundKey, find_key, key_beside, make_in_keyring, write_key

    if options.replace is not None:
        return _replace_key(options)
    refuse_unused(options, ("reason",), (), "journal key without --replace")
    database = place_without_secret(options.db)
    if options.file and options.keyring:
        raise BadInput("a key is made in a file or in the keyring, not in both", next_step="Nothing was done")
    if options.file:
        path = Path(options.file).expanduser().absolute()
        found: FoundKey | None = FoundKey(write_key(path), str(path))
        if path != key_beside(database):
            print(
                f"watchfloor: the agent looks for it at {key_beside(database)}, or as its service's credential "
                f"(systemd: LoadCredential=watchfloor.sealing-key:{path})", file=sys.stderr,
            )  # fmt: skip
    elif options.keyring:
        found = FoundKey(make_in_keyring(database), "the system's keyring")
    else:
        found = find_key(database)
    if found is None:
        if options.json:
            print_json(None)
        print(
            f"watchfloor: there is no key, so seals are {UNSIGNED}. Make one with "
            f"`watchfloor journal key --keyring`, or --file {key_beside(database)}", file=sys.stderr,
        )  # fmt: skip
        return 1
    _print_key(options, found)
    return 0


def _replace_key(options: argparse.Namespace) -> int:
    """Writes into the journal that seals are signed with another key from now on."""
    from console.connections.resolving import place_without_secret
    from console.sealing_key import find_key
    from core.journal.keys import replace_key
    from core.journal.signing import read_public_keys

    refuse_unused(options, ("file", "keyring", "public"), (), "journal key --replace")
    if options.replace is True:
        found = find_key(place_without_secret(options.db))
        keys = {found.key.key_id} if found else set()
    else:
        path = Path(options.replace).expanduser().absolute()
        keys = set(read_public_keys(path.read_bytes()[:MOST_KEY_BYTES], str(path)))
    if len(keys) != 1:
        raise BadInput(
            "there is no key here to take the place of the former one" if not keys else "that file holds several keys",
            next_step="Nothing was changed. Make one with `watchfloor journal key --file FILE`, or name one public key",
        )  # fmt: skip
    (key,) = keys
    with open_store(options) as store:
        before = store.write(person(), replace_key, key, options.reason)
    if options.json:
        print_json({"before": before, "key": key})
    else:
        print(f"Seals are signed with key {short(key)}… from now on, instead of key {short(before)}….")
        print("Whoever verifies with public keys kept elsewhere names both. Keep the former one.")
    return 0


def _print_key(options: argparse.Namespace, found: FoundKey) -> None:
    public = public_pem(found.key.key_id)
    if options.json:
        print_json({"key": found.key.key_id, "source": found.source, "public_key": public})
    elif options.public:
        print(public, end="")
    else:
        print(f"Key {short(found.key.key_id)}, from {found.source}")
        print(f"Keep its public half where nobody can change it together with the journal:\n{public}", end="")
