"""HTTP answers of every kind, from real servers on loopback."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import HttpTarget
from core.errors import BadInput
from core.monitoring.model import Reading, State
from core.monitoring.probes.certificate import not_after
from core.monitoring.probes.http import HttpProber
from core.monitoring.probes.http_answer import HttpAnswer

if TYPE_CHECKING:
    from pathlib import Path


async def look(answer: bytes, *, hang: bool = False, timeout_s: float = 5.0, **target: object) -> Reading:
    """What a prober says of a server that sends `answer` and closes, or goes on saying nothing."""
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        try:
            await writer.drain()
            if hang:
                await release.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        return await HttpProber(HttpTarget(f"http://127.0.0.1:{port}/health", **target)).look(timeout_s)  # type: ignore[arg-type]
    finally:
        release.set()
        server.close()


async def test_a_good_answer_has_latency_size_and_phases() -> None:
    reading = await look(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body="hel+o")
    assert reading.verdict is State.OK
    assert "200 OK from /health" in reading.summary
    assert [m.name for m in reading.metrics] == ["latency_ms", "size_bytes"]
    assert [name for name, _ in reading.phases] == ["dns", "connect", "first_byte", "total"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "answered 500 Internal Server Error from /health (expected 200)"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "closed within its answer"),
        (b"", "closed before answering"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000, "headers are longer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk's length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \x1b[31m\r\n\r\n", "content-length"),
    ],
)  # fmt: skip
async def test_a_bad_answer_is_told_in_words(answer: bytes, words: str) -> None:
    reading = await look(answer)
    assert reading.verdict is State.CRITICAL
    assert words in reading.summary
    assert "\x1b" not in reading.summary


async def test_a_pattern_that_is_not_there() -> None:
    reading = await look(b"HTTP/1.1 200 OK\r\n\r\nall is lost", body="all is well")
    assert (reading.verdict, reading.summary) == (State.CRITICAL, "/health does not say 'all is well'")


async def test_a_server_that_never_answers_is_left_after_the_time_out() -> None:
    reading = await look(b"HTTP/1.1 200 OK\r\n", hang=True, timeout_s=0.2)
    assert "no answer from 127.0.0.1" in reading.summary


async def test_an_endless_body_is_read_no_further_than_needed() -> None:
    reading = await look(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000)
    assert reading.verdict is State.OK


async def test_nobody_listens() -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    reading = await HttpProber(HttpTarget(f"http://127.0.0.1:{port}/")).look(2)
    assert reading.summary == f"connection refused by 127.0.0.1:{port}"


GOOD = (
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
)


@given(st.lists(st.integers(0, len(GOOD)), max_size=8))
def test_an_answer_is_the_same_however_it_arrives(cuts: list[int]) -> None:
    answer, last = HttpAnswer(), 0
    for cut in [*sorted(cuts), len(GOOD)]:
        answer.feed(GOOD[last:cut])
        last = cut
    assert (answer.status, answer.body, answer.done) == (200, b"hello world", True)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_an_answer_or_refused(parts: list[bytes]) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        answer = HttpAnswer()
        try:
            for part in [start, *parts]:
                answer.feed(part)
            answer.closed()
        except BadInput:
            continue
        assert answer.done


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is missing: no certificate can be made")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30",
         "-subj", "/CN=localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


async def test_a_certificate_nobody_vouches_for_is_refused_and_its_end_is_read_where_that_is_not_asked(
    certificate: tuple[Path, Path],
) -> None:
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
    refused = await HttpProber(HttpTarget(url)).look(5)
    assert "certificate of localhost" in refused.summary
    taken = await HttpProber(HttpTarget(url, verify_certificate=False)).look(5)
    server.close()
    days = next(m.value for m in taken.metrics if m.name == "certificate_days")
    assert 29 < days <= 30


@given(st.binary(max_size=80))
def test_bytes_that_are_no_certificate_are_refused(der: bytes) -> None:
    with pytest.raises(BadInput):
        not_after(der)
