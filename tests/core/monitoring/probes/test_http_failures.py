"""What an operator reads when an `http` or `tcp` target fails, part by part."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import HttpTarget, TcpTarget
from core.monitoring.model import State
from core.monitoring.probes import names
from core.monitoring.probes.connecting import failure, open_socket, place_of
from core.monitoring.probes.http import HttpProber
from core.monitoring.probes.tcp import TcpProber
from tests.core.monitoring.probes.loopback import answering, closed_port, hanging, listening, open_descriptors

if TYPE_CHECKING:
    from core.monitoring.model import Reading

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def get(port: int, *, host: str = "127.0.0.1", scheme: str = "http", timeout_s: float = 5.0) -> Reading:
    return await HttpProber(HttpTarget(f"{scheme}://{host}:{port}/h", verify_certificate=False)).look(
        timeout_s
    )


@pytest.mark.parametrize(
    ("scheme", "first", "words"),
    [
        ("http", b"", "took the connection, but said nothing"),
        ("http", b"HTTP/1.1 200 OK\r\nServer: slow", "its headers did not end"),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "its body did not end"),
        ("https", b"", "no TLS handshake"),
    ],
)
async def test_a_time_out_says_which_part_did_not_come(scheme: str, first: bytes, words: str) -> None:
    async with listening(hanging(first)) as port:
        reading = await get(port, scheme=scheme, timeout_s=0.2)
    assert reading.verdict is State.CRITICAL
    assert reading.summary.startswith(f"no answer from 127.0.0.1:{port} within 0.2 s (")
    assert words in reading.summary
    assert {"dns", "connect"} <= {name for name, _ in reading.phases}


async def test_a_plain_server_asked_over_tls() -> None:
    async with listening(hanging(OK)) as port:
        reading = await get(port, scheme="https")
    assert reading.verdict is State.CRITICAL
    assert f"no TLS with 127.0.0.1:{port}" in reading.summary


async def test_a_connection_reset_within_the_answer() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nha")
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with listening(reset) as port:
        reading = await get(port)
    assert (reading.verdict, reading.summary) == (State.CRITICAL, f"connection reset by 127.0.0.1:{port}")


async def test_a_name_that_cannot_be_one_is_told_and_not_raised() -> None:
    reading = await TcpProber(TcpTarget("a" * 80 + ".example", 1)).look(5)
    assert (reading.verdict, "the name is not known" in reading.summary) == (State.CRITICAL, True)


async def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_resolve", lambda _: ["127.0.0.2", "127.0.0.1"])
    async with listening(answering(OK)) as port:
        assert (await get(port, host="two.example")).verdict is State.OK


async def test_an_address_nobody_answers_at_is_asked_for_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolve(_: str) -> list[str]:
        asked.append("127.0.0.1")
        return asked[-1:]

    monkeypatch.setattr(names, "_resolve", resolve)
    port = closed_port()
    for _ in range(2):
        assert "refused" in (await get(port, host="moved.example")).summary
    assert len(asked) == 2
    async with listening(answering(OK)) as open_port:
        for _ in range(3):
            await get(open_port, host="moved.example")
    assert len(asked) == 3


async def test_a_name_server_that_is_silent_or_away_is_no_fault_of_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(_: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(names, "_resolve", away)
    reading = await get(1, host="away.example")
    assert (reading.verdict, "name server does not answer" in reading.summary) == (State.UNKNOWN, True)


async def test_no_descriptor_left_is_the_agents_own_trouble() -> None:
    async with listening(answering(OK)) as port:
        await get(port)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        highest, held = max(open_descriptors()), [socket.socket()]
        while held[-1].fileno() <= highest:  # until every number below is taken
            held.append(socket.socket())
        resource.setrlimit(resource.RLIMIT_NOFILE, (held[-1].fileno() + 1, hard))
        try:
            reading = await get(port)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for each in held:
                each.close()
    assert (reading.verdict, "no file descriptor left" in reading.summary) == (State.UNKNOWN, True)


async def test_a_connection_that_met_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    connect = socket.socket.connect

    def from_the_same_port(self: socket.socket, address: tuple[str, int]) -> None:
        self.bind(("127.0.0.1", port))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", from_the_same_port)
    with pytest.raises(ConnectionRefusedError):
        await open_socket("127.0.0.1", port, lambda _: None)


def test_places_and_reasons_are_written_as_people_write_them() -> None:
    assert (place_of("shop", 80), place_of("::1", 80)) == ("shop:80", "[::1]:80")
    assert failure(OSError(113, "x"), "shop:80").summary == "no route to host: shop:80"
    assert failure(TimeoutError(110, "x"), "shop:80").summary == "no answer from shop:80"


async def test_the_request_that_is_sent() -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)

    async with listening(listen) as port:
        url = f"http://an%40a:s%3Acret@127.0.0.1:{port}/cafés?key=ä&x=[1]#part"
        reading = await HttpProber(HttpTarget(url, headers=(("user-agent", "me"), ("X-A", "ü")))).look(5)
    lines = heard[0].decode().split("\r\n")
    assert lines[:2] == ["GET /caf%C3%A9s?key=%C3%A4&x=[1] HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    assert {"User-Agent: me", "X-A: ü", "Authorization: Basic YW5AYTpzOmNyZXQ="} <= set(lines)
    assert sum(line.lower().startswith("user-agent") for line in lines) == 1
    assert "key" not in reading.summary
    assert "cret" not in reading.summary


async def test_a_tcp_service_that_says_nothing_or_closes() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with listening(hanging(b"220")) as port:
        late = await TcpProber(TcpTarget("127.0.0.1", port, "^220 ready")).look(0.2)
    assert "took the connection, but said '220'" in late.summary
    async with listening(close) as port:
        reading = await TcpProber(TcpTarget("127.0.0.1", port, "^220 ")).look(5)
    assert "closed without a word, expected '^220 '" in reading.summary
    assert [name for name, _ in reading.phases] == ["dns", "connect", "answer", "total"]


async def test_a_tcp_service_that_takes_the_connection_at_once_and_answers_late_is_late() -> None:
    async def answer_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(b"220 ready\r\n")
        await reader.read()
        writer.close()

    async with listening(answer_late) as port:
        reading = await TcpProber(TcpTarget("127.0.0.1", port, "^220 ready")).look(5)
    assert reading.verdict is State.OK
    assert reading.metrics[0].value >= 300


async def test_ipv6() -> None:
    try:
        async with listening(answering(OK), "::1") as port:
            assert (await get(port, host="[::1]")).verdict is State.OK
            assert (await TcpProber(TcpTarget("::1", port)).look(5)).summary.startswith(
                f"[::1]:{port} answered"
            )
    except OSError:
        pytest.skip("this machine has no IPv6")
