"""`watchfloor admin backup` and `restore`: any database in one file, and a database of that file again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.copied import as_data, named_file, stage, told, told_of_people
from console.cli.printing import database_of, print_json
from console.cli.words import refuse_unused
from console.connections.resolving import place_without_secret
from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    import argparse

    from core.store.moving.copying import Copied


def run(options: argparse.Namespace) -> int:
    """Saves, or restores."""
    return _backup(options) if options.verb == "backup" else _restore(options)


def _backup(options: argparse.Namespace) -> int:
    file = named_file(options.path, "backup", "the file to write")
    place = database_of(options)
    from core.store.moving.backup import backup

    done = backup(place.target, file, may_replace=options.force, even_broken=options.even_broken, stage=stage)
    return _say(
        options, done, str(file), f"saved from {place.title}", {"file": file, "database": place.title}
    )


def _restore(options: argparse.Namespace) -> int:
    file = named_file(options.path, "restore", "the backup to restore")
    if not options.db:
        raise BadInput(
            "no database is named to restore to",
            next_step="Nothing was done. Name a new file or an empty database of a server with --db",
        )
    place = place_without_secret(options.db)  # a file is not there yet
    if isinstance(place.target, Path):
        refuse_unused(options, ("with_rights",), (), "a restore into a file")
    else:
        place = database_of(options)
    from core.store.moving.backup import restore

    done = restore(file, place.target, with_rights=options.with_rights, stage=stage)
    return _say(options, done, place.title, f"restored from {file}", {"database": place.title, "file": file})


def _say(
    options: argparse.Namespace, done: Copied, where: str, what: str, names: dict[str, str | Path]
) -> int:
    if options.json:
        print_json({**names, **as_data(done)})
    else:
        print(f"{where}: {told(done, what)}")
        for line in told_of_people(done):
            print(line)
    if done.broken:
        print(f"watchfloor: {where}: {printable(done.broken, 2000)}", file=sys.stderr)
    return 1 if done.broken else 0
