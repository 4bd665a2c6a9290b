"""One way to change a row: with the version that was seen, and with its entry.

Rows that people change carry `id` and `version`. A command says which version the person saw; where the
row moved on, nothing is changed and the person is told what happened since.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, func, select, update

from core.errors import Moved, NotFound
from core.journal import queries as journal
from core.journal.model import Subject
from core.journal.wording import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row, Select, Update

    from core.journal.appending import Recorded
    from core.store.work import Work


_MOST_TOLD = 50
_LISTED = {
    "incident": "watchfloor incidents --all lists them",
    "request": "watchfloor queue --all lists them",
    "problem": "watchfloor problem --all lists them",
    "action": "watchfloor actions --all lists them",
    "finding": "watchfloor findings --all lists them",
    "signal": "watchfloor signals --view all lists them",
    "suppression": "watchfloor signals --suppressions lists them",
    "threshold": "watchfloor thresholds lists them",
    "grant": "watchfloor access grants --all lists them",
    "review": "watchfloor access review --all lists them",
    "access_request": "watchfloor access request --all lists them",
    "handover": "watchfloor handover --all lists them",
    "training": "watchfloor training --records lists them",
    "run": "watchfloor run --runs lists them",
    "window": "watchfloor windows --all lists them",
    "override": "watchfloor oncall override lists them",
}


def row_of(work: Work, table: Table[Any], kind: str, row_id: int | str, seen: int | None = None) -> Any:
    """Returns the row, which nobody else changes before this work is done.

    Raises NotFound, or Moved when it is no longer at version `seen` (None: any).
    """
    row = work.statements.first(_by_id(table), {"wanted": row_id})
    if row is None:
        what = f"{kind.replace('_', ' ')} {label(kind, str(row_id))}"
        raise NotFound(f"there is no {what}", next_step=_LISTED.get(kind, ""))
    if seen is not None and row.version != seen:
        raise Moved(
            f"{label(kind, str(row_id))} changed since you saw it: {_since(work, Subject(kind, str(row_id)), row.version - seen)}",
            next_step="Nothing was changed. Look again, then decide",
        )
    return row


def _since(work: Work, subject: Subject, steps: int) -> str:
    """Returns who did what since, so many steps of it. That people were told of one of them is none."""
    wanted = max(steps, 1)
    entries = journal.of_subject(work.connection, subject, limit=wanted + _MOST_TOLD)
    told = [each for each in entries if ".message_" not in each.kind][-wanted:]
    return "; ".join(
        f"{e.actor} {e.kind.split('.', 1)[-1].replace('_', ' ')} at {e.at:%H:%M:%S}Z" for e in told
    )


def new_number(work: Work, table: Table[Any]) -> int:
    """Returns the number for a new row of `table`; writers at the same moment are given different ones."""
    if work.connection.dialect.name == "sqlite":  # one writer at a time
        return (work.connection.scalar(_newest(table)) or 0) + 1
    return int(work.connection.scalar(_next(table)) or 0)


def new_numbers(work: Work, table: Table[Any], count: int) -> list[int]:
    """Returns the numbers for so many new rows of `table`, as `new_number` does for one."""
    if work.connection.dialect.name == "sqlite":
        first = (work.connection.scalar(_newest(table)) or 0) + 1
        return list(range(first, first + count))
    several = select(func.nextval(f"{table.name}_id_seq")).select_from(func.generate_series(1, count))
    return [int(number) for number in work.connection.scalars(several)]


def revise(
    work: Work,
    table: Table[Any],
    row: Row[Any],
    kind: str,
    after: Mapping[str, Any],
    *,
    subject: Subject,
    note: str = "",
    cause: int | Recorded | None = None,
    beside: Mapping[str, Any] | None = None,
) -> SimpleNamespace:
    """Sets the fields `after` of `row`, raises its version, records the entry `kind`, and returns the row as it now is.

    Fields that hold instants are stored in microseconds and so recorded. Those of `beside` follow from others: they
    are set, and no entry names them.
    """
    values = {name: value for name, value in after.items() if getattr(row, name) != value}
    written = {**values, **(beside or {}), "version": row.version + 1}
    work.statements.change(_setting(table, tuple(written)), {"wanted": row.id, **written})
    changes = {name: (getattr(row, name), value) for name, value in values.items()}
    work.record(kind, subject, changes, note=note, cause=cause)
    return SimpleNamespace(**{**row._asdict(), **written})


# Statements are built once for each table and set of fields: building one costs as much as running it.


@cache
def _by_id(table: Table[Any]) -> Select[Any]:
    return select(table).where(table.c.id == bindparam("wanted")).with_for_update()


@cache
def _newest(table: Table[Any]) -> Select[Any]:
    return select(func.max(table.c.id))


@cache
def _next(table: Table[Any]) -> Select[Any]:
    return select(func.nextval(f"{table.name}_id_seq"))


@cache
def _setting(table: Table[Any], names: tuple[str, ...]) -> Update:
    return (
        update(table)
        .where(table.c.id == bindparam("wanted"))
        .values({name: bindparam(name) for name in names})
    )
