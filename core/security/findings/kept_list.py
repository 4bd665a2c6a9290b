"""The list of vulnerabilities that are known to be exploited (KEV), as the last import of it left it here.

Every import of a report is held against it, so that what is due does not hang on which of the two came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, insert, select, text, update

from core.security.findings.model import NOTHING_KNOWN, Exploited
from core.security.findings.queries import to_scan
from core.security.findings.reports.kev import KIND
from core.security.findings.tables import exploited, scan
from core.timekeeping import day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from sqlalchemy import Connection

    from core.security.findings.queries import Scan
    from core.security.findings.reports.model import Reported
    from core.store.work import Work

_C = exploited.c


class Line(NamedTuple):
    """A vulnerability on the list: by which day it is to be corrected, since when it is on it, and which report says so (S-7)."""

    vulnerability: str
    due: date | None
    added: date | None
    report: str


class KeptList(NamedTuple):
    """What is on the list, by name in capitals, each with its day; and the newest report that was such a list.

    A database that an older program filled may have such a report, and no line of it: `is_there` tells.
    """

    days: Mapping[str, date | None]
    is_there: bool
    newest: Scan | None

    def of(self, vulnerability: str, aliases: Iterable[str]) -> Exploited:
        """Returns what the list says of a vulnerability by whatever it goes by; of several lines the first day counts."""
        days = [self.days[name] for name in folded((vulnerability, *aliases)) if name in self.days]
        named = [day for day in days if day is not None]
        return Exploited(True, min(named, default=None)) if days else NOTHING_KNOWN

    def over(
        self, told: Exploited | None, before: Exploited, named: Exploited, *, is_back: bool = False
    ) -> Exploited:
        """Returns what is so of a vulnerability, of which the list says `named`, a report `told`, and its finding `before`.

        Where the list names it, its day counts. Where it does not, a report may say that it is exploited, and no report
        that it is no longer, which only another list does: of a finding that comes back (`is_back`) the one that is kept.
        A report that tells nothing of use (None) never does.
        """
        found = before._replace(is_listed=False, listed_due=None) if told is None else told
        if named.is_listed:
            return found._replace(is_listed=True, listed_due=named.listed_due)
        stays = (told is None or self.newest is not None) and not (is_back and self.is_there)
        if stays and before.is_listed and not found.is_listed:
            return found._replace(is_listed=True, listed_due=before.listed_due)
        return found


class Change(NamedTuple):
    """What the import of a list changes of it: the rows that are put on it or told otherwise, and those that leave it."""

    put_on: tuple[dict[str, Any], ...]
    changed: tuple[dict[str, Any], ...]
    taken_off: tuple[dict[str, Any], ...]
    on: int  # how many are on it then

    def parts(self) -> dict[str, tuple[dict[str, Any], ...]]:
        """Returns the rows by what becomes of them."""
        return {"put_on": self.put_on, "changed": self.changed, "taken_off": self.taken_off}


def folded(names: Iterable[str]) -> set[str]:
    """Returns names as the list keeps them."""
    return {name.upper() for name in names}


def hold_list(work: Work, *, changes: bool = False) -> None:
    """Has the list stay as it is until this work is done, before anything of findings is read; `changes`: but for this work.

    So no report comes in past a list that is imported at the same moment. An embedded database has one writer anyhow.
    """
    if work.connection.dialect.name == "postgresql":
        mode = "SHARE ROW EXCLUSIVE" if changes else "ROW EXCLUSIVE"
        work.connection.execute(text(f"LOCK TABLE exploited IN {mode} MODE"))


def kept_list(connection: Connection, names: Collection[str] | None = None) -> KeptList:
    """Returns the list, or what of it goes by one of some names."""
    query = select(_C.vulnerability, _C.due).where(_C.is_on == 1)
    if names is not None:
        query = query.where(_C.vulnerability.in_(sorted(folded(names))))
    days = {name: day_of(due) for name, due in connection.execute(query).all()}
    is_there = bool(days) or connection.scalar(select(_C.vulnerability).limit(1)) is not None
    return KeptList(days, is_there, newest_list(connection))


def newest_list(connection: Connection) -> Scan | None:
    """Returns the newest report that was such a list."""
    row = connection.execute(
        select(scan).where(scan.c.kind == KIND).order_by(scan.c.id.desc()).limit(1)
    ).first()
    return None if row is None else to_scan(row)


def lines_of_list(connection: Connection, words: str = "") -> list[Line]:
    """Returns what is on the list, in the order of the names; with words only what has them all in its name."""
    query = select(_C.vulnerability, _C.due, _C.added, _C.scan).where(_C.is_on == 1)
    for word in words.upper().split():
        query = query.where(_C.vulnerability.contains(word, autoescape=True))
    return [
        Line(name, day_of(due), day_of(added), f"S-{number}")
        for name, due, added, number in connection.execute(query.order_by(_C.vulnerability)).all()
    ]


def change_of(connection: Connection, named: Mapping[str, Reported], *, is_whole: bool) -> Change:
    """Returns what a list changes of the one that is kept; `is_whole`: what it does not name leaves it."""
    held = {row.vulnerability: row for row in connection.execute(select(exploited)).all()}
    put_on: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for name, line in named.items():
        values = {"is_on": 1, "due": _day(line.exploited.listed_due), "added": _day(line.listed_on)}
        row = held.get(name)
        if row is None or any(getattr(row, column) != value for column, value in values.items()):
            (changed if row is not None and row.is_on else put_on).append({"vulnerability": name, **values})
    left = [row for name, row in held.items() if row.is_on and is_whole and name not in named]
    taken_off = [
        {"vulnerability": row.vulnerability, "is_on": 0, "due": row.due, "added": row.added} for row in left
    ]
    on = sum(row.is_on for row in held.values()) + len(put_on) - len(taken_off)
    return Change(tuple(put_on), tuple(changed), tuple(taken_off), on)


def keep(work: Work, change: Change, number: int) -> None:
    """Writes what a list changes, as the report of that number says it."""
    known = set(work.connection.scalars(select(_C.vulnerability)))
    rows = [{**row, "scan": number} for part in change.parts().values() for row in part]
    new = [row for row in rows if row["vulnerability"] not in known]
    if new:
        work.connection.execute(insert(exploited), new)
    told = [{**row, "known_as": row["vulnerability"]} for row in rows if row["vulnerability"] in known]
    if told:
        work.connection.execute(update(exploited).where(_C.vulnerability == bindparam("known_as")), told)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
