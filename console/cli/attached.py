"""`watchfloor incidents I-7 attach` and `logs`: what a person did, attached to an incident, and read from the journal again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.log import as_data
from console.cli.plain import print_plain
from console.cli.printing import person, print_json, who
from core.counting import counted
from core.desk.attached import attach_log, attached_logs, doings_since, line_of, pointer_of
from core.errors import BadInput
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from core.desk.attached import AttachedLog
    from core.journal.model import Entry
    from core.store.store import Store

ATTACH, LOGS = "attach", "logs"


def attach_or_print(options: argparse.Namespace, store: Store, number: int) -> int:
    """Attaches a log to an incident (with --preview only prints it), or prints those that are attached; 1 where one is not what it was."""
    if options.verb == LOGS:
        return _print_logs(options, store.read(attached_logs, number), number)
    if not options.since:
        raise BadInput(
            "since when is not said",
            next_step=f"Name it in UTC: --since -2h, --since 03:12, or --since I-{number} for when that was opened",
        )
    done = store.read(doings_since, who(store), options.since, utc_now())
    if not options.preview:
        done = store.write(person(), attach_log, number, done.after, done.upto)
    if options.json or options.plain:
        _print_data(options, _entries_data(done.entries))
        return 0
    for entry in done.entries:
        print(line_of(entry))
    count = counted(len(done.entries), "entry", "entries")
    print(
        f"{count} would be attached to I-{number}" if options.preview else f"{count} attached to I-{number}"
    )
    return 0


def _print_logs(options: argparse.Namespace, found: list[AttachedLog], number: int) -> int:
    if options.json or options.plain:
        data = [
            {
                "id": f"entry {log.entry.seq}", "at": log.entry.at, "by": log.doings.by, "after": log.doings.after,
                "upto": log.doings.upto, "is_as_attached": log.is_as_attached, "entries": _entries_data(log.doings.entries),
            }
            for log in found
        ]  # fmt: skip
        _print_data(options, data)
    else:
        for log in found:
            print(log.words)
            if not log.is_as_attached:
                print(log.trouble)
            for entry in log.doings.entries:
                print(line_of(entry))
        if not found:
            print(f"No log is attached to I-{number}.")
    return 0 if all(log.is_as_attached for log in found) else 1


def _print_data(options: argparse.Namespace, data: list[dict[str, Any]]) -> None:
    if options.plain:
        print_plain(data, "No log is attached.")
    else:
        print_json(data)


def _entries_data(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [as_data(each) | {"says": line_of(each), "output": pointer_of(each)} for each in entries]
