"""Plain rows are what the same statement gives otherwise, with whatever values it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Text, bindparam, select

from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.desk.requests.tables import checklist_item, request
from core.store.plain_rows import plain_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.store import Store
    from core.store.work import Author, Work

TITLES = ("it's", "back\\slash", "50 %", "%(who)s", "$1; --", "ü", "plain")
BY = (
    select(request.c.id, request.c.title, request.c.closed_at, request.c.opened_at)
    .where(
        request.c.title >= bindparam("least", type_=Text()), request.c.state.in_(("new", "acknowledged")),
        request.c.closed_at.is_(None),
    )
    .order_by(request.c.id)
)  # fmt: skip


@pytest.fixture
def full(store: Store, ada: Author) -> Store:
    def fill(work: Work) -> None:
        for title in TITLES:
            commands.record_request(work, Asked(title, "print", "eve@acme.example"))

    store.write(ada, fill)
    return store


def test_plain_rows_are_those_of_the_statement(full: Store) -> None:
    def both(connection: Connection, least: str) -> tuple[list[Any], list[Any]]:
        plain = plain_rows(connection, BY, {"least": least})
        return plain, [tuple(row) for row in connection.execute(BY, {"least": least}).all()]

    lengths = set()
    for least in ("", *TITLES, "\U0010ffff"):
        plain, whole = full.read(both, least)
        assert plain == whole
        assert all(type(row) is tuple for row in plain)
        lengths.add(len(plain))
    assert {0, len(TITLES)} < lengths


@pytest.mark.embedded
def test_a_column_that_the_driver_reads_otherwise_is_refused(full: Store) -> None:
    with pytest.raises(TypeError, match="Boolean"):
        full.read(plain_rows, select(checklist_item), {})
