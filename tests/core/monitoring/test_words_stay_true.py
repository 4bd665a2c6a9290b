"""What is written of a component stays true while its state stays: who speaks, and how many there are."""

from __future__ import annotations

from dataclasses import replace

from core.catalog.model import Catalog, Component, Probe, TcpTarget
from core.monitoring.evaluation import ProbeState
from core.monitoring.model import Reading, State, Status
from core.monitoring.roster import Roster

OK, CRIT = State.OK, State.CRITICAL
SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=1, retry_s=1)


def catalog(*names: str, attempts: int = 1) -> Catalog:
    probes = tuple(replace(PROBE, id=name, attempts=attempts) for name in names)
    return Catalog(components={"shop": Component("shop", "Shop", "s", probes=probes)})


class Shop:
    """One component, what is written of it, and how often it is."""

    def __init__(self, *names: str) -> None:
        self.roster = Roster()
        self.written: list[str] = []
        self.asked: tuple[tuple[str, str], ...] = ()
        self.at = 0
        self.declare(*names)

    def declare(self, *names: str, attempts: int = 1) -> None:
        changes = self.roster.take_catalog(catalog(*names, attempts=attempts), {}, {})
        self.write([change.now for change in changes])

    def result(self, probe: str, state: State, words: str = "said") -> None:
        self.at += SECOND
        outcome = self.roster.take_reading(("shop", probe), Reading(state, words), self.at)
        self.write([change.now for change in outcome.changes])
        self.asked = outcome.look_again

    def write(self, statuses: list[Status]) -> None:
        self.written += [status.summary for status in statuses]
        self.roster.written(replace(status, version=status.version + 1) for status in statuses)

    @property
    def status(self) -> Status:
        status = self.roster.status("shop")
        assert status is not None
        return status


def test_a_component_looked_at_for_the_first_time_is_written_at_its_first_and_its_last_probe() -> None:
    shop = Shop("a", "b", "c", "d")
    for probe in "abcd":
        shop.result(probe, OK)
    assert shop.written == ["ok so far, not every probe was looked at yet", "4 probes ok"]
    for probe in "abcd":
        shop.result(probe, OK)
    assert len(shop.written) == 2


def test_a_component_with_one_probe_is_written_once() -> None:
    shop = Shop("a")
    shop.result("a", OK)
    shop.result("a", OK)
    assert shop.written == ["1 probe ok"]


def test_how_many_more_are_bad_is_told_as_it_changes() -> None:
    shop = Shop("a", "b", "c")
    for probe in "abc":
        shop.result(probe, CRIT, "refused")
    assert shop.status.summary == "a: refused (and 2 more)"
    since = shop.status.since
    shop.result("c", OK)
    assert shop.status.summary == "a: refused (and 1 more)"
    shop.result("a", OK)
    shop.result("b", CRIT, "refused")
    assert shop.status.summary == "b: refused"
    assert (shop.status.state, shop.status.since) == (CRIT, since)


def test_what_the_same_probe_measures_anew_is_no_news() -> None:
    shop = Shop("a", "b")
    shop.result("a", CRIT, "full: 97 %")
    shop.result("b", OK)
    told = len(shop.written)
    shop.result("a", CRIT, "full: 98 %")
    shop.result("b", OK)
    assert len(shop.written) == told


def test_another_kind_of_failure_of_the_same_probe_is_told_when_it_stands() -> None:
    shop = Shop("a")
    shop.result("a", CRIT, "500 Internal Server Error in 3 ms")
    since = shop.status.since
    shop.result("a", CRIT, "502 Internal Server Error in 4 ms")
    for _ in range(2):
        shop.result("a", CRIT, "refused")
    assert shop.written == ["500 Internal Server Error in 3 ms"]
    shop.result("a", CRIT, "refused")
    assert shop.written == ["500 Internal Server Error in 3 ms", "refused"]
    assert (shop.status.state, shop.status.since) == (CRIT, since)


def test_the_next_to_speak_is_asked_first_so_that_a_recovery_is_no_other_cause() -> None:
    shop = Shop("a", "b")
    shop.result("a", CRIT, "gone")
    shop.result("b", CRIT, "refused")
    told = list(shop.written)
    shop.result("a", OK)
    assert (shop.written, shop.asked) == (told, (("shop", "b"),))
    shop.result("b", OK)
    assert shop.written == [*told, "2 probes ok"]


def test_the_next_to_speak_speaks_when_it_still_fails() -> None:
    shop = Shop("a", "b")
    shop.result("a", CRIT, "gone")
    shop.result("b", CRIT, "refused")
    shop.result("a", OK)
    assert shop.status.summary == "a: gone (and 1 more)"
    shop.result("b", CRIT, "refused")
    assert shop.status.summary == "b: refused"
    told = len(shop.written)
    shop.result("b", CRIT, "refused")
    assert len(shop.written) == told


def test_a_failure_whose_words_vary_from_look_to_look_is_told_once() -> None:
    shop = Shop("a")
    for n in range(20):
        shop.result("a", CRIT, f"line {'x' * n} is wrong")
    shop.result("a", CRIT, "500 Error")
    shop.result("a", CRIT, "refused")
    shop.result("a", CRIT, "500 Error")
    assert len(shop.written) == 1


def test_a_doubt_beside_a_certain_failure_is_counted_when_it_is_certain() -> None:
    shop = Shop("a", "b")
    shop.declare("a", "b", attempts=2)
    for _ in range(2):
        shop.result("a", CRIT, "refused")
    shop.result("b", CRIT, "slow")
    shop.result("b", OK)
    shop.result("b", CRIT, "slow")
    assert shop.status.summary == "a: refused"
    shop.result("b", CRIT, "slow")
    assert shop.status.summary == "a: refused (and 1 more)"


def test_the_next_agent_knows_which_kind_of_failure_was_told() -> None:
    shop = Shop("a")
    shop.result("a", CRIT, "refused")
    states = {("shop", "a"): ProbeState.from_json(shop.roster._watched["shop"].probes["a"].to_json())}
    heir = Shop("a")
    heir.roster = Roster()
    heir.write([c.now for c in heir.roster.take_catalog(catalog("a"), {"shop": shop.status}, states)])
    for _ in range(3):
        heir.result("a", CRIT, "refused")
    assert heir.written == []
    for _ in range(3):
        heir.result("a", CRIT, "slow")
    assert heir.written == ["slow"]


def test_a_probe_declared_no_longer_is_not_counted_any_more() -> None:
    shop = Shop("a", "b", "c")
    for probe in "abc":
        shop.result(probe, OK)
    shop.declare("a", "b")
    assert shop.status.summary == "2 probes ok"


def test_the_next_agent_mends_a_count_that_is_not_true_and_leaves_what_is() -> None:
    shop = Shop("a", "b")
    for probe in "ab":
        shop.result(probe, OK)
    states = {("shop", name): state for name, state in shop.roster._watched["shop"].probes.items()}
    for said, mended in (("1 probe ok, 1 not looked at yet", ["2 probes ok"]), ("2 probes ok", [])):
        held = {"shop": replace(shop.status, summary=said)}
        changes = Roster().take_catalog(catalog("a", "b"), held, states)
        assert [change.now.summary for change in changes] == mended
    shop.result("a", CRIT, "full: 97 %")
    states = {("shop", name): state for name, state in shop.roster._watched["shop"].probes.items()}
    held = {"shop": replace(shop.status, summary="a: full: 96 %")}
    assert Roster().take_catalog(catalog("a", "b"), held, states) == []
