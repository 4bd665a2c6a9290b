"""Two agents of two zones write about one incident at the same time, on a server: neither takes off what the other says."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from core.catalog.commands import load_catalog
from core.desk.queries import incidents
from core.gate.rights import Role
from core.journal.model import Via
from core.monitoring.batch import Batch, write_batch
from core.monitoring.commands import Change, record_changes, set_affected
from core.monitoring.watch import duty_of
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from tests.core.monitoring.plant import CRIT, HOUSE, PLANT, UNREACHABLE, told

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House as People

HOME = Author("agent", Via.AGENT, "home")
GROWER = Author("agent", Via.AGENT, "plant")
LOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_what_another_zone_writes_meanwhile_stays_on_the_incident(house: People) -> None:
    place = house.person("agent", Role.AGENT)
    home, plant = Store.at(place), Store.at(place)
    home.write(HOME, load_catalog, HOUSE, directory="x", digest="1", changes=[])
    token = home.write(HOME, take_lease, duty_of(""), "one")
    home.write(HOME, record_changes, [Change(told("db", CRIT), "s", "db", 2)], "")

    def says_that_nothing_is_behind() -> None:
        home.write(HOME, write_batch, Batch(affected={"db": ()}), token, {}, duty=duty_of(""), zone="")

    at_home = threading.Thread(target=says_that_nothing_is_behind)

    def fails_while_home_waits(work: Work) -> None:
        behind = Change(told("press", UNREACHABLE, roots=("db",)), "s", "press", 2)
        record_changes(work, [behind], PLANT)
        set_affected(work, "db", ("press",), zone=PLANT)
        at_home.start()
        with house.database.connect() as onlooker:
            until = time.monotonic() + 4
            while not onlooker.execute(LOCKED).fetchone()[0]:  # type: ignore[index]
                assert time.monotonic() < until, "nobody waits for the incident"
                time.sleep(0.01)

    plant.write(GROWER, fails_while_home_waits)
    at_home.join(60)
    assert not at_home.is_alive()
    assert home.read(incidents)[0].affected == ("press",)
    home.close()
    plant.close()
