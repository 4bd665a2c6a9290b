"""Beats whose time or words are not as they should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import HeartbeatTarget
from core.monitoring.beats import Beat, leave_beat
from core.monitoring.model import State
from core.monitoring.probes.context import ProbeContext
from core.monitoring.probes.heartbeat import HeartbeatProber

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def prober(folder: Path) -> HeartbeatProber:
    return HeartbeatProber(
        HeartbeatTarget("job", within_s=3600, grace_s=600), ProbeContext(folder, lambda: NOW)
    )


@pytest.mark.parametrize(
    ("silent_s", "verdict", "words"),
    [
        (0, State.OK, "job beat 0s ago: 42 rows"),
        (3600, State.OK, "job beat 1h ago: 42 rows"),
        (3601, State.WARNING, "job is late: silent since 00:29:59Z: 42 rows"),
        (4200, State.WARNING, "job is late: silent since 00:20:00Z: 42 rows"),
        (4201, State.CRITICAL, "no beat of job since 00:19:59Z (expected every 1h)"),
        (-59, State.OK, "job beat 0s ago: 42 rows"),
        (-7200, State.WARNING, "job beat 2h in the future: one of the clocks is wrong: 42 rows"),
    ],
)
async def test_silence_is_measured_against_now(
    tmp_path: Path, silent_s: int, verdict: State, words: str
) -> None:
    leave_beat(tmp_path, "job", Beat(NOW - timedelta(seconds=silent_s), "ok", "42 rows"))
    reading = await prober(tmp_path).look(5)
    assert (reading.verdict, reading.summary) == (verdict, words)
    assert reading.metrics[0].value == max(silent_s, 0)


@pytest.mark.parametrize(
    "text",
    [
        '{"at": "2026-03-29T01:30:00+00:00", "verdict": "splendid", "note": ""}',
        '{"at": "2026-03-29T01:30:00", "verdict": "ok", "note": ""}',
    ],
)
async def test_a_beat_by_a_stranger_is_not_judged(tmp_path: Path, text: str) -> None:
    (tmp_path / "job").write_text(text)
    reading = await prober(tmp_path).look(5)
    assert (reading.verdict, "not one that" in reading.summary) == (State.UNKNOWN, True)


@pytest.mark.parametrize("set_by_s", [3600, -3600])
@pytest.mark.parametrize(
    "left_after_s", [0, 2]
)  # the beat looked at before, and one left just before the clock was set
async def test_setting_the_clock_makes_no_beat_late_and_none_of_the_future(
    tmp_path: Path, set_by_s: int, left_after_s: int
) -> None:
    clock = [NOW]
    seen = HeartbeatProber(HeartbeatTarget("job", 3600, 600), ProbeContext(tmp_path, lambda: clock[0]))
    leave_beat(tmp_path, "job", Beat(NOW, "ok"))
    await seen.look(5)
    leave_beat(tmp_path, "job", Beat(NOW + timedelta(seconds=left_after_s), "ok"))
    clock[0] += timedelta(seconds=left_after_s + set_by_s)
    reading = await seen.look(5)
    assert (reading.verdict, reading.summary) == (State.OK, "job beat 0s ago")
