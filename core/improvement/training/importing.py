"""Taking in a list of what people completed: CSV with a first line that names its columns, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.catalog.nearest import did_you_mean
from core.catalog.queries import declared_staff, declared_trainings
from core.gate.commands import admit
from core.improvement.training.commands import OWN, add, is_own, recorded
from core.security.foreign import Malformed, csv_table, day, harmless, text

if TYPE_CHECKING:
    from core.catalog.model import Staff
    from core.improvement.training.model import Completion
    from core.store.work import Work

COLUMNS: Final = {
    "person": ("person", "who", "login", "user", "staff", "employee", "mail", "email", "e mail"),
    "training": ("training", "course", "id", "code"),
    "on": ("on", "date", "day", "completed", "completed on", "done on"),
    "evidence": ("evidence", "certificate", "proof", "note", "comment"),
}  # fmt: skip
"""What a column is, by what its title may be (in any case; `_` and `-` as blanks)."""
MOST_LINES = 20_000
"""A list of more lines is not read: each becomes a row and an entry, in one transaction."""
_NEEDED = ("person", "training", "on")
_EXAMPLE = "person,training,on,evidence"


class Imported(NamedTuple):
    """What came of a list: lines read, those that were known, what was created, and what was refused, each with its line."""

    read: int
    matched: int
    created: tuple[Completion, ...]
    refused: tuple[tuple[str, str], ...]


def import_training(work: Work, content: str, file: str) -> Imported:
    """Records what a list says that people completed. Level 1, a lead's; a line about who imports it is refused.

    Raises Malformed, and changes nothing, where the file is no such list or was cut off.
    """
    admit(work, "training.import", [file])
    if content.count("\n") > MOST_LINES:
        raise Malformed(
            f"has more than {MOST_LINES} lines", where=file, next_step="Nothing was recorded. Split it"
        )
    rows = csv_table(content, COLUMNS, _NEEDED, "a list of training", _EXAMPLE)
    people = _by_name(declared_staff(work.connection))
    trainings = {each.id.lower(): each.id for each in declared_trainings(work.connection)}
    matched, created, refused = 0, [], []
    for place, cells in rows:
        if isinstance(cells, str):
            refused.append((place, cells))
            continue
        who, name, on = (text(cells[column], 200) for column in _NEEDED)
        person, training, done = people.get(who.lower()), trainings.get(name.lower()), day(on)
        if person is None:
            refused.append((place, f"{who[:60]!r} is not declared as staff"))
        elif training is None:
            step = did_you_mean(name, trainings, "")
            refused.append((place, f"there is no training {name[:60]!r}{'. ' * bool(step)}{step}"))
        elif done is None or done > work.now.date():
            why = "is no day: write 2026-11-30" if done is None else "is still to come"
            refused.append((place, f"{on[:40]!r} {why}"))
        elif is_own(work, person):
            refused.append((place, OWN))
        elif recorded(work, person.id, training, done) is not None:
            matched += 1
        else:
            evidence = harmless(text(cells.get("evidence", ""), 300)) or f"{file}, {place}"
            created.append(add(work, person.id, training, done, evidence))
    return Imported(len(rows), matched, tuple(created), tuple(refused))


def _by_name(staff: list[Staff]) -> dict[str, Staff]:
    names = {(each.login or each.id).lower(): each for each in staff}
    return (
        {each.email.lower(): each for each in staff if each.email}
        | names
        | {each.id.lower(): each for each in staff}
    )
