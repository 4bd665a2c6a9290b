"""What is said of a database that was moved, saved or restored, and how far it has come meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.progress import Progress
from core.counting import counted
from core.errors import BadInput
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.store.moving.copying import Copied


def named_file(name: str | None, verb: str, what: str) -> Path:
    """Returns the file that was named. Raises BadInput where none was."""
    if not name:
        raise BadInput(
            f"no file is named: {what}", next_step=f"Nothing was done. Say `watchfloor admin {verb} FILE`"
        )
    return Path(name).expanduser().absolute()


@contextmanager
def stage(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how far one part of the work has come."""
    with Progress(doing, total) as progress:
        yield progress.tell


def told(done: Copied, what: str) -> str:
    """Returns what was copied and checked, in one line: entries, the last one's instant and hash, seals, rows."""
    found = done.verdict
    if done.broken:
        return (
            f"{counted(found.entries, 'entry', 'entries')} and {counted(done.rows, 'row')} {what} as they are. What does "
            "not hold of them is written into it"
        )
    text = (
        f"{counted(found.entries, 'entry', 'entries')} and {counted(done.rows, 'row')} {what}, and checked. "
    )
    if found.last_at is None:
        return f"{text}The journal has no entry"
    seals = f"{counted(found.seals, 'seal')} up to entry {found.sealed_to}" if found.seals else "no seals"
    return (
        f"{text}The last entry is of {found.last_at:%Y-%m-%d %H:%M:%S}Z, with the hash {found.head}; {seals}"
    )


def told_of_people(done: Copied) -> Iterator[str]:
    """Yields what is said of those who are listed as staff on the server it was brought to."""
    if not done.people:
        return
    listed = printable(", ".join(f"{login} ({role})" for login, role in done.people), 2000)
    if done.with_rights:
        yield f"They have their roles on this server: {listed}. Who was none there before has no password yet"
        return
    yield f"Listed as staff, and kept out until an admin lets them in: {listed}"
    yield "One: watchfloor staff resume LOGIN. All of them at once: --with-rights, into an empty database"


def as_data(done: Copied) -> dict[str, Any]:
    """Returns the same for --json."""
    found = done.verdict
    return {
        "entries": found.entries, "last_at": found.last_at, "hash": found.head, "seals": found.seals,
        "sealed_to": found.sealed_to, "rows": done.rows, "people": [{"login": login, "role": role} for login, role in done.people], "with_rights": done.with_rights, "broken": done.broken or None,
        "caught_up": dict(done.caught_up),
    }  # fmt: skip
