"""Whatever comes by mail is understood as a person would, or at least does no harm."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies

from core.desk.mail.incoming import Incoming, read_mail
from core.printable import printable, printable_lines
from tests.core.desk.mails import KIM, MAILS, MIXED

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = ("support@acme.example",)
AUTHORITY = "mx.acme.example"


def read(data: bytes) -> Incoming:
    return read_mail(data, own=OWN, authority=AUTHORITY)


def check(found: Incoming, expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        if name == "attachments":
            assert [each.name.rstrip("\ufffd") for each in found.attachments] == value
        elif name == "attachments_has":
            assert any(value in each.name for each in found.attachments)
        elif name.endswith("_has"):
            assert value in getattr(found, name.removesuffix("_has"))
        elif name == "references":
            assert list(found.references) == value
        else:
            assert getattr(found, name) == value


def assert_harmless(found: Incoming) -> None:
    for text in (
        found.title,
        found.sender,
        found.sender_name,
        found.reply_to,
        found.message_id,
        found.reason,
        found.verified,
        *found.references,
    ):
        assert printable(text, 100_000) == text
    assert printable_lines(found.text, 100_000) == found.text
    assert len(found.text) <= 20_000
    assert len(found.attachments) <= 51
    assert len(found.references) <= 200
    assert len(found.key) < 400


def test_there_are_many_shapes() -> None:
    assert len(MAILS) >= 60
    assert len({name for name, _, _ in MAILS}) == len(MAILS)


@pytest.mark.parametrize(
    ("mail", "expected"), [(m, e) for _, m, e in MAILS], ids=[name for name, _, _ in MAILS]
)
def test_it_is_understood(mail: bytes, expected: dict[str, Any]) -> None:
    found = read(mail)
    check(found, expected)
    assert_harmless(found)


@pytest.mark.parametrize(
    ("mail", "expected"), [(m, e) for _, m, e in MAILS], ids=[name for name, _, _ in MAILS]
)
def test_it_is_understood_with_the_line_ends_of_the_wire(mail: bytes, expected: dict[str, Any]) -> None:
    found = read(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    check(found, expected)


@given(strategies.binary(max_size=3000))
def test_any_bytes_come_out_as_something_harmless(data: bytes) -> None:
    assert_harmless(read(data))
    assert_harmless(read(KIM + data))
    assert_harmless(read(MIXED + b"--cut\n" + data))


@given(strategies.integers(0, len(MAILS) - 1), strategies.integers(0, 5000), strategies.binary(max_size=20))
def test_any_mail_that_is_damaged_comes_out_as_something_harmless(
    which: int, place: int, rubbish: bytes
) -> None:
    mail = MAILS[which][1][:20_000]
    assert_harmless(read(mail[:place] + rubbish + mail[place:]))
    assert_harmless(read(mail[:place]))


def test_what_is_harmful_in_a_message_id_is_seen_and_does_nothing() -> None:
    found = read(
        b"Message-ID: <\x00one@c.example>\nReferences: <\x1b[31mtwo@c.example> <t\x9bhree@c.example>\n" + KIM
    )
    assert_harmless(found)
    assert found.message_id == "<\ufffdone@c.example>"
    assert found.references[0] == "<two@c.example>"
    assert all(printable(each) == each for each in found.references)


def test_the_same_mail_has_the_same_key_and_any_other_another() -> None:
    assert read(KIM + b"\nx").key == read(KIM + b"\nx").key
    keys = {read(KIM + b"\nx").key, read(KIM + b"\ny").key, read(b"Subject: z\n\nx").key}
    assert len(keys) == 3


class Endless:
    """Fifty megabytes of an attachment that are never all in memory."""

    def __init__(self) -> None:
        self._lines = self._all()

    def _all(self) -> Iterator[bytes]:
        yield from BytesIO(
            MIXED
            + b"--cut\n\nsee file\n--cut\nContent-Type: application/zip; name=big.zip\nContent-Transfer-Encoding: base64\n\n"
        )
        for _ in range(50_000_000 // 77):
            yield b"A" * 76 + b"\n"
        yield b"--cut--\n"

    def readline(self, _limit: int, /) -> bytes:
        return next(self._lines, b"")


def test_fifty_megabytes_do_not_eat_memory() -> None:
    tracemalloc.start()
    found = read_mail(Endless(), own=OWN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ((name, size),) = [(each.name, each.size) for each in found.attachments]
    assert (name, found.text) == ("big.zip", "see file")
    assert 36_000_000 < size < 38_000_000
    assert peak < 3_000_000
