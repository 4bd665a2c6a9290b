"""Reading a log by name: rotated, emptied, packed, half written, too long. No line twice, none lost."""

from __future__ import annotations

import gzip
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.security.signals.reading.files import LONGEST_LINE, Position, cut_lines, read_portion

if TYPE_CHECKING:
    from pathlib import Path

LINES = st.binary(max_size=12).map(lambda text: text.replace(b"\0", b"a"))


class Log:
    """A log that is written, rotated and read; each change has a later instant, as on a disk whose clock is fine enough."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "auth.log"
        self.path.touch()
        self.writer = self.path
        self.clock = 1_700_000_000_000_000_000
        self.written = 0
        self.got: list[bytes] = []
        self.place: Position | None = None
        self.touch(self.path)

    def touch(self, path: Path) -> None:
        self.clock += 1_000_000_000
        os.utime(path, ns=(self.clock, self.clock))

    def write(self, count: int, *, half: bool = False) -> None:
        with self.writer.open("ab") as file:
            for _ in range(count):
                file.write(b"line %d\n" % self.written)
                self.written += 1
            if half:
                file.write(b"line %d" % self.written)
                file.flush()
                self.touch(self.writer)
                self.look()
                file.write(b" done\n")
                self.written += 1
        self.touch(self.writer)

    def look(self) -> None:
        for _ in range(100):
            portion = read_portion(str(self.path), self.place)
            assert not portion.is_cleared
            self.got += portion.data.splitlines()
            self.place = portion.position if portion.position.inode else self.place
            if not portion.left:
                return
        raise AssertionError("it is never read to its end")

    def shift(self) -> None:
        for n in range(9, 0, -1):
            for ending in ("", ".gz"):
                old = self.path.with_name(f"auth.log.{n}{ending}")
                if old.exists():
                    old.rename(self.path.with_name(f"auth.log.{n + 1}{ending}"))

    def rename(self, late: int) -> None:
        """Rotates by renaming; so many lines still go to the old file once the new one is there."""
        self.shift()
        self.writer = self.path.rename(self.path.with_name("auth.log.1"))
        self.look()
        self.path.touch()
        self.touch(self.path)
        if late:
            self.write(late)
        self.look()
        self.writer = self.path

    def copy(self) -> None:
        """Rotates by copying and emptying."""
        self.shift()
        shutil.copyfile(self.path, self.path.with_name("auth.log.1"))
        self.touch(self.path.with_name("auth.log.1"))
        os.truncate(self.path, 0)
        self.touch(self.path)

    def pack(self) -> None:
        old = self.path.with_name("auth.log.2")
        if old.exists():
            packed = self.path.with_name("auth.log.2.gz")
            packed.write_bytes(gzip.compress(old.read_bytes()))
            facts = old.stat()
            os.utime(packed, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            old.unlink()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 5)), st.tuples(st.just("half"), st.integers(0, 2)),
        st.tuples(st.just("look"), st.just(0)), st.tuples(st.just("rename"), st.integers(0, 2)),
        st.tuples(st.just("copy"), st.just(0)), st.tuples(st.just("pack"), st.just(0)),
    ),
    max_size=16,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_line_is_lost_and_none_comes_twice(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    log = Log(tmp_path)
    log.look()
    for what, count in steps:
        if what == "write":
            log.write(count)
        elif what == "half":
            log.write(count, half=True)
        elif what == "rename":
            log.rename(count)
        else:
            getattr(log, what)()
    log.write(1)
    log.look()
    assert [int(line.split()[1]) for line in log.got] == list(range(log.written))


def test_a_log_that_was_emptied_and_lies_nowhere_else_is_said_to_be(tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    log.write_bytes(b"one\ntwo\n")
    place = read_portion(str(log), None).position
    log.write_bytes(b"three\n")
    found = read_portion(str(log), place)
    assert (found.data, found.is_cleared) == (b"three\n", True)
    assert not read_portion(str(log), found.position).is_cleared


def test_another_log_whose_name_begins_alike_is_never_read(tmp_path: Path) -> None:
    log, other = tmp_path / "access.log", tmp_path / "access-ssl.log"
    log.write_bytes(b"one\n")
    place = read_portion(str(log), None).position
    log.unlink()
    other.write_bytes(b"secret\n")
    assert read_portion(str(log), place).trouble == "there is no such file"
    log.write_bytes(b"two\n")
    assert read_portion(str(log), place).data == b"two\n"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_cannot_be_read_is_said_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "auth.log"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    assert read_portion(str(path), None).trouble


def test_a_line_of_a_megabyte_is_cut_and_what_follows_is_read(tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    log.write_bytes(b"before\n" + b"x" * (5 * 1024 * 1024) + b"\nafter\n")
    place, lines, cut = None, [], 0
    for _ in range(6):
        portion = read_portion(str(log), place)
        place, cut = portion.position, cut + portion.cut
        lines += portion.data.splitlines()
    assert [len(line) for line in lines] == [6, LONGEST_LINE, 5]
    assert cut == 1


@given(st.lists(LINES, max_size=8), LINES.filter(lambda text: b"\n" not in text))
def test_whole_lines_are_taken_and_a_half_one_waits(lines: list[bytes], rest: bytes) -> None:
    data = b"".join(line + b"\n" for line in lines)
    found = cut_lines(data + rest, in_long=False)
    assert (found.lines, found.used, found.cut) == (data, len(data), 0)


@given(st.lists(st.integers(0, 3 * LONGEST_LINE), min_size=1, max_size=4))
def test_of_every_line_its_beginning_is_kept(lengths: list[int]) -> None:
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    found = cut_lines(data, in_long=False)
    assert [len(line) for line in found.lines.splitlines()] == [min(n, LONGEST_LINE) for n in lengths]
    assert (found.used, found.cut) == (len(data), sum(1 for n in lengths if n > LONGEST_LINE))
