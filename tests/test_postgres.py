"""The real PostgreSQL that tests run on: who gets in how, that it comes back after a kill, that it leaves nothing."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.postgres import Database, Server


def test_a_password_is_needed_over_loopback(postgres: Database) -> None:
    postgres.role("ada", "s3cret 'x'")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(postgres.loopback_url("ada"))
    with psycopg.connect(postgres.loopback_url("ada"), password="s3cret 'x'") as one:
        assert one.execute("select session_user, current_database()").fetchone() == ("ada", postgres.name)


def test_a_role_of_the_group_comes_through_the_socket_without_one(postgres: Database) -> None:
    postgres.role("ben", groups=["peer_users"])
    with psycopg.connect(postgres.socket_url("ben")) as one:
        found = one.execute("select session_user, system_user").fetchone()
    assert found == ("ben", f"peer:{pwd.getpwuid(os.geteuid()).pw_name}")


@pytest.mark.parametrize("_time", [1, 2])
def test_every_test_begins_with_an_empty_house(postgres: Database, _time: int) -> None:
    postgres.role("ada")  # it would be refused if the first left it
    with postgres.connect() as one:
        assert one.execute("select to_regclass('t')").fetchone() == (None,)
        one.execute("create table t (n int)")


def test_a_killed_server_comes_back_with_what_was_committed(own_postgres_server: Server) -> None:
    with own_postgres_server.fresh_database() as database:
        with database.connect() as one:
            one.execute("create table t (n int)")
            one.execute("insert into t values (1)")
            own_postgres_server.kill()
            with pytest.raises(psycopg.OperationalError):
                one.execute("select 1")
        own_postgres_server.start()
        with database.connect() as one:
            assert one.execute("select n from t").fetchall() == [(1,)]


ORPHAN = """
import sys, time
from tests.postgres import running_server
with running_server() as server:
    print(server.pid, server.folder, flush=True)
    time.sleep(600)
"""


def test_a_server_ends_with_a_killed_test_process() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, env=env) as tests:
        assert tests.stdout is not None
        said, folder = tests.stdout.readline().split()
        server = int(said)
        os.kill(server, 0)
        tests.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while _is_alive(server):
        assert time.monotonic() < until
        time.sleep(0.05)
    shutil.rmtree(os.fsdecode(folder))


def _is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except FileNotFoundError:
        return False
