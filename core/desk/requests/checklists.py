"""What is to be ticked off before a request is delivered: from its type, or put there by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from core.counting import counted
from core.desk.requests.model import RequestState, check_open
from core.desk.requests.tables import checklist_item, request
from core.desk.requests.undo import TAKEN_BACK
from core.errors import BadInput, NotFound, NotPossible
from core.gate.commands import admit
from core.gate.undo import Restorer
from core.journal.model import Subject
from core.sentences import line_written
from core.store.rows import row_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.catalog.model import RequestType
    from core.journal.appending import Recorded
    from core.journal.model import Changes, Entry
    from core.store.work import Work

MOST = 200
LONGEST = 200
_C = checklist_item.c
_FIELDS = {
    "check_text": "text",
    "check_mandatory": "is_mandatory",
    "ticked_by": "ticked_by",
    "ticked_at": "ticked_at",
}
"""What an entry says of an item, by the column that holds it; `check` is its place."""


class Check(NamedTuple):
    """One thing to be ticked off: by whom and when it was, where it was."""

    place: int
    text: str
    is_mandatory: bool
    ticked_by: str = ""
    ticked_at: datetime | None = None

    @property
    def is_ticked(self) -> bool:
        """Tells whether it is done."""
        return self.ticked_at is not None

    @property
    def words(self) -> str:
        """Returns it in a line: `[x] 2 cable laid (ada Mon 23 Nov 09:05Z)`."""
        done = f" ({self.ticked_by} {self.ticked_at:%a %d %b %H:%M}Z)" if self.ticked_at is not None else ""
        may = "" if self.is_mandatory else " (may stay open)"
        return f"[{'x' if self.is_ticked else ' '}] {self.place} {self.text}{may}{done}"


def checks_of(connection: Connection, request_id: int) -> list[Check]:
    """Returns the checklist of a request, in its order."""
    rows = connection.execute(select(checklist_item).where(_C.request == request_id).order_by(_C.place)).all()
    return [_to_check(row) for row in rows]


def open_checks(checks: Iterable[Check]) -> list[Check]:
    """Returns what must be ticked off and is not."""
    return [each for each in checks if each.is_mandatory and not each.is_ticked]


def begin_checklist(work: Work, request_id: int, of: RequestType, cause: Recorded) -> None:
    """Puts what its type says on the checklist of a request that was just opened."""
    for place, text in enumerate(of.checklist, 1):
        _add(work, request_id, Check(place, text, text not in of.may_stay_open), cause=cause)


def add_check(work: Work, request_id: int, text: str, *, is_mandatory: bool = True) -> int:
    """Puts something on the checklist of a request and returns its place. Level 1, undoable; it binds to nothing seen.

    Raises BadInput for nothing to do, NotPossible for a request that is over or has too long a list.
    """
    admit(work, "request.check", [f"R-{request_id}"])
    text = line_written(text, "what is to be done", LONGEST)
    if not text:
        raise BadInput("nothing to be ticked off", next_step="Say in one line what is to be done")
    _open_row(work, request_id, "given more to do")
    place = (work.connection.scalar(select(func.max(_C.place)).where(_C.request == request_id)) or 0) + 1
    if place > MOST:
        raise NotPossible(f"a checklist has at most {MOST} lines", next_step="Split the request")
    _add(work, request_id, Check(place, text, is_mandatory))
    return place


def remove_check(work: Work, request_id: int, place: int) -> None:
    """Takes something from the checklist. Level 1, undoable. Raises NotFound; NotPossible for what is ticked, or mandatory by its type."""
    admit(work, "request.check", [f"R-{request_id}"])
    _open_row(work, request_id, "given less to do")
    check = _one(work, request_id, place)
    if check.is_ticked:
        raise NotPossible(
            f"{place} of R-{request_id} is ticked off", next_step="Nothing was changed. Untick it first"
        )
    _remove(work, "request.check_removed", request_id, check)


def tick_check(work: Work, request_id: int, place: int) -> None:
    """Says that something on the checklist is done, by the actor, now. Level 1, undoable. Raises NotFound, NotPossible."""
    admit(work, "request.tick", [f"R-{request_id}"])
    _open_row(work, request_id, "ticked off")
    check = _one(work, request_id, place)
    if check.is_ticked:
        raise NotPossible(
            f"{place} of R-{request_id} was ticked off by {check.ticked_by} already",
            next_step="Nothing was changed",
        )
    after = check._replace(ticked_by=work.actor, ticked_at=work.now)
    _set(work, "request.check_ticked", request_id, check, after)


def untick_check(work: Work, request_id: int, place: int) -> None:
    """Says that it is not done after all. Level 1, undoable. Raises NotFound, NotPossible."""
    admit(work, "request.tick", [f"R-{request_id}"])
    _open_row(work, request_id, "unticked")
    check = _one(work, request_id, place)
    if not check.is_ticked:
        raise NotPossible(f"{place} of R-{request_id} is not ticked off", next_step="Nothing was changed")
    _set(work, "request.check_unticked", request_id, check, check._replace(ticked_by="", ticked_at=None))


def check_delivered(work: Work, request_id: int, despite: str) -> str:
    """Returns what is said of mandatory things that are open as a request is delivered: empty where there are none.

    Raises NotPossible where there are, and no reason was given.
    """
    left = open_checks(checks_of(work.connection, request_id))
    if not left:
        return ""
    named = "; ".join(f"{each.place} {each.text}" for each in left[:5]) + ("; …" if len(left) > 5 else "")
    what = (
        f"{counted(len(left), 'thing')} to be ticked off {'is' if len(left) == 1 else 'are'} open ({named})"
    )
    if not despite.strip():
        raise NotPossible(
            f"{what} on R-{request_id}",
            next_step="Nothing was changed. Tick off what is done, or say why it is delivered all the same",
        )
    return f"{what}: {despite.strip()}"


def _add(
    work: Work, request_id: int, check: Check, kind: str = "request.check_added", cause: Any = None
) -> None:
    work.connection.execute(insert(checklist_item).values(request=request_id, **_columns(check)))
    said = {name: (None, value) for name, value in _said(check).items()}
    work.record(kind, _subject(request_id), {"check": (None, check.place), **said}, cause=cause)


def _remove(work: Work, kind: str, request_id: int, check: Check, cause: Any = None) -> None:
    work.connection.execute(delete(checklist_item).where(_is(request_id, check.place)))
    said: Changes = {name: (value, None) for name, value in _said(check).items()}
    work.record(kind, _subject(request_id), {"check": (check.place, None), **said}, cause=cause)


def _set(work: Work, kind: str, request_id: int, before: Check, after: Check, cause: Any = None) -> None:
    work.connection.execute(
        update(checklist_item).where(_is(request_id, before.place)).values(_columns(after))
    )
    was, said = _said(before), _said(after)
    changes = {name: (was[name], value) for name, value in said.items()}
    beside = {"check": (None, after.place), "check_line": (None, after.text)}
    work.record(kind, _subject(request_id), {**beside, **changes}, cause=cause)


def _restore(work: Work, entry: Entry) -> None:
    """Puts the checklist back as it was before an entry. Raises NotFound where that line is gone."""
    number = int(entry.subject.id)
    row_of(work, request, "request", number)
    was, is_now = entry.changes.get("check", (None, None))
    place = int(was if is_now is None else is_now)
    before = {name: pair[0] for name, pair in entry.changes.items() if name in _FIELDS}
    if entry.kind == "request.check_added":
        _remove(work, TAKEN_BACK, number, _one(work, number, place), entry.seq)
    elif entry.kind == "request.check_removed":
        _add(work, number, _with(Check(place, "", True), before), TAKEN_BACK, entry.seq)
    else:
        stands = _one(work, number, place)
        _set(work, TAKEN_BACK, number, stands, _with(stands, before), entry.seq)


def _with(check: Check, fields: dict[str, Any]) -> Check:
    """Returns a line of the list with what entries say of it."""
    values = {_FIELDS[name]: value for name, value in fields.items()}
    if values.get("ticked_at") is not None:
        values["ticked_at"] = from_micros(values["ticked_at"])
    return check._replace(**values)


def _said(check: Check) -> dict[str, Any]:
    columns = _columns(check)
    return {name: columns[column] for name, column in _FIELDS.items()}


def _columns(check: Check) -> dict[str, Any]:
    ticked_at = None if check.ticked_at is None else to_micros(check.ticked_at)
    return check._asdict() | {"ticked_at": ticked_at}


def _one(work: Work, request_id: int, place: int) -> Check:
    row = work.connection.execute(select(checklist_item).where(_is(request_id, place))).first()
    if row is None:
        raise NotFound(
            f"the checklist of R-{request_id} has no {place}", next_step=f"watchfloor request R-{request_id}"
        )
    return _to_check(row)


def _to_check(row: Any) -> Check:
    at = None if row.ticked_at is None else from_micros(row.ticked_at)
    return Check(row.place, row.text, row.is_mandatory, row.ticked_by, at)


def _is(request_id: int, place: int) -> ColumnElement[bool]:
    return (_C.request == request_id) & (_C.place == place)


def _open_row(work: Work, request_id: int, done: str) -> None:
    row = row_of(work, request, "request", request_id)
    check_open(f"R-{request_id}", RequestState(row.state), done)


def _subject(request_id: int) -> Subject:
    return Subject("request", str(request_id))


_KINDS = ("check_added", "check_removed", "check_ticked", "check_unticked")
RESTORER = Restorer(frozenset(f"request.{kind}" for kind in _KINDS), TAKEN_BACK, _restore)
