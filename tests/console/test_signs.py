"""Signs of life through a pipe: what is heard, when silence is too long, and what a writer does that nobody hears."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from console.signs import Giving, Hearing

if TYPE_CHECKING:
    from collections.abc import Iterator

FOR_EVER, NOT_AT_ALL = 3600.0, 0.0


@pytest.fixture
def hearing() -> Iterator[Hearing]:
    """A console's side whose agent's end is still open here."""
    made = Hearing(FOR_EVER)
    yield made
    made.close()


def test_the_last_sign_counts(hearing: Hearing) -> None:
    giving = Giving(hearing.into)
    assert giving.give("the disk is full")
    assert hearing.listen(FOR_EVER)
    assert hearing.trouble == "the disk is full"
    assert giving.give("")
    assert hearing.listen(FOR_EVER)
    assert hearing.trouble == ""
    hearing.begin()


def test_half_a_sign_waits_for_its_end(hearing: Hearing) -> None:
    os.write(hearing.into, "locked\nno r\N{LATIN SMALL LETTER O WITH DIAERESIS}".encode()[:-1])
    hearing.listen(FOR_EVER)
    assert hearing.trouble == "locked"
    os.write(hearing.into, b"\xb6m\n")
    hearing.listen(FOR_EVER)
    assert hearing.trouble == "no r\N{LATIN SMALL LETTER O WITH DIAERESIS}m"
    hearing.begin()


def test_what_is_said_is_one_line_that_a_terminal_may_show(hearing: Hearing) -> None:
    Giving(hearing.into).give("one\ntwo\x1b[31m")
    hearing.listen(FOR_EVER)
    assert "one" in hearing.trouble
    assert "two" in hearing.trouble
    assert "\x1b" not in hearing.trouble
    hearing.begin()


def test_silence_is_borne_from_the_last_sign_on(hearing: Hearing) -> None:
    assert hearing.listen(NOT_AT_ALL)  # the first sign has time
    Giving(hearing.into).give("")
    assert not hearing.listen(NOT_AT_ALL)
    hearing.begin()
    assert not hearing.listen(FOR_EVER)  # the end of the pipe is no sign


def test_a_console_that_sleeps_holds_no_agent_up(hearing: Hearing) -> None:
    giving = Giving(hearing.into)
    for _ in range(2000):  # more than a pipe holds
        assert giving.give("x" * 100)
    hearing.listen(FOR_EVER)
    assert giving.give("now")
    hearing.listen(FOR_EVER)
    assert hearing.trouble.endswith("now")
    hearing.begin()


def test_an_agent_hears_that_nobody_is_left() -> None:
    hearing = Hearing(FOR_EVER)
    hearing.close()
    assert not Giving(hearing.into).give("")
    hearing.begin()
