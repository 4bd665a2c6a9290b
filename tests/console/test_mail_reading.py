"""The duty of reading: a maildir, and a real IMAP server; nothing lost, nothing twice, and nothing that holds up the rest."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from console import mail_reading, messaging
from console.connections.place import Place
from console.mail_reading import ImapSource, MaildirSource
from console.mail_secrets import PASSWORD, keep_contact_secret
from console.messaging import Messaging
from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Service
from core.desk.mail import receiving
from core.desk.mail.incoming import read_mail
from core.desk.messages.queries import received_mails
from core.desk.requests.queries import requests
from core.errors import BadInput, Unavailable
from core.journal.model import Via
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author
from tests.mail_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ADA = Author("ada", Via.CLI, "ada")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute is a moment, and there is no keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name, seconds in (("LOOK_S", 0.02), ("MAIL_S", 0.02), ("IMAP_S", 0.05), ("LOST_S", 1.0)):
        monkeypatch.setattr(messaging, name, seconds)


class House:
    """A database, a maildir, and an agent that reads it."""

    def __init__(self, path: Path) -> None:
        self.maildir = path / "mail"
        for name in ("new", "cur", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        self.place = Place.of_file(path / "w.db")
        self.store = Store.at(path / "w.db")
        self.said: list[str] = []
        self.databases: list[DatabaseThread] = []

    def declare(self, **box: Any) -> None:
        mailbox = Mailbox("support", "support@acme.example", services=("orders",), **box)
        catalog = Catalog(services={"orders": Service("orders", "Orders")}, mailboxes={"support": mailbox})
        self.store.write(ADA, load_catalog, catalog, directory="d", digest="x", changes=[])

    def come(self, name: str, text: str = "hello") -> None:
        part = self.maildir / "tmp" / name
        part.write_bytes(mail(name, text))
        part.rename(self.maildir / "new" / name)

    def names(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.maildir / folder).iterdir())

    async def until(self, condition: Callable[[], Any]) -> None:
        database = DatabaseThread(self.place.target)
        self.databases.append(database)
        agent = Messaging(
            database, Author("agent", Via.AGENT, f"a{len(self.databases)}"), self.place, {}, self.said.append
        )
        work = asyncio.create_task(agent.run())
        ends = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < ends, self.said
            await asyncio.sleep(0.02)
        work.cancel()
        await asyncio.wait([work])
        await agent.end()

    def titles(self) -> list[str]:
        return sorted(each.title for each in self.store.read(requests))


def mail(name: str, text: str = "hello") -> bytes:
    return f"From: kim-{name}@customer.example\nSubject: {name}\nMessage-ID: <{name}@customer.example>\n\n{text}".encode()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    for database in made.databases:
        database.close()
    made.store.close()


async def test_what_lies_in_new_is_taken_in_and_moved_to_cur(house: House) -> None:
    house.declare(maildir=str(house.maildir))
    for number in range(5):
        house.come(f"mail-{number}")
    await house.until(lambda: not house.names("new"))
    assert house.titles() == [f"mail-{number}" for number in range(5)]
    assert house.names("cur") == [f"mail-{number}:2,S" for number in range(5)]


async def test_what_was_taken_in_but_not_moved_is_not_taken_in_again(house: House) -> None:
    house.declare(maildir=str(house.maildir))
    house.come("one")
    await house.until(lambda: not house.names("new"))
    (house.maildir / "cur" / "one:2,S").rename(house.maildir / "new" / "one")
    house.come("two")
    await house.until(lambda: not house.names("new"))
    assert house.titles() == ["one", "two"]


async def test_a_mail_that_cannot_be_taken_in_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(work: Any, token: int, box: Mailbox, came: Any) -> Any:
        if came.title == "bad":
            raise BadInput("the database cannot keep that text")
        return receiving.take_in(work, token, box, came)

    monkeypatch.setattr(messaging, "take_in", refuses)
    house.declare(maildir=str(house.maildir))
    house.come("bad")
    house.come("good")
    await house.until(lambda: not house.names("new"))
    assert house.titles() == ["good"]
    kept = {each.title: each.verdict for each in house.store.read(received_mails)}
    assert kept == {"bad": "put aside", "good": "opened"}


async def test_what_is_no_file_is_left_where_it_is(house: House) -> None:
    house.declare(maildir=str(house.maildir))
    (house.maildir / "new" / "folder").mkdir()
    (house.maildir / "new" / "link").symlink_to("/etc/passwd")
    (house.maildir / "new" / ".hidden").write_text("x")
    house.come("one")
    await house.until(lambda: "one" not in house.names("new"))
    assert house.titles() == ["one"]
    assert house.names("new") == [".hidden", "folder", "link"]


async def test_a_maildir_that_is_none_is_said_once_and_found_when_it_is_there(
    house: House, tmp_path: Path
) -> None:
    house.declare(maildir=str(tmp_path / "elsewhere"))
    await house.until(lambda: house.said)
    await asyncio.sleep(0.2)  # many looks more, in which it is not to be said again
    (said,) = house.said
    assert "support cannot be read" in said
    assert "is no maildir" in said


def test_a_file_that_has_gone_is_nothing(tmp_path: Path) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    source = MaildirSource(tmp_path)
    assert source.open("gone") is None
    source.mark_taken("gone")
    assert source.look() == []


# IMAP: pymap, a server of its own


@contextmanager
def imap_server(*words: str) -> Iterator[int]:
    """Runs a real IMAP server in a process of its own, with one account `support`; yields its port."""
    port = free_port()
    start = "from pymap.main import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", start, "--host", "127.0.0.1", "--port", str(port), *(words or ("--no-tls",)),
         "dict", "--demo-data", "--demo-user", "support", "--demo-password", "gehéim"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.05)
    try:
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def fill(port: int, mails: list[bytes]) -> None:
    """Empties the account's folder and puts these mails into it."""
    line = imaplib.IMAP4("127.0.0.1", port)
    line.authenticate("PLAIN", lambda _: b"\0support\0" + "gehéim".encode())
    line.select("INBOX")
    line.uid("STORE", "1:*", "+FLAGS", "(\\Deleted)")
    line.expunge()
    for each in mails:
        line.append("INBOX", "", None, each.replace(b"\n", b"\r\n"))
    line.logout()


