"""A message is a row first, said once, and every change of where it stands is on its item's time line."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from core.desk import commands
from core.desk.messages import outbox
from core.desk.messages.model import MessageState, backoff_s
from core.desk.messages.queries import (
    dead_letters,
    due_messages,
    messages_of,
    one_message,
    waiting_messages,
)
from core.desk.messages.standing import Outbox
from core.desk.messages.standing import outbox as outbox_of
from core.errors import BadInput, NotPossible
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.journal.wording import sentence
from core.store.lease import LeaseLost, take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent:here:1:aa")


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(place: Path | str, clock: Clock) -> Iterator[Store]:
    opened = Store(backend_for(place), now=clock)
    opened.open()
    yield opened
    opened.close()


def opened(house: Store, ada: Author) -> Subject:
    number: int = house.write(ada, commands.open_incident, "web", "shop", "web is down", 2, BOX).id
    return Subject("incident", str(number))


def say(house: Store, who: Author, about: Subject, **other: Any) -> bool:
    said = {
        "purpose": "update", "channel": "mail", "recipient": "customer@acme.example",
        "title": "We are on it", "body": "A person is at it.", "key": "update-1",
    }  # fmt: skip
    return house.write(who, partial(outbox.queue, subject=about, **{**said, **other}))


def held(house: Store) -> int:
    return house.write(AGENT, take_lease, outbox.DUTY, "agent:here:1:aa")


def kinds(house: Store, about: Subject) -> list[str]:
    return [entry.kind for entry in house.read(journal.of_subject, about)]


def test_a_second_one_of_the_same_key_is_never_queued(house: Store, ada: Author) -> None:
    about = opened(house, ada)
    assert say(house, ada, about)
    assert not say(house, ada, about, title="Otherwise")
    assert [each.title for each in house.read(messages_of, about)] == ["We are on it"]
    assert kinds(house, about).count("incident.message_queued") == 1
    entry = house.read(journal.of_subject, about)[-1]
    assert sentence(entry) == f"I-{about.id} M-1 to customer@acme.example is to be sent: We are on it"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"recipient": "a@b\r\nBcc: c@d"}, "is not an e-mail address"),
        ({"recipient": "nobody"}, "is not an e-mail address"),
        ({"recipient": "a@" + "b" * 260}, "is not an e-mail address"),
        ({"channel": "pigeon"}, "no channel"),
        ({"channel": "staff", "recipient": "Ada Lovelace"}, "no name of staff"),
        ({"title": " "}, "needs a purpose"),
        ({"body": ""}, "needs a purpose"),
        ({"key": ""}, "needs a purpose"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_it_is_a_row(
    house: Store, ada: Author, wrong: dict[str, str], words: str
) -> None:
    about = opened(house, ada)
    with pytest.raises(BadInput, match=words):
        say(house, ada, about, **wrong)
    assert house.read(messages_of, about) == []


def test_no_message_is_about_what_has_no_time_line(house: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="about a component"):
        say(house, ada, Subject("component", "web"))


def test_it_is_handed_over_once_and_then_sent(house: Store, ada: Author) -> None:
    about = opened(house, ada)
    say(house, ada, about)
    token = held(house)
    assert house.read(due_messages, utc_now() + timedelta(seconds=1)) == {"": [1]}
    assert house.write(AGENT, outbox.hand_over, token, 1)
    assert not house.write(AGENT, outbox.hand_over, token, 1)
    assert house.read(one_message, 1).standing == "sending"
    assert house.read(due_messages, utc_now() + timedelta(seconds=1)) == {}
    house.write(AGENT, outbox.take_back, token, 1)
    assert house.read(one_message, 1).standing == "waiting"
    assert house.write(AGENT, outbox.hand_over, token, 1)
    house.write(AGENT, outbox.note_sent, token, 1)
    sent = house.read(one_message, 1)
    assert (sent.state, sent.attempts, sent.handed_until) == (MessageState.SENT, 1, None)
    assert kinds(house, about)[-2:] == ["incident.message_queued", "incident.message_sent"]
    assert house.read(outbox_of) == (None, 0, 0, 0)


def test_a_failure_is_tried_again_later_and_later_until_a_person_decides(
    house: Store, clock: Clock, ada: Author
) -> None:
    about = opened(house, ada)
    say(house, ada, about)
    token = held(house)
    waits = []
    for _ in range(6):
        after = house.write(AGENT, outbox.note_failed, token, 1, "451 greylisted", for_good=False)
        assert after.next_at is not None
        waits.append((after.next_at - clock.now).total_seconds())
        assert house.read(due_messages, clock.now) == {}
        clock.on(waits[-1])
    assert waits == [15, 60, 300, 1800, 1800, 1800]
    clock.on(2 * 86400)
    token = held_again(house, token)
    after = house.write(AGENT, outbox.note_failed, token, 1, "451 greylisted", for_good=False)
    assert (after.state, after.next_at) == (MessageState.UNDELIVERED, None)
    assert [each.id for each in house.read(dead_letters)] == [1]
    again = house.write(ada, outbox.retry_message, 1, BOX)
    assert (again.state, again.attempts) == (MessageState.WAITING, 0)
    assert (
        house.write(AGENT, outbox.note_failed, token, 1, "451", for_good=False).state is MessageState.WAITING
    )


def held_again(house: Store, token: int) -> int:
    del token
    return house.write(AGENT, take_lease, outbox.DUTY, "x", over=house.read(_lease))


def _lease(connection: Any) -> Any:
    from core.store.lease import lease_of

    return lease_of(connection, outbox.DUTY)


def test_what_was_in_hand_when_its_holder_died_is_unknown_and_not_sent_again(
    house: Store, ada: Author
) -> None:
    about = opened(house, ada)
    say(house, ada, about)
    say(house, ada, about, key="update-2")
    first = held(house)
    house.write(AGENT, outbox.hand_over, first, 1)
    second = held_again(house, first)
    with pytest.raises(LeaseLost):
        house.write(AGENT, outbox.note_sent, first, 1)
    assert house.write(AGENT, outbox.lose_handed_over, second) == 1
    assert house.write(AGENT, outbox.lose_handed_over, second) == 0
    assert [each.state for each in house.read(messages_of, about)] == ["unknown", "waiting"]
    assert [each.id for each in house.read(waiting_messages)] == [2]
    assert kinds(house, about)[-1] == "incident.message_unknown"
    with pytest.raises(BadInput, match="reason"):
        house.write(ada, outbox.drop_message, 1, " ", BOX)
    house.write(ada, outbox.drop_message, 1, "the customer says it came", BOX)
    with pytest.raises(NotPossible, match="cancelled"):
        house.write(ada, outbox.retry_message, 1, BOX)
    assert kinds(house, about)[-1] == "incident.message_cancelled"


def test_what_is_in_hand_cannot_be_dropped(house: Store, ada: Author) -> None:
    about = opened(house, ada)
    say(house, ada, about)
    house.write(AGENT, outbox.hand_over, held(house), 1)
    with pytest.raises(NotPossible, match="being handed over"):
        house.write(ada, outbox.drop_message, 1, "never mind", BOX)


def test_an_item_stays_what_it_is_by_what_is_said_of_its_messages(house: Store, ada: Author) -> None:
    from core.desk.as_of import incident_at
    from core.desk.queries import one_incident

    about = opened(house, ada)
    before = house.read(one_incident, int(about.id))
    say(house, ada, about)
    newest = house.read(journal.newest).seq
    assert house.read(incident_at, int(about.id), newest) == before == house.read(one_incident, int(about.id))


def test_each_attempt_waits_longer_than_the_one_before() -> None:
    assert [backoff_s(n) for n in (0, 1, 2, 3, 4, 5, 99)] == [15, 15, 60, 300, 1800, 1800, 1800]


def test_every_console_says_when_messages_go_out_late() -> None:
    now = utc_now()
    young, old = now - timedelta(seconds=119), now - timedelta(minutes=12)
    assert Outbox().trouble(now) == Outbox(young, 3).trouble(now) == ""
    assert Outbox(old, 3).trouble(now) == "messages: 3 unsent, the oldest for 12m (:messages)"
    assert Outbox(young, 3, 1, 1).trouble(now) == "messages: 2 to decide about (:messages)"
    assert (
        Outbox(old, 3, 1).trouble(now)
        == "messages: 3 unsent, the oldest for 12m; 1 to decide about (:messages)"
    )
