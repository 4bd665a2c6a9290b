"""A server that sends faster than it is read, in a process of its own: the loop of the agent belongs to all its probes.

One in the same process would not do: it shares the loop, and so gives way by itself.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import HttpTarget, TcpTarget
from core.monitoring.model import State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.factory import prober

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.catalog.model import Target

FLOOD = """
import socket, sys
first, then = (bytes.fromhex(text) for text in sys.argv[1:])
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    print(server.getsockname()[1], flush=True)
    connection, _ = server.accept()
    try:
        connection.sendall(first)
        while True:
            connection.sendall(then)
    except OSError:
        pass
"""
SAFETY_S = 20.0
"""A loop that is held for ever would hold the test as well: then the flood ends, and the test has failed."""

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def flooding(first: bytes, then: bytes) -> Iterator[tuple[int, list[str]]]:
    """Gives the port, and a list that holds a word once the flood had to be ended."""
    server = subprocess.Popen(
        [sys.executable, "-c", FLOOD, first.hex(), then.hex()], stdout=subprocess.PIPE, text=True
    )
    ended: list[str] = []

    def end() -> None:
        ended.append("the flood had to be ended")
        server.kill()

    timer = Timer(SAFETY_S, end)
    timer.start()
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline()), ended
    finally:
        timer.cancel()
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


async def turns_while(target: Target, folder: Path) -> tuple[State, int]:
    """Returns the verdict of a look, and how many turns another task of the loop had meanwhile."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    begun = turns
    reading = await prober(target, ProbeContext(folder)).look(1.0)
    task.cancel()
    return reading.verdict, turns - begun


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (CHUNKED + b"0\r\n", b"X: y\r\n" * 8000),
        (CHUNKED, b"1;" + b"e" * 12_000 + b"\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 8000),
    ],
    ids=["trailers", "extensions of chunks", "hints", "headers"],
)
async def test_a_flood_does_not_hold_the_loop(tmp_path: Path, first: bytes, then: bytes) -> None:
    with flooding(first, then) as (port, ended):
        verdict, turns = await turns_while(HttpTarget(f"http://127.0.0.1:{port}/"), tmp_path)
    assert ended == []
    assert verdict in {State.OK, State.CRITICAL}
    assert turns > 1


async def test_a_flood_instead_of_a_greeting_is_cut(tmp_path: Path) -> None:
    with flooding(b"", b"x" * 16_384) as (port, ended):
        verdict, _ = await turns_while(TcpTarget("127.0.0.1", port, "^220"), tmp_path)
    assert (verdict, ended) == (State.CRITICAL, [])
