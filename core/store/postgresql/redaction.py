"""Lays the functions that take a text out of the journal and of the rows, and says to them where texts stand."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from psycopg import sql

from core.journal.redacted import MARKER
from core.redaction.model import SHORTEST
from core.redaction.places import JSON_FIELDS, PLACES, STRUCTURE, STRUCTURE_ENDS

if TYPE_CHECKING:
    from psycopg import Connection


def lay_redaction(raw: Connection[Any]) -> None:
    """Lays them, behind the rules of the journal and of roles."""
    text = files("core.store.postgresql").joinpath("sql", "redaction.sql").read_text("utf-8")
    structure = sql.SQL("c.key = ANY ({}) OR c.key ~ {}").format(
        sql.Literal(sorted(STRUCTURE)), sql.Literal(f"({'|'.join(STRUCTURE_ENDS)})$")
    )
    filled = text.replace("{structure}", structure.as_string(raw))
    filled = filled.replace("{json_fields}", sql.Literal(sorted(JSON_FIELDS)).as_string(raw))
    filled = filled.replace("{marker}", sql.Literal(MARKER).as_string(raw)).replace(
        "{shortest}", str(SHORTEST)
    )
    raw.execute(filled.encode())
    raw.execute("DELETE FROM text_place")
    with raw.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO text_place (n, tab, about, id_column, plain, json) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (n, place.table, place.about, place.id_column, list(place.plain), list(place.json))
                for n, place in enumerate(PLACES)
            ],
        )
