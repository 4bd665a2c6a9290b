"""A component that is down and not heard of any more says so, and says what it says now once it is heard."""

from __future__ import annotations

from core.catalog.model import Catalog, Component, Probe, TcpTarget
from core.monitoring.model import Reading, State
from core.monitoring.roster import Roster

SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=1, retry_s=1)


def test_silence_after_a_confirmed_failure_is_said_once_and_ends_with_the_next_reading() -> None:
    roster = Roster()
    roster.take_catalog(Catalog(components={"db": Component("db", "db", "s", probes=(PROBE,))}), {}, {})
    roster.take_reading(("db", "p"), Reading(State.CRITICAL, "refused"), SECOND)
    (change,) = roster.take_silence(100 * SECOND, since=1, lateness_s=0.0)
    assert (change.now.state, change.now.confirmed) == (State.CRITICAL, True)
    assert change.now.summary.startswith("no data for more than")
    assert "refused" in change.now.summary
    assert roster.take_silence(200 * SECOND, since=1, lateness_s=0.0) == []
    outcome = roster.take_reading(("db", "p"), Reading(State.CRITICAL, "refused again"), 210 * SECOND)
    assert [each.now.summary for each in outcome.changes] == ["refused again"]
    later = roster.take_reading(("db", "p"), Reading(State.CRITICAL, "refused still"), 220 * SECOND)
    assert later.changes == ()
