"""Certificates of real servers, made by the openssl command."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import HttpTarget
from core.errors import BadInput
from core.monitoring.model import State
from core.monitoring.probes import http
from core.monitoring.probes.certificate import not_after
from core.monitoring.probes.http import HttpProber
from tests.core.monitoring.probes.loopback import answering, listening

if TYPE_CHECKING:
    from pathlib import Path

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is missing: no certificate can be made"
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def make(folder: Path, days: int, key: str = "ec") -> Path:
    """Makes a certificate and its key in one file."""
    kind = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}[key]
    place = folder / f"{key}{days}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", place, "-out", f"{place}.crt",
         "-days", str(days), "-subj", "/C=DE/O=Bücher/CN=localhost", "-utf8", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    with place.open("a") as file:
        file.write((folder / f"{place}.crt").read_text())
    return place


@needs_openssl
@pytest.mark.parametrize(
    ("days", "key"), [(1, "ec"), (400, "rsa"), (12_000, "ec")]
)  # the last ends after 2050
def test_the_end_is_read_as_openssl_reads_it(tmp_path: Path, days: int, key: str) -> None:
    der = ssl.PEM_cert_to_DER_cert((make(tmp_path, days, key).parent / f"{key}{days}.pem.crt").read_text())
    assert abs(not_after(der) - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)


@needs_openssl
async def test_a_certificate_that_is_vouched_for_has_days_and_a_handshake_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make(tmp_path, 30)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(place))
    server.load_cert_chain(place)
    monkeypatch.setattr(http, "_tls", lambda *, verify: client)
    async with listening(answering(OK), context=server) as port:
        reading = await HttpProber(HttpTarget(f"https://localhost:{port}/")).look(10)
        other = await HttpProber(HttpTarget(f"https://127.0.0.1:{port}/")).look(10)
    assert reading.verdict is State.OK
    assert [name for name, _ in reading.phases] == ["dns", "connect", "tls", "first_byte", "total"]
    assert 29 < next(m.value for m in reading.metrics if m.name == "certificate_days") <= 30
    assert (other.verdict, "is refused" in other.summary) == (State.CRITICAL, True)


@needs_openssl
async def test_a_certificate_that_cannot_be_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: bytes) -> datetime:
        raise BadInput("the certificate cannot be read")

    monkeypatch.setattr(http, "not_after", unreadable)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(make(tmp_path, 30))
    async with listening(answering(OK), context=server) as port:
        reading = await HttpProber(HttpTarget(f"https://localhost:{port}/", verify_certificate=False)).look(
            10
        )
    assert (reading.verdict, [m.name for m in reading.metrics]) == (State.OK, ["latency_ms", "size_bytes"])


@given(st.binary(max_size=300).map(lambda data: b"\x30\x82\x01\x00\x30\x81" + data))
def test_bytes_that_only_begin_like_a_certificate_are_refused_or_have_an_end(der: bytes) -> None:
    with suppress(BadInput):
        assert not_after(der).tzinfo is UTC
