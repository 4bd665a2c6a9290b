"""Makes the function that looks whether an entry says what is so: one branch for each subject that has a row of its own.

The branches are text, not a search for the right table while it runs: the plan of each stays with the session.
"""

from __future__ import annotations

import json
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


_WHOLE: Final = ("integer", "bigint")
_ROW: Final = """IF subject = {subject} THEN
        SELECT true, t.xmin = pg_current_xact_id()::xid AND is_plain AND jsonb_populate_record(t, became) *= t
        INTO is_there, is_held FROM {table} t WHERE t.{id_column} = about{cast};
        IF is_there AND is_held IS NOT TRUE AND changes <> '{{}}' THEN
            SELECT c.key INTO col FROM {table} t, to_jsonb(t) held, jsonb_each(changes) c
            WHERE t.{id_column} = about{cast} AND held ? c.key AND (c.value -> 1 <> held -> c.key OR t.xmin <> pg_current_xact_id()::xid) LIMIT 1;
        END IF;"""


def lay_claims(raw: Connection[Any], rows: Mapping[str, Held]) -> None:
    """Lays the function for these subjects, asked for in this order: the most frequent first. Their tables must be there."""
    columns = {subject: columns_of(raw, held.table) for subject, held in rows.items()}
    numbered = [subject for subject, held in rows.items() if columns[subject][held.id_column] in _WHOLE]
    branches = [
        sql.SQL(_ROW).format(
            subject=sql.Literal(subject), table=sql.Identifier(held.table), id_column=sql.Identifier(held.id_column),
            cast=sql.SQL("::integer" if subject in numbered else ""),
        ).as_string(raw)
        for subject, held in rows.items()
    ]  # fmt: skip
    filled = files("core.store.postgresql").joinpath("sql", "claims.sql").read_text("utf-8")
    for name, words in {
        "rows": "\n    ELS".join(branches),
        "kinds": sql.Literal(json.dumps({subject: _kinds(named) for subject, named in columns.items()})).as_string(raw),
        "numbered": sql.Literal(numbered).as_string(raw),
        "asked": sql.Literal(sorted({name for named in columns.values() for name in named if is_asked(name)})).as_string(raw),
    }.items():  # fmt: skip
        filled = filled.replace(f"{{{name}}}", words)
    raw.execute(filled.encode())


def _kinds(columns: Mapping[str, str]) -> dict[str, str]:
    """Returns how JSON writes a value of each column of texts and of whole numbers, of no others.

    What JSON says of those is so wherever it is equal as a value of the column.
    """
    return {
        name: "string" if kind == "text" else "number"
        for name, kind in columns.items()
        if kind in ("text", *_WHOLE)
    }


def is_asked(column: str) -> bool:
    """Tells whether a column is one of those of which it is asked what this session may make of them: a state, a name."""
    return column in ("state", "by") or column.endswith("_by")


def columns_of(raw: Connection[Any], table: str) -> dict[str, str]:
    """Returns the names of a table's columns, and the name of each one's type."""
    found = raw.execute(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    return dict(found.fetchall())
