"""Real agents, a real mail server, and the sender killed or frozen between the letter and what is written down of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import open_incident
from core.desk.messages import outbox
from core.desk.messages.model import MessageState
from core.desk.messages.queries import messages_of
from core.gate.model import Consent, Level
from core.journal.model import Subject, Via
from core.store.lease import lease_of
from core.store.store import Store
from core.store.work import Author
from tests.mail_servers import Post, post_office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.desk.messages.model import Message
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

ADA = Author("ada", Via.CLI, "cli")
ABOUT = Subject("incident", "1")
MANY = 30


class Desk:
    """A house whose agents send through a server of the test's own."""

    def __init__(self, house: House, post: Post) -> None:
        self.house, self.post = house, post
        (house.home / "catalog" / "mail.toml").write_text(
            '[[mailbox]]\nid = "support"\naddress = "support@acme.example"\nsmtp_host = "127.0.0.1"\n'
            f'smtp_port = {post.port}\nsmtp_security = "none"\n'
        )
        house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        self.store = Store.at(house.home / "watchfloor.db")
        self.store.write(ADA, open_incident, "", "shop", "the till does not answer", 2, Consent(Level.BOX))
        self.agents: list[subprocess.Popen[bytes]] = []

    def agent(self) -> subprocess.Popen[bytes]:
        words = [
            "agent",
            "--db",
            str(self.house.home / "watchfloor.db"),
            "--catalog",
            str(self.house.home / "catalog"),
        ]
        with (self.house.home / f"agent-{len(self.agents)}.err").open("wb") as errors:
            started = subprocess.Popen(
                [sys.executable, "-m", "console", *words, "--standby"], env=self.house.env,
                stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip
        self.agents.append(started)
        return started

    def queue(self, number: int) -> None:
        said = {"purpose": "update", "channel": "mail", "title": "News", "body": f"number {number}"}
        to = f"p{number}@customer.example"
        self.store.write(ADA, partial(outbox.queue, subject=ABOUT, recipient=to, key=to, **said))  # type: ignore[arg-type]

    def all(self) -> list[Message]:
        return self.store.read(messages_of, ABOUT)

    def sender(self) -> int:
        held = self.store.read(lease_of, outbox.DUTY)
        assert held is not None
        return int(held.info["pid"])

    def wait(self, condition: Callable[[list[Message]], bool]) -> list[Message]:
        self.house.wait(lambda: condition(self.all()), timeout_s=90)
        return self.all()

    def end(self) -> None:
        for agent in self.agents:
            if agent.poll() is None:
                agent.send_signal(signal.SIGCONT)
                agent.terminate()
        for agent in self.agents:
            agent.wait(timeout=60)
        self.store.close()


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with post_office() as post:
        made = Desk(house, post)
        yield made
        made.end()


def none_waits(found: list[Message]) -> bool:
    return all(each.state is not MessageState.WAITING for each in found)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_what_the_server_took_when_the_sender_fell_is_unknown_and_all_else_goes_out_once(
    desk: Desk, number: signal.Signals
) -> None:
    fell: list[int] = []

    def fall() -> None:
        if len(desk.post.mails) == MANY // 2 and not fell:
            fell.append(desk.sender())
            os.kill(fell[0], number)

    desk.post.on_data = fall
    for each in range(MANY):
        desk.queue(each)
    desk.agent()
    desk.house.wait(lambda: fell, timeout_s=60)
    desk.agent()
    found = desk.wait(none_waits)
    states = [each.state for each in found]
    assert states.count(MessageState.UNKNOWN) == 1
    assert states.count(MessageState.SENT) == MANY - 1
    if number == signal.SIGSTOP:
        os.kill(fell[0], signal.SIGCONT)
        assert (
            desk.agents[0].wait(timeout=60) == 0
        )  # replaced: what it knew is refused, and it sends nothing more
    assert sorted(desk.post.recipients) == sorted(f"p{n}@customer.example" for n in range(MANY))
    (lost,) = [each for each in desk.all() if each.state is MessageState.UNKNOWN]
    entries = desk.house.data("log", "-n", "1000", "--db", str(desk.house.home / "watchfloor.db"))
    told = [entry["kind"] for entry in entries if entry["subject"] == "incident:1"]
    assert told.count("incident.message_sent") == MANY - 1
    assert told.count("incident.message_unknown") == 1
    assert lost.recipient in desk.post.recipients
