"""What becomes of the looks under way when this process is killed: a small process of its own ends them.

It is told of every process group that is begun and ended, through a pipe. When the pipe closes, this process
has ended, however that came about; the groups that were begun and not ended are asked to end, then killed.
A process that was killed can do nothing for itself, and its successor could not tell a look that hangs from
a daemon that a look began on purpose.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

_SHELL = "/bin/sh"
_WILL = """
trap '' HUP INT TERM
open=
while read -r what group; do
    case $what in
        +) open="$open $group" ;;
        -) rest=; for each in $open; do [ "$each" = "$group" ] || rest="$rest $each"; done; open=$rest ;;
    esac
done
[ "$open" ] || exit 0
for each in $open; do kill -s TERM -- "-$each"; kill -s CONT -- "-$each"; done 2>/dev/null
sleep 1
for each in $open; do kill -s KILL -- "-$each"; done 2>/dev/null
"""


class LastWill:
    """Keeps one executor, begun with the first group; where it was killed itself, another takes its place.

    Used by one thread. A machine without a shell has none: what hangs when this process is killed hangs on.
    """

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._pipe = -1
        self._executor = 0

    def begun(self, group: int) -> None:
        """Notes that a process group was begun."""
        self._groups.add(group)
        self._tell(f"+ {group}\n")

    def ended(self, group: int) -> None:
        """Notes that it was ended whole."""
        self._groups.discard(group)
        self._tell(f"- {group}\n")

    def _tell(self, line: str) -> None:
        if self._executor:
            try:
                os.write(self._pipe, line.encode())
            except OSError:  # it was killed, or stopped: what it does not hear it must not act upon
                self._dismiss()
            else:
                return
        self._appoint()

    def _appoint(self) -> None:
        """Begins an executor that knows what is under way now."""
        into, self._pipe = os.pipe2(os.O_CLOEXEC)
        try:
            self._executor = os.posix_spawn(
                _SHELL, [_SHELL, "-c", _WILL], {"PATH": os.defpath},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, into, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
                setsid=True, setsigmask=(),
            )  # fmt: skip
        except OSError:
            os.close(self._pipe)
            return
        finally:
            os.close(into)
        os.set_blocking(self._pipe, False)
        with suppress(OSError):
            os.write(self._pipe, "".join(f"+ {group}\n" for group in self._groups).encode())

    def _dismiss(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._executor, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._executor, 0)
        os.close(self._pipe)
        self._executor = 0
