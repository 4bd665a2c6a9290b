"""Starting this program once more, in a process of its own: the agent of a console, the conductor of a run."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
"""Where the packages that run here stand: the same ones must run there, whatever else is installed."""


def start_own(
    *words: str,
    module: str = "console",
    out: int | None = None,
    errors: IO[bytes] | None = None,
    inherits: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts `watchfloor WORDS`, as it runs here, and does not wait; what it prints goes to `out` and `errors`.

    It has a session of its own: ctrl+c, ctrl+z and the end of the terminal are this process's, not its. It
    inherits the descriptors `inherits` under their numbers, and no others. `module` is what is run instead of the
    program. Raises OSError when it cannot be started.
    """
    env = dict(os.environ)
    if str(ROOT) not in {str(Path(folder).resolve()) for folder in site.getsitepackages()}:
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdin=subprocess.DEVNULL, stdout=out or subprocess.DEVNULL, stderr=errors or subprocess.DEVNULL,
        start_new_session=True, cwd="/", env=env, pass_fds=inherits,
    )  # fmt: skip
