"""On a server a message changes only with an entry about its item, and each role decides what is its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.desk import commands
from core.desk.messages import outbox
from core.desk.messages.model import MessageState
from core.desk.messages.queries import one_message
from core.desk.messages.tables import message
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Subject, Via
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.rows import row_of
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
ADA = Author("ada", Via.CONSOLE, "seat-1")
AGENT = Author("watcher", Via.AGENT, "agent:one")
SAID: dict[str, Any] = {
    "subject": Subject("incident", "1"), "purpose": "update", "channel": "mail", "recipient": "a@acme.example",
    "title": "t", "body": "b",
}  # fmt: skip


@pytest.fixture
def ada(house: House) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(ADA, commands.open_incident, "web", "shop", "web is down", 2, BOX)
    store.write(ADA, partial(outbox.queue, **SAID, key="one"))
    yield store
    store.close()


@pytest.fixture
def agent(house: House) -> Iterator[Store]:
    store = Store.at(house.person("watcher", Role.AGENT))
    yield store
    store.close()


def test_a_person_queues_the_agent_sends_and_a_person_decides(ada: Store, agent: Store) -> None:
    token = agent.write(AGENT, take_lease, outbox.DUTY, "agent:one")
    assert agent.write(AGENT, outbox.hand_over, token, 1)
    agent.write(AGENT, outbox.note_unknown, token, 1, "no answer")
    with pytest.raises(NotPermitted):
        agent.write(AGENT, outbox.retry_message, 1, BOX)
    ada.write(ADA, outbox.retry_message, 1, BOX)
    agent.write(AGENT, outbox.hand_over, token, 1)
    agent.write(AGENT, outbox.note_sent, token, 1)
    assert ada.read(one_message, 1).state is MessageState.SENT


def test_the_agent_queues_too(ada: Store, agent: Store) -> None:
    assert agent.write(AGENT, partial(outbox.queue, **SAID, key="two"))
    assert not ada.write(ADA, partial(outbox.queue, **SAID, key="two"))


def test_nobody_but_the_agent_says_that_one_was_sent(ada: Store) -> None:
    def lie(work: Work) -> None:
        row = row_of(work, message, "message", 1)
        outbox._revise(work, row, "retried", state=MessageState.SENT)

    with pytest.raises(NotPermitted, match="the agent's to say"):
        ada.write(ADA, lie)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE message SET state = 'cancelled', version = version + 1", "no entry of this transaction"),
        ("UPDATE message SET body = 'otherwise'", "keeps its body"),
        ("UPDATE message SET recipient = 'x@y.example', version = version + 1", "keeps its recipient"),
        ("UPDATE message SET token = 7, until = 9", "only the agent"),
        ("INSERT INTO message SELECT 99, 1, about_kind, about_id, purpose, channel, recipient, title, body, 'k', state, 0, 1, 1, 1, NULL, '', NULL, NULL FROM message", "no entry"),
    ],
)  # fmt: skip
def test_a_row_changes_with_its_entry_only(ada: Store, house: House, statement: str, words: str) -> None:
    assert ada
    with connect(house.person("bob", Role.LEAD)) as psql:
        psql.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(errors.InsufficientPrivilege, match=words):
            psql.execute(statement.encode())


def test_nothing_is_removed(ada: Store, house: House) -> None:
    assert ada
    with connect(house.person("bob", Role.ADMIN)) as psql, pytest.raises(errors.InsufficientPrivilege):
        psql.execute("DELETE FROM message")
