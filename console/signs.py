"""Signs of life from an agent to the console that started it, through a pipe: they need no database and no disk.

Once a second the agent writes a line: why it cannot be in force now, or nothing. So a console can tell an
agent that waits for room on a full disk, which a second agent would only wait beside, from one that is
frozen. And an agent whose signs nobody can read any more has lost its console.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from core.printable import printable

LONGEST_SIGN = 1000


class Giving:
    """The agent's side: lines on standard output."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def give(self, trouble: str) -> bool:
        """Gives a sign; `trouble` is why the agent is not in force, "" if nothing hinders it.

        Returns False when nobody is left to read it. A console that sleeps reads it later, or the next one.
        """
        line = printable(trouble, LONGEST_SIGN).replace("\n", " ")
        try:
            os.write(self._descriptor, f"{line}\n".encode())
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


class Hearing:
    """The console's side: reads without waiting. `into` is the end that the agent gets, until `begin`."""

    def __init__(self, patience_s: float) -> None:
        self._descriptor, self.into = os.pipe()
        os.set_blocking(self._descriptor, False)
        self._patient_until = time.monotonic() + patience_s
        self._begun = b""
        self.trouble = ""

    def begin(self) -> None:
        """Leaves the writing to the agent alone, so that its end is seen."""
        os.close(self.into)

    def listen(self, patience_s: float) -> bool:
        """Takes in what was said; tells whether the agent gave a sign within `patience_s` of the last that was heard."""
        with suppress(BlockingIOError):
            while data := os.read(self._descriptor, 1 << 16):
                *lines, self._begun = (self._begun + data).split(b"\n")
                if lines:
                    self.trouble = lines[-1].decode(errors="replace")
                    self._patient_until = time.monotonic() + patience_s
        return time.monotonic() < self._patient_until

    def close(self) -> None:
        """Hears no more."""
        os.close(self._descriptor)
