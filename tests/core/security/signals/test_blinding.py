"""Who would blind the watch is told of: a log that is not declared any more, a crowd to hide in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.catalog.commands import LISTED, load_catalog
from core.catalog.difference import difference
from core.catalog.logs import SigmaText
from core.catalog.model import Catalog, Service, Staff
from core.security.signals.counting import MOST_KEYS
from core.security.signals.own import look_through, newest_entry, take_in_own
from core.security.signals.readers import OWN, kept_of
from core.security.signals.taking_in import DUTY
from tests.core.security.signals.house import AGENT, House, accepted, failed

if TYPE_CHECKING:
    from core.security.signals.model import Signal


def told_of(house: House, before: Catalog, after: Catalog, *, digest: str = "2") -> dict[str, Signal]:
    """Returns the signals that came with another catalog."""
    since = house.store.read(newest_entry)
    changes = [str(each) for each in difference(before, after)]
    house.do(load_catalog, after, directory="x", digest=digest, changes=changes, author=AGENT)
    found, held = house.store.read(look_through, since), house.store.read(kept_of, OWN.id)
    house.do(take_in_own, house.token, DUTY, found, held.step if held else 0, author=AGENT)
    return house.all()


def declared(house: House) -> Catalog:
    return Catalog(
        services={"shop": Service("shop", "Shop")}, staff={"ada": Staff("ada", "Ada")}, log_sources={"auth": house.source}
    )  # fmt: skip


def test_a_log_that_is_declared_no_longer_is_a_grave_signal(house: House) -> None:
    before = declared(house)
    found = told_of(house, before, replace(before, log_sources={}))
    assert found["log-unwatched auth"].severity == "high"
    assert "log_source auth: removed" in found["log-unwatched auth"].samples[0]


def test_a_log_that_is_read_otherwise_is_a_signal_and_one_that_is_named_otherwise_is_not(
    house: House,
) -> None:
    before = declared(house)
    named = {"auth": replace(house.source, title="sign-ins", host="h")}
    assert told_of(house, before, replace(before, log_sources=named)) == {}


def test_a_silence_that_is_made_usual_is_a_signal(house: House) -> None:
    before = declared(house)
    quiet = {"auth": replace(house.source, title="sign-ins", usual_gap_s=8e6)}
    found = told_of(house, before, replace(before, log_sources=quiet))
    assert list(found) == ["watch-changed auth"]


def test_a_sigma_rule_that_is_left_out_is_a_signal_and_one_that_came_is_not(house: House) -> None:
    before = declared(house)
    more = replace(before, sigma_rules={"x": SigmaText("x", "x.yml", "title: x")})
    assert told_of(house, before, more) == {}
    assert list(told_of(house, more, before, digest="3")) == ["watch-changed x"]


def test_what_is_beyond_the_changes_that_an_entry_names_is_told_as_such(house: House) -> None:
    before = declared(house)
    crowd = {f"a{n:03}": Service(f"a{n:03}", "x") for n in range(LISTED + 1)}
    after = replace(before, services={**before.services, **crowd}, log_sources={})
    found = told_of(house, before, after)
    assert list(found) == ["watch-changed"]
    assert f"of these {LISTED} are named" in found["watch-changed"].samples[0]


def test_who_was_refused_often_is_not_lost_in_a_crowd(house: House) -> None:
    house.read(*(failed("203.0.113.9", f"user{n}") for n in range(6)))
    for part in range(3):
        crowd = (failed(f"10.{part}.{n // 250}.{n % 250}", f"x{part}-{n}") for n in range(MOST_KEYS))
        house.read(*crowd)
    house.read(accepted("203.0.113.9", "user5"))
    assert house.all()["success-after-failures 203.0.113.9"].severity == "high"
