"""Starting this program once more, in a process of its own: the agent of a console, the conductor of a run."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
"""Where the packages that run here stand: the same ones must run there, whatever else is installed."""


def start_own(
    *words: str, out: int | None = None, errors: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Starts `watchfloor WORDS`, as it runs here, and does not wait; what it prints goes to `out` and `errors`.

    It has a session of its own: ctrl+c, ctrl+z and the end of the terminal are this process's, not its.
    Raises OSError when it cannot be started.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "console", *words],
        stdin=subprocess.DEVNULL, stdout=out or subprocess.DEVNULL, stderr=errors or subprocess.DEVNULL,
        start_new_session=True, cwd="/", env=own_environment(),
    )  # fmt: skip


def own_environment() -> dict[str, str]:
    """Returns the environment in which the packages that run here are found from any folder."""
    env = dict(os.environ)
    if str(ROOT) not in {str(Path(folder).resolve()) for folder in site.getsitepackages()}:
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    return env
