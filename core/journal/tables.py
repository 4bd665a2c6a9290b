"""The tables that are only ever added to: the journal and its seals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Named, Table, Text, TypedColumns

from core.store.metadata import LONG_NUMBER, NEVER_REUSED, metadata, only_where


class JournalColumns(TypedColumns):
    """Columns of `journal`; `at` is microseconds since 1970 UTC and never decreases with `seq`."""

    seq: Named[int] = Column(LONG_NUMBER, primary_key=True)
    at: Named[int] = Column(BigInteger)
    actor: Named[str] = Column(Text)
    via: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    subject_kind: Named[str] = Column(Text)
    subject_id: Named[str] = Column(Text)
    body: Named[str] = Column(Text)
    cause: Named[int | None] = Column(BigInteger)
    key: Named[str | None] = Column(Text, unique=True)
    hash: Named[str] = Column(Text)

    __row_pos__: tuple[int, int, str, str, str, str, str, str, int | None, str | None, str]


journal = Table("journal", metadata, JournalColumns, **NEVER_REUSED)
Index("journal_subject", journal.c.subject_kind, journal.c.subject_id, journal.c.seq)
Index("journal_cause", journal.c.cause, **only_where(journal.c.cause.is_not(None)))


class SealColumns(TypedColumns):
    """Columns of `seal`, as core.journal.sealing.Seal holds them; `at` is microseconds since 1970 UTC."""

    n: Named[int] = Column(LONG_NUMBER, primary_key=True)
    first: Named[int] = Column(BigInteger)
    last: Named[int] = Column(BigInteger, unique=True)
    at: Named[int] = Column(BigInteger)
    root: Named[str] = Column(Text)
    prev: Named[str] = Column(Text)
    key_id: Named[str] = Column(Text)
    sig: Named[str] = Column(Text)

    __row_pos__: tuple[int, int, int, int, str, str, str, str]


seal = Table("seal", metadata, SealColumns, **NEVER_REUSED)
