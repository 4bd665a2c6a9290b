"""Expressions that a site writes: a match takes a time that is known beforehand, and what cannot be matched so is refused."""

from __future__ import annotations

import importlib
import time
from typing import Any

import pytest

from core import expressions
from core.expressions import Unusable, compiled, named_groups


@pytest.mark.parametrize(
    "written", [r"(a+)+$", r"(a|aa)+$", r"(.*a){12}$", r"^(\w+\s?)+$", r"(a?){200}a{200}$"]
)
def test_no_expression_takes_long_whatever_the_line_is(written: str) -> None:
    expression = compiled(written.encode())
    begun = time.process_time()
    for line in (b"a" * 65_000 + b"!", b"ab" * 32_000 + b"!", b"a b " * 16_000 + b"!"):
        assert expression.search(line) is None
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("written", "what", "step"),
    [
        (r"(?=x)", "not known here", "looks around or back"),
        (r"(?<!x)y", "not known here", "looks around or back"),
        (r"(a)\1", "invalid escape sequence", "re2/wiki/Syntax"),
        (r"a{,3}", "read in several ways", "Write {0,3}"),
        (r".{1,900}.{1,900}x", "too large", "Make it simpler"),
        (r"(", "missing )", "Escape"),
    ],
)
def test_what_cannot_be_matched_so_is_refused(written: str, what: str, step: str) -> None:
    with pytest.raises(Unusable) as refused:
        compiled(written)
    assert what in refused.value.what
    assert step in refused.value.next_step


def test_bytes_that_are_no_text_hide_nothing() -> None:
    found = compiled(rb"opened by (?P<who>.+) now").search(b"\xff opened by \xff\xfe now")
    assert found is not None
    assert named_groups(found) == {"who": b"\xff\xfe"}


def test_without_the_engine_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(expressions, "import_module", missing)
    with pytest.raises(Unusable, match="pip install google-re2"):
        compiled("x")
    assert importlib.import_module("re2")
