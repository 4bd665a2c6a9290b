"""Where a look's time ends, and calls that block for ever."""

from __future__ import annotations

import asyncio
import threading

import pytest

from core.monitoring.model import Reading, State
from core.monitoring.probes import names
from core.monitoring.probes.blocking import Kept, OneAtATime, StillBlocked
from core.monitoring.probes.context import bad, good
from core.monitoring.probes.within import look_within


def late() -> Reading:
    return bad("too late")


async def test_a_look_that_takes_too_long_gives_up_what_it_holds_first() -> None:
    given_up: list[str] = []

    async def hang() -> Reading:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            given_up.append("all")
        return good("never")

    assert (await look_within(0.01, hang(), late)).summary == "too late"
    assert given_up == ["all"]


async def test_a_mistake_in_a_probe_is_told_as_unknown_with_its_place() -> None:
    async def mistaken() -> Reading:
        raise ValueError("\x1b[31mno")

    reading = await look_within(5, mistaken(), late)
    assert reading.verdict is State.UNKNOWN
    assert reading.summary == "this probe failed by itself: ValueError: no"
    assert "in mistaken" in reading.detail


async def test_a_time_out_of_the_targets_own_is_not_ours() -> None:
    async def refused() -> Reading:
        raise TimeoutError("the system gave up")

    assert "TimeoutError" in (await look_within(5, refused(), late)).summary


async def test_being_cancelled_passes_through() -> None:
    began = asyncio.Event()

    async def hang() -> Reading:
        began.set()
        await asyncio.Event().wait()
        return good("never")

    task = asyncio.create_task(look_within(5, hang(), late))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_call_that_never_returns_is_not_begun_twice_and_stops_nobody_else() -> None:
    release, calls = threading.Event(), []
    one: OneAtATime[str] = OneAtATime()

    def hang() -> str:
        calls.append("begun")
        release.wait()
        return "at last"

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(one.run(hang), 0.01)
    for _ in range(100):
        with pytest.raises(StillBlocked):
            await one.run(hang)
    assert calls == ["begun"]
    others = [OneAtATime[str]().run(lambda: "at once") for _ in range(50)]
    assert set(await asyncio.gather(*others)) == {"at once"}
    ended = asyncio.Event()
    one.afterwards(ended.set)
    assert not ended.is_set()
    release.set()
    await ended.wait()
    assert await one.run(lambda: "again") == "again"


async def test_one_answer_serves_all_who_ask_and_a_failure_is_not_kept() -> None:
    asked: list[int] = []

    def answer() -> int:
        asked.append(len(asked))
        if len(asked) == 1:
            raise OSError("no")
        return len(asked)

    kept = Kept(answer, keep_s=3600)
    failed = await asyncio.gather(*(kept.get() for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, OSError) for each in failed)
    assert await asyncio.gather(*(kept.get() for _ in range(5))) == [2] * 5
    kept.forget()
    assert await kept.get() == 3


async def test_a_name_that_hangs_is_asked_for_once_and_holds_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release, asked = threading.Event(), []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        if host == "slow.example":
            release.wait()
        return ["127.0.0.1"]

    monkeypatch.setattr(names, "_resolve", resolve)
    slow = [asyncio.create_task(names.addresses_of("slow.example")) for _ in range(20)]
    for number in range(20):
        assert await names.addresses_of(f"n{number}.example") == ["127.0.0.1"]
    slow.pop().cancel()
    release.set()
    assert await asyncio.gather(*slow) == [["127.0.0.1"]] * 19
    assert asked.count("slow.example") == 1
    assert await names.addresses_of("::1") == ["::1"]
