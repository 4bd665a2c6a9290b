"""A connection is tried for real: whether it is encrypted is what it was, and nothing a server says is an escape."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from console.connections.address import address_of
from console.connections.trial import PasswordNeeded, Trial, try_connection
from core.errors import BadInput, StoreAway, StoreRefused, StoreUnavailable, TurnedAway, WatchfloorError
from core.store.postgresql.connecting import connect
from core.store.postgresql.standing import Standing
from core.store.store import Store
from tests.tls import Authority, served, tls_relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import Database


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def tls_port(postgres: Database, authority: Authority) -> Iterator[int]:
    with tls_relay(postgres.server.port, authority.issue("server", "localhost", "127.0.0.1")) as port:
        yield port


def test_through_the_socket_it_is_known_who_one_is(postgres: Database) -> None:
    postgres.role("ben", groups=["peer_users"])
    trial = try_connection(address_of(postgres.socket_url("ben")), None)
    assert (trial.user, trial.is_local, trial.is_encrypted, trial.used_password) == (
        "ben",
        True,
        False,
        False,
    )
    assert trial.pinned["dbname"] == postgres.name
    assert trial.warnings() == []
    assert trial.server.startswith("PostgreSQL 1")


def test_a_password_is_asked_for_only_where_one_is_wanted(postgres: Database) -> None:
    postgres.role("ada", "right")
    address = address_of(postgres.loopback_url("ada"))
    with pytest.raises(PasswordNeeded):
        try_connection(address, None)
    assert try_connection(address, "right").used_password
    with pytest.raises(
        TurnedAway, match=r"does not let you in: password authentication failed.*Check the user"
    ):
        try_connection(address, "wrong")


def test_a_database_that_is_not_there_is_told(postgres: Database) -> None:
    postgres.role("ada", "right")
    address = address_of(postgres.loopback_url("ada")).with_words(dbname="nothing")
    with pytest.raises(StoreRefused, match=r'"nothing" does not exist\. Check the database'):
        try_connection(address, "right")


def test_each_fault_names_the_step_that_mends_it_in_one_line(postgres: Database) -> None:
    postgres.role("ada", "right")
    postgres.role("out", "right")
    with connect(postgres.socket_url()) as raw:
        raw.execute("ALTER ROLE out NOLOGIN")
    address = address_of(postgres.loopback_url("ada"))
    nobody = address_of(postgres.socket_url("nobody-here"))
    for wrong, kind, words in (
        (
            address_of(postgres.loopback_url("out")),
            TurnedAway,
            "not permitted to log in. An admin lets people in",
        ),
        (nobody, TurnedAway, "Check the user"),
        (address.with_words(port="1"), StoreAway, "Connection refused. Look whether the server runs"),
        (address.with_words(port="99999"), BadInput, 'invalid port number: "99999". Nothing was done'),
        (address.with_words(sslmode="bogus"), BadInput, 'invalid sslmode value: "bogus". Nothing was done'),
        (address.with_words(host="/nowhere"), StoreAway, "No such file or directory. Look whether"),
    ):
        with pytest.raises(WatchfloorError) as told:
            try_connection(wrong, "right")
        assert type(told.value) is kind, told.value
        assert words in str(told.value)
        assert str(told.value).startswith(wrong.title)
        assert "?" not in str(told.value).partition("URL")[0]


def test_a_store_says_of_a_fault_what_a_trial_says(postgres: Database) -> None:
    postgres.role("ada", "right")
    for words in ({"dbname": "nothing"}, {"sslmode": "require"}, {"port": "99999"}):
        address = address_of(postgres.loopback_url("ada")).with_words(**words)
        said = []
        for doing in (
            lambda a=address: try_connection(a, "right"),
            lambda a=address: Store.at(a.complete_url("right")),
        ):
            with pytest.raises(WatchfloorError) as told:
                doing()
            said.append((type(told.value), told.value.what, told.value.next_step))
        assert said[0] == said[1]


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_an_encrypted_line_is_told_from_what_it_is(
    postgres: Database, authority: Authority, tls_port: int, mode: str
) -> None:
    postgres.role("ada", "right")
    url = f"postgresql://ada@localhost:{tls_port}/{postgres.name}?sslmode={mode}&sslrootcert={authority.certificate}"
    trial = try_connection(address_of(url), "right")
    assert trial.is_encrypted
    assert trial.checks_server is (mode != "require")


def test_what_was_asked_for_is_not_what_it_is(postgres: Database) -> None:
    """The URL prefers TLS, the server has none: it is the connection that counts."""
    postgres.role("ada", "right")
    assert not try_connection(
        address_of(postgres.loopback_url("ada", sslmode="prefer")), "right"
    ).is_encrypted


def test_another_authority_is_not_believed(postgres: Database, tmp_path: Path, tls_port: int) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "another authority")
    url = f"postgresql://ada@localhost:{tls_port}/{postgres.name}?sslmode=verify-full&sslrootcert={other.certificate}"
    with pytest.raises(StoreUnavailable, match=r"certificate verify failed.*sslrootcert=FILE"):
        try_connection(address_of(url), "right")


def test_another_name_is_not_believed(postgres: Database, authority: Authority) -> None:
    with tls_relay(postgres.server.port, authority.issue("elsewhere", "elsewhere.example")) as port:
        url = f"postgresql://ada@localhost:{port}/{postgres.name}?sslmode=verify-full&sslrootcert={authority.certificate}"
        with pytest.raises(StoreUnavailable, match="does not match host name"):
            try_connection(address_of(url), "right")


def test_a_client_certificate_is_shown_where_one_is_wanted(postgres: Database, authority: Authority) -> None:
    postgres.role("ada", "right")
    server, (certificate, key) = authority.issue("server", "localhost"), authority.issue("ada")
    with tls_relay(postgres.server.port, server, clients=authority.certificate) as port:
        url = f"postgresql://ada@localhost:{port}/{postgres.name}?sslmode=verify-full&sslrootcert={authority.certificate}"
        with pytest.raises(StoreUnavailable):
            try_connection(address_of(url), "right")
        assert try_connection(address_of(f"{url}&sslcert={certificate}&sslkey={key}"), "right").is_encrypted


def test_a_server_without_tls_is_refused_where_tls_is_wanted(postgres: Database) -> None:
    with pytest.raises(StoreUnavailable, match=r"does not support SSL.*Have the server offer TLS"):
        try_connection(address_of(postgres.loopback_url("ada", sslmode="require")), "right")


@pytest.mark.parametrize(
    ("encrypted", "local", "warns"), [(False, False, 1), (True, False, 0), (False, True, 0), (True, True, 0)]
)
def test_only_an_open_line_to_another_machine_warns(encrypted: bool, local: bool, warns: int) -> None:
    trial = Trial(
        "ada",
        "PostgreSQL 18",
        1,
        encrypted,
        local,
        checks_server=False,
        used_password=True,
        standing=Standing("ada", True, frozenset()),
        pinned={},
    )
    assert len(trial.warnings()) == warns
    assert ("NOT ENCRYPTED" in trial.line_words) is bool(warns)


def read_start(client: socket.socket) -> None:
    """Reads the packet a client begins with."""
    (length,) = struct.unpack("!i", client.recv(4, socket.MSG_WAITALL))
    client.recv(length - 4, socket.MSG_WAITALL)


def message(kind: bytes, text: str) -> bytes:
    body = b"SFATAL\0VFATAL\0C28000\0M" + text.encode() + b"\0\0"
    return kind + struct.pack("!i", len(body) + 4) + body


def test_nothing_that_a_server_says_is_an_escape(capfd: pytest.CaptureFixture[str]) -> None:
    def answer(client: socket.socket) -> None:
        read_start(client)
        nasty = "\x1b]0;title\x07\x1b[2J\x9b31mred\u202e\nsecond line"
        let_in = b"R" + struct.pack("!ii", 8, 0)
        client.sendall(let_in + message(b"N", nasty) + message(b"E", nasty))

    with served(answer) as port, pytest.raises(StoreUnavailable) as told:
        try_connection(
            address_of(f"postgresql://ada@127.0.0.1:{port}/w?sslmode=disable&gssencmode=disable"), "right"
        )
    assert "red" in str(told.value)
    assert str(told.value).isprintable()
    assert "right" not in str(told.value)
    assert capfd.readouterr() == ("", "")


def test_a_password_asked_for_in_the_clear_is_not_given_to_another_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rule is libpq's; the server that asks is real, only that it is another machine is not."""
    given = bytearray()

    def answer(client: socket.socket) -> None:
        read_start(client)
        client.sendall(b"R" + struct.pack("!ii", 8, 3))
        given.extend(client.recv(1000))

    monkeypatch.setattr("console.connections.address.is_local_host", lambda _host: False)
    with served(answer) as port, pytest.raises(StoreUnavailable, match=r"in the clear.*verify-full"):
        try_connection(
            address_of(f"postgresql://ada@127.0.0.1:{port}/w?gssencmode=disable&sslmode=disable"), "s3cret"
        )
    assert b"s3cret" not in given


def test_a_server_that_does_not_answer_is_left_after_its_time() -> None:
    is_over = threading.Event()

    with served(lambda _client: wait_for(is_over)) as port:
        url = f"postgresql://ada@127.0.0.1:{port}/w?connect_timeout=2"
        with pytest.raises(StoreUnavailable, match="timeout"):
            try_connection(address_of(url), None)
        is_over.set()


def wait_for(event: threading.Event) -> None:
    event.wait(20)
