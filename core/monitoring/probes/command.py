"""`command`: a plugin of the Nagios plugin API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.monitoring.model import Reading, State
from core.monitoring.probes.context import unjudged
from core.monitoring.probes.plugin_output import parse_output
from core.monitoring.probes.spawning import Finished, run_command
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    from core.catalog.model import CommandTarget

_VERDICTS = {0: State.OK, 1: State.WARNING, 2: State.CRITICAL, 3: State.UNKNOWN}
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ")
_PATHS = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/nagios/plugins:/usr/lib/monitoring-plugins"


class CommandProber:
    """Runs it anew at each look, with a small environment of its own and in the C locale."""

    def __init__(self, target: CommandTarget) -> None:
        self._target = target
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env["PATH"] = f"{env['PATH']}:{_PATHS}" if env.get("PATH") else _PATHS
        self._env = {**env, "LC_ALL": "C", **dict(target.env)}

    async def look(self, timeout_s: float) -> Reading:
        """Runs it once."""
        name = self._target.argv[0]
        try:
            finished = await run_command(self._target.argv, self._env, timeout_s, self._target.directory)
        except FileNotFoundError:
            return unjudged(f"there is no command {name}")
        except PermissionError:
            return unjudged(f"{name} may not be run by this user, or is not executable")
        except OSError as error:
            return unjudged(f"{name} cannot be started: {error.strerror}")
        return _judge(name, finished, timeout_s)

    async def close(self) -> None:
        """Holds nothing between looks."""


def _judge(name: str, finished: Finished, timeout_s: float) -> Reading:
    output = parse_output(finished.out.decode("utf-8", "replace"))
    errors = printable_lines(finished.err.decode("utf-8", "replace").strip())
    detail = "\n".join(part for part in (output.detail, errors if output.summary else "") if part)
    summary = output.summary or printable(errors.partition("\n")[0], 500) or f"{name} printed nothing"
    if finished.status is None:
        words = f"{name} was ended after {timeout_s:g} s"
        if finished.killed:
            words += f"; {finished.killed} of its processes had to be killed"
        if finished.left:
            words += f"; {finished.left} of its processes could not be ended"
        return unjudged(f"{words}: {summary}" if output.summary else words, detail)
    if finished.status < 0:
        return unjudged(f"{name} was ended by signal {-finished.status}: {summary}", detail)
    verdict = _VERDICTS.get(finished.status, State.UNKNOWN)
    if finished.status not in _VERDICTS:
        summary = f"{name} gave exit code {finished.status}, which means nothing: {summary}"
    if finished.cut:
        detail = f"{detail}\n(its output was cut at 64 KiB)".strip()
    return Reading(verdict, printable(summary, 500), output.metrics, detail)
