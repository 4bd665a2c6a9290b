"""What people write is kept whole and harmless, or refused; it is never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.sentences import line_written, reason_of, sentence_of, written


@given(st.text(max_size=40), st.integers(min_value=1, max_value=30))
def test_a_text_is_refused_exactly_where_it_is_longer_than_what_fits(text: str, longest: int) -> None:
    is_too_long = len(text.strip()) > longest
    for keep in (written, line_written):
        if is_too_long:
            words = f"note: it has {len(text.strip())} characters; at most {longest} fit"
            with pytest.raises(BadInput, match=words):
                keep(text, "note", longest)
            continue
        kept = keep(text, "note", longest)
        assert len(kept) <= len(text.strip())
        assert kept == text.strip() or not (text.isascii() and text.strip().isprintable())


def test_what_is_asked_for_says_what_it_was_to_say() -> None:
    with pytest.raises(BadInput, match="a sentence is asked for: why it is over"):
        sentence_of("  ", "why it is over")
    with pytest.raises(BadInput, match="why it is over: it has 4,001 characters; at most 4,000 fit"):
        sentence_of("x" * 4001, "why it is over")
    with pytest.raises(BadInput, match="reason: a window needs a reason"):
        reason_of("\n", "a window needs a reason")
    assert reason_of("one\ntwo") == "one two"
    assert reason_of("one\ntwo", keeps_lines=True) == "one\ntwo"
