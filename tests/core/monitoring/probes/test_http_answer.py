"""HTTP answers, read as they come: whole or cut, proper or not, never believed further than they go."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.monitoring.probes.http_answer import BODY_LIMIT, HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence


def read(*parts: bytes, closed: bool = True) -> HttpAnswer:
    answer = HttpAnswer()
    for part in parts:
        answer.feed(part)
    if closed:
        answer.closed()
    return answer


BODIES = st.lists(st.binary(min_size=1, max_size=50), max_size=6)
CUTS = st.lists(st.integers(0, 400), max_size=8)
LINE_END = st.sampled_from([b"\r\n", b"\n"])


def chunked(pieces: Sequence[bytes], end: bytes) -> bytes:
    return (
        b"".join(b"%X;x=1%b%b%b" % (len(p), end, p, end) for p in pieces) + b"0" + end + b"A: b" + end + end
    )


@given(BODIES, CUTS, LINE_END, st.sampled_from(["chunked", "length", "close"]))
def test_a_body_is_the_same_however_it_is_framed_and_cut_on_its_way(
    pieces: list[bytes], cuts: list[int], end: bytes, framing: str
) -> None:
    body = b"".join(pieces)
    head = {
        "chunked": b"Transfer-Encoding: chunked",
        "length": b"Content-Length: %d" % len(body),
        "close": b"Server: x",
    }
    text = b"HTTP/1.1 200 Fine" + end + head[framing] + end + end
    text += chunked(pieces, end) if framing == "chunked" else body
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    answer = read(*(text[a:b] for a, b in pairwise(places)))
    assert (answer.status, answer.body, answer.size, answer.done) == (200, body, len(body), True)
    assert not answer.is_cut


@given(st.binary(max_size=400), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]))  # fmt: skip
def test_any_bytes_are_an_answer_or_refused_in_words(data: bytes, begin: bytes) -> None:
    with suppress(BadInput):
        assert read(begin, data).done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HTTP/1.1 2\xb20 OK\r\n\r\n", "not HTTP"),  # a figure, but none of ASCII
        ("HTTP/1.1 999 OK\r\n\r\n", "not HTTP"),
        ("HTTP/1.1\r\n\r\n", "not HTTP"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "'SSH-2.0-OpenSSH_9.2 '"),
        ("220 mail.example ESMTP\r\n", "not HTTP"),
        ("HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: " + "9" * 5000 + "\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", "a chunk's length is '-5'"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n", "a chunk's length"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", "longer than it says"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + "x" * 20000, "never ends"),
        ("HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 9000, "headers are longer"),
        ("HTTP/1.1 100 Continue\r\n\r\n" * 9000, "headers are longer"),
    ],
)
def test_what_is_not_an_answer_is_told(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text.encode("latin-1"))
    assert words in refused.value.what


def test_lengths_that_agree_are_one_length() -> None:
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok").size == 2


@pytest.mark.parametrize("status", [204, 304, 101])
def test_some_answers_have_no_body_whatever_they_say(status: int) -> None:
    assert read(b"HTTP/1.1 %d X\r\nContent-Length: 9\r\n\r\n" % status, closed=False).done


def test_a_long_body_is_read_to_the_limit_and_its_size_is_what_it_says() -> None:
    answer = read(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x" * (BODY_LIMIT + 1), closed=False
    )
    assert (answer.done, answer.is_cut, answer.size, len(answer.body)) == (True, True, 1_000_000, BODY_LIMIT)


def test_text_is_read_in_the_character_set_it_is_said_to_be_in() -> None:
    assert read("HTTP/1.1 200 OK\r\n\r\ncafé".encode()).text == "café"
    latin = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\ncafé"
    assert read(latin.encode("latin-1")).text == "café"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "said nothing"),
        (b"HTTP/1.1 200 OK\r\nA: b", "headers did not end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "body did not end"),
    ],
)
def test_it_says_how_far_it_came(text: bytes, words: str) -> None:
    assert words in read(text, closed=False).where()
