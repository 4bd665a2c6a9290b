"""Files that grow, are truncated, written anew, renamed away: each new line counts once."""

from __future__ import annotations

import os
import time
from typing import IO, TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import FileTarget
from core.monitoring.model import Metric, Reading, State
from core.monitoring.probes import following
from core.monitoring.probes.file import FileProber, Sightings
from core.monitoring.probes.following import Follower
from tests.core.monitoring.probes.loopback import open_descriptors

if TYPE_CHECKING:
    from pathlib import Path


class Lines:
    """What a follower gave."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.follower = Follower(str(path))
        self.seen: list[bytes] = []

    def look(self) -> int:
        return self.follower.read_new(self._take)

    def _take(self, line: bytes) -> bool:
        self.seen.append(line)
        return True


STEPS = st.lists(
    st.sampled_from(
        ["line", "part", "late", "look", "rotate", "rotate away", "copy and truncate", "write anew"]
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_to_the_file_each_line_is_given_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    story = Story(tmp_path_factory.mktemp("log"))
    for step in steps:
        story.take(step)
    story.end()
    assert sorted(story.lines.seen) == sorted(story.written)


class Story:
    """A program that writes lines with a number each, and those who rotate its file. A look comes before the file is replaced, as it does between two rotations; what is written after it counts as well."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log"
        self.path.touch()
        self.lines = Lines(self.path)
        self.lines.look()
        self.written: list[bytes] = []
        self.pending = b""
        self.file: IO[bytes] = self.path.open("ab")
        self.before: IO[bytes] | None = None
        self.turn = 0

    def take(self, step: str) -> None:
        if step == "line":
            self._write(b"line %d" % len(self.written))
        elif step == "part" and not self.pending:
            self.pending = b"part %d" % len(self.written)
            self._append(self.file, self.pending)
        elif step == "late" and self.before is not None:
            self.written.append(b"late %d" % len(self.written))
            self._append(self.before, self.written[-1] + b"\n")
        elif step == "look":
            self.lines.look()
        elif step in {"rotate", "rotate away", "copy and truncate", "write anew"}:
            self._finish_part()
            self.lines.look()
            self._replace(step)

    def _replace(self, step: str) -> None:
        if step in {"copy and truncate", "write anew"}:
            os.truncate(self.path, 0)
            if step == "write anew":
                self._write(b"a much longer line than any that was there before %d" % len(self.written))
            return
        self.turn += 1
        self.path.rename(self.path.with_name(f"log.{self.turn}"))
        if self.before is not None:
            self.before.close()
        self.before = self.file
        if step == "rotate away":
            self.lines.look()
        self.file = self.path.open("ab")

    def _finish_part(self) -> None:
        if self.pending:
            self.written.append(self.pending)
            self._append(self.file, b"\n")
            self.pending = b""

    def _write(self, line: bytes) -> None:
        self._finish_part()
        self.written.append(line)
        self._append(self.file, line + b"\n")

    @staticmethod
    def _append(file: IO[bytes], data: bytes) -> None:
        file.write(data)
        file.flush()

    def end(self) -> None:
        self._finish_part()
        self.lines.look()
        self.lines.look()
        self.lines.follower.close()
        self.file.close()
        if self.before is not None:
            self.before.close()


def test_what_stood_there_before_is_not_new_but_a_file_that_comes_later_is(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("one\n")
    old, late = Lines(tmp_path / "old"), Lines(tmp_path / "late")
    old.look()
    late.look()
    for lines in (old, late):
        with lines.path.open("a") as file:
            file.write("two\r\nthree\n")
        lines.look()
        assert lines.seen == [b"two", b"three"]


def test_the_last_line_of_a_file_renamed_away_counts_though_nothing_ended_it(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "log")
    lines.look()
    lines.path.write_text("ended\nnot ended")
    lines.look()
    lines.path.rename(tmp_path / "log.1")
    lines.look()
    lines.look()
    assert lines.seen == [b"ended", b"not ended"]


def test_a_file_renamed_away_is_let_go_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "KEEP_OLD_S", -1.0)
    before = len(open_descriptors())
    lines = Lines(tmp_path / "log")
    for number in range(10):
        lines.path.write_text(f"{number}\n")
        lines.look()
        lines.path.rename(tmp_path / f"log.{number}")
        lines.look()
    assert len(open_descriptors()) == before


