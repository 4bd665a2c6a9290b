"""The list of signals worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.logs import LogSource
from core.catalog.model import Catalog, Staff
from core.security.signals.following import FollowedLog
from core.security.signals.model import Signal, SignalState
from core.security.signals.queries import one_signal
from core.security.signals.taking_in import DUTY, take_in
from core.store.lease import take_lease
from core.store.store import Store
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import AGENT, BROKEN, NOW, console, make_night, read, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


def sshd(n: int, said: str) -> str:
    at = NOW - timedelta(minutes=20) + timedelta(seconds=n)
    return f"{at:%Y-%m-%dT%H:%M:%S}+00:00 shop-1 sshd[4711]: {said} from 203.0.113.9 port 40000 ssh2\n"


LINES = (
    *(sshd(n, "Failed password for root") for n in range(5)),
    sshd(9, "Accepted password for root"),
    f"{NOW - timedelta(minutes=4):%Y-%m-%dT%H:%M:%S}+00:00 shop-1 sudo[7]:   bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh\n",
)


def make_signals(folder: Path) -> Path:
    """Makes the night, with a log that was read a moment ago, and one that fell silent; returns its place."""
    log = folder / "auth.log"
    log.write_text("".join(LINES))
    auth = LogSource("auth", "auth", "auth", str(log), component=BROKEN, host="shop-1")
    web = LogSource("web", "web", "web", str(folder / "access.log"), host="shop-2", usual_gap_s=240.0)

    def declare(catalog: Catalog) -> None:
        catalog.staff["lee"] = Staff("lee", "Lee Marsh", role="lead")
        catalog.staff["ana"] = Staff("ana", "Ana Silva", role="lead")
        catalog.log_sources.update({"auth": auth, "web": web})

    place = make_night(folder, declare)
    (folder / "access.log").write_text("-\n")
    for source, ago in ((auth, 0), (web, 3)):
        now = NOW - timedelta(hours=ago)
        store = Store.at(place, now=lambda now=now: now)  # type: ignore[misc]
        token = store.write(AGENT, take_lease, f"{DUTY}:{source.id}", "agent")
        log_read = FollowedLog(source, None)
        part = log_read.look(now)
        assert part is not None
        store.write(AGENT, take_in, token, f"{DUTY}:{source.id}", log_read.origin, part.raised, part.step)
        store.close()
    store = Store.at(place, now=lambda: NOW)
    store.write(AGENT, touch_readers)
    store.close()
    return place


def touch_readers(work: object) -> None:
    from core.security.signals.taking_in import note_read

    note_read(work, 1, f"{DUTY}:web", ["auth", "web"])  # type: ignore[arg-type]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_signals(tmp_path)


def signal(place: Path, number: int) -> Signal:
    return read(place, one_signal, number)


def rules(desk: Desk) -> list[str]:
    items: dict[str, Any] = desk.grid.model.items
    return [items[label].rule for label in desk.grid.model.rows]


async def test_the_gravest_stand_first_with_their_evidence_and_what_is_not_read(place: Path) -> None:
    async with desk_at(place, "signals", (120, 30)) as desk:
        await desk.at_list("signals", 4)
        assert rules(desk)[:2] == ["not-in-sudoers", "success-after-failures"]
        await desk.until_seen("4 new")
        for words in (
            "web of shop-2: no line for 3h, usually every 4m: STALE",
            "user NOT in sudoers",
            "bob",
            "2 high",
        ):
            assert words in desk.seen, words


async def test_one_is_acknowledged_with_a_sentence(place: Path) -> None:
    async with desk_at(place, "signals") as desk:
        await desk.at_list("signals", 4)
        label = desk.grid.cursor_id
        await desk.press("a")
        await desk.write("a new colleague")
        await desk.press("f2")
        await desk.until_said(f"{label} acknowledged")
        await desk.until_seen("3 new")
    assert label is not None
    found = signal(place, int(label.partition("-")[2]))
    assert (found.state, found.why, found.judged_by) == (SignalState.ACKNOWLEDGED, "a new colleague", "ana")


async def test_one_key_makes_an_incident_of_it(place: Path) -> None:
    async with desk_at(place, "signals") as desk:
        await desk.at_list("signals", 4)
        label = desk.grid.cursor_id
        await desk.press("I")
        await desk.until(lambda: "which incident" in desk.seen or "1 signal of 1 will change" in desk.seen)
        if "which incident" in desk.seen:
            await desk.press("enter")
        await desk.until_seen("1 signal of 1 will change")
        await desk.press("right", "enter")
        await desk.until_said("made an incident")
    assert label is not None
    assert signal(place, int(label.partition("-")[2])).incident is not None


async def test_its_like_is_suppressed_until_an_end(place: Path) -> None:
    async with desk_at(place, "signals") as desk:
        await desk.at_list("signals", 4)
        label = desk.grid.cursor_id
        await desk.press("E")
        await desk.until_seen("who answers for it")
        await desk.press("enter", "enter")
        await desk.write("we are testing")
        await desk.press("f2")
        await desk.until_seen("1 signal of 1 will change")
        await desk.press("right", "enter")
        await desk.until_said("suppressed until")
        await desk.until_seen("1 suppressed")
    assert label is not None
    assert signal(place, int(label.partition("-")[2])).state is SignalState.SUPPRESSED


async def test_what_is_only_counted_is_in_a_view_of_its_own_and_r_tells_of_the_readers(place: Path) -> None:
    async with desk_at(place, "signals", (120, 30)) as desk:
        await desk.at_list("signals", 4)
        await desk.press("w")
        await desk.write("counted")
        await desk.press("enter")
        await desk.until(lambda: rules(desk) == ["refused-sign-in"])
        await desk.press("r")
        await desk.until_seen("how the logs are read")
        assert "auth of shop-1: a line" in desk.seen


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_picture(place: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[int]) -> None:
        desk = Desk(pilot, pilot.app)  # type: ignore[arg-type]
        await desk.at_list("signals", 4)
        await desk.until_seen("4 new")
        await settle_in(pilot, "signals")

    assert snap_compare(console(place, "signals"), terminal_size=size, run_before=look)
