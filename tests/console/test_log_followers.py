"""What holds up or breaks the reading of one log stops no other, is said with its place, and is tried again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from console import log_followers, log_reading
from console.log_reading import LogReading
from core.catalog.commands import load_catalog
from core.catalog.logs import LogSource
from core.catalog.model import Catalog, Service
from core.security.signals.following import FollowedLog
from core.security.signals.readers import readers
from core.security.signals.taking_in import take_in
from core.timekeeping import utc_now
from tests.console.log_desk import ADA, LINE, Desk, reading

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogReading, "look_s", 0.02)
    monkeypatch.setattr(log_reading, "DECLARED_S", 0.05)
    monkeypatch.setattr(log_reading, "SILENT_S", 0.1)
    monkeypatch.setattr(log_followers, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(log_followers, "SLOW_S", 0.3)


def declare_two(desk: Desk, folder: Path) -> Path:
    """Declares a log whose reading a test breaks, before the usual one."""
    bad = folder / "bad.log"
    bad.write_text(LINE.format(at=utc_now(), who="eve"))
    catalog = Catalog(
        services={"shop": Service("shop", "Shop")},
        log_sources={
            "abad": LogSource("abad", "bad", "auth", str(bad)), "auth": LogSource("auth", "auth", "auth", str(desk.log)),
        },
    )  # fmt: skip
    desk.store.write(ADA, load_catalog, catalog, directory="x", digest="two", changes=["all"])
    return bad


def standing(desk: Desk, name: str) -> str:
    now = utc_now()
    return next((each.words(now) for each in desk.store.read(readers) if each.source == name), "")


async def test_a_log_that_breaks_its_reader_stops_no_other_and_goes_on_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, is_poisoned = FollowedLog.look, True

    def poisoned(log: FollowedLog, now: object) -> object:
        if is_poisoned and log.source.id == "abad":
            raise ZeroDivisionError("poison")
        return look(log, now)  # type: ignore[arg-type]

    monkeypatch.setattr(FollowedLog, "look", poisoned)
    async with reading(tmp_path) as desk:
        declare_two(desk, tmp_path)
        desk.write("bob")
        await desk.until(lambda: desk.found("not-in-sudoers") == ["bob"])
        await desk.until(lambda: "poison" in standing(desk, "abad"))
        said = standing(desk, "abad")
        assert (
            f"bad: cannot be read on behind byte 0 of {tmp_path}/bad.log, by a mistake in this program"
            in said
        )
        assert said.endswith("ZeroDivisionError: poison: STALE")
        await desk.until(lambda: desk.found("log-silent") == ["abad"])
        assert (
            len([each for each in desk.said if "poison" in each]) == 1
        )  # said once, however often it is tried
        is_poisoned = False
        await desk.until(lambda: set(desk.found("not-in-sudoers")) == {"bob", "eve"})
        await desk.until(lambda: "STALE" not in standing(desk, "abad"))


async def test_a_log_on_a_disk_that_hangs_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, lets_go = FollowedLog.look, threading.Event()

    def hanging(log: FollowedLog, now: object) -> object:
        if log.source.id == "abad":
            lets_go.wait(30)
        return look(log, now)  # type: ignore[arg-type]

    monkeypatch.setattr(FollowedLog, "look", hanging)
    async with reading(tmp_path) as desk:
        declare_two(desk, tmp_path)
        for who in ("bob", "mia", "zoe"):
            desk.write(who)
            await desk.until(lambda who=who: who in desk.found("not-in-sudoers"))  # type: ignore[misc]
        await desk.until(lambda: "has not come back" in standing(desk, "abad"))
        assert standing(desk, "abad").endswith("STALE")
        assert "STALE" not in standing(desk, "auth")
        lets_go.set()
        await desk.until(lambda: "eve" in desk.found("not-in-sudoers"))
        await desk.until(lambda: "STALE" not in standing(desk, "abad"))


async def test_a_part_that_the_database_refuses_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(work: object, token: object, duty: str, origin: object, raised: object, step: object) -> int:
        if step.source == "abad":  # type: ignore[attr-defined]
            raise ValueError("no such value")
        return take_in(work, token, duty, origin, raised, step)  # type: ignore[arg-type]

    monkeypatch.setattr(log_reading, "take_in", refusing)
    async with reading(tmp_path) as desk:
        declare_two(desk, tmp_path)
        desk.write("bob")
        await desk.until(lambda: desk.found("not-in-sudoers") == ["bob"])
        await desk.until(lambda: "no such value" in standing(desk, "abad"))


async def test_the_journal_is_read_as_a_log_is_and_said_to_be_stale_where_it_is_not(tmp_path: Path) -> None:
    async with reading(tmp_path) as desk:
        await desk.until(
            lambda: standing(desk, "journal") == "Watchfloor's journal: looked through to its end"
        )
    store_of = Desk(tmp_path)
    (own,) = [each for each in store_of.store.read(readers) if each.is_own]
    assert own.is_stale(utc_now().replace(year=2999))
    store_of.store.close()
