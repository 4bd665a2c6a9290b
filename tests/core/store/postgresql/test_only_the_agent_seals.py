"""On a server the agent adds seals, and nobody changes or removes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors

from core.gate.rights import Role
from core.journal.model import Via
from core.journal.seals import DUTY, keep_seal, next_batch, pieces, seal_batch, standing
from core.journal.signing import PrivateKey
from core.journal.verifying import Verifier, verify
from core.store.lease import give_up_lease, take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from tests.core.store.postgresql.conftest import House

AGENT = Author("agent", Via.AGENT, "agent:one")


def test_the_agent_seals_under_its_lease(house: House) -> None:
    key = PrivateKey.make()
    store = Store.at(house.person("watcher", Role.AGENT))
    token = store.write(AGENT, take_lease, DUTY, "agent:one")
    batch = store.read(next_batch)
    assert batch
    assert store.write(AGENT, keep_seal, seal_batch(batch, utc_now(), key), token)
    store.write(AGENT, give_up_lease, DUTY, token)
    found = verify(pieces(store, store.read(standing)), Verifier(frozenset([key.key_id])))
    assert (found.entries, found.signed_to) == (2, 1)
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO seal VALUES (9, 1, 1, 1, '', '', '', '')",
        "UPDATE seal SET at = 0",
        "DELETE FROM seal",
        "TRUNCATE seal",
    ],
)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEAD, Role.ADMIN])
def test_people_do_nothing_to_seals(house: House, role: Role, statement: str) -> None:
    with connect(house.person("bob", role)) as psql, pytest.raises(errors.InsufficientPrivilege):
        psql.execute(statement.encode())


@pytest.mark.parametrize("statement", ["UPDATE seal SET at = 0", "DELETE FROM seal", "TRUNCATE seal"])
def test_not_even_the_agent_changes_one(house: House, statement: str) -> None:
    with connect(house.person("watcher", Role.AGENT)) as psql, pytest.raises(psycopg.Error):
        psql.execute(statement.encode())


@pytest.mark.parametrize(("role", "may"), [(Role.AGENT, False), (Role.LEAD, False), (Role.ADMIN, True)])
def test_only_an_admin_says_that_another_key_signs(house: House, role: Role, *, may: bool) -> None:
    entry = '[["x", "journal.key_replaced", "journal", "key", "[{\\"key\\": [\\"a\\", \\"b\\"]}, \\"\\"]", null, null]]'
    with connect(house.person("bob", role)) as psql:
        if may:
            psql.execute("SELECT journal_append(1, 'cli', NULL, %s)", (entry,))
            return
        with pytest.raises(errors.InsufficientPrivilege, match="asks for the role admin"):
            psql.execute("SELECT journal_append(1, 'cli', NULL, %s)", (entry,))
