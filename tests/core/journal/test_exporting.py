"""An export comes back as it was written; a file that is damaged, cut or another's says so in one sentence."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, WatchfloorError
from core.journal import exporting
from core.journal.exporting import ExportReader, export_lines
from core.journal.sealing import JournalBroken, Place
from core.journal.seals import Standing
from core.journal.signing import PrivateKey
from core.journal.verifying import Verdict, Verifier, verify
from tests.core.journal.sealed import Journal, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.chain import Record
    from core.journal.sealing import Seal

KEY = PrivateKey.make()
MADE = Journal(records(["a", "ö\u2028\x1b]0;x\x07", '{"b":[1]}', "", "d", "e", "f"])).seal(KEY)


def exported(made: Journal) -> bytes:
    last = made.entries[-1]
    upto = Standing(Place(last[0], last[10], last[1]), made.seals[-1] if made.seals else None)
    return "".join(export_lines(made.pieces(), upto)).encode()


def pieces(data: bytes) -> list[Record | Seal]:
    found: list[Record | Seal] = []
    for piece in ExportReader(io.BytesIO(data), "x.jsonl").pieces():
        found.extend(piece if isinstance(piece, list) else [piece])
    return found


def verified(data: bytes) -> Verdict:
    return verify(ExportReader(io.BytesIO(data), "x.jsonl").pieces(), Verifier(frozenset([KEY.key_id])))


WHOLE = exported(MADE)
LINES = WHOLE.splitlines(keepends=True)


def test_an_export_comes_back_as_it_was() -> None:
    assert verified(WHOLE) == MADE.verify(KEY.key_id)
    assert all(b"\x1b" not in line and json.loads(line) for line in LINES)


def test_an_empty_journal_is_exported_too() -> None:
    data = "".join(export_lines([], Standing(Place(), None))).encode()
    assert pieces(data) == []


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_found_or_changes_nothing(at: int, byte: int) -> None:
    changed = WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    try:
        verified(changed)
    except WatchfloorError as error:
        assert isinstance(error, (JournalBroken, BadInput))  # noqa: PT017
    else:
        assert pieces(changed) == pieces(WHOLE)


@given(st.integers(0, len(WHOLE) - 1))
def test_an_export_that_was_cut_off_is_no_export(to: int) -> None:
    with pytest.raises((JournalBroken, BadInput)):
        verified(WHOLE[:to])


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES)), st.booleans())
def test_a_line_that_is_removed_doubled_or_moved_is_found(n: int, to: int, doubled: bool) -> None:
    lines = list(LINES)
    line = lines[n] if doubled else lines.pop(n)
    lines.insert(to, line)
    if lines == LINES:
        return
    with pytest.raises((JournalBroken, BadInput)):
        verified(b"".join(lines))


def with_line(n: int, change: Callable[[bytes], bytes]) -> bytes:
    return b"".join([*LINES[:n], change(LINES[n]), *LINES[n + 1 :]])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (with_line(2, lambda _: b"\xff\xfe\n"), "line 3 is not UTF-8"),
        (with_line(2, lambda _: b"[" * 100_000 + b"\n"), "line 3 is no line of an export"),
        (with_line(2, lambda _: b"[1,2]\n"), "line 3 is no line of an export"),
        (with_line(2, lambda _: b"\n"), "line 3 is no line of an export"),
        (with_line(2, lambda line: line.replace(b'{"seq":2', b'{"seq":2.0')), "line 3 holds no entry"),
        (with_line(2, lambda line: line.replace(b'{"seq":2', b'{"seq":true')), "line 3 holds no entry"),
        (with_line(2, lambda line: line.replace(b"{", b'{"seq":2,', 1)), "line 3 holds neither"),
        (with_line(2, lambda line: line.replace(b'"hash"', b'"hush"')), "line 3 holds neither"),
        (with_line(2, lambda line: line.replace(b'"at":', b'"at":9' + b"9" * 5000)), "line 3 is no line"),
        (with_line(5, lambda line: line.replace(b'"seal"', b'"sael"')), "line 6 holds neither"),
        (with_line(5, lambda line: line.replace(b'"first":1', b'"first":"1"')), "seal 1: it holds what no seal holds"),
        (WHOLE + b"{}\n", "there is more behind its end"),
        (b"".join(LINES[:-1]), "the export is cut off"),
        (WHOLE[:-1], "the export is cut off there"),
        (with_line(0, lambda line: line.replace(b'"entries":7', b'"entries":8')), "says otherwise"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_named_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(JournalBroken) as broken:
        pieces(data)
    assert said in str(broken.value)


@pytest.mark.parametrize(
    "data", [b"", b"hello\n", b"\x1f\x8b\x08", b"{}\n", b'{"a":1}\n', b'{"watchfloor":"journal"}\n', b"{" * 99, b"\x00" * 99]
)  # fmt: skip
def test_another_file_is_no_export(data: bytes) -> None:
    with pytest.raises((BadInput, JournalBroken)) as refused:
        pieces(data)
    assert "\x1b" not in str(refused.value)


def test_an_export_of_another_format_says_so() -> None:
    with pytest.raises(BadInput, match="another format"):
        pieces(with_line(0, lambda line: line.replace(b'"format":1', b'"format":2')))


def test_a_line_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "LONGEST_LINE", 1024)
    with pytest.raises(JournalBroken, match="line 2 is longer"):
        pieces(LINES[0] + b'{"seq":"' + b"x" * 5000)
    with pytest.raises(BadInput, match="is no exported journal"):
        pieces(b"{" + b"x" * 5000)
