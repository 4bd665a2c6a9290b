"""The words of requests and incidents, beside their rows: what is looked for. Made of the journal, and never journaled."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Column, Integer, Named, Table, TableClause, Text, TypedColumns, column
from sqlalchemy import table as lightweight

from core.store.metadata import metadata


class WordsColumns(TypedColumns):
    """Columns of `request_words` and `incident_words`: folded words with one space between two (core.desk.finding.words).

    `own` is of the item's own fields, `said` what was said and noted since. On PostgreSQL a column `tokens` is made of them
    by the server; the embedded database keeps an index of its own beside, `request_found`, by triggers.
    """

    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    own: Named[str] = Column(Text)
    said: Named[str] = Column(Text)


request_words = Table("request_words", metadata, WordsColumns)
incident_words = Table("incident_words", metadata, WordsColumns)


@cache
def found_in(name: str) -> TableClause:
    """Returns the embedded database's index of the words of `name` (request, incident): its rowid is the item's number."""
    return lightweight(f"{name}_found", column("rowid", Integer), column(f"{name}_found", Text))


@cache
def words_in(name: str) -> TableClause:
    """Returns the embedded database's list of the words in that index, each once, and in how many items it is."""
    return lightweight(f"{name}_found_words", column("term", Text), column("doc", Integer))


@cache
def tokens_of(name: str) -> TableClause:
    """Returns the table of words with the column that only a server has."""
    return lightweight(
        f"{name}_words",
        column("id", Integer),
        column("own", Text),
        column("said", Text),
        column("tokens", Text),
    )
