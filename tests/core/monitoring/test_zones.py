"""Agents of several zones: each watches its own, hears of the others, and none writes over another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.desk.queries import incidents
from core.journal.model import Via
from core.monitoring.batch import Batch, write_batch
from core.monitoring.commands import Change, add_samples, record_changes
from core.monitoring.elsewhere import PATIENCE_S
from core.monitoring.hours import DUTY as ROLL_UP
from core.monitoring.hours import begin_packing, packing_of
from core.monitoring.model import Reading, State, Status
from core.monitoring.numbers import number_probes, numbers
from core.monitoring.queries import statuses
from core.monitoring.roster import Roster
from core.monitoring.watch import agents_of, duty_of
from core.store.lease import LeaseLost, beat, take_lease
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now
from tests.core.monitoring.plant import CRIT, HOUSE, OK, PLANT, PROBE, SECOND, UNREACHABLE, component, told

if TYPE_CHECKING:
    from pathlib import Path

    from core.monitoring.roster import Outcome
    from core.store.work import Work


class Plant:
    """The roster of the plant's agent, fed by hand."""

    def __init__(self, **home: State) -> None:
        self.roster = Roster(PLANT)
        self.roster.take_catalog(HOUSE, {name: told(name, state) for name, state in home.items()}, {})
        self.at = 100 * SECOND

    def result(self, name: str, state: State, after_s: float = 1) -> Outcome:
        self.at += int(after_s * SECOND)
        outcome = self.roster.take_reading((name, "p"), Reading(state, str(state)), self.at)
        self.roster.written(replace(c.now, version=c.now.version + 1) for c in outcome.changes)
        return outcome

    def shown(self, name: str) -> tuple[State, bool]:
        status = self.roster.status(name)
        assert status is not None
        return status.state, status.confirmed


def test_only_its_own_probes_are_watched_and_of_the_others_what_is_needed() -> None:
    plant = Plant(db=OK)
    assert set(plant.roster.probes()) == {("press", "p"), ("lamp", "p")}
    assert set(plant.roster.foreign) == {"db"}
    assert plant.roster.status("db") is None
    assert plant.roster.unknown(HOUSE) == ["db"]
    assert Roster(PLANT).unknown(HOUSE) == ["press", "lamp", "db"]


def test_a_failure_waits_until_what_it_needs_elsewhere_was_looked_at_again() -> None:
    plant = Plant(db=OK)
    plant.result("press", OK)
    plant.result("press", CRIT)
    plant.result("press", CRIT, after_s=PROBE.every_s)
    assert plant.shown("press") == (CRIT, False)
    plant.result("press", CRIT, after_s=PROBE.timeout_s + 2)
    assert plant.shown("press") == (CRIT, True)


def test_a_failure_waits_for_no_zone_for_ever() -> None:
    slow = replace(
        HOUSE, components={**HOUSE.components, "db": component("db", probe=replace(PROBE, every_s=3600))}
    )
    plant = Plant(db=OK)
    plant.roster.take_catalog(slow, {}, {})
    plant.result("press", CRIT)
    plant.result("press", CRIT, after_s=PATIENCE_S + 1)
    assert plant.shown("press") == (CRIT, True)


def test_what_is_down_elsewhere_is_the_root_here_and_its_return_is_looked_into_at_once() -> None:
    plant = Plant(db=OK)
    plant.result("press", OK)
    plant.result("press", CRIT)
    changes, look = plant.roster.take_foreign({"db": told("db", CRIT)}, plant.at)
    assert [(c.now.id, c.now.state, c.now.roots) for c in changes] == [("press", UNREACHABLE, ("db",))]
    assert look == []
    assert plant.roster.affected_of("db") == ("press",)
    changes, look = plant.roster.take_foreign({"db": told("db", OK)}, plant.at + SECOND)
    assert look == [("press", "p")]
    assert plant.shown("press")[0] is UNREACHABLE
    plant.result("press", OK)
    assert plant.shown("press") == (OK, True)


def test_what_is_doubtful_elsewhere_is_waited_for_here() -> None:
    plant = Plant(db=OK)
    plant.roster.take_foreign({"db": told("db", CRIT, confirmed=False)}, plant.at)
    plant.result("press", CRIT)
    plant.result("press", CRIT, after_s=PATIENCE_S + 1)
    assert plant.shown("press") == (CRIT, False)


def test_a_root_whose_way_here_is_not_known_is_named_all_the_same() -> None:
    plant = Plant(db=OK)
    plant.result("press", CRIT)
    plant.roster.take_foreign({"db": told("db", UNREACHABLE, roots=("mains",))}, plant.at)
    assert plant.roster.affected_of("mains") == ("press",)


def test_behind_a_root_further_away_the_fault_is_there() -> None:
    plant = Plant(db=OK)
    plant.result("press", CRIT)
    plant.roster.take_foreign({"db": told("db", UNREACHABLE, roots=("mains",))}, plant.at)
    status = plant.roster.status("press")
    assert status is not None
    assert status.roots == ("mains",)


# What the database holds


