"""Nobody keeps more of one thing than any of ours is long, whatever program they write with; what is there already is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.desk.commands import note_incident, set_severity
from core.errors import BadInput
from core.journal import queries as journal
from core.journal.body import LONGEST
from core.journal.model import START, Subject, Via
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from tests.core.store.postgresql.test_what_an_entry_says_is_so import NOTE, call

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOB = Author("bob", Via.CONSOLE, "seat-bob")
BODY = '[{{}},"{}"]'
FRAME = len(BODY.format(""))


def append(psql: psycopg.Connection[Any], note: str) -> None:
    psql.execute(call(*NOTE[:3], BODY.format(note)).encode())


def test_an_entry_has_a_longest(psql: psycopg.Connection[Any], desk: Store) -> None:
    append(psql, "x" * (LONGEST - FRAME))
    psql.commit()
    for note in ("x" * (LONGEST - FRAME + 1), "€" * (LONGEST // 3), "x" * 30_000_000):
        with pytest.raises(errors.StringDataRightTruncation, match="an entry says at most 4,194,304 bytes"):
            append(psql, note)
        psql.rollback()
    assert len((desk.read(journal.after, START) or [])[-1].note) == LONGEST - FRAME


def test_a_key_has_a_longest(psql: psycopg.Connection[Any]) -> None:
    with pytest.raises(errors.InvalidParameterValue, match="at most 200 bytes"):
        psql.execute(call(*NOTE, key="k" * 201).encode())


def test_the_program_says_so_before_it_asks(desk: Store, tmp_path: Path) -> None:
    def tell(work: Work, size: int) -> None:
        work.record("incident.noted", Subject("incident", "1"), note="x" * size)

    for store in (desk, Store.at(tmp_path / "own.db")):
        store.write(BOB, tell, LONGEST - FRAME)
        with pytest.raises(BadInput, match=r"4,194,305 bytes; at most 4,194,304 fit"):
            store.write(BOB, tell, LONGEST - FRAME + 1)
        store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO run_output (run, n, stream, text, at) VALUES (1, 1, 'out', repeat('x', 5000000), 1)",
        "INSERT INTO access_staged (item, stage, reviewer, reason) VALUES (1, 1, 'ada', repeat('x', 5000000))",
        "INSERT INTO access_source (id, about) VALUES ('s', repeat('x', 5000000))",
    ],
)
def test_a_row_that_no_entry_guards_has_a_largest(psql: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(errors.StringDataRightTruncation, match=r"holds at most 4 MB"):
        psql.execute(statement.encode())


def test_what_no_entry_says_of_a_row_has_a_largest(psql: psycopg.Connection[Any]) -> None:
    psql.execute("UPDATE incident_words SET said = repeat('x ', 2500000) WHERE id = 1")
    psql.execute(call(*NOTE).encode())
    with pytest.raises(errors.StringDataRightTruncation, match=r"a row of incident_words holds at most 4 MB"):
        psql.commit()


def test_what_is_there_already_is_read_and_gone_on_with(house: House, desk: Store) -> None:
    owner = Store.at(house.database.socket_url(options="-cwatchfloor.trusted=told"))
    with connect(house.database.socket_url(options="-cwatchfloor.trusted=told")) as one:
        one.execute(call(*NOTE[:3], BODY.format("x" * 2 * LONGEST)).encode())
    desk.write(BOB, note_incident, 1, "a short one")
    desk.write(BOB, set_severity, 1, 4)
    assert len((owner.read(journal.after, START) or [])[1].note) == 2 * LONGEST
    owner.close()
