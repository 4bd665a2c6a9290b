"""Makes the function that looks whether an entry says what is so: one branch for each subject that has a row of its own.

The branches are text, not a search for the right table while it runs: the plan of each stays with the session.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection


class Held(NamedTuple):
    """Where the row of a subject is: its table, and the column with its id."""

    table: str
    id_column: str


_ROW: Final = """IF subject = {subject} THEN
        SELECT true, (
            SELECT c.key FROM jsonb_each(changes) c
            WHERE r.held ? c.key AND (c.value -> 1 <> r.held -> c.key OR NOT r.is_ours) LIMIT 1
        ) INTO is_there, col
        FROM (
            SELECT to_jsonb(t) AS held, t.xmin = pg_current_xact_id()::xid AS is_ours
            FROM {table} t WHERE t.{id_column} = about{cast} OFFSET 0
        ) r;"""


def lay_claims(raw: Connection[Any], rows: Mapping[str, Held]) -> None:
    """Lays the function for these subjects, asked for in this order: the most frequent first. Their tables must be there."""
    numbered = [subject for subject, held in rows.items() if _is_number(raw, held)]
    branches = [
        sql.SQL(_ROW).format(
            subject=sql.Literal(subject), table=sql.Identifier(held.table), id_column=sql.Identifier(held.id_column),
            cast=sql.SQL("::integer" if subject in numbered else ""),
        ).as_string(raw)
        for subject, held in rows.items()
    ]  # fmt: skip
    text = files("core.store.postgresql").joinpath("sql", "claims.sql").read_text("utf-8")
    filled = text.replace("{rows}", "\n    ELS".join(branches))
    filled = filled.replace("{numbered}", sql.Literal(numbered).as_string(raw))
    raw.execute(filled.encode())


def _is_number(raw: Connection[Any], held: Held) -> bool:
    found = raw.execute(
        "SELECT atttypid IN ('integer'::regtype, 'bigint'::regtype) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
        held,
    ).fetchone()
    assert found is not None, f"{held.table} has no column {held.id_column}"
    return bool(found[0])