AGENT = Author("agent", Via.AGENT, "home")
OTHER = Author("agent", Via.AGENT, "plant")


@pytest.fixture
def house(store: Store) -> Store:
    store.write(AGENT, load_catalog, HOUSE, directory="x", digest="1", changes=[])
    return store


def change(status: Status, *affected: str) -> Change:
    return Change(status, "s", status.id, 2, affected)


def test_each_zone_has_a_lease_of_its_own(house: Store) -> None:
    home = house.write(AGENT, take_lease, duty_of(""), "one")
    plant = house.write(OTHER, take_lease, duty_of(PLANT), "two")
    house.write(AGENT, take_lease, "agentless", "three")
    assert {zone: held.holder for zone, held in house.read(agents_of).items()} == {"": "one", PLANT: "two"}
    house.write(OTHER, write_batch, Batch(), plant, {}, duty=duty_of(PLANT), zone=PLANT)
    with pytest.raises(LeaseLost):
        house.write(OTHER, write_batch, Batch(), home + 1, {}, zone="")


def test_of_a_component_that_has_left_the_zone_its_former_agent_writes_nothing(house: Store) -> None:
    token = house.write(OTHER, take_lease, duty_of(PLANT), "two")
    batch = Batch(changes={name: change(told(name, OK)) for name in ("db", "press")})
    written = house.write(OTHER, write_batch, batch, token, {}, duty=duty_of(PLANT), zone=PLANT)
    assert [status.id for status in written] == ["press"]
    assert set(house.read(statuses)) == {"press"}


def test_what_is_unreachable_in_every_zone_stands_on_the_one_incident(house: Store) -> None:
    tokens = {zone: house.write(OTHER, take_lease, duty_of(zone), zone) for zone in ("", PLANT)}
    behind = told("press", UNREACHABLE, roots=("db",))

    def write(zone: str, batch: Batch) -> None:
        house.write(OTHER, write_batch, batch, tokens[zone], {}, duty=duty_of(zone), zone=zone)

    write("", Batch(changes={"db": change(told("db", CRIT))}))
    write(PLANT, Batch(changes={"press": change(behind)}, affected={"db": ("press",)}))
    (incident,) = house.read(incidents)
    assert (incident.component, incident.affected) == ("db", ("press",))
    # The home zone's agent knows nothing of the press, and does not take it off.
    write("", Batch(affected={"db": ()}))
    assert house.read(incidents)[0].affected == ("press",)


def test_an_incident_that_opens_names_what_is_already_unreachable_elsewhere(house: Store) -> None:
    house.write(OTHER, record_changes, [change(told("press", UNREACHABLE, roots=("db",)))], PLANT)
    house.write(AGENT, record_changes, [change(told("db", CRIT))], "")
    assert house.read(incidents)[0].affected == ("press",)


def test_agents_that_number_at_once_give_no_number_twice(house: Store, place: Path | str) -> None:
    keys = [(f"c{n}", "p") for n in range(80)]

    def number(offset: int) -> list[dict[tuple[str, str], int]]:
        own = Store.at(place)
        try:
            return [
                own.write(
                    Author("agent", Via.AGENT, f"n{offset}"), number_probes, keys[(start + offset) % 80 :][:6]
                )
                for start in range(0, 80, 4)
            ]
        finally:
            own.close()

    with ThreadPoolExecutor() as agents:
        given = [each for all_of_one in agents.map(number, range(8)) for each in all_of_one]
    final = house.read(numbers)
    assert sorted(final.values()) == list(range(1, len(final) + 1))
    assert {key for key, _ in final.items()} == set(keys)
    assert all(final[key] == number for each in given for key, number in each.items())


def test_packing_begins_only_when_what_is_being_written_is_written(house: Store, place: Path | str) -> None:
    now = utc_now()
    hour_ago = to_micros(now - timedelta(hours=2)) // 1000
    plant, rolling = (
        house.write(OTHER, take_lease, duty_of(PLANT), "two"), house.write(AGENT, take_lease, ROLL_UP, "one"),
    )  # fmt: skip
    has_numbers, may_end = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        beat(work, duty_of(PLANT), plant)
        add_samples(work, [(1, hour_ago, 1.0, 0)])
        has_numbers.set()
        assert may_end.wait(60)

    def write_slowly() -> None:
        own = Store.at(place)
        own.write(OTHER, slow)
        own.close()

    def pack() -> None:
        own = Store.at(place)
        own.write(AGENT, begin_packing, rolling, now)
        own.close()

    writer, packer = threading.Thread(target=write_slowly), threading.Thread(target=pack)
    writer.start()
    assert has_numbers.wait(60)
    if isinstance(place, str):  # embedded, nobody else writes while one does
        house.write(AGENT, add_samples, [(2, hour_ago, 2.0, 0)])
    packer.start()
    packer.join(0.3)
    assert house.read(packing_of).upto == 0
    may_end.set()
    writer.join(60)
    packer.join(60)
    packing = house.read(packing_of)
    assert packing.upto == (2 if isinstance(place, str) else 1)
    assert packing.last == (2 if isinstance(place, str) else 1)
