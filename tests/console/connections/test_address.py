"""A URL says where a database is, never a secret; it is read back as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.connections.address import Address, address_of, is_local_host
from core.errors import BadInput

URLS = [
    "postgresql://h/db",
    "postgresql://ada@db.example:5433/db?sslmode=verify-full&sslrootcert=system",
    "postgresql://ada@[::1]:5433/db",
    "postgresql:///db?host=/tmp/x&port=5",
    "postgresql://a%40b@h1:1,h2:2/d",
    "postgresql://h1,h2:5/d",
    "postgresql://ada@%2Ftmp%2Fx/db",
    "postgres:///?service=plant",
    "postgresql:///db?host=a,/tmp/x",
]


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_read_back_as_it_was(url: str) -> None:
    once = address_of(url)
    assert address_of(once.url) == once


@given(
    st.fixed_dictionaries(
        {"user": st.text("aé@:/? %&#", min_size=1), "dbname": st.text("aé@:/? %&#", min_size=1)},
        optional={
            "host": st.sampled_from(["h", "::1", "/tmp/a b", "127.0.0.1"]),
            "port": st.integers(1, 65535).map(str),
            "application_name": st.text("aé@:/?=&%#+", min_size=1),
        },
    )
)
def test_whatever_stands_in_it(words: dict[str, str]) -> None:
    assert address_of(Address(words).url).words == words


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret@h/db",
        "postgresql://h/db?password=s3cret",
        "postgresql://h/db?pass%77ord=s3cret",
        "postgresql://h/db?sslmode=require&sslpassword=s3cret",
        "postgresql://u:s3cret/x@h/db",
        "postgresql://u:s3[cret@h/db",
        "postgresql://u:s3cret@[::1/db",
        "postgresql://u:s3cret@h/db?wrong=1",
    ],
)
def test_a_password_in_it_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        address_of(url)
    assert "s3" not in str(refused.value)
    assert "--password-stdin" in str(refused.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://h/db", "no URL of a PostgreSQL database"),
        ("postgresql://h/db?foo=1", "invalid URI query parameter"),
        ("postgresql://h:x/db", "the port is no number"),
        ("postgresql://[::1/db", "IPv6"),
        ("postgresql://h/d%00\x1b[31m", "forbidden value"),
    ],
)
def test_what_libpq_does_not_take_is_refused(url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        address_of(url)
    assert str(refused.value).isprintable()


def test_files_are_taken_from_where_they_are_said() -> None:
    words = address_of("postgresql://h/db?sslrootcert=ca.pem&sslcert=~/c.pem").words
    assert words["sslrootcert"] == str(Path("ca.pem").absolute())
    assert words["sslcert"] == str(Path("~/c.pem").expanduser())
    assert address_of("postgresql://h/db?sslrootcert=system").words["sslrootcert"] == "system"


@pytest.mark.parametrize(
    ("host", "local"),
    [("", True), ("/run/x", True), ("@x", True), ("localhost", True), ("127.3.2.1", True), ("::1", True),
     ("db.example", False), ("10.0.0.1", False), ("127.0.0.1.example", False), ("localhost.example", False)],
)  # fmt: skip
def test_what_stays_on_this_machine(host: str, local: bool) -> None:
    assert is_local_host(host) is local


@pytest.mark.parametrize(
    ("url", "refuses"),
    [
        ("postgresql://ada@db.example/w", True),
        ("postgresql://ada@db.example/w?sslmode=prefer", True),
        ("postgresql://ada@db.example/w?sslmode=verify-full", False),
        ("postgresql://ada@127.0.0.1/w", False),
        ("postgresql://ada@127.0.0.1,db.example/w", True),
        ("postgresql://ada@127.0.0.1/w?hostaddr=10.0.0.1", True),
        ("postgresql://ada@db.example/w?require_auth=password", False),
        ("postgresql:///?service=plant", False),
    ],
)
def test_a_password_never_goes_to_another_machine_in_the_clear(url: str, refuses: bool) -> None:
    assert ("require_auth=!password" in address_of(url).complete_url("x")) is refuses
    assert ("require_auth=!password" in address_of(url).complete_url()) is refuses


def test_a_password_of_any_signs_is_quoted() -> None:
    from psycopg.conninfo import conninfo_to_dict

    made = address_of("postgresql://ada@h/w").complete_url("a'b \\ c=d")
    assert conninfo_to_dict(made)["password"] == "a'b \\ c=d"


def test_what_is_shown_names_no_more_than_it_must() -> None:
    assert address_of("postgresql://ada@db:5433/w?sslmode=require").title == "ada@db:5433/w"
    assert address_of("postgresql:///w").title == "this machine/w"
    assert address_of("postgresql:///?service=plant").title == "service plant"