def left(port: int) -> list[str]:
    """Returns what is not taken yet."""
    source = ImapSource(Mailbox("s", "s@acme.example", **account(port)), "gehéim")
    found = source.look()
    source.close()
    return found


def account(port: int, **other: Any) -> dict[str, Any]:
    said = {"imap_host": "127.0.0.1", "imap_port": port, "imap_security": "none", "user": "support"}
    return {**said, **other}


async def test_an_account_is_read_by_imap_and_each_mail_once(house: House) -> None:
    with imap_server() as port:
        fill(port, [mail("one"), mail("two"), mail("three")])
        house.declare(**account(port))
        await house.until(lambda: house.said)
        assert "no password is kept" in house.said[0]
        keep_contact_secret(house.place, PASSWORD, "support", "falsch", in_file=True)
        await house.until(lambda: len(house.said) >= 2)
        assert "falsch" not in house.said[1]
        keep_contact_secret(house.place, PASSWORD, "support", "gehéim", in_file=True)
        await house.until(lambda: len(house.titles()) == 3)
        await house.until(lambda: not left(port))
    assert house.titles() == ["one", "three", "two"]
    assert len(house.store.read(received_mails)) == 3


def test_a_large_mail_is_asked_for_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_reading, "CHUNK", 1000)
    big = mail("big", "\n".join(f"line {n} ä" for n in range(2000))) + b"\n" + b"x" * 5000 + b"\nend\n"
    with imap_server() as port:
        fill(port, [big])
        source = ImapSource(Mailbox("s", "s@acme.example", **account(port)), "gehéim")
        (name,) = source.look()
        lines = source.open(name)
        assert lines is not None
        held = b"".join(iter(lambda: lines.readline(700), b""))
        again = source.open(name)
        assert again is not None
        assert read_mail(again).title == "big"
        source.mark_taken(name)
        assert source.look() == []
        assert source.open("99999") is None
        source.close()
    assert held == big.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"imap_folder": "No such"}, "127.0.0.1"),
        ({"user": "nobody"}, "127.0.0.1"),
        ({"imap_security": "tls"}, "127.0.0.1"),
        ({"imap_security": "starttls"}, "127.0.0.1"),
    ],
)
def test_an_account_that_cannot_be_read_says_so(other: dict[str, str], words: str) -> None:
    with imap_server() as port, pytest.raises(Unavailable, match=words):
        ImapSource(Mailbox("s", "s@acme.example", **account(port, **other)), "gehéim")


def test_nothing_listens() -> None:
    with pytest.raises(Unavailable, match="refused"):
        ImapSource(Mailbox("s", "s@acme.example", **account(free_port())), "gehéim")
