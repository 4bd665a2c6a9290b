"""`watchfloor admin create` and `upgrade`: a database on a server is prepared, and upgraded with consoles attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.printing import database_of, print_json
from core.errors import BadInput

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Prepares or upgrades; an embedded database is made and upgraded by whoever opens it first."""
    place = database_of(options)
    if not isinstance(place.target, str):
        raise BadInput(
            "an embedded database is prepared and upgraded by whoever opens it first", where=place.title,
            next_step="Nothing was done. Name one on a server: --db postgresql://HOST/DATABASE",
        )  # fmt: skip
    from core.store.marks import Mark, mark_of, marked_refusal
    from core.store.postgresql.preparing import prepare, prepared
    from core.store.schema import PROGRAM_SCHEMA

    found = prepared(place.target)
    if found is not None and mark_of(found.min_writer) is Mark.FILLING:
        raise marked_refusal(Mark.FILLING, place.title)
    before = found.version if found is not None else None
    if options.verb == "create" and before is not None:
        raise BadInput(
            f"is prepared already, with schema {before}", where=place.title,
            next_step="Nothing was done. `watchfloor admin upgrade` brings it to this program's",
        )  # fmt: skip
    if options.verb == "upgrade" and before is None:
        raise BadInput(
            "is not prepared yet",
            where=place.title,
            next_step="Nothing was done. `watchfloor admin create` does it",
        )
    prepare(place.target)
    if options.json:
        print_json({"database": place.title, "before": before, "schema": PROGRAM_SCHEMA})
    elif before == PROGRAM_SCHEMA:
        print(f"{place.title}: had schema {before} already; its rules were laid anew")
    else:
        print(
            f"{place.title}: has schema {PROGRAM_SCHEMA}"
            + ("" if before is None else f" instead of {before}")
        )
        print("Let people in: watchfloor staff add LOGIN --role operator")
    return 0
