"""`command`: a plugin of the Nagios plugin API."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.monitoring.model import Reading, State
from core.monitoring.probes.context import unjudged
from core.monitoring.probes.left_running import Sweep, named, new_mark
from core.monitoring.probes.plugin_output import parse_output
from core.monitoring.probes.program import find_program
from core.monitoring.probes.spawning import OUTPUT_LIMIT, Running
from core.monitoring.probes.within import look_within
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    from core.catalog.model import CommandTarget

_VERDICTS = {0: State.OK, 1: State.WARNING, 2: State.CRITICAL, 3: State.UNKNOWN}
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ")
_SWEEP = Sweep()
_PATHS = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/nagios/plugins:/usr/lib/monitoring-plugins"


class CommandProber:
    """Runs it anew at each look, with a small environment of its own and in the C locale."""

    def __init__(self, target: CommandTarget) -> None:
        self._target = target
        self._name = target.argv[0]
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env["PATH"] = f"{env['PATH']}:{_PATHS}" if env.get("PATH") else _PATHS
        self._env = {**env, "LC_ALL": "C", **dict(target.env)}
        self._mark, self._looks = new_mark(), 0

    async def look(self, timeout_s: float) -> Reading:
        """Runs it once."""
        running = self._start()
        if isinstance(running, Reading):
            return running
        return await look_within(timeout_s, self._finish(running), lambda: self._late(running, timeout_s))

    async def close(self) -> None:
        """Holds nothing between looks."""

    def _start(self) -> Running | Reading:
        directory = self._target.directory
        if directory and not Path(directory).is_dir():
            return unjudged(f"{self._name} was not run: there is no folder {directory}")
        program = find_program(self._name, directory, self._env["PATH"])
        if program is None:
            return unjudged(f"there is no command {self._name}")
        try:
            self._looks += 1
            mark = f"{self._mark}.{self._looks}"
            return Running([program, *self._target.argv[1:]], self._env, directory, mark=mark)
        except OSError as error:
            return unjudged(self._not_started(error, program))

    async def _finish(self, running: Running) -> Reading:
        try:
            await running.ended()
        finally:
            await running.end()
        return self._judge(running)

    def _not_started(self, error: OSError, program: str) -> str:
        if error.errno == errno.ENOENT and Path(program).exists():
            return f"{self._name} cannot be started: the program that its first line names is missing"
        if error.errno == errno.ENOEXEC:
            return f"{self._name} is neither a program nor a script whose first line begins with #!"
        if error.errno in {errno.EACCES, errno.EPERM}:
            return f"{self._name} may not be run by this user, or is not executable"
        return f"{self._name} cannot be started: {error.strerror}"

    def _judge(self, running: Running) -> Reading:
        output = parse_output(running.out.decode("utf-8", "replace"))
        errors = printable_lines(running.err.decode("utf-8", "replace").strip())
        summary = (
            output.summary or printable(errors.partition("\n")[0], 500) or f"{self._name} printed nothing"
        )
        detail = [output.detail, errors if output.summary else errors.partition("\n")[2]]
        if output.unread:
            detail.append(f"(performance data that cannot be read: {'  '.join(output.unread)})")
        if running.is_cut:
            detail.append(f"(its output was cut at {OUTPUT_LIMIT // 1024} KiB)")
        if running.left_behind:
            detail.append(f"(it left processes behind, which were ended: {running.left_behind})")
        if left := running.left_running or _SWEEP.left_by(self._mark):
            detail.append(f"(it left running, outside its process group: {named(left)})")
        text, status = _joined(detail), running.status
        if status is None:
            return unjudged(f"how {self._name} ended is not known: {summary}", text)
        if status < 0:
            return unjudged(f"{self._name} was ended by signal {-status}: {summary}", text)
        if status not in _VERDICTS:
            words = f"{self._name} gave exit code {status}, which means nothing: {summary}"
            return Reading(State.UNKNOWN, printable(words, 500), output.metrics, text)
        return Reading(_VERDICTS[status], summary, output.metrics, text)

    def _late(self, running: Running, timeout_s: float) -> Reading:
        output = parse_output(running.out.decode("utf-8", "replace"))
        errors = printable_lines(running.err.decode("utf-8", "replace").strip())
        words = f"{self._name} was ended after {timeout_s:g} s"
        if running.killed:
            words += f"; {running.killed} of its processes had to be killed"
        if running.unkillable:
            words += f"; {running.unkillable} of its processes could not be ended"
        if running.strayed:
            words += f"; {running.strayed} that had left its process group were ended too"
        if running.left_running:
            words += f", but not {named(running.left_running)}"
        if output.summary:
            words += f": {output.summary}"
        return unjudged(words, _joined([output.detail, errors]))


def _joined(parts: list[str]) -> str:
    """Returns the parts one below the other, within the limit of a reading; notes stand at the end and are kept."""
    *texts, last = [part for part in parts if part] or [""]
    room = OUTPUT_LIMIT - len(last) - 1
    return "\n".join([*(["\n".join(texts)[:room]] if texts else []), last])
