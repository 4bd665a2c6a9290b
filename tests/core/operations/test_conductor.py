"""A run while people give orders and the database comes and goes: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotPossible, Unavailable
from core.operations import conductor as conducting
from core.operations.conductor import Conductor
from core.operations.model import RunState, StepState
from core.operations.procedure import parse_procedure
from core.operations.queries import RunOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.operations.reports import Written

HEAD = '+++\ntitle = "Do it"\ncomponent = "web"\neffect = "none"\n+++\n'
DONE, FAILED, CANCELLED, HELD, RUNNING = (
    RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.HELD, RunState.RUNNING,
)  # fmt: skip


def block(*lines: str, kind: str = "run") -> str:
    return "\n".join([f"```{kind}", *lines, "```", "", ""])


class Desk:
    """A desk that notes what it is told, may be slow, and is away for as many calls as it is asked to be."""

    def __init__(self, *, away: Sequence[bool] = (), slow: bool = False, ended: bool = False) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.ordered: list[RunOrder] = []
        self.beats = 0
        self._away, self._slow, self._ended = iter(away), slow, ended

    async def _take(self, *what: Any) -> None:
        if next(self._away, False):
            raise Unavailable("the database is away")
        if what:
            self.told.append(what)
        if self._slow:
            await asyncio.sleep(0.05)

    async def step(self, n: int, state: StepState, exit_code: int | None, text: str, by: str) -> None:
        await self._take("step", n, state, text, by)

    async def output(self, lines: Sequence[Written]) -> None:
        await self._take("output", *((line.n, line.text) for line in lines))

    async def state(self, state: RunState, text: str) -> None:
        await self._take("run", state, text)

    async def beat(self) -> None:
        if self._ended:
            raise NotPossible("PR-1 is lost already")
        await self._take()
        self.beats += 1

    async def orders(self) -> Sequence[RunOrder]:
        await self._take()
        found, self.ordered = self.ordered, []
        return found

    def order(self, kind: str, n: int = 0, note: str = "") -> None:
        self.ordered.append(RunOrder(1, kind, n, "ada", note))

    @property
    def steps(self) -> list[tuple[int, StepState]]:
        return [(what[1], what[2]) for what in self.told if what[0] == "step"]

    @property
    def states(self) -> list[RunState]:
        return [what[1] for what in self.told if what[0] == "run"]

    @property
    def output_lines(self) -> list[tuple[int, str]]:
        return [line for what in self.told if what[0] == "output" for line in what[1:]]

    async def until(self, seen: Callable[[Desk], bool]) -> None:
        while not seen(self):
            await asyncio.sleep(0.01)


def conductor(body: str, desk: Desk, directory: Path = Path("/")) -> Conductor:
    procedure = parse_procedure(HEAD + body).procedure
    assert procedure is not None
    return Conductor(procedure, desk, {"DIR": str(directory), "COMPONENT": "web"})


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Listening and trying again come sooner than in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conducting, "LISTEN_S", 0.01)
        patch.setattr(conducting, "CHECK_AGAIN_S", 0.02)
        yield


async def test_steps_are_done_in_order_and_told_as_they_begin_and_end() -> None:
    desk = Desk()
    assert await conductor(block("echo a", "echo b") + block("echo c"), desk).conduct() is DONE
    assert [what for what in desk.told if what[0] != "output"] == [
        ("step", 1, StepState.RUNNING, "", ""), ("step", 1, StepState.PASSED, "exit code 0", ""),
        ("step", 2, StepState.RUNNING, "", ""), ("step", 2, StepState.PASSED, "exit code 0", ""),
        ("run", DONE, ""),
    ]  # fmt: skip
    assert desk.output_lines == [(1, "a"), (1, "b"), (2, "c")]


async def test_a_command_that_fails_ends_its_step_and_the_run() -> None:
    desk = Desk()
    body = "## Stop it\n\n" + block("false", "echo never") + block("echo nor this")
    assert await conductor(body, desk).conduct() is FAILED
    assert desk.told[-1] == ("run", FAILED, "step 1 of 2 failed: Stop it: exit code 1")
    assert desk.output_lines == []


async def test_a_step_that_may_fail_does_not_end_the_run() -> None:
    desk = Desk()
    assert await conductor(block("false", kind="run may_fail") + block("true"), desk).conduct() is DONE
    assert (1, StepState.FAILED) in desk.steps
    assert (2, StepState.PASSED) in desk.steps


async def test_a_check_is_tried_until_it_succeeds(tmp_path: Path) -> None:
    desk, there = Desk(), tmp_path / "there"
    running = asyncio.create_task(
        conductor(block(f"sh -c 'echo look; test -e {there}'", kind="check timeout=30s"), desk).conduct()
    )
    await desk.until(lambda d: len(d.output_lines) >= 3)
    there.touch()
    assert await running is DONE
    assert desk.steps == [(1, StepState.RUNNING), (1, StepState.PASSED)]


async def test_a_check_that_never_succeeds_fails_when_its_time_is_up() -> None:
    desk = Desk()
    assert await conductor(block("false", kind="check timeout=200ms"), desk).conduct() is FAILED


async def test_directory_and_component_are_put_into_commands(tmp_path: Path) -> None:
    desk, place = Desk(), tmp_path / "a b; c"
    place.mkdir()
    assert await conductor(block("echo ${DIR} ${COMPONENT}", "pwd"), desk, place).conduct() is DONE
    assert desk.output_lines == [(1, f"{place} web"), (1, str(place))]


async def test_what_was_ordered_before_it_was_taken_up_counts_from_the_first_step(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    desk = Desk()
    desk.order("hold")
    running = asyncio.create_task(conductor(block(f"touch {mark}"), desk).conduct())
    await desk.until(lambda d: HELD in d.states)
    assert not mark.exists()
    desk.order("resume")
    assert await running is DONE
    desk = Desk()
    mark.unlink()
    desk.order("cancel", note="wrong host")
    assert await conductor(block(f"touch {mark}"), desk).conduct() is CANCELLED
    assert not mark.exists()
    assert desk.told == [("run", CANCELLED, "cancelled by ada: wrong host")]


async def test_a_run_that_is_held_ends_its_step_and_waits_before_the_next(tmp_path: Path) -> None:
    gate, desk = tmp_path / "gate", Desk()
    body = block(f"sh -c 'until test -e {gate}; do sleep 0.02; done'") + block("true")
    running = asyncio.create_task(conductor(body, desk).conduct())
    await desk.until(lambda d: (1, StepState.RUNNING) in d.steps)
    desk.order("hold")
    await desk.until(lambda d: not d.ordered)
    gate.touch()
    await desk.until(lambda d: HELD in d.states)
    assert desk.steps == [(1, StepState.RUNNING), (1, StepState.PASSED)]
    beats = desk.beats
    await desk.until(lambda d: d.beats > beats)
    desk.order("resume")
    assert await running is DONE
    assert desk.states == [HELD, RUNNING, DONE]


async def test_a_held_run_can_be_cancelled() -> None:
    desk = Desk()
    desk.order("hold")
    running = asyncio.create_task(conductor(block("true"), desk).conduct())
    await desk.until(lambda d: HELD in d.states)
    desk.order("cancel")
    assert await running is CANCELLED
    assert desk.steps == []


async def test_cancelling_ends_the_process_and_leaves_the_rest_undone(tmp_path: Path) -> None:
    pid, desk = tmp_path / "pid", Desk()
    body = block(f"sh -c 'echo $$ > {pid}; echo up; exec sleep 600'") + block(f"touch {tmp_path}/never")
    running = asyncio.create_task(conductor(body, desk).conduct())
    await desk.until(lambda d: d.output_lines == [(1, "up")])
    desk.order("cancel", note="wrong host")
    assert await running is CANCELLED
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid.read_text().strip()}/stat").read_text()  # noqa: ASYNC240  (one line of a local file)
        assert stat.rpartition(")")[2].split()[0] == "Z"
    assert desk.steps == [(1, StepState.RUNNING), (1, StepState.CANCELLED)]
    assert desk.told[-1] == ("run", CANCELLED, "cancelled by ada: wrong host")


@pytest.mark.parametrize(("kind", "state"), [("tick", StepState.PASSED), ("skip", StepState.SKIPPED)])
async def test_a_manual_step_waits_for_a_person(kind: str, state: StepState) -> None:
    desk = Desk()
    running = asyncio.create_task(conductor("- [ ] Look at the lamp\n\n" + block("true"), desk).conduct())
    await desk.until(lambda d: (1, StepState.ASKED) in d.steps)
    desk.order("tick", n=2)  # of another step: not this one's
    beats = desk.beats
    await desk.until(lambda d: d.beats > beats)
    assert desk.steps == [(1, StepState.ASKED)]
    desk.order(kind, n=1, note="it is green")
    assert await running is DONE
    assert ("step", 1, state, "it is green", "ada") in desk.told


async def test_a_run_that_was_given_up_as_lost_stops_instead_of_going_on_unseen() -> None:
    desk = Desk(ended=True)
    assert await conductor(block("sleep 600"), desk).conduct() is CANCELLED
    assert desk.told[-1] == ("run", CANCELLED, "PR-1 is lost already")


async def test_a_slow_desk_is_told_everything_once() -> None:
    desk = Desk(slow=True)
    body = "".join(block(f"echo {n}") for n in range(8))
    assert await conductor(body, desk).conduct() is DONE
    assert desk.output_lines == [(n + 1, str(n)) for n in range(8)]
    assert desk.steps == [(n, s) for n in range(1, 9) for s in (StepState.RUNNING, StepState.PASSED)]
    assert desk.states == [DONE]


async def test_much_output_is_kept_to_a_limit_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conducting, "MOST_LINES", 50)
    monkeypatch.setattr(conducting, "LISTEN_S", 60.0)
    desk = Desk()
    assert await conductor(block("seq 1000"), desk).conduct() is DONE
    kept = [text for _, text in desk.output_lines]
    assert kept[-1].endswith("lines more were not kept")
    dropped = int(kept[-1].split()[0])
    assert kept[:-1] == [str(n) for n in range(1, len(kept))]
    assert len(kept) - 1 + dropped == 1000


@settings(max_examples=15)
@given(st.lists(st.booleans(), max_size=40))
def test_however_often_the_database_is_away_nothing_is_lost_doubled_or_out_of_order(away: list[bool]) -> None:
    desk = Desk(away=away)
    body = block("echo one", "echo two") + block("false", kind="run may_fail") + block("echo three")
    assert asyncio.run(conductor(body, desk).conduct()) is DONE
    assert desk.output_lines == [(1, "one"), (1, "two"), (3, "three")]
    assert desk.steps == [
        (1, StepState.RUNNING), (1, StepState.PASSED), (2, StepState.RUNNING), (2, StepState.FAILED),
        (3, StepState.RUNNING), (3, StepState.PASSED),
    ]  # fmt: skip
    assert desk.told[-1] == ("run", DONE, "")
    assert desk.states == [DONE]
    places = [desk.told.index(what) for what in desk.told if what[0] == "step"]
    first, third = desk.told.index(("step", 1, StepState.PASSED, "exit code 0", "")), places[4]
    for place, what in enumerate(desk.told):
        if what[0] == "output" and any(n == 1 for n, _ in what[1:]):
            assert place < first
        if what[0] == "output" and any(n == 3 for n, _ in what[1:]):
            assert place > third
