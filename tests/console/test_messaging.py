"""The duty of sending against real servers: good, slow, refusing, dying; and against two agents."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from console import mail_sending, messaging
from console.connections.place import Place
from console.mail_secrets import PASSWORD, REACHED_AT, keep_contact_secret
from console.messaging import Messaging
from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Staff
from core.demonstration import begin_demonstration
from core.desk import commands
from core.desk.messages import model as messages
from core.desk.messages import outbox
from core.desk.messages.model import MessageState
from core.desk.messages.queries import messages_of
from core.desk.requests.commands import new_request
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.improvement.surveys.commands import ask
from core.improvement.surveys.model import EXPIRES_S, SurveyState
from core.improvement.surveys.queries import survey_of
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from core.timekeeping import utc_now
from tests.mail_servers import Stubborn, free_port, post_office, up_to_data
from tests.tls import Authority

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.desk.messages.model import Message

ADA = Author("ada", Via.CLI, "ada")
ABOUT = Subject("incident", "1")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute is a moment, and there is no keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name, seconds in (("LOOK_S", 0.02), ("BEAT_S", 0.1), ("LOST_S", 1.0), ("AGAIN_S", 0.1)):
        monkeypatch.setattr(messaging, name, seconds)
    monkeypatch.setattr(messages, "BACKOFF_S", (0.05, 0.1, 0.2))
    for name, seconds in (("STEP_S", 0.5), ("OPEN_S", 0.8), ("TELL_S", 1.0)):
        monkeypatch.setattr(mail_sending, name, seconds)


class House:
    """A database with one incident, and an agent that only sends."""

    def __init__(self, path: Path, *, is_demo: bool = False) -> None:
        self.path, self.place = path, Place.of_file(path)
        self.store = Store.at(path)
        if is_demo:
            self.store.write(ADA, begin_demonstration)
        self.store.write(ADA, commands.open_incident, "web", "shop", "web is down", 2, Consent(Level.BOX))
        self.said: list[str] = []
        self.databases: list[DatabaseThread] = []

    def declare(self, *boxes: Mailbox, staff: tuple[Staff, ...] = ()) -> None:
        catalog = Catalog(mailboxes={box.id: box for box in boxes}, staff={one.id: one for one in staff})
        self.store.write(ADA, load_catalog, catalog, directory="d", digest="x", changes=[])

    def queue(self, to: str = "kim@customer.example", text: str = "We are on it.", **other: Any) -> None:
        said = {"purpose": "update", "channel": "mail", "title": "News", **other}
        key = f"{to} {text}"
        self.store.write(ADA, partial(outbox.queue, subject=ABOUT, recipient=to, body=text, key=key, **said))

    def agent(self, name: str = "one") -> Messaging:
        database = DatabaseThread(self.place.target)
        self.databases.append(database)
        return Messaging(database, Author("agent", Via.AGENT, name), self.place, {}, self.said.append)

    def all(self) -> list[Message]:
        return self.store.read(messages_of, ABOUT)

    def kinds(self) -> list[str]:
        return [
            e.kind.partition("_")[2]
            for e in self.store.read(journal.of_subject, ABOUT)
            if "message_" in e.kind
        ]

    async def until(self, condition: Callable[[list[Message]], Any], *agents: Messaging) -> list[Message]:
        """Lets the agents work until that is so of the messages."""
        work = [asyncio.create_task(agent.run()) for agent in agents]
        ends = time.monotonic() + 30
        while not condition(self.all()):
            assert time.monotonic() < ends, (self.all(), self.said)
            await asyncio.sleep(0.02)
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        for agent in agents:
            await agent.end()
        return self.all()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "w.db")
    yield made
    for database in made.databases:
        database.close()
    made.store.close()


def box(port: int, **other: Any) -> Mailbox:
    said = {
        "name": "Acme",
        "tag": "acme",
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
    }
    return Mailbox("support", "support@acme.example", **{**said, **other})


def over(found: list[Message]) -> bool:
    return all(each.state is not MessageState.WAITING for each in found)


async def test_what_was_queued_arrives_and_its_time_line_says_so(house: House) -> None:
    with post_office() as post:
        house.declare(box(post.port))
        house.queue()
        house.queue("lee@customer.example", "Grüße an Sie.")
        sent = await house.until(over, house.agent())
    assert [each.state for each in sent] == ["sent", "sent"]
    assert sorted(post.texts()) == ["Grüße an Sie.", "We are on it."]
    assert sorted(post.recipients) == ["kim@customer.example", "lee@customer.example"]
    assert {mail["To"] for mail in post.mails} == {"kim@customer.example", "lee@customer.example"}
    assert post.mails[0]["Message-ID"] == "<wf.incident-1.1@acme.example>"
    assert house.kinds() == ["queued", "queued", "sent", "sent"]


async def test_nothing_leaves_a_demonstration(tmp_path: Path) -> None:
    demo = House(tmp_path / "demo.db", is_demo=True)
    with post_office() as post:
        demo.declare(box(post.port), staff=(Staff("ada", "Ada", email="ada@acme.example"),))
        demo.queue()
        demo.queue("ada", channel="staff")
        agent = demo.agent()
        work = asyncio.create_task(agent.run())
        for _ in range(100):
            if demo.said:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)  # many looks, of which one would have sent
        work.cancel()
        await asyncio.wait([work])
        await agent.end()
        assert (post.recipients, len(post.mails)) == ([], 0)
    assert demo.said == ["this is a demonstration: no message leaves it, and no mailbox is read"]
    assert {each.state for each in demo.all()} == {MessageState.WAITING}
    for database in demo.databases:
        database.close()
    demo.store.close()


async def test_lines_that_begin_with_a_dot_arrive_as_they_are(house: House) -> None:
    with post_office() as post:
        house.declare(box(post.port))
        house.queue(text=".\n..\n.x\nend.")
        await house.until(over, house.agent())
    assert post.mails[0].get_content().replace("\r\n", "\n") == ".\n..\n.x\nend.\n"


async def test_a_server_that_refuses_for_now_is_asked_again(house: House) -> None:
    with post_office() as post:
        post.answers["kim@customer.example"] = ["451 greylisted", "450 still"]
        house.declare(box(post.port))
        house.queue()
        (sent,) = await house.until(over, house.agent())
    assert (sent.state, sent.attempts) == ("sent", 3)
    assert len(post.mails) == 1
    assert house.kinds() == ["queued", "delayed", "delayed", "sent"]


async def test_a_refusal_for_good_is_undelivered_and_holds_nobody_up(house: House) -> None:
    with post_office() as post:
        post.answers["kim@customer.example"] = ["550 no such user \x1b[31mhere"]
        house.declare(box(post.port))
        house.queue()
        house.queue("lee@customer.example")
        dead, sent = await house.until(over, house.agent())
    assert (dead.state, sent.state) == ("undelivered", "sent")
    assert "550 no such user" in dead.trouble
    assert "\x1b" not in dead.trouble


async def test_a_refusal_after_the_letter_is_known_too(house: House) -> None:
    with post_office() as post:
        post.answers["DATA"] = ["452 full", "554 spam"]
        house.declare(box(post.port))
        house.queue()
        (dead,) = await house.until(over, house.agent())
    assert (dead.state, dead.attempts) == ("undelivered", 2)


async def test_nothing_listens_and_then_it_does(house: House) -> None:
    port = free_port()
    house.declare(box(port))
    house.queue()
    await house.until(lambda found: found[0].attempts >= 2, house.agent("one"))
    assert "refused" in house.all()[0].trouble
    assert house.all()[0].state is MessageState.WAITING
    assert len(house.said) == 1  # said once


def dies_after_data(line: socket.socket) -> None:
    up_to_data(line)
    line.recv(1)  # a part of the letter came


def dies_after_the_letter(line: socket.socket) -> None:
    up_to_data(line)
    held = b""
    while not held.endswith(b"\r\n.\r\n"):
        held += line.recv(65536)


def never_answers(line: socket.socket) -> None:
    dies_after_the_letter(line)
    time.sleep(5)


def says_nothing(line: socket.socket) -> None:
    line.recv(1)


def trickles(line: socket.socket) -> None:
    for letter in b"220 " + b"x" * 10_000:
        line.sendall(bytes([letter]))
        time.sleep(0.1)


def chatters(line: socket.socket) -> None:
    line.sendall(b"220 " + b"x" * 1_000_000)


def speaks_no_smtp(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("does", [dies_after_the_letter, never_answers])
async def test_no_answer_after_the_whole_letter_is_unknown_and_never_sent_again(
    house: House, does: Callable[[socket.socket], None]
) -> None:
    server = Stubborn(does)
    house.declare(box(server.port))
    house.queue()
    (lost,) = await house.until(over, house.agent())
    assert lost.state is MessageState.UNKNOWN
    assert "no answer after the whole letter" in lost.trouble
    await asyncio.sleep(0.3)  # many looks, in which it is not to be sent again
    server.close()
    assert server.lines == 1


@pytest.mark.parametrize("does", [says_nothing, trickles, chatters, speaks_no_smtp])
async def test_a_server_that_does_not_get_as_far_is_tried_again(
    house: House, does: Callable[[socket.socket], None]
) -> None:
    server = Stubborn(does)
    house.declare(box(server.port))
    house.queue()
    (waits,) = await house.until(lambda found: found[0].attempts >= 1, house.agent())
    server.close()
    assert waits.state is MessageState.WAITING
    assert f"127.0.0.1:{server.port}" in waits.trouble


async def test_a_server_that_dies_in_mid_letter_is_tried_again(house: House) -> None:
    server = Stubborn(dies_after_data)
    house.declare(box(server.port))
    house.queue(text="x" * 19_000)
    await house.until(lambda found: found[0].attempts >= 1, house.agent())
    server.close()
    (found,) = house.all()
    # What was in the pipes when it died decides; in both cases it is never sent twice without a person.
    assert found.state in {MessageState.WAITING, MessageState.UNKNOWN}


async def test_a_slow_server_holds_up_nobody_elses_messages(house: House) -> None:
    slow = Stubborn(says_nothing)
    with post_office() as post:
        other = Mailbox(
            "second",
            "second@acme.example",
            smtp_host="127.0.0.1",
            smtp_port=post.port,
            smtp_security="none",
            services=("shop",),
        )
        house.declare(box(slow.port), other)
        house.queue(channel="mail:support")
        house.queue("lee@customer.example")
        found = await house.until(lambda found: found[1].state is MessageState.SENT, house.agent())
    slow.close()
    assert found[0].state is MessageState.WAITING


async def test_without_a_mailbox_it_waits_and_says_why(house: House) -> None:
    house.queue()
    (found,) = await house.until(lambda found: found[0].attempts >= 1, house.agent())
    assert (
        found.trouble
        == "no mailbox carries messages about the service shop. Declare one in the catalog: [[mailbox]]"
    )


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for loopback that is believed here."""
    authority = Authority(tmp_path)
    certificate, key = authority.issue("mail", "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_the_password_is_taken_from_where_it_is_kept(house: House, tls: ssl.SSLContext) -> None:
    with post_office(login=("support", "gehéim"), tls=tls) as post:
        house.declare(box(post.port, user="support", smtp_security="starttls"))
        house.queue()
        await house.until(lambda found: found[0].attempts >= 1, house.agent("one"))
        assert "no password is kept" in house.all()[0].trouble
        keep_contact_secret(house.place, PASSWORD, "support", "falsch", in_file=True)
        await house.until(lambda found: found[0].attempts >= 2, house.agent("two"))
        assert "does not let support in: 535" in house.all()[0].trouble
        keep_contact_secret(house.place, PASSWORD, "support", "gehéim", in_file=True)
        (sent,) = await house.until(over, house.agent("three"))
    assert sent.state is MessageState.SENT
    assert not any("falsch" in text or "gehéim" in text for text in [*house.said, sent.trouble])


async def test_a_line_that_is_encrypted_from_its_beginning(house: House, tls: ssl.SSLContext) -> None:
    with post_office(tls=tls, direct=True) as post:
        house.declare(box(post.port, smtp_security="tls"))
        house.queue()
        (sent,) = await house.until(over, house.agent())
    assert (sent.state, len(post.mails)) == ("sent", 1)


async def test_a_certificate_that_nobody_believes_ends_it(
    house: House, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with post_office(tls=tls) as post:
        house.declare(box(post.port, smtp_security="starttls"))
        house.queue()
        (waits,) = await house.until(lambda found: found[0].attempts >= 1, house.agent())
    assert "its certificate is not believed" in waits.trouble
    assert post.mails == []


async def test_a_server_without_encryption_is_sent_nothing_where_it_is_asked_for(house: House) -> None:
    with post_office() as post:
        house.declare(box(post.port, smtp_security="starttls"))
        house.queue()
        (waits,) = await house.until(lambda found: found[0].attempts >= 1, house.agent())
    assert "offers no encryption" in waits.trouble
    assert post.mails == []


async def test_two_agents_send_each_message_once(house: House) -> None:
    with post_office() as post:
        house.declare(box(post.port))
        for number in range(40):
            house.queue(f"p{number}@customer.example")
        await house.until(over, house.agent("one"), house.agent("two"))
    assert sorted(post.recipients) == sorted(f"p{number}@customer.example" for number in range(40))


async def test_staff_without_an_address_of_their_own_is_told_by_mail(house: House) -> None:
    with post_office() as post:
        house.declare(box(post.port), staff=(Staff("bob", "Bob", email="bob@acme.example"),))
        house.queue("bob", channel="staff")
        await house.until(over, house.agent())
    assert post.recipients == ["bob@acme.example"]


async def test_staff_that_cannot_be_reached_is_said(house: House) -> None:
    house.declare(staff=(Staff("bob", "Bob"),))
    house.queue("bob", channel="staff")
    (found,) = await house.until(lambda found: found[0].attempts >= 1, house.agent())
    assert "bob is reached nowhere" in found.trouble


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_staff_is_told_through_apprise_by_http(house: House) -> None:
    with http_service() as (port, posted):
        keep_contact_secret(
            house.place, REACHED_AT, "bob", f"json://127.0.0.1:{port}/geheimnis", in_file=True
        )
        house.queue("bob", channel="staff")
        (sent,) = await house.until(over, house.agent())
    assert sent.state is MessageState.SENT, sent.trouble
    ((path, said),) = posted
    assert (path, said["title"], said["message"]) == ("/geheimnis", "[watchfloor I-1] News", "We are on it.")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_service_that_refuses_is_asked_again_and_its_address_is_not_told(house: House) -> None:
    with http_service(status=500) as (port, posted):
        keep_contact_secret(
            house.place, REACHED_AT, "bob", f"json://127.0.0.1:{port}/geheimnis", in_file=True
        )
        house.queue("bob", channel="staff")
        (waits,) = await house.until(lambda found: found[0].attempts >= 2, house.agent())
    assert waits.state is MessageState.WAITING
    assert len(posted) >= 2
    assert waits.trouble
    assert "geheimnis" not in waits.trouble


@contextmanager
def http_service(status: int = 200) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    """A real HTTP server that keeps what is posted to it."""
    posted: list[tuple[str, Any]] = []

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path.rstrip("/"), json.loads(data)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeps) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, posted
        server.shutdown()
        thread.join()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_staff_is_told_through_apprise_by_mail(house: House) -> None:
    with post_office() as post:
        url = f"mailto://127.0.0.1:{post.port}?from=pager@acme.example&to=bob@acme.example&format=text"
        keep_contact_secret(house.place, REACHED_AT, "bob", url, in_file=True)
        house.queue("bob", channel="staff")
        (sent,) = await house.until(over, house.agent())
    assert sent.state is MessageState.SENT, sent.trouble
    assert "[watchfloor I-1] News" in post.mails[0]["Subject"]


async def test_a_question_that_nobody_answered_is_over_and_the_time_line_says_so(house: House) -> None:
    asked = Asked("A till", "orders", "kim@customer.example")
    number: int = house.store.write(ADA, new_request, asked, Consent(Level.BOX)).id
    before = Store.at(house.path, now=lambda: utc_now() - timedelta(seconds=EXPIRES_S + 60))
    before.write(ADA, ask, number)
    before.close()

    def is_over(_: list[Message]) -> bool:
        found = house.store.read(survey_of, number)
        return found is not None and found.state is SurveyState.EXPIRED

    await house.until(is_over, house.agent())
    entries = house.store.read(journal.of_subject, Subject("request", str(number)))
    assert [e.kind for e in entries if "survey" in e.kind] == [
        "request.survey_asked",
        "request.survey_expired",
    ]
