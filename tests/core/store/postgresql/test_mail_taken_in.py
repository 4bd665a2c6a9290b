"""On a server the agent's own role is enough for all that comes of a mail, and of a question that nobody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk.links.queries import links_of
from core.desk.mail.incoming import read_mail
from core.desk.mail.receiving import take_in
from core.desk.messages import outbox
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.improvement.surveys.commands import ask
from core.improvement.surveys.queries import survey_of
from core.journal.model import Subject, Via
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from tests.core.desk.mails import SUPPORT
from tests.core.desk.support import declare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
ADA = Author("ada", Via.CONSOLE, "seat-1")
AGENT = Author("watcher", Via.AGENT, "agent:one")


@pytest.fixture
def ada(house: House) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.LEAD))
    yield store
    store.close()


@pytest.fixture
def agent(house: House) -> Iterator[Store]:
    store = Store.at(house.person("watcher", Role.AGENT))
    declare(store, AGENT, boxes=(SUPPORT,))
    yield store
    store.close()


def come(agent: Store, token: int, subject: str, text: str = "hello") -> str:
    mail = read_mail(
        f"From: kim@customer.example\nSubject: {subject}\nMessage-ID: <{len(subject)}@c.example>\n\n{text}".encode()
    )
    taken = agent.write(AGENT, take_in, token, SUPPORT, mail)
    assert taken is not None
    return f"{taken.verdict} {taken.reason}".strip()


def test_an_answer_to_a_refusal_and_a_low_score(ada: Store, agent: Store) -> None:
    token = agent.write(AGENT, take_lease, outbox.DUTY, "agent:one")
    assert come(agent, token, "The till hangs") == "opened"
    ada.write(ADA, commands.refuse_request, 1, "Not covered.", BOX)
    assert come(agent, token, "Re: [acme R-1] x") == "opened R-1 is refused and stays so: it follows that one"
    assert [each.other for each in agent.read(links_of, Subject("request", "1"))] == [Subject("request", "2")]

    number = ada.write(ADA, commands.new_request, Asked("A till", "orders", "kim@customer.example"), BOX).id
    secret = ada.write(ADA, ask, number)
    assert come(agent, token, f"R-{number} score 1 {secret}", "It took a week.") == "answered"
    asked = agent.read(survey_of, number)
    assert asked is not None
    assert (asked.score, asked.action) == (1, 1)
