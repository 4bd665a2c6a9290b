"""What is counted together of addresses: of IPv6 a /64, which one who attacks has whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.logs import LogPattern
from core.security.signals.model import (
    MOST_SAMPLES,
    MOST_WHOLES,
    Raised,
    Severity,
    SignalState,
    few_of,
    together_with,
)
from core.security.signals.reading.addresses import group_of
from core.security.signals.suppressing import suppress_signal
from core.security.signals.taking_in import From, raise_signal
from core.timekeeping import to_micros
from tests.core.security.signals.house import AGENT, BOX, LEE, House, failed

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author

GROUP = "2001:db8:1:2::/64"


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", GROUP),
        ("2001:DB8:1:2::1", GROUP),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("64:ff9b::203.0.113.9", "203.0.113.9"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::%eth0/64"),
        (GROUP, GROUP),
        ("mail.example", "mail.example"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_of_ipv6_a_whole_prefix_is_one_source(address: str, group: str) -> None:
    assert group_of(address) == group


def from_each(*ends: int, at: str = "09:00:0") -> list[str]:
    return [failed(f"2001:db8:1:2::{n:x}", at=f"{at}{place}") for place, n in enumerate(ends)]


def test_who_has_a_prefix_is_one_source_whichever_of_its_addresses_is_used(house: House) -> None:
    house.read(*from_each(1, 2, 3, 4, 5))
    found = house.all()
    assert found[f"failures-of-address {GROUP}"].count == 5
    assert {line.split(" from ")[1].split()[0] for line in found[f"failures-of-address {GROUP}"].samples} == {
        f"2001:db8:1:2::{n}" for n in range(1, 6)
    }
    assert "account-of-many root" not in found, "one prefix is one address"
    house.read(failed("2001:db8:1:3::1"), *[failed("::ffff:203.0.113.9", at=f"09:00:1{n}") for n in range(5)])
    assert "failures-of-address 203.0.113.9" in house.all()


def test_a_site_that_counts_by_an_address_counts_by_prefix_too(
    place: Path | str, ada: Author, tmp_path: Path
) -> None:
    door = LogPattern("door", r"knock by (?P<ip>\S+)", count=3, by="ip")
    house = House(place, ada, tmp_path, patterns=(door,))
    house.read(*[f"2026-11-23T09:00:0{n}+00:00 shop-1 door: knock by 2001:db8:1:2::{n}\n" for n in range(3)])
    assert list(house.all()) == [f"door {GROUP}"]
    house.store.close()


def test_what_was_suppressed_by_its_address_stays_so_and_covers_nobody_else(house: House) -> None:
    at = to_micros(house.now)
    old = Raised(
        "failures-of-address", Severity.LOW, "sign-ins refused", "2001:db8:1:2::7", 5, at, at, ("a line",)
    )
    number = house.do(raise_signal, From("auth", "auth of shop-1", "shop-1"), old, author=AGENT)
    house.do(
        suppress_signal, number, house.now + timedelta(days=3), "ada", "a scanner of ours", BOX, author=LEE
    )
    house.read(*from_each(7, 7, 7, 7, 7))
    found = house.all()
    assert found["failures-of-address 2001:db8:1:2::7"].count == 5, "what stands is about that address alone"
    suppressed = found[f"failures-of-address {GROUP}"]
    assert (suppressed.state, suppressed.suppression) == (
        SignalState.SUPPRESSED,
        found["failures-of-address 2001:db8:1:2::7"].suppression,
    )
    house.read(*from_each(7, 7, 7, 7, 8, at="09:01:0"))
    assert house.all()[f"failures-of-address {GROUP}"].state is SignalState.NEW


def test_whose_address_is_told_lasts_across_a_restart(house: House) -> None:
    house.read(*from_each(7, 8))
    house.begin_anew()
    house.write(*from_each(7, 7, 7, at="09:00:1"))
    part = house.followed.look(house.now)
    assert part is not None
    (raised,) = (each for each in part.raised if each.rule == "failures-of-address")
    assert raised.wholes == {"2001:db8:1:2::7", "2001:db8:1:2::8"}


def test_a_prefix_is_suppressed_as_one_source(house: House) -> None:
    house.read(*from_each(1, 2, 3, 4, 5))
    number = house.all()[f"failures-of-address {GROUP}"].id
    house.do(
        suppress_signal, number, house.now + timedelta(days=3), "ada", "a scanner of ours", BOX, author=LEE
    )
    house.pass_(days=1)
    house.read(*[each.replace("11-23", "11-24") for each in from_each(6, 7, 8, 9, 1)])
    found = [
        each for each in house.all().values() if each.about == GROUP and each.rule == "failures-of-address"
    ]
    assert {each.state for each in found} == {SignalState.SUPPRESSED}


def test_addresses_are_told_apart_while_they_are_few() -> None:
    one = Raised("r", Severity.LOW, "t", GROUP, 1, 1, 1, (), "", frozenset({"2001:db8:1:2::1"}))
    many = one._replace(
        wholes=few_of(GROUP, frozenset(f"2001:db8:1:2::{n:x}" for n in range(MOST_WHOLES + 1)))
    )
    assert many.wholes == {GROUP}
    assert together_with(one, many).wholes == {GROUP, "2001:db8:1:2::1"}


def test_of_a_count_the_first_lines_and_the_last_are_kept(house: House) -> None:
    house.read(*[failed("203.0.113.9", f"u{n}", f"09:00:0{n}") for n in range(5)])
    kept = house.all()["failures-of-address 203.0.113.9"].samples
    assert [line.split(" for ")[1].split()[0] for line in kept] == [f"u{n}" for n in range(5)]
    assert len(kept) <= MOST_SAMPLES
    assert asdict(house.all()["failures-of-address 203.0.113.9"])["count"] == 5


def test_a_line_that_is_no_part_of_the_count_any_more_is_no_evidence_of_it(house: House) -> None:
    house.read(
        failed("203.0.113.9", "early", "08:30:00"),
        *[failed("203.0.113.9", f"u{n}", f"09:00:0{n}") for n in range(5)],
    )
    kept = house.all()["failures-of-address 203.0.113.9"].samples
    assert len(kept) == 5
    assert not any("early" in line for line in kept)
