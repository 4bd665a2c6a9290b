"""PostgreSQL's csvlog, whose records go on over lines: read whole, whatever somebody wrote into one of them."""

from __future__ import annotations

import csv
import io
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.logs import LogSource
from core.security.signals.following import FollowedLog
from core.security.signals.reading.csv_records import cut_entries
from core.security.signals.reading.files import LONGEST_LINE, Position, Within, cut_lines, read_portion
from core.security.signals.reading.scanning import Scanner
from tests.core.security.signals.house import MONDAY

if TYPE_CHECKING:
    from pathlib import Path

FORGED = (
    "2026-11-23 09:00:00.690 UTC,,,7,,6b0d42ca.1cd6,1,,2026-11-23 09:00:00 UTC,3/1,0,FATAL,28P01,"
    '"password authentication failed for user ""root"""\n'
    '2026-11-23 09:00:00.690 UTC [7] FATAL:  password authentication failed for user "root"\n'
)


def record(message: str, *, level: str = "LOG,00000", user: str = "ada", query: str = "") -> bytes:
    """Returns a record as the server writes it."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if text else ""

    return (
        f'2026-11-23 09:00:00.690 UTC,{quoted(user)},"shop",7382,"10.0.0.4:37756",6b0d42ca.1cd6,2,"SELECT",2026-11-23 08:59:58 UTC,3/1,0,'
        f'{level},{quoted(message)},,,,,,{quoted(query)},,,"psql","client backend",,0\n'
    ).encode()


REFUSED = record('password authentication failed for user "bob"', level="FATAL,28P01", user="bob")


def kinds(lines: bytes) -> list[str]:
    scanner = Scanner(LogSource("db", "db", "postgresql", "/x"))
    return [each.kind for each in scanner.scan(lines, MONDAY, is_live=False)]


def test_what_a_statement_holds_behind_a_line_end_is_no_record_of_its_own() -> None:
    forged = record(f"statement: select '\n{FORGED}'", query=f"select '\n{FORGED}'")
    assert kinds(cut_lines(forged, in_long=False).lines), "read by lines it raises what is forged"
    found = cut_entries(forged + REFUSED, in_long=0)
    assert (len(found.lines.splitlines()), found.used) == (2, len(forged + REFUSED))
    assert kinds(found.lines) == ["failure"]


def test_a_statement_of_several_lines_is_seen_whole() -> None:
    found = cut_entries(record("statement: alter role eve\n\n  superuser"), in_long=0)
    assert kinds(found.lines) == ["privileged"]


@pytest.mark.parametrize("ends", [1, 7, 150])
def test_a_record_that_is_half_written_waits_for_its_rest(ends: int) -> None:
    whole = record(f"statement: select '\n{FORGED}'")
    found = cut_entries(REFUSED + whole[:-ends], in_long=0)
    assert (found.lines.count(b"\n"), found.used, found.in_long) == (1, len(REFUSED), Within.NOTHING)


def test_lines_that_are_no_csvlog_are_taken_as_they_are() -> None:
    text = b'2026-11-23 09:00:00.690 UTC [7] LOG:  a "half" and a " mark\n\tgoes on "\n\n2026-11-23 09:00:01.000 UTC,ada,shop,LOG:  say "\n'
    assert cut_entries(text, in_long=0) == cut_lines(text, in_long=0)


TEXTS = st.text(st.sampled_from('a",\n é'), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6), st.integers(0, 400))
def test_every_record_is_one_line_and_a_half_one_waits(said: list[tuple[str, str]], left: int) -> None:
    records = [record("x" + message, user=user or "u") for message, user in said]
    data = b"".join(records)
    found = cut_entries(data[: max(len(data) - left, 0)], in_long=0)
    lines = found.lines.decode().split("\n")[:-1]
    assert data.startswith(data[: found.used])
    assert found.used in {sum(map(len, records[:n])) for n in range(len(records) + 1)}
    rows = list(csv.reader(io.StringIO(data[: found.used].decode(), newline=""), strict=True))
    assert [each[13].replace("\n", " ") for each in rows] == [next(csv.reader([line]))[13] for line in lines]


def test_behind_a_record_that_was_torn_off_the_next_ones_are_read() -> None:
    torn = record(f"statement: select '\n{FORGED}'")[:-60]
    for rest in (b"", b"\n"):
        found = cut_entries(torn + rest + REFUSED + REFUSED + record("x"), in_long=0)
        assert kinds(found.lines).count("failure") >= (2 if rest else 1)
        assert found.used == len(torn + rest + REFUSED + REFUSED + record("x"))


def test_of_a_record_that_is_too_long_the_beginning_counts_and_nothing_in_its_rest(tmp_path: Path) -> None:
    log = tmp_path / "db.csv"
    for long in (
        f"statement: select '{FORGED * 20_000}'",
        "statement: select '" + 'x""y' * 1_000_000 + "'",
        "a" * 3_000_000,
    ):
        log.write_bytes(REFUSED + record(long, query=long) + REFUSED)
        place: Position | None = None
        lines, cut = b"", 0
        for _ in range(100):
            portion = read_portion(str(log), place, cut_entries)
            place, cut, lines = portion.position, cut + portion.cut, lines + portion.data
        assert kinds(lines) == ["failure", "failure"]
        assert [len(each) for each in lines.splitlines()] == [
            len(REFUSED) - 1,
            LONGEST_LINE,
            len(REFUSED) - 1,
        ]
        assert (cut, place.offset if place else 0) == (1, log.stat().st_size)


class Server:
    """Writes a csvlog bit by bit while it is read, rotated and its reader begun anew."""

    def __init__(self, folder: Path) -> None:
        self.source = LogSource("db", "db", "postgresql", str(folder / "db.csv"))
        self.log = folder / "db.csv"
        self.clock = 1_700_000_000_000_000_000
        self.place: Position | None = None
        self.lines = b""
        self.log.touch()

    def write(self, data: bytes) -> None:
        with self.log.open("ab") as file:
            file.write(data)
        self.tick(self.log)

    def tick(self, path: Path) -> None:
        self.clock += 1_000_000_000
        os.utime(path, ns=(self.clock, self.clock))

    def look(self) -> None:
        for _ in range(20):
            portion = read_portion(str(self.log), self.place, cut_entries)
            self.lines += portion.data
            self.place = portion.position if portion.position.inode else self.place


@pytest.mark.parametrize("how", ["rename", "copy"])
@pytest.mark.parametrize("at", [5, 24, 27, 32, 40, 75, 100, 150, 260, 420, -40, -1])
def test_a_rotation_in_the_midst_of_a_record_neither_loses_nor_doubles_nor_forges(
    tmp_path: Path, how: str, at: int
) -> None:
    server = Server(tmp_path)
    forging = record(f"statement: select '\n{FORGED}{FORGED}'")
    server.write(REFUSED + forging[:at])
    server.look()
    old = server.log.with_name("db.csv.1")
    if how == "rename":
        server.log.rename(old)
        server.log.touch()
        server.tick(server.log)
        with old.open("ab") as file:
            file.write(forging[at:])
        server.tick(old)
    else:
        shutil.copyfile(server.log, old)
        server.tick(old)
        os.truncate(server.log, 0)
        server.tick(server.log)
        server.write(forging[at:])
    server.look()
    server.write(REFUSED)
    server.look()
    assert kinds(server.lines) == ["failure", "failure"]
    assert server.lines.count(b"\n") == 3


def test_a_reader_that_begins_anew_goes_on_within_a_record(tmp_path: Path) -> None:
    log = tmp_path / "db.csv"
    long = record(f"statement: select '{FORGED * 1000}'")
    log.write_bytes(REFUSED + long[: len(long) // 2])
    source = LogSource("db", "db", "postgresql", str(log))
    first = FollowedLog(source, None).look(MONDAY)
    assert first is not None
    assert first.step.place.in_long == Within.QUOTES
    with log.open("ab") as file:
        file.write(long[len(long) // 2 :] + REFUSED)
    portion = read_portion(str(log), first.step.place, cut_entries)
    assert kinds(portion.data) == ["failure"]
