"""A request by mail from its first line to the answer of how it went: a real agent, a real mail server, a real maildir."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from core.desk.mail.incoming import read_mail
from core.desk.messages.outbox import DUTY
from core.desk.messages.queries import received_mails
from core.desk.requests.queries import one_request, requests
from core.improvement.queries import corrective_actions
from core.improvement.surveys.queries import survey_of
from core.store.lease import lease_of
from core.store.store import Store
from tests.mail_servers import Post, post_office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

MANY = 60


class Desk:
    """A house whose agents send through a server of the test's own, and read a maildir."""

    def __init__(self, house: House, post: Post) -> None:
        self.house, self.post, self.count = house, post, 0
        self.maildir = house.home / "mail"
        for name in ("new", "cur", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        (house.home / "catalog" / "mail.toml").write_text(
            '[[mailbox]]\nid = "support"\naddress = "support@acme.example"\nsmtp_host = "127.0.0.1"\n'
            f'smtp_port = {post.port}\nsmtp_security = "none"\nmaildir = "{self.maildir}"\nopens = "orders"\n'
            '[[agreement]]\nid = "anybody"\ncustomer = "corner-shop"\nservices = ["orders"]\nmay_ask = ["*"]\n'
        )
        house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        self.store = Store.at(house.home / "watchfloor.db")
        self.agents: list[subprocess.Popen[bytes]] = []

    def agent(self) -> None:
        place, catalog = self.house.home / "watchfloor.db", self.house.home / "catalog"
        words = ["agent", "--db", str(place), "--catalog", str(catalog), "--standby"]
        with (self.house.home / f"agent-{len(self.agents)}.err").open("wb") as errors:
            started = subprocess.Popen(
                [sys.executable, "-m", "console", *words], env=self.house.env, stdout=subprocess.DEVNULL, stderr=errors
            )  # fmt: skip
        self.agents.append(started)

    def come(
        self, subject: str, text: str = "", sender: str = "kim@customer.example", **headers: str
    ) -> None:
        self.count += 1
        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender, subject
        mail["Message-ID"] = f"<{self.count}@customer.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        name = f"{self.count:06}"
        (self.maildir / "tmp" / name).write_bytes(mail.as_bytes())
        (self.maildir / "tmp" / name).rename(self.maildir / "new" / name)

    def letter(self, has: str) -> EmailMessage:
        """Waits for a letter whose subject line has these words."""
        self.house.wait(lambda: any(has in str(each["Subject"]) for each in self.post.mails), timeout_s=90)
        return next(each for each in self.post.mails if has in str(each["Subject"]))

    def end(self) -> None:
        for agent in self.agents:
            if agent.poll() is None:
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


def test_a_low_answer_by_one_click_opens_a_corrective_action_and_counts_once(desk: Desk) -> None:
    desk.agent()
    desk.come("The till hangs", "Since noon.")
    receipt = desk.letter("Received: The till hangs")
    assert receipt["In-Reply-To"] == "<1@customer.example>"
    (number,) = [each.id for each in desk.store.read(requests)]
    words = ("--text", "It was restarted.", "--yes", "--db", str(desk.house.home / "watchfloor.db"))
    desk.house.run("request", f"R-{number}", "deliver", *words)
    letter = desk.letter("Resolved: The till hangs")
    assert "<wf.request-1.0@acme.example>" in letter["References"]
    links = re.findall(r"(\d+)  mailto:(\S+)\?subject=(\S+)", letter.get_content())
    assert [score for score, _, _ in links] == ["5", "4", "3", "2", "1"]
    score, address, subject = links[-1]
    assert (score, address) == ("1", "support@acme.example")

    desk.come(re.sub(r"score 1 \w{4}", "score 5 aaaa", unquote(subject)), sender="eve@evil.example")
    desk.come(unquote(subject), "It took a week.")
    desk.house.wait(lambda: (desk.store.read(survey_of, number) or receipt).score is not None, timeout_s=90)  # type: ignore[union-attr]
    desk.come(unquote(subject).replace("score 1", "score 5"))
    refused = desk.letter("Not counted: your answer")
    desk.house.wait(lambda: len(desk.store.read(received_mails)) == 4, timeout_s=90)

    found = desk.store.read(survey_of, number)
    assert found is not None
    assert (found.score, found.comment, found.via) == (1, "It took a week.", "mail")
    (action,) = desk.store.read(corrective_actions)
    assert (action.id, action.deviation) == (
        found.action, f"R-{number}: its requester answered 1 of 5 (csat): It took a week."
    )  # fmt: skip
    assert [(each.verdict, each.reason) for each in desk.store.read(received_mails)] == [
        ("refused", f"R-{number} was answered already: 1"), ("answered", ""), ("refused", f"that is no answer for R-{number}"),
        ("opened", ""),
    ]  # fmt: skip
    assert refused["Auto-Submitted"] == "auto-generated"
    assert str(desk.store.read(one_request, number).state) == "delivered"
    told = desk.house.data("satisfaction", "--db", str(desk.house.home / "watchfloor.db"))
    (csat,) = told["measures"]
    assert (csat["measure"], csat["value"], csat["asked"], csat["answers"], csat["rate"]) == (
        "csat",
        0,
        1,
        1,
        100,
    )
    assert "Wilson" in csat["formula"]


def test_no_mail_is_lost_or_counts_twice_while_its_reader_is_killed_again_and_again(desk: Desk) -> None:
    for each in range(MANY):
        desk.come(f"Matter {each}", f"number {each}", sender=f"p{each}@customer.example")
    for share in (1, 2):
        desk.agent()
        desk.house.wait(lambda: len(desk.store.read(received_mails)) >= MANY * share // 3, timeout_s=90)  # noqa: B023
        held = desk.store.read(lease_of, DUTY)
        assert held is not None
        os.kill(int(held.info["pid"]), signal.SIGKILL)
    desk.agent()
    desk.house.wait(lambda: not list((desk.maildir / "new").iterdir()), timeout_s=120)
    titles = sorted(each.title for each in desk.store.read(requests, limit=500))
    assert titles == sorted(f"Matter {each}" for each in range(MANY))
    assert len(desk.store.read(received_mails, limit=500)) == MANY
    assert {read_mail(each.read_bytes()).title for each in (desk.maildir / "cur").iterdir()} == set(titles)
