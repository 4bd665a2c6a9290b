"""An attack that is spread over the logs of several hosts is one signal, and after a restart what was counted is counted on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.logs import LogPattern, LogSource
from core.security.signals.following import FollowedLog
from core.security.signals.model import Severity
from core.security.signals.readers import kept_of
from core.security.signals.reading.scanning import Sighting
from core.security.signals.rules import Rule
from core.security.signals.taking_in import DUTY, take_in
from core.security.signals.together import SEVERAL, Together
from tests.core.security.signals.house import AGENT, House, failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

BADGE = LogPattern("badge", r"badge (?P<who>\w+) refused", "badge", count=4, by="who", across=True)


class Two:
    """Two hosts whose logs one agent reads."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.paths = {name: folder / f"{name}.log" for name in ("one", "two")}
        for path in self.paths.values():
            path.touch()
        self.begin_anew()

    def begin_anew(self) -> None:
        together = Together()
        self.logs = {
            name: FollowedLog(
                LogSource(name, "auth", "auth", str(path), host=name, patterns=(BADGE,)),
                self.house.store.read(kept_of, name), (), together,
            )
            for name, path in self.paths.items()
        }  # fmt: skip

    def read(self, name: str, *lines: str) -> None:
        with self.paths[name].open("a") as file:
            file.writelines(lines)
        log = self.logs[name]
        while (part := log.look(self.house.now)) is not None:
            log.kept_as(
                self.house.do(
                    take_in, self.house.token, DUTY, log.origin, part.raised, part.step, author=AGENT
                )
            )


@pytest.fixture
def two(place: Path | str, ada: Author, tmp_path: Path) -> Iterator[Two]:
    house = House(place, ada, tmp_path)
    yield Two(house, tmp_path)
    house.store.close()


def test_refusals_from_one_address_on_two_hosts_are_one_signal(two: Two) -> None:
    for n in range(3):
        two.read("one", failed("203.0.113.9", f"user{n}", f"09:00:0{n}"))
    assert "failures-across-logs 203.0.113.9" not in two.house.all()
    two.read("two", failed("203.0.113.9", "root"), failed("203.0.113.9", "ana"))
    found = two.house.all()["failures-across-logs 203.0.113.9"]
    assert (found.count, found.source, found.place, found.component) == (5, SEVERAL, SEVERAL, "")
    assert any(line.startswith("auth of one: ") for line in found.samples)
    assert any(line.startswith("auth of two: ") for line in found.samples)
    assert "failures-of-address 203.0.113.9" not in two.house.all()  # neither log holds five


def test_one_host_alone_is_not_several(two: Two) -> None:
    two.read("one", *(failed("203.0.113.9", "root", f"09:00:0{n}") for n in range(9)))
    assert "failures-across-logs 203.0.113.9" not in two.house.all()
    two.house.pass_(minutes=11)
    two.read("two", failed("203.0.113.9", "root", "09:11:00"))  # those of the other host are too long ago
    assert "failures-across-logs 203.0.113.9" not in two.house.all()


def test_what_was_counted_lasts_across_a_restart_and_nothing_counts_twice(two: Two) -> None:
    for n in range(3):
        two.read("one", failed("203.0.113.9", "root", f"09:00:0{n}"))
    two.begin_anew()
    two.read("two", failed("203.0.113.9", "root", "09:00:04"), failed("203.0.113.9", "root", "09:00:05"))
    assert two.house.all()["failures-across-logs 203.0.113.9"].count == 5
    two.begin_anew()  # the first log's row still holds its three
    two.house.now += timedelta(seconds=20)
    two.read("two", failed("203.0.113.9", "root", "09:00:11"), failed("203.0.113.9", "root", "09:00:12"))
    assert two.house.all()["failures-across-logs 203.0.113.9"].count == 5


def test_a_pattern_of_the_site_counts_over_the_logs_where_it_says_so(two: Two) -> None:
    line = "2026-11-23T09:00:0{n}+00:00 door[7]: badge eve refused\n"
    two.read("one", line.format(n=1), line.format(n=2))
    two.read("two", line.format(n=3), line.format(n=4))
    found = two.house.all()["badge eve"]
    assert (found.count, found.source) == (4, SEVERAL)


def test_what_a_count_took_in_is_no_part_of_another_when_it_is_read_again() -> None:
    rule = Rule("r", Severity.HIGH, "two on two hosts", ("failure",), count=2, across=2)
    together = Together()
    for log in ("one", "two"):
        together.put(log, [])

    def count(log: str, at: int) -> bool:
        sighting = Sighting("failure", at, at, {}, 1, b"")
        return bool(together.count(rule, log, b"", [("k", sighting)]))

    assert [count("one", 10), count("two", 20)] == [False, True]
    assert [count("one", 10), count("two", 20)] == [False, False]
    assert [count("one", 30), count("two", 31)] == [False, True]
