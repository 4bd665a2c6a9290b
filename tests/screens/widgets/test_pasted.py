"""A pasted text loses nothing silently, and brings nothing harmful in."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from screens.widgets.pasted import Pasted, pasted

HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_a_plain_line_is_taken_as_it_is() -> None:
    assert pasted("disk  full ", keeps_lines=False, room=100) == Pasted("disk  full ")
    assert pasted("disk full\n", keeps_lines=False, room=100) == Pasted("disk full")


def test_lines_are_joined_where_there_is_one_line_only() -> None:
    assert pasted("a\r\n  b\n\nc\n", keeps_lines=False, room=100) == Pasted("a b c", "3 lines pasted as one")


def test_lines_are_kept_where_they_may_be() -> None:
    assert pasted("a\r\n  b\n\nc\n", keeps_lines=True, room=100) == Pasted("a\n  b\n\nc")


def test_control_characters_are_left_out_and_counted() -> None:
    found = pasted("a\x1b[31mred\x07\nb", keeps_lines=False, room=100)
    assert found == Pasted("ared b", "2 lines pasted as one; 2 control characters left out")
    assert pasted("a\x1b", keeps_lines=True, room=9).note == "1 control character left out"


def test_what_does_not_go_in_is_told() -> None:
    found = pasted("x" * 5000, keeps_lines=False, room=1000)
    assert found == Pasted("x" * 1000, "5,000 characters are too many: the first 1,000 were kept")
    assert (
        pasted("abc", keeps_lines=False, room=0).note
        == "3 characters are too many: the field is full, none was kept"
    )


@given(st.text(), st.booleans(), st.integers(0, 50))
def test_nothing_harmful_comes_in_and_nothing_goes_missing_unsaid(text: str, keeps: bool, room: int) -> None:
    found = pasted(text, keeps_lines=keeps, room=room)

    assert len(found.text) <= room
    assert all(unicodedata.category(c) not in HARMFUL or (keeps and c == "\n") for c in found.text)
    if not found.note:
        assert found.text.split() == text.replace("\ufffd", "?").split()
