"""Services that answer wrongly, endlessly or not at all, asked the whole way a look goes: by the prober of their target."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import HttpTarget, TcpTarget
from core.monitoring.model import Reading, State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.factory import prober
from core.monitoring.probes.pools import PER_LOCAL_HOST, Pools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from core.catalog.model import Target

    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """Gives the port of a server; when the story ends, so do its connections."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks)


def sending(*parts: bytes, then: bytes = b"") -> Talk:
    """Sends `parts` one by one after a request came; then `then` again and again, or closes when it is empty."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        while then:
            writer.write(then)
            await writer.drain()

    return talk


async def look(target: Target, folder: Path, timeout_s: float = 10.0) -> Reading:
    return await prober(target, ProbeContext(folder)).look(timeout_s)


async def ask(talk: Talk, folder: Path, timeout_s: float = 10.0, body: str = "") -> Reading:
    async with serving(talk) as port:
        return await look(HttpTarget(f"http://127.0.0.1:{port}/x", body=body), folder, timeout_s)


@pytest.mark.parametrize(
    ("parts", "size"),
    [
        ((CHUNKED, b"5\r\nhel", b"lo\r\n6\r\n wor", b"ld\r\n0\r", b"\n\r\n"), 11.0),
        ((HEAD + b"\r\n", b"hello ", b"world"), 11.0),
        ((HEAD + b"Content-Length: 11\r\n\r\nhello", b" world", b"and more than was said"), 11.0),
        ((b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", HEAD, b"\r\nhello world"), 11.0),
    ],
    ids=["in chunks", "until it closes", "by its length", "after a hint"],
)
async def test_a_body_in_pieces_is_found_whole(tmp_path: Path, parts: tuple[bytes, ...], size: float) -> None:
    reading = await ask(sending(*parts), tmp_path, body="^hello world$")
    assert reading.verdict is State.OK, reading.summary
    assert {m.name: m.value for m in reading.metrics}["size_bytes"] == size


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (HEAD, b"X-More: and more\r\n" * 100, ("headers are longer",)),
        (HEAD + b"X: ", b"y" * 4096, ("headers are longer",)),
        # Which of the two is noticed first depends on how much arrives at once.
        (b"", b"\x00\xff\x16\x03" * 1024, ("not HTTP", "headers are longer")),
        (CHUNKED, b"9" * 4096, ("chunk",)),
    ],
    ids=[
        "headers without end",
        "one header without end",
        "noise without end",
        "a chunk's length without end",
    ],
)
async def test_what_never_ends_is_not_waited_for(
    tmp_path: Path, first: bytes, then: bytes, words: tuple[str, ...]
) -> None:
    reading = await ask(sending(first, then=then), tmp_path, timeout_s=60)
    assert reading.verdict is State.CRITICAL
    assert any(each in reading.summary for each in words), reading.summary


@pytest.mark.parametrize(
    ("first", "then"),
    [(HEAD + b"\r\n", b"x" * 4096), (CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n")],
    ids=["plain", "in chunks"],
)
async def test_a_body_without_end_is_judged_by_its_beginning(
    tmp_path: Path, first: bytes, then: bytes
) -> None:
    assert (await ask(sending(first, then=then), tmp_path, timeout_s=60, body="xxx")).verdict is State.OK


async def test_hints_without_end_are_given_up(tmp_path: Path) -> None:
    hint = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (await ask(sending(then=hint * 50), tmp_path, timeout_s=1.0)).verdict is State.CRITICAL


async def test_a_connection_reset_midway_is_told(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: 50\r\n\r\nfirst")
        await writer.drain()
        # No farewell: the close becomes a reset.
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    reading = await ask(talk, tmp_path)
    assert reading.verdict is State.CRITICAL
    assert "connection reset by 127.0.0.1" in reading.summary or "closed within its answer" in reading.summary


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 " + "٢٠٠".encode() + b" OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 \xb2\xb3\xb9 OK\r\n\r\n",
        b"HTTP/1.1 999 What\r\n\r\n",
        HEAD + b"Content-Length: \xb2\r\n\r\nab",
        HEAD + b"Content-Length: -5\r\n\r\nab",
        HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nab",
        HEAD + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\nab",
        CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\x1b]0;owned\x07\r\n",
    ],
)
async def test_figures_that_are_none_are_a_bad_answer_never_a_mistake_of_the_probe(
    tmp_path: Path, answer: bytes
) -> None:
    reading = await ask(sending(answer), tmp_path)
    assert reading.verdict is State.CRITICAL, reading.summary
    assert "failed by itself" not in reading.summary
    assert reading.summary.isprintable()


async def test_phases_add_up_to_the_whole(tmp_path: Path) -> None:
    reading = await ask(sending(HEAD + b"Content-Length: 0\r\n\r\n"), tmp_path)
    *parts, (last, total) = reading.phases
    assert [name for name, _ in parts] == ["dns", "connect", "first_byte"]
    assert last == "total"
    assert all(each >= 0 for _, each in parts)
    assert sum(each for _, each in parts) <= total + 1e-6


async def test_a_greeting_that_comes_in_pieces_is_heard(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for letter in b"220 r\xc3\xa4dy\r\n":
            writer.write(bytes([letter]))
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    async with serving(talk) as port:
        assert (await look(TcpTarget("127.0.0.1", port, "^220 rädy"), tmp_path)).verdict is State.OK


async def test_a_greeting_of_noise_without_end_is_cut_and_shown_harmless(tmp_path: Path) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\x1b]0;owned\x07\x9b2J\xff" * 100)
            await writer.drain()

    async with serving(talk) as port:
        reading = await look(TcpTarget("127.0.0.1", port, "^220"), tmp_path, timeout_s=60)
    assert reading.verdict is State.CRITICAL
    assert reading.summary.isprintable()


async def test_services_that_hang_let_the_others_be_asked_and_free_their_places(tmp_path: Path) -> None:
    """Fewer hang than there are places; as many again wait, and all come through."""
    asked = asyncio.Event()
    count = 0

    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        if count == PER_LOCAL_HOST - 1:
            asked.set()
        while await reader.read(4096):
            pass

    pools, context = Pools(), ProbeContext(tmp_path)
    async with serving(hang) as silent, serving(sending(HEAD + b"Content-Length: 0\r\n\r\n")) as fine:
        slow, quick = (HttpTarget(f"http://127.0.0.1:{port}/") for port in (silent, fine))
        hanging = [
            asyncio.create_task(pools.run(slow, lambda: prober(slow, context).look(1.0)))
            for _ in range(PER_LOCAL_HOST - 1)
        ]
        await asked.wait()
        found = [await pools.run(quick, lambda: prober(quick, context).look(30)) for _ in range(5)]
        assert not any(task.done() for task in hanging)
        late = await asyncio.gather(*hanging)
    assert {reading.verdict for reading in found} == {State.OK}
    assert {"no answer from" in reading.summary for reading in late} == {True}
    assert pools.queued() == {}
