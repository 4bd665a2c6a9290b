"""The agent's connection breaks while a batch is being committed: whatever became of it, its samples stand once."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from core.journal.model import Via
from core.monitoring.batch import Batch, write_batch
from core.monitoring.engine import Engine
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.pools import Pools
from core.monitoring.tables import sample_open
from core.monitoring.watch import DUTY
from core.store.lease import LeaseLost, lease_of, take_lease
from core.store.postgresql.preparing import prepare
from core.store.postgresql.session import Session
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from tests.postgres import Database, Server

AGENT = Author("agent", Via.AGENT, "agent-1")
TRUSTED = "-cwatchfloor.trusted=told"
DAWDLES = """
CREATE FUNCTION watchfloor.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep({}); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON watchfloor.sample_open DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION watchfloor.dawdle();
"""


def kept(connection: Connection) -> list[int]:
    return list(connection.scalars(select(sample_open.c.at).order_by(sample_open.c.at)))


def cut(line: int) -> None:
    with socket.socket(fileno=line) as one:
        one.shutdown(socket.SHUT_RDWR)


def test_a_commit_that_comes_through_behind_a_broken_line_is_not_done_again(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(postgres.socket_url())
    store = Store.at(postgres.socket_url(options=TRUSTED))
    token = store.write(AGENT, take_lease, DUTY, AGENT.seat)
    with postgres.connect() as one:
        one.execute(DAWDLES.format(1).encode())
    lost: list[int] = []
    really = Session.commit

    def losing(session: Session) -> None:
        if not lost:
            lost.append(1)
            threading.Timer(0.3, cut, [os.dup(session.fileno())]).start()
        really(session)

    batch = Batch(samples=[(1, 7000, 1.0, 0)])
    monkeypatch.setattr(Session, "commit", losing)
    store.write(AGENT, write_batch, batch, token, {})
    assert lost
    assert store.read(kept) == [7000]
    store.close()


@pytest.mark.parametrize("is_written", [True, False], ids=["written and not told", "not written yet"])
async def test_a_server_that_dies_in_the_commit_leaves_no_sample_twice_and_none_out(
    own_postgres_server: Server, tmp_path: Path, *, is_written: bool
) -> None:
    with own_postgres_server.fresh_database() as made:
        prepare(made.socket_url())
        database = DatabaseThread(made.socket_url(options=TRUSTED))
        await asyncio.wrap_future(database.open())
        token = await asyncio.wrap_future(database.write(AGENT, take_lease, DUTY, AGENT.seat))
        engine = Engine(database, AGENT, token, Pools(), ProbeContext(tmp_path), about={}, warn=print)
        with made.connect() as one:
            if is_written:  # the commit lies on the disk, and waits for a standby that never answers
                one.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
                one.execute("SELECT pg_reload_conf()")
            else:
                one.execute(DAWDLES.format(60).encode())
        engine._batch.samples.append((1, 1000, 1.0, 0))
        flushing = asyncio.create_task(engine._flush())
        event = "SyncRep" if is_written else "PgSleep"
        waits = (
            f"SELECT count(*) FROM pg_stat_activity WHERE wait_event = '{event}' AND datname = '{made.name}'"
        )
        await until(lambda: made_says(made, waits) == 1)
        own_postgres_server.kill()
        await flushing
        assert engine.trouble
        for n in (2000, 3000):  # what comes meanwhile waits behind what is not known
            engine._batch.samples.append((1, n, 1.0, 0))
            await engine._flush()
        (own_postgres_server.data / "postgresql.auto.conf").write_text("")
        own_postgres_server.start()
        with made.connect() as one:
            one.execute("DROP FUNCTION IF EXISTS watchfloor.dawdle CASCADE")
        while engine.trouble or engine._batch.samples:
            await engine._flush()
        assert await asyncio.wrap_future(database.read(kept)) == [1000, 2000, 3000]
        await asyncio.to_thread(database.close)


def test_who_was_replaced_meanwhile_writes_nothing_of_it(postgres: Database) -> None:
    prepare(postgres.socket_url())
    store = Store.at(postgres.socket_url(options=TRUSTED))
    token = store.write(AGENT, take_lease, DUTY, AGENT.seat)
    batch = Batch(samples=[(1, 7000, 1.0, 0)])
    batch.is_tried = True
    store.write(AGENT, take_lease, DUTY, "agent-2", over=store.read(lease_of, DUTY))
    with pytest.raises(LeaseLost):
        store.write(AGENT, write_batch, batch, token, {})
    assert store.read(kept) == []
    store.close()


def made_says(database: Database, question: str) -> Any:
    with database.connect() as one:
        found = one.execute(question.encode()).fetchone()
    return found and found[0]


async def until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + 30
    while not await asyncio.to_thread(is_so):
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)