def test_many_files_renamed_away_are_not_all_held(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "log")
    before = len(open_descriptors())
    for number in range(30):
        lines.path.write_text(f"{number}\n")
        lines.look()
        lines.path.rename(tmp_path / f"log.{number}")
    assert len(open_descriptors()) <= before + following.MOST_OLD + 1
    assert len(lines.seen) == 29
    lines.follower.close()


def matches(reading: Reading) -> float:
    return next(m.value for m in reading.metrics if m.name == "matches")


@pytest.mark.parametrize("before", [0, 65_530, 65_535, 65_536, 131_000, 1_000_000])
async def test_a_long_line_counts_once_wherever_and_how_often_it_matches(tmp_path: Path, before: int) -> None:
    log = tmp_path / "log"
    log.touch()
    prober = FileProber(FileTarget(str(log), pattern="ERROR"))
    await prober.look(5)
    line = "x" * before + "ERROR" + "y" * 70_000
    log.write_text(f"{line}ERROR{line}\nfine\nan ERROR\n")
    reading = await prober.look(5)
    assert matches(reading) == 2
    assert len(reading.detail) < 1000
    await prober.close()


async def test_a_reading_shows_where_the_pattern_stands_and_nothing_harmful(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    prober = FileProber(FileTarget(str(log), pattern=r"caf[éè] \u2014 closed"))
    await prober.look(5)
    log.write_bytes(b"\xff\xfe" + b"\x1b[2J" * 100 + "café — closed\x07\n".encode())
    reading = await prober.look(5)
    assert matches(reading) == 1
    assert "café — closed" in reading.summary
    assert "\x1b" not in reading.summary + reading.detail
    await prober.close()


async def test_it_says_when_it_is_behind_and_catches_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_AT_ONCE", 100_000)
    log = tmp_path / "log"
    log.touch()
    prober = FileProber(FileTarget(str(log), pattern="ERROR"))
    await prober.look(5)
    log.write_text("ERROR 12345678\n" * 10_000)
    reading = await prober.look(5)
    assert "(behind: 50000 bytes are still to be read)" in reading.summary
    reading = await prober.look(5)
    assert matches(reading) == 10_000
    assert "behind" not in reading.summary
    await prober.close()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
async def test_what_is_no_file_is_not_judged(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    place.mkdir() if kind == "folder" else os.mkfifo(place)
    reading = await FileProber(FileTarget(str(place), pattern="x")).look(5)
    assert (reading.verdict, "not a regular file" in reading.summary) == (State.UNKNOWN, True)


async def test_age_and_size_of_a_file_nobody_looks_into(tmp_path: Path) -> None:
    place = tmp_path / "dump"
    place.write_bytes(b"12345")
    os.utime(place, (time.time() - 7200, time.time() - 7200))
    reading = await FileProber(FileTarget(str(place))).look(5)
    assert reading.summary == f"{place}: 5 bytes, changed 2h ago"
    assert Metric("size_bytes", 5.0, "B") in reading.metrics


@given(st.lists(st.floats(0, 100), max_size=60), st.floats(1, 50))
def test_sightings_are_counted_within_their_span_to_the_second(ats: list[float], within_s: float) -> None:
    sightings, now = Sightings(within_s), 0.0
    for at in sorted(ats):
        sightings.add(at, f"at {at}")
        now = at
    exactly = [at for at in ats if at >= now - within_s]
    at_most = [at for at in ats if at >= now - within_s - 1]
    assert len(exactly) <= sightings.count(now) <= len(at_most)
    assert len(sightings.detail().splitlines()) <= 20
