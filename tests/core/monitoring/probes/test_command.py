"""Plugins of the Nagios plugin API, run for real: polite ones, and all the others."""

from __future__ import annotations

import contextlib
import os
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import CommandTarget
from core.monitoring.model import Reading, State
from core.monitoring.perfdata import parse_perfdata
from core.monitoring.probes.command import CommandProber
from core.monitoring.probes.plugin_output import parse_output
from tests.core.monitoring.probes.scripts import script
from tests.processes import lives

if TYPE_CHECKING:
    from pathlib import Path


async def run(folder: Path, text: str, timeout_s: float = 10.0) -> Reading:
    return await CommandProber(CommandTarget((script(folder, text),))).look(timeout_s)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (0, State.OK),
        (1, State.WARNING),
        (2, State.CRITICAL),
        (3, State.UNKNOWN),
        (4, State.UNKNOWN),
        (127, State.UNKNOWN),
    ],
)
async def test_the_exit_code_is_the_verdict(tmp_path: Path, code: int, state: State) -> None:
    reading = await run(tmp_path, f"echo it is so; exit {code}")
    assert reading.verdict is state
    assert "it is so" in reading.summary


async def test_first_line_long_text_and_figures(tmp_path: Path) -> None:
    reading = await run(
        tmp_path,
        "printf 'DISK OK | /=2643MB;5948;5958;0;5968\\nmore\\nlines | /boot=68MB;88;93\\n/home=69357MB\\n'",
    )
    assert (reading.summary, reading.detail) == ("DISK OK", "more\nlines")
    assert [(m.name, m.value, m.unit, m.warning) for m in reading.metrics] == [
        ("/", 2643.0, "MB", "5948"), ("/boot", 68.0, "MB", "88"), ("/home", 69357.0, "MB", ""),
    ]  # fmt: skip


async def test_escapes_and_control_characters_never_come_through(tmp_path: Path) -> None:
    reading = await run(tmp_path, r"printf 'a\033[31mred\033]0;title\007\b\001z\n\033[2Jlong\n'")
    shown = reading.summary + reading.detail
    assert reading.summary.startswith("ared")
    assert all(c.isprintable() or c == "\n" for c in shown)


async def test_standard_error_speaks_where_standard_output_is_silent(tmp_path: Path) -> None:
    assert (await run(tmp_path, "echo broken pipe >&2; exit 2")).summary == "broken pipe"
    assert (await run(tmp_path, "exit 0")).summary.endswith("printed nothing")


async def test_a_signal_is_no_verdict(tmp_path: Path) -> None:
    reading = await run(tmp_path, "kill -9 $$")
    assert (reading.verdict, "signal 9" in reading.summary) == (State.UNKNOWN, True)


async def test_fifty_megabytes_are_cut(tmp_path: Path) -> None:
    reading = await run(tmp_path, "head -c 50000000 /dev/zero | tr '\\0' x; exit 1")
    assert reading.verdict is State.WARNING
    assert len(reading.summary) + len(reading.detail) < 70_000
    assert "cut at 64 KiB" in reading.detail


async def test_what_hangs_and_ignores_being_asked_is_killed_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    reading = await run(
        tmp_path,
        f"trap '' TERM; for n in 1 2; do (trap '' TERM; sh -c 'echo $PPID' >> {pids}; while :; do sleep 1; done) & done; "
        f"echo $$ >> {pids}; wait; wait",
        timeout_s=0.5,
    )
    assert reading.verdict is State.UNKNOWN
    assert "was ended after 0.5 s" in reading.summary
    assert "had to be killed" in reading.summary
    for pid in map(int, pids.read_text().split()):
        assert not lives(pid)


async def test_a_daemon_left_behind_with_the_pipe_open_does_not_hold_the_look(tmp_path: Path) -> None:
    note = tmp_path / "daemon"
    began = time.monotonic()
    reading = await run(
        tmp_path, f"setsid sh -c 'echo $$ > {note}; exec sleep 60' & sleep 0.1; echo started", timeout_s=30
    )
    assert (reading.verdict, reading.summary) == (State.OK, "started")
    assert time.monotonic() - began < 25
    with contextlib.suppress(ProcessLookupError, ValueError):
        os.kill(int(note.read_text()), 9)


async def test_a_command_that_is_not_there_or_may_not_run(tmp_path: Path) -> None:
    missing = await CommandProber(CommandTarget((str(tmp_path / "none"),))).look(5)
    assert (missing.verdict, "there is no command" in missing.summary) == (State.UNKNOWN, True)
    plain = tmp_path / "plain"
    plain.write_text("#!/bin/sh\n")
    refused = await CommandProber(CommandTarget((str(plain),))).look(5)
    assert (refused.verdict, "may not be run" in refused.summary) == (State.UNKNOWN, True)


async def test_it_runs_in_the_c_locale_without_a_shell(tmp_path: Path) -> None:
    prober = CommandProber(
        CommandTarget((script(tmp_path, 'echo "$LC_ALL $1 $EXTRA"'), "a b; echo no"), (("EXTRA", "x"),))
    )
    assert (await prober.look(5)).summary == "C a b; echo no x"


# (perfdata, metrics as name, value, unit): the shapes of the guidelines and of Icinga's parser tests, re-expressed.
PERFDATA = [
    ("test=123", [("test", 123.0, "")]),
    ("a=1 b=2;;;", [("a", 1.0, ""), ("b", 2.0, "")]),
    ("'hello world'=5ms", [("hello world", 5.0, "ms")]),
    ("'it''s'=1", [("it's", 1.0, "")]),
    ("'a=b'=3c", [("a=b", 3.0, "c")]),
    ("x=U y=1%", [("y", 1.0, "%")]),
    ("x=1,5 y=2", [("y", 2.0, "")]),
    ("x=-1.5e3B", [("x", -1500.0, "B")]),
    ("garbage x=1", [("x", 1.0, "")]),
    ("=5 x=1", [("x", 1.0, "")]),
    ("", []),
]


@pytest.mark.parametrize(("text", "metrics"), PERFDATA)
def test_performance_data(text: str, metrics: list[tuple[str, float, str]]) -> None:
    assert [(m.name, m.value, m.unit) for m in parse_perfdata(text)] == metrics


@given(st.text(max_size=200))
def test_any_output_is_taken_apart_without_harm(text: str) -> None:
    output = parse_output(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in output.summary)
    parse_perfdata(text)
