"""`watchfloor admin move`: an embedded database goes to a server, whole, and says where it went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.copied import as_data, named_file, stage, told, told_of_people
from console.cli.printing import database_of, person, print_json
from console.cli.words import refuse_unused
from core.errors import BadInput

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Moves, or takes a moved one back."""
    path = named_file(options.path, "move", "the embedded database to move")
    from core.store.moving.move import move, take_database_back

    if options.take_back:
        refuse_unused(options, ("with_rights",), (), "admin move --take-back")
        if options.db:
            raise BadInput("--db does nothing with --take-back", next_step="Nothing was done. Leave it out")
        there = take_database_back(path, person())
        if options.json:
            print_json({"database": str(path), "had_been_moved_to": there})
        else:
            print(f"{path}: can be written again. What is written here now is not at {there}")
        return 0
    place = database_of(options)
    if isinstance(place.target, Path):
        raise BadInput(
            "a database is moved to a server", where=place.title,
            next_step="Nothing was done. Name one there: --db postgresql://HOST/DATABASE",
        )  # fmt: skip
    done = move(path, place.target, person(), with_rights=options.with_rights, stage=stage)
    if options.json:
        print_json(
            {"database": place.title, "from": str(path), "done_before": done.was_done, **as_data(done)}
        )
        return 0
    if done.was_done:
        print(f"{place.title}: {path} was moved there before; nothing was left to do")
        return 0
    if done.caught_up:
        kinds = ", ".join(f"{count} {kind}" for kind, count in done.caught_up)
        print(f"Went on where it was; still to come, with what was written since, were: {kinds}")
    print(f"{place.title}: {told(done, 'moved')}")
    for line in told_of_people(done):
        print(line)
    print(
        f"{path} stays as it is, can be looked at, and is no longer written. Open the other one from now on:"
    )
    print("watchfloor connect URL makes it the default; the agents and scripts are told with --db")
    return 0
