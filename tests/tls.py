"""TLS in front of a PostgreSQL that has none: certificates of an authority of our own, and a relay that speaks it.

The server of the wheel is built without TLS. The relay answers the client's request for it as a server does, makes
the handshake (asking for a client certificate where told to), and hands on what it deciphers. For the client, and
so for what is tested, that is the real thing.
"""

from __future__ import annotations

import datetime as dt
import select
import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TLS_REQUEST = bytes.fromhex("0000000804d2162f")


class Authority:
    """Signs certificates; `certificate` is the file that whoever believes it is given."""

    def __init__(self, folder: Path, name: str = "an authority") -> None:
        self._folder, self._name = folder, _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(self._name, self._name, self._key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(
            made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )

    def issue(self, name: str, *hosts: str) -> tuple[Path, Path]:
        """Returns the files of a certificate for `name` (and these hosts) and of its key, mode 0600."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(_named(name), self._name, key.public_key())
        if hosts:
            made = made.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        certificate, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        certificate.write_bytes(
            made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        secret.touch(mode=0o600)
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, secret


@contextmanager
def tls_relay(port: int, certificate: tuple[Path, Path], clients: Path | None = None) -> Iterator[int]:
    """Runs the relay to `port` of loopback and yields its own; with `clients` it wants certificates of that authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if clients is not None:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED

    def relay(client: socket.socket) -> None:
        while client.recv(8, socket.MSG_WAITALL) != TLS_REQUEST:
            client.sendall(b"N")  # another kind of encryption
        client.sendall(b"S")
        with (
            context.wrap_socket(client, server_side=True) as tls,
            socket.create_connection(("127.0.0.1", port)) as back,
        ):
            _relay(tls, back)

    with served(relay) as own:
        yield own


@contextmanager
def served(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answers on a free port of loopback, each connection in a thread, and yields the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(20)
            with suppress(OSError):
                answer(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _relay(tls: ssl.SSLSocket, back: socket.socket) -> None:
    """Hands on what comes from either side until one ends: in one thread, for a TLS socket is no two threads'."""
    while True:
        ready = [tls] if tls.pending() else select.select([tls, back], [], [])[0]
        for one, other in ((tls, back), (back, tls)):
            if one in ready:
                data = one.recv(65536)
                if not data:
                    return
                other.sendall(data)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    )  # fmt: skip
