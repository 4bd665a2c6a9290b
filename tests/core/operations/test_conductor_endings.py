"""However a run is brought to its end, nobody is left running, nothing grows without bounds, and each step of it is lawful."""

from __future__ import annotations

import asyncio
import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotPossible, Unavailable
from core.operations import conductor as conducting
from core.operations.conductor import Conductor
from core.operations.drivers import process as driver
from core.operations.model import RUN_FOLLOWS, STEP_FOLLOWS, RunState, StepState
from core.operations.procedure import parse_procedure
from core.operations.queries import RunOrder
from tests.processes import lives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from core.operations.reports import Written

HEAD = '+++\ntitle = "Do it"\ncomponent = "web"\neffect = "none"\n+++\n'
ENDS = {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


class Desk:
    """A desk whose every call may be made to raise, and which hands out orders when asked."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.lines: list[Written] = []
        self.ordered: list[RunOrder] = []
        self.away: Exception | None = None
        self.beat_raises: Exception | None = None
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.away is not None:
            raise self.away

    async def step(self, n: int, state: StepState, exit_code: int | None, text: str, by: str) -> None:
        self._call("step")
        self.told.append(("step", n, state, text))

    async def output(self, lines: Sequence[Written]) -> None:
        self._call("output")
        self.lines.extend(lines)

    async def state(self, state: RunState, text: str) -> None:
        self._call("state")
        self.told.append(("run", state, text))

    async def beat(self) -> None:
        self._call("beat")
        if self.beat_raises is not None:
            raise self.beat_raises

    async def orders(self) -> Sequence[RunOrder]:
        self._call("orders")
        found, self.ordered = self.ordered, []
        return found

    async def until(self, seen: Callable[[Desk], bool]) -> None:
        while not seen(self):
            await asyncio.sleep(0.005)


def conductor(body: str, desk: Desk) -> Conductor:
    procedure = parse_procedure(HEAD + body).procedure
    assert procedure is not None
    return Conductor(procedure, desk, {"DIR": "/", "COMPONENT": "web"})


def block(text: str, kind: str = "run") -> str:
    return f"```{kind}\n{text}\n```\n\n"


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Listening, beating and trying again come sooner than in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conducting, "LISTEN_S", 0.01)
        patch.setattr(conducting, "BEAT_S", 0.05)
        patch.setattr(conducting, "CHECK_AGAIN_S", 0.02)
        patch.setattr(driver, "GRACE_S", 0.5)
        yield


async def _deaf_family(tmp_path: Path, desk: Desk) -> tuple[asyncio.Task[RunState], int]:
    """Begins a run whose command and its child do not hear SIGTERM; returns it and the child."""
    note = tmp_path / "pid"
    script = f'trap "" TERM; sleep 600 & echo $! > {note}.new; mv {note}.new {note}; wait; sleep 600'
    running = asyncio.create_task(conductor(block(f"sh -c '{script}'"), desk).conduct())
    await desk.until(lambda _: note.exists())
    return running, int(note.read_text())


async def test_cancelling_again_and_again_does_not_break_off_the_ending(tmp_path: Path) -> None:
    desk = Desk()
    running, child = await _deaf_family(tmp_path, desk)
    for number in range(3):
        desk.ordered.append(RunOrder(number, "cancel", 0, "ada", "now" if number else "wrong host"))
        await desk.until(lambda d: not d.ordered)
    assert await running is RunState.CANCELLED
    assert not lives(child)
    assert desk.told[-1] == ("run", RunState.CANCELLED, "cancelled by ada: wrong host")


async def test_a_run_given_up_as_lost_ends_even_those_who_do_not_hear(tmp_path: Path) -> None:
    desk = Desk()
    running, child = await _deaf_family(tmp_path, desk)
    desk.beat_raises = NotPossible("PR-1 is lost already")  # said again at every beat until the end
    assert await running is RunState.CANCELLED
    assert not lives(child)


async def test_a_run_that_can_no_longer_be_followed_is_ended_and_says_why(tmp_path: Path) -> None:
    desk = Desk()
    running, child = await _deaf_family(tmp_path, desk)
    desk.beat_raises = RuntimeError("a fault of the desk")
    with pytest.raises(RuntimeError, match="a fault of the desk"):
        await running
    assert not lives(child)


async def test_while_the_database_is_away_the_lines_that_wait_are_bounded_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conducting, "MOST_LINES", 100)
    desk, tries = Desk(), tmp_path / "tries"
    script = f"seq 40; echo >> {tries}; test $(wc -l < {tries}) -ge 10"
    desk.away = Unavailable("the database is away")
    running = asyncio.create_task(
        conductor(block(f"sh -c '{script}'", "check timeout=60s") + "- [ ] Look\n", desk).conduct()
    )
    await desk.until(lambda _: tries.exists() and len(tries.read_text()) == 10)
    desk.away = None
    await desk.until(lambda d: ("step", 2, StepState.ASKED, "") in d.told)
    desk.ordered.append(RunOrder(1, "tick", 2, "ada", ""))
    assert await running is RunState.DONE
    kept = [line.text for line in desk.lines if line.stream == "out"]
    notes = [line.text for line in desk.lines if line.stream == "note"]
    assert kept[:100] == [str(n % 40 + 1) for n in range(100)]
    assert all(text.endswith("lines more were not kept") for text in notes)
    assert len(kept) + sum(int(text.split()[0]) for text in notes) == 400


async def test_a_check_tried_often_keeps_no_more_than_one_step_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conducting, "KEEP_BYTES", 1000)
    desk, tries = Desk(), tmp_path / "tries"
    script = f"seq 100 199; echo >> {tries}; test $(wc -l < {tries}) -ge 5"
    body = block(f"sh -c '{script}'", "check timeout=60s") + block("echo next")
    assert await conductor(body, desk).conduct() is RunState.DONE
    first = [line.text for line in desk.lines if line.n == 1]
    assert first == [str(100 + n % 100) for n in range(250)] + ["250 lines more were not kept"]
    assert [line.text for line in desk.lines if line.n == 2] == ["next"]


async def test_when_the_database_is_back_the_sign_of_life_comes_before_what_was_stored_up() -> None:
    desk = Desk()
    running = asyncio.create_task(conductor(block("echo said") + "- [ ] Look\n", desk).conduct())
    await desk.until(lambda d: ("step", 2, StepState.ASKED, "") in d.told)
    desk.away = Unavailable("the database is away")
    desk.calls.clear()
    await desk.until(lambda d: d.calls.count("beat") > 3)
    desk.calls.clear()
    desk.away = None
    await desk.until(lambda d: bool(d.calls))
    assert desk.calls[0] == "beat"
    desk.ordered.append(RunOrder(1, "tick", 2, "ada", ""))
    assert await running is RunState.DONE


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_group_that_is_not_ours_to_end_is_not_said_to_be_gone(
    cancelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `sudo`: the kernel forbids the signal. Only that refusal is played here."""
    ask = os.killpg

    def forbidden(group: int, number: int) -> None:
        ask(group, 0)
        if number:
            raise PermissionError

    monkeypatch.setattr(os, "killpg", forbidden)
    told: list[tuple[str, str]] = []
    command = driver.Command(
        ["sh", "-c", "echo up; exec sleep 600"],
        timeout_s=60 if cancelled else 0.3,
        tell=lambda *line: told.append(line),
    )
    task = asyncio.create_task(command.run())
    while ("out", "up") not in told:
        await asyncio.sleep(0.005)
    if cancelled:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert told[-1][0] == "note"
        assert "could not be ended" in told[-1][1]
    else:
        assert "could not be ended" in (await task).text
    assert command._process is not None
    while command._process.returncode is None:  # the driver's last resort ends the command itself
        await asyncio.sleep(0.005)


ORDERS = st.lists(
    st.tuples(st.sampled_from(["hold", "resume", "cancel", "tick", "skip"]), st.integers(0, 5)), max_size=8
)
BODIES = st.lists(
    st.sampled_from([block("true"), block("false", "run may_fail"), block("false"), "- [ ] Look\n\n"]),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=25)
@given(BODIES, ORDERS)
def test_whatever_is_ordered_when_every_state_told_follows_from_the_one_before(
    bodies: list[str], orders: list[tuple[str, int]]
) -> None:
    desk = asyncio.run(_ordered_about(bodies, orders))
    run = [RunState.RUNNING, *(what[1] for what in desk.told if what[0] == "run")]
    assert all(after in RUN_FOLLOWS[before] for before, after in pairwise(run))
    assert run[-1] in ENDS
    for n in range(1, len(bodies) + 1):
        step = [StepState.WAITING, *(what[2] for what in desk.told if what[:2] == ("step", n))]
        assert all(after in STEP_FOLLOWS[before] for before, after in pairwise(step))
        assert len(step) == 1 or not STEP_FOLLOWS[step[-1]]


async def _ordered_about(bodies: list[str], orders: list[tuple[str, int]]) -> Desk:
    desk = Desk()
    running = asyncio.create_task(conductor("".join(bodies), desk).conduct())
    for number, (kind, n) in enumerate(orders):
        desk.ordered.append(RunOrder(number, kind, n, "ada", ""))
        await desk.until(lambda d: not d.ordered or running.done())
    while not running.done():  # whoever still waits is told to go on
        desk.ordered += [RunOrder(99, "resume", 0, "ada", "")]
        desk.ordered += [RunOrder(99, "tick", n, "ada", "") for n in range(1, len(bodies) + 1)]
        await desk.until(lambda d: not d.ordered or running.done())
    await running
    return desk


async def test_what_a_command_says_as_it_is_ended_is_heard() -> None:
    """`cancel` is also what a conductor's process calls when it is asked to end itself."""
    desk = Desk()
    script = 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.02; done'
    carrier = conductor(block(f"sh -c '{script}'"), desk)
    running = asyncio.create_task(carrier.conduct())
    await desk.until(lambda d: [line.text for line in d.lines] == ["up"])
    carrier.cancel("its process was ended by SIGTERM")
    assert await running is RunState.CANCELLED
    assert [line.text for line in desk.lines if line.stream == "out"] == ["up", "bye"]
    assert desk.told[-1] == ("run", RunState.CANCELLED, "its process was ended by SIGTERM")


async def test_a_process_that_must_end_gives_up_telling_what_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conducting, "TELL_S", 0.0)
    desk = Desk()
    desk.away = Unavailable("the disk is full")
    run = conductor(block("echo hello"), desk)
    running = asyncio.create_task(run.conduct())
    await desk.until(lambda desk: len(desk.calls) > 3)
    assert not running.done()
    run.end("its process was ended by SIGTERM")
    with pytest.raises(Unavailable, match="could not be written: the disk is full"):
        await running


async def test_a_process_that_must_end_tells_how_the_run_ended_where_it_can() -> None:
    desk = Desk()
    run = conductor(block("sleep 60"), desk)
    running = asyncio.create_task(run.conduct())
    await desk.until(lambda desk: bool(desk.told))
    run.end("its process was ended by SIGTERM")
    assert await running is RunState.CANCELLED
    assert desk.told[-1] == ("run", RunState.CANCELLED, "its process was ended by SIGTERM")
