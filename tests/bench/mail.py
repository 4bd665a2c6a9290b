"""Ten thousand mails come while their reader is killed again and again: none may be lost, none may count twice.

    python -m tests.bench.mail [MAILS [KILLS]]

Prints what came of them, and the rate against that of the bare parsing of the same mails.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from console import messaging
from console.connections.place import Place
from console.messaging import Messaging
from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Service
from core.desk.mail.incoming import read_mail
from core.desk.messages.tables import received
from core.desk.requests.tables import request
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author

MAILS, KILLS = 10_000, 6
ANSWERS = 4
"""Of so many mails one opens a request and the others answer it."""


def main(mails: int = MAILS, kills: int = KILLS) -> int:
    """Runs the benchmark; returns 1 where a mail was lost or counted twice."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, mails)
        store = Store.at(home / "w.db")
        box = Mailbox(
            "support", "support@acme.example", "Acme", "acme", ("orders",), maildir=str(home / "mail")
        )
        catalog = Catalog(services={"orders": Service("orders", "Orders")}, mailboxes={"support": box})
        store.write(Author("ada", Via.CLI, "s"), load_catalog, catalog, directory="d", digest="x", changes=[])
        bare = parsing(home, mails)
        began, busy = time.monotonic(), 0.0
        for each in range(kills + 1):
            until = mails if each == kills else mails * (each + 1) // (kills + 1)
            busy += read_until(home, store, until, kill=each < kills)
        lost, twice = check(store, home, mails)
        print(f"{mails} mails, the reader killed {kills} times: {lost} lost, {twice} twice")
        print(
            f"{mails / busy:.0f} mails/s while it read; parsing alone {mails / bare:.0f}/s, so taking in costs {busy / bare:.1f} times that"
        )
        print(f"{time.monotonic() - began:.0f} s with the waits for a dead reader's lease")
        store.close()
    return 1 if lost or twice else 0


def fill(home: Path, mails: int) -> None:
    """Writes the maildir: threads of one opening mail and its answers."""
    for name in ("new", "cur", "tmp"):
        (home / "mail" / name).mkdir(parents=True)
    for number in range(mails):
        thread, place = divmod(number, ANSWERS)
        who = f"p{thread}@c{thread % 500}.example"
        answered = (
            f"References: <m{thread * ANSWERS}@c.example>\nSubject: Re: thread {thread}\n"
            if place
            else f"Subject: thread {thread}\n"
        )
        text = f"From: {who}\nMessage-ID: <m{number}@c.example>\n{answered}\nThis is mail {number}.\n\nOn Monday x wrote:\n> old\n"
        (home / "mail" / "new" / f"{number:06}").write_text(text)


def parsing(home: Path, mails: int) -> float:
    """Returns how many seconds the bare parsing of all takes."""
    began = time.perf_counter()
    for number in range(mails):
        with (home / "mail" / "new" / f"{number:06}").open("rb") as file:
            read_mail(file)
    return time.perf_counter() - began


def read_until(home: Path, store: Store, wanted: int, *, kill: bool) -> float:
    """Has a reader in a process of its own take in so many, then kills it; returns for how long it read."""
    reader = subprocess.Popen([sys.executable, "-m", "tests.bench.mail", "--read", str(home)])
    before, began = taken(store), 0.0
    while True:
        time.sleep(0.02)
        now = taken(store)
        if now > before and not began:
            began = time.monotonic()
        if now >= wanted and (kill or not list((home / "mail" / "new").iterdir())):
            break
        if reader.poll() is not None:
            raise SystemExit(f"the reader ended with {reader.returncode}")
    reader.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
    reader.wait()
    return time.monotonic() - began


def taken(store: Store) -> int:
    """Returns how many mails were taken in."""
    return store.read(lambda connection: connection.scalar(select(func.count()).select_from(received)) or 0)


def check(store: Store, home: Path, mails: int) -> tuple[int, int]:
    """Returns how many mails were lost and how many counted twice, by their texts in the journal."""
    seen: dict[str, int] = {}
    threads = store.read(lambda connection: connection.execute(select(request.c.id, request.c.text)).all())
    for number, text in threads:
        said = [
            e.note
            for e in store.read(journal.of_subject, Subject("request", str(number)), limit=50)
            if e.kind == "request.said"
        ]
        for each in (text, *said):
            seen[each] = seen.get(each, 0) + 1
    lost = sum(f"This is mail {number}." not in seen for number in range(mails))
    return lost, sum(count - 1 for count in seen.values())


async def read(home: Path) -> None:
    """Reads until killed."""
    messaging.LOST_S, messaging.BEAT_S, messaging.LOOK_S, messaging.MAIL_S = 1.0, 0.2, 0.05, 0.05
    database = DatabaseThread(home / "w.db")
    agent = Messaging(
        database,
        Author("agent", Via.AGENT, f"agent:b:{os.getpid()}:x"),
        Place.of_file(home / "w.db"),
        {},
        print,
    )
    await agent.run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        asyncio.run(read(Path(sys.argv[2])))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
