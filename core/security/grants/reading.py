"""The agent's part of sources: which are due, and what a reading of one comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.catalog.queries import declared_access_sources
from core.security.grants.importing import digest_of, keep_source, note_trouble, take_reading
from core.security.grants.queries import known_sources
from core.security.grants.tables import access_source
from core.store.lease import beat
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.access import AccessSource
    from core.security.grants.importing import Asked, Outcome
    from core.security.grants.sources.opening import Opened
    from core.store.work import Work

DUTY = "grants"


class Due(NamedTuple):
    """The sources an agent reads: all that are declared for its zone, and the names of those that are due."""

    declared: dict[str, AccessSource]
    due: frozenset[str]


def due_sources(connection: Connection, zone: str, now: datetime) -> Due:
    """Returns which sources of a zone there are, and which were never read, or last so long ago as they say."""
    declared = {each.id: each for each in declared_access_sources(connection).values() if each.zone == zone}
    known = known_sources(connection) if declared else {}
    return Due(declared, frozenset(
        name for name, each in declared.items()
        if (read_at := known[name].read_at if name in known else None) is None or (now - read_at).total_seconds() >= each.every_s
    ))  # fmt: skip


def is_own_due(connection: Connection, name: str, every_s: float, now: datetime) -> bool:
    """Tells whether a source that nobody declares was never read, or last so long ago."""
    at = connection.scalar(
        access_source.select().with_only_columns(access_source.c.read_at).where(access_source.c.id == name)
    )
    return at is None or (now - from_micros(at)).total_seconds() >= every_s


def is_as_it_was(connection: Connection, opened: Opened, asked: Asked) -> bool:
    """Tells whether a source holds what was last read well of it, is declared as it was, and the people are who they were."""
    row = connection.execute(access_source.select().where(access_source.c.id == asked.of.source)).first()
    return row is not None and not row.trouble and row.digest == digest_of(connection, opened, asked.of)


def read_again(work: Work, token: int, duty: str, opened: Opened, asked: Asked) -> None:
    """Keeps that a source was read and is as it was. Raises LeaseLost when the duty went to another."""
    beat(work, duty, token)
    work.is_quiet = True
    listed = known_sources(work.connection)[asked.of.source].listed
    keep_source(work, opened, asked, listed)


def read_source(work: Work, token: int, duty: str, opened: Opened, asked: Asked) -> Outcome:
    """Takes a reading in, whole or not at all. Raises BadInput, and LeaseLost when the duty went to another."""
    beat(work, duty, token)
    came = take_reading(work, opened, asked)
    work.is_quiet = not work.recorded
    return came


def fail_source(work: Work, token: int, duty: str, kind: str, asked: Asked, trouble: str) -> None:
    """Keeps why a source changed nothing. Raises LeaseLost when the duty went to another."""
    beat(work, duty, token)
    note_trouble(work, kind, asked, trouble)
    work.is_quiet = not work.recorded
