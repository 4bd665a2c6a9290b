"""Plugins that misbehave, each a real script: the look ends, nothing of theirs stays, nothing of theirs does harm."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import CommandTarget
from core.monitoring.model import State
from core.monitoring.probes.command import CommandProber
from tests.core.monitoring.probes.scripts import script

if TYPE_CHECKING:
    from core.monitoring.model import Reading

ROOT = Path(__file__).parents[4]


async def run(folder: Path, text: str, timeout_s: float = 20.0) -> Reading:
    return await CommandProber(CommandTarget((script(folder, text),))).look(timeout_s)


def test_fifty_megabytes_leave_memory_flat(tmp_path: Path) -> None:
    """In a process of its own, whose highest memory is its own; fifty megabytes would show."""
    command = script(
        tmp_path, "head -c 50000000 /dev/zero | tr '\\0' x; echo; head -c 50000000 /dev/zero >&2; exit 1"
    )
    code = (
        "import asyncio, resource\n"
        "from core.catalog.model import CommandTarget\n"
        "from core.monitoring.probes.command import CommandProber\n"
        "def most():\n    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"prober = CommandProber(CommandTarget(({command!r},)))\n"
        "before = most()\n"
        "reading = asyncio.run(prober.look(60))\n"
        "print(reading.verdict, most() - before)\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    verdict, grown_kb = shown.stdout.split()
    assert verdict == State.WARNING
    assert int(grown_kb) < 20_000


async def test_a_folder_is_no_command(tmp_path: Path) -> None:
    reading = await CommandProber(CommandTarget((str(tmp_path),))).look(5)
    assert reading.verdict is State.UNKNOWN
    assert str(tmp_path) in reading.summary


@pytest.mark.parametrize("stream", ["1", "2"])
async def test_no_control_character_comes_through_either_stream(tmp_path: Path, stream: str) -> None:
    """Every byte there is, each within words, on the first line and behind it."""
    noise = "".join(f"\\{n:03o}w" for n in range(1, 256) if n not in {10, 13})
    reading = await run(tmp_path, f"printf 'a{noise}\\nlong {noise}\\n' >&{stream}; exit 1")
    assert reading.verdict is State.WARNING
    shown = reading.summary + reading.detail.replace("\n", "")
    assert shown.isprintable()
    assert all(part.name.isprintable() and part.unit.isprintable() for part in reading.metrics)


async def test_labels_units_and_limits_are_harmless_too(tmp_path: Path) -> None:
    reading = await run(
        tmp_path,
        r"printf 'OK | '; printf \'; printf '\033[31ma\007'; printf \'; printf '=1\033[2Jx;2\033]0;t\007;3\n'",
    )
    texts = [t for m in reading.metrics for t in (m.name, m.unit, m.warning, m.critical)]
    assert all(text.isprintable() for text in [*texts, reading.summary, reading.detail.replace("\n", "")])


async def test_ranges_of_figures_come_through_as_they_are_written(tmp_path: Path) -> None:
    reading = await run(tmp_path, "echo \"OK | 'free space'=12.5GB;@10:20;~:5;0;100 n=3c t=-4.5e-1s;;;;\"")
    assert [(m.name, m.value, m.unit, m.warning, m.critical, m.minimum, m.maximum) for m in reading.metrics] == [
        ("free space", 12.5, "GB", "@10:20", "~:5", 0.0, 100.0),
        ("n", 3.0, "c", "", "", None, None),
        ("t", -0.45, "s", "", "", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["TERM", "KILL", "SEGV", "HUP"])
async def test_any_signal_is_told_and_judges_nothing(tmp_path: Path, number: str) -> None:
    reading = await run(tmp_path, f"echo half a word; kill -{number} $$; sleep 60")
    assert (reading.verdict, "ended by signal" in reading.summary) == (State.UNKNOWN, True)
    assert "half a word" in reading.summary


async def test_a_command_that_closes_its_outputs_and_hangs_is_ended(tmp_path: Path) -> None:
    reading = await run(
        tmp_path, "echo $$; exec >&- 2>&-; trap '' TERM; sleep 600 & wait; wait", timeout_s=0.5
    )
    assert reading.verdict is State.UNKNOWN
    assert "was ended after 0.5 s" in reading.summary


async def test_a_command_that_reads_what_nobody_writes_finds_the_end(tmp_path: Path) -> None:
    assert (await run(tmp_path, "cat; echo read")).summary == "read"


async def test_an_argument_is_never_read_by_a_shell(tmp_path: Path) -> None:
    left = tmp_path / "left"
    arguments = (f"$(touch {left})", f"; touch {left}", f"`touch {left}`", "*")
    prober = CommandProber(CommandTarget((script(tmp_path, 'echo "$#:$4"'), *arguments)))
    assert (await prober.look(10)).summary == "4:*"
    assert not left.exists()


async def test_many_at_once_are_each_told_their_own_end(tmp_path: Path) -> None:
    command = script(tmp_path, 'echo "number $1"; exit $(($1 % 4))')
    looks = [CommandProber(CommandTarget((command, str(n)))).look(60) for n in range(24)]
    found = await asyncio.gather(*looks)
    states = [State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN]
    assert [(r.verdict, r.summary) for r in found] == [(states[n % 4], f"number {n}") for n in range(24)]


async def test_looks_again_and_again_leave_no_child(tmp_path: Path) -> None:
    before = children()
    for _ in range(5):
        await run(tmp_path, "sleep 600 & echo left one")
        await run(tmp_path, "sleep 600", timeout_s=0.1)
    assert children() <= before


def children() -> set[str]:
    """Returns the processes this one started that are still in the table, zombies with them."""
    found = Path(f"/proc/self/task/{Path('/proc/thread-self').resolve().name}/children").read_text()
    return set(found.split())
