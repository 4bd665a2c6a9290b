"""Who is here now. The one table of people's doings that leaves no entries: it says what is, not what was done."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class PresenceColumns(TypedColumns):
    """Columns of `presence`: one row a seat; `since` and `beat` in microseconds UTC."""

    seat: Named[str] = Column(Text, primary_key=True)
    actor: Named[str] = Column(Text)
    host: Named[str] = Column(Text)
    view: Named[str] = Column(Text)
    subject: Named[str] = Column(Text)
    editing: Named[str] = Column(Text)
    since: Named[int] = Column(BigInteger)
    beat: Named[int] = Column(BigInteger)


presence = Table("presence", metadata, PresenceColumns)
