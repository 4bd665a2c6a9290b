"""What the keyboard sends, whole or in pieces, becomes keys and pastes in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste

from console.keyboard import PASTE_STALLS_S, Typing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

START, END = "\x1b[200~", "\x1b[201~"
PARTS = st.lists(
    st.one_of(
        st.sampled_from(["a", "b", "\x1b[D", "\x1b[H", "\r", "\x1bOQ", "\x7f"]),
        st.text("xy\x1b[2041~\n ", min_size=1).filter(lambda text: END not in text + END[:-1]).map(lambda text: (text,)),
    )
)  # fmt: skip
NAMES = {"\x1b[D": "left", "\x1b[H": "home", "\r": "enter", "\x1bOQ": "f2", "\x7f": "backspace"}


def read(*pieces: str) -> list[str | tuple[str]]:
    typing = Typing()
    return told(event for piece in pieces for event in typing.feed(piece))


def told(events: Iterable[Message]) -> list[str | tuple[str]]:
    found: list[str | tuple[str]] = []
    for event in events:
        assert isinstance(event, Key | Paste)
        found.append(event.key if isinstance(event, Key) else (event.text,))
    return found


def test_a_paste_is_its_text_whatever_it_holds() -> None:
    text = "one\x1b[31m two\x1b\x1bOQ\nthree\x1b[200~"
    assert read(f"a{START}{text}{END}\x1b[Db") == ["a", (text,), "left", "b"]


@given(PARTS, st.lists(st.integers(1, 9)))
def test_pieces_and_order_make_no_difference(parts: list[str | tuple[str]], cuts: list[int]) -> None:
    whole = "".join(part if isinstance(part, str) else f"{START}{part[0]}{END}" for part in parts)
    pieces = []
    rest = whole
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    wanted = [NAMES.get(part, part) if isinstance(part, str) else part for part in parts]
    assert read(*pieces, rest) == wanted


def test_an_empty_paste_is_none() -> None:
    assert read(f"a{START}{END}b") == ["a", "b"]


def test_a_paste_whose_end_never_comes_ends_after_a_while() -> None:
    typing = Typing()
    assert told(typing.feed(f"{START}half")) == []
    patience = typing.patience()
    assert patience is not None
    assert patience <= PASTE_STALLS_S
    typing._stalls_at = 0.0
    assert told(typing.tick()) == [("half",)]
    assert told(typing.feed("a")) == ["a"]
