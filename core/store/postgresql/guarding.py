"""Sets the guards of the tables: a row changes only together with an entry that says so.

One text guards all tables (sql/guard.sql), by whatever columns the row has. Writing a row out as JSON costs the server a
microsecond and more for each column, so that the tables whose rows are an entry's subject, and count their changes, have
a function of their own that begins with a short look: where the transaction has one entry, and that is plain (see
sql/claims.sql), the row before with what the entry says must be the row after, as a whole, and the other way round.
No column is left out of that, also none that somebody adds. What is not found plain is looked at in full.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import sql

from core.store.postgresql.claims import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection


LOOKED_AT = 1 << 18
"""A text of more bytes has its whole row looked at: whether it is too large."""


class Guard(NamedTuple):
    """What must be said of a row of a table: the subject, the column with its id, how much, which columns need not be.

    `is_held`: the row is the subject's own, and what an entry says of its columns is looked at (where `how` is "told").
    The subject `:name` is whatever the column of that name says.
    """

    subject: str
    id_column: str
    how: str
    unsaid: str = ""
    is_held: bool = True


_PLAINLY: Final = """DECLARE
        before {table} := NEW;
        after {table} := OLD;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            {unsaid}
            IF OLD.{id_column} = NEW.{id_column} AND (
                SELECT jsonb_populate_record(after, h.plainly -> 1) *= NEW AND jsonb_populate_record(before, h.plainly -> 0) *= OLD
                FROM journal_head h
                WHERE h.id = 1 AND h.tx = pg_current_xact_id() AND h.first = h.seq AND h.plainly IS NOT NULL
                AND h.plainly_of = {subject} || OLD.{id_column}
            ) THEN
                RETURN NULL;
            END IF;
        END IF;
    END;"""


def lay_guards(raw: Connection[Any], guards: Mapping[str, Guard]) -> None:
    """Sets the guards, by table: looked at when a transaction commits. The tables must be there."""
    text = files("core.store.postgresql").joinpath("sql", "guard.sql").read_text("utf-8")
    raw.execute(text.replace("{name}", "guard_row").replace("{plainly}", "").encode())
    for table, guard in guards.items():
        name = "guard_row"
        if (plainly := _plainly(raw, table, guard)) is not None:
            name = f"guard_{table}"
            raw.execute(text.replace("{name}", name).replace("{plainly}", plainly).encode())
        raw.execute(sql.SQL("DROP TRIGGER IF EXISTS guard ON {}").format(sql.Identifier(table)))
        raw.execute(
            sql.SQL(
                "CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR UPDATE OR DELETE ON {} DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION {}({}, {}, {}, {})"
            ).format(sql.Identifier(table), sql.Identifier(name), *map(sql.Literal, guard[:4]))
        )


def lay_bounds(raw: Connection[Any], tables: Iterable[str]) -> None:
    """Has the server refuse rows of these tables, of which no entry tells, where they are larger than any of ours."""
    for table in tables:
        raw.execute(
            sql.SQL(
                "CREATE OR REPLACE TRIGGER bound BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION bound_row()"
            ).format(sql.Identifier(table))
        )


def _plainly(raw: Connection[Any], table: str, guard: Guard) -> str | None:
    """Returns the short look at a plain change of a table; None where a change there is never plain."""
    columns = columns_of(raw, table)
    if guard.how != "told" or not guard.is_held or "version" not in columns:
        return None
    unsaid = [name for name in guard.unsaid.split() if name not in (guard.id_column, "version")]
    lines: list[sql.Composable] = [
        sql.SQL("before.{0} := OLD.{0}; after.{0} := NEW.{0};").format(sql.Identifier(name))
        for name in unsaid
    ]
    lines += [
        sql.SQL("IF octet_length(NEW.{}) > {} THEN PERFORM check_size({}, to_jsonb(NEW)); END IF;").format(
            sql.Identifier(name), sql.Literal(LOOKED_AT), sql.Literal(table)
        )
        for name in unsaid
        if columns[name] == "text"
    ]
    lines.append(sql.SQL("before.version := OLD.version; after.version := OLD.version + 1;"))
    return (
        sql.SQL(_PLAINLY)
        .format(
            table=sql.Identifier(table), subject=sql.Literal(f"{guard.subject}:"), id_column=sql.Identifier(guard.id_column),
            unsaid=sql.SQL("\n            ").join(lines),
        )
        .as_string(raw)
    )  # fmt: skip
