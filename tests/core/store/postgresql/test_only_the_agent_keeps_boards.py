"""On a server the agent keeps boards, people read them, and nobody changes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors

from core.gate.rights import Role
from core.journal.model import Via
from core.monitoring.as_of import board_at, keep_board, next_board
from core.monitoring.watch import DUTY
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from tests.core.store.postgresql.conftest import House

AGENT = Author("agent", Via.AGENT, "agent:one")


def test_the_agent_keeps_one_and_a_viewer_looks_back_with_it(house: House) -> None:
    store = Store.at(house.person("watcher", Role.AGENT))
    store.write(AGENT, take_lease, DUTY, "agent:one")
    due = store.read(next_board, 1)
    assert due is not None
    assert store.write(AGENT, keep_board, *due)
    store.close()
    viewer = Store.at(house.person("vera", Role.VIEWER))
    assert viewer.read(board_at, due[0]) == []
    viewer.close()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEAD, Role.ADMIN])
def test_people_keep_none(house: House, role: Role) -> None:
    with connect(house.person("bob", role)) as psql, pytest.raises(errors.InsufficientPrivilege):
        psql.execute("INSERT INTO board VALUES (1, 1, '')")


@pytest.mark.parametrize("statement", ["UPDATE board SET at = 0", "DELETE FROM board", "TRUNCATE board"])
def test_not_even_the_agent_changes_one(house: House, statement: str) -> None:
    with connect(house.person("watcher", Role.AGENT)) as psql, pytest.raises(psycopg.Error):
        psql.execute(statement.encode())
