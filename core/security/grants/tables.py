"""Grants as they stand, the sources they are read from, and the readings that changed something."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class GrantColumns(TypedColumns):
    """Columns of `access_grant`; instants in microseconds UTC, days as ISO dates.

    `state` is how it stands, `thing` what the right is on, `granter` who granted it. `is_open` and `place` (of the standing,
    the first to be decided first) follow from `state`: pages by them are read from one index. `words` is what a filter looks in, in small letters.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    principal: Named[str] = Column(Text)
    person: Named[str] = Column(Text)
    entitlement: Named[str] = Column(Text)
    thing: Named[str] = Column(Text)
    is_privileged: Named[int] = Column(Integer)
    owner: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    granter: Named[str] = Column(Text)
    since: Named[str] = Column(Text)
    expires: Named[str] = Column(Text)
    last_used: Named[int | None] = Column(BigInteger)
    said: Named[str] = Column(Text)
    is_granted: Named[int] = Column(Integer)
    is_found: Named[int] = Column(Integer)
    found_at: Named[int | None] = Column(BigInteger)
    due: Named[str] = Column(Text)
    why: Named[str] = Column(Text)
    decided_by: Named[str] = Column(Text)
    decided_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    is_open: Named[int] = Column(Integer)
    place: Named[int] = Column(Integer)
    words: Named[str] = Column(Text)


access_grant = Table("access_grant", metadata, GrantColumns)
_C = access_grant.c
Index("access_grant_key", _C.source, _C.principal, _C.entitlement, _C.thing, unique=True)
Index("access_grant_standing", _C.is_open, _C.place, _C.id, _C.is_privileged, _C.expires)
Index("access_grant_expires", _C.is_open, _C.expires, _C.id, _C.is_granted)
Index("access_grant_principal", _C.is_open, _C.principal, _C.id)
Index("access_grant_thing", _C.is_open, _C.thing, _C.entitlement, _C.id)
Index("access_grant_source", _C.is_open, _C.source, _C.id)
Index("access_grant_person", _C.person, _C.is_open, _C.id)
Index("access_grant_due", _C.state, _C.due)
Index("access_grant_words", _C.id, _C.words)


class SourceColumns(TypedColumns):
    """Columns of `access_source`: how the last reading of each source went; instants in microseconds UTC.

    `digest` is of what was last read well, so that what has not changed is not taken in again. Of declared sources the
    catalog says the rest, which is kept here as it was at that reading.
    """

    id: Named[str] = Column(Text, primary_key=True)
    kind: Named[str] = Column(Text)
    about: Named[str] = Column(Text)
    path: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    every_s: Named[float | None] = Column(Double)
    read_at: Named[int] = Column(BigInteger)
    good_at: Named[int | None] = Column(BigInteger)
    trouble: Named[str] = Column(Text)
    digest: Named[str] = Column(Text)
    listed: Named[int] = Column(Integer)


access_source = Table("access_source", metadata, SourceColumns)


class ReadingColumns(TypedColumns):
    """Columns of `access_reading`: one reading that was taken in, and what came of it; `refusals` a JSON list."""

    id: Named[int] = Column(Integer, primary_key=True)
    source: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    file: Named[str] = Column(Text)
    digest: Named[str] = Column(Text)
    is_granting: Named[int] = Column(Integer)  # a list of what is granted here, not of what is found there
    read_at: Named[int] = Column(BigInteger)
    read_by: Named[str] = Column(Text)
    lines: Named[int] = Column(Integer)
    matched: Named[int] = Column(Integer)
    created: Named[int] = Column(Integer)
    changed: Named[int] = Column(Integer)
    gone: Named[int] = Column(Integer)
    back: Named[int] = Column(Integer)
    refused: Named[int] = Column(Integer)
    refusals: Named[str] = Column(Text)


access_reading = Table("access_reading", metadata, ReadingColumns)
Index("access_reading_source", access_reading.c.source, access_reading.c.id)
