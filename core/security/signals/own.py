"""Signals in the journal itself: what the gate refused, roles that were given, logs that are read no longer, the seals, a broken journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core.catalog.commands import LISTED
from core.gate.rights import Role
from core.journal import queries as journal_queries
from core.journal.model import Subject
from core.journal.tables import journal
from core.journal.wording import sentence
from core.security.signals.readers import OWN
from core.security.signals.reading.files import Position
from core.security.signals.rules import BROKEN, KEY, LOOKED_AT, OUTSIDE, PRIVILEGED, REFUSED, UNWATCHED
from core.security.signals.taking_in import From, Step, advance, raise_signal, raised_by
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.security.signals.model import Raised
    from core.store.work import Work

SOURCE = OWN.id
HERE = From(SOURCE, OWN.title)
AT_ONCE = 500
REFUSALS = (
    "staff.refused", "request.delivery_refused", "request.approval_refused", "request.run_refused", "component.run_refused",
)  # fmt: skip
FOUND_BROKEN = "journal.found_broken"
_LOADED = "catalog.loaded"
_WATCHING = ("log_source", "sigma")
_TELLS_NOTHING = ("title ", "host ", "component ")
"""Fields of a log that say nothing of how it is read."""
_TURNED_AWAY = "request.turned_away"
_GIVEN = ("staff.added", "staff.changed")
_KEPT_APART = frozenset({Role.ADMIN, Role.LEAD})
_KINDS = (*REFUSALS, _TURNED_AWAY, *_GIVEN, "journal.key_replaced", FOUND_BROKEN, _LOADED)


class Found(NamedTuple):
    """What the journal holds behind an entry: what is raised, by the number of the entry that says it, and up to which one was read."""

    raised: tuple[tuple[int, Raised], ...]
    upto: int


def newest_entry(connection: Connection) -> int:
    """Returns the number of the newest entry."""
    return journal_queries.newest(connection).seq


def look_through(connection: Connection, since: int) -> Found:
    """Returns what the entries behind number `since` raise; at most AT_ONCE of those that may."""
    upto = newest_entry(connection)
    if upto <= since:
        return Found((), since)
    query = (
        select(journal.c.seq)
        .where(journal.c.seq > since, journal.c.seq <= upto, journal.c.kind.in_(_KINDS))
        .order_by(journal.c.seq)
        .limit(AT_ONCE)
    )
    numbers = list(connection.scalars(query))
    entries = journal_queries.kinds_between(connection, since, numbers[-1], _KINDS) if numbers else []
    raised = [(each.seq, found) for each in entries for found in _raised(connection, each)]
    return Found(tuple(raised), numbers[-1] if len(numbers) == AT_ONCE else upto)


def take_in_own(work: Work, token: int, duty: str, found: Found, before: int) -> int:
    """Writes what the journal brought and up to where it was read; returns the number of the step now. As `taking_in.take_in`."""
    beat(work, duty, token)
    step = Step(
        SOURCE, before, "", Position(offset=found.upto), [], lines=len(found.raised), used=len(found.raised)
    )
    number = advance(work, step)
    for seq, raised in found.raised:
        raise_signal(work, HERE, raised, cause=seq)
    work.is_quiet = not work.recorded
    return number


def notice_broken(work: Work, what: str) -> int:
    """Raises that the journal does not hold, which the sealing found; returns the signal's number."""
    return raise_signal(work, HERE, raised_by(BROKEN, to_micros(work.now), "", what))


def tell_broken(work: Work, what: str) -> None:
    """Writes down that the journal does not hold, which somebody found who verified it: a signal is raised of the entry."""
    work.record(FOUND_BROKEN, Subject("journal", "chain"), note=what)


def _raised(connection: Connection, entry: Entry) -> Iterator[Raised]:
    at, said = to_micros(entry.at), f"#{entry.seq} {entry.actor}: {sentence(entry)}"
    if entry.kind in REFUSALS:
        yield raised_by(REFUSED, at, entry.actor, said)
    elif entry.kind == FOUND_BROKEN:
        yield raised_by(BROKEN, at, "", f"{entry.note} (found by {entry.actor}, #{entry.seq})")
    elif entry.kind == _TURNED_AWAY:
        yield raised_by(OUTSIDE, at, _asker(connection, entry), said)
    elif entry.kind == _LOADED:
        yield from _unwatched(entry)
    elif entry.kind in _GIVEN:
        if entry.after("role", "") in _KEPT_APART:
            yield raised_by(PRIVILEGED, at, entry.subject.id, said)
    else:
        yield raised_by(KEY, at, "", said)


def _unwatched(entry: Entry) -> Iterator[Raised]:
    """Yields which logs a catalog has no longer, or has looked at in another way; what came with it is no sign of anything."""
    if "digest" not in entry.changes or not entry.changes["digest"][0]:
        return
    at, listed = to_micros(entry.at), entry.after("differences", [])
    for text in listed:
        name, _, what = text.partition(": ")
        kind, _, about = name.partition(" ")
        if kind not in _WATCHING or what == "added":
            continue
        if what == "removed" or any(not part.startswith(_TELLS_NOTHING) for part in what.split("; ")):
            is_gone = (kind, what) == (_WATCHING[0], "removed")
            yield raised_by(
                UNWATCHED if is_gone else LOOKED_AT, at, about, f"#{entry.seq} {entry.actor}: {text}"
            )
    if len(listed) > LISTED and any(kind in entry.note for kind in _WATCHING):
        yield raised_by(
            LOOKED_AT, at, "", f"#{entry.seq} {entry.actor}: {entry.note}; of these {LISTED} are named"
        )


def _asker(connection: Connection, entry: Entry) -> str:
    """Returns who asked for what was turned away: the entry that led to it says so."""
    opened = journal_queries.one(connection, entry.cause) if entry.cause is not None else None
    return str(opened.after("requester", "")) if opened is not None else ""
