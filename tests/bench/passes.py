"""The passes of an agent's duty, over a store whose clock is set forward."""

from __future__ import annotations

import getpass
import statistics
import time
from typing import TYPE_CHECKING

from core.journal.model import Via
from core.store.lease import give_up_lease, take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AUTHOR = Author(getpass.getuser(), Via.AGENT, "bench")


class Passes:
    """`take` does what is due, of which `is_due` tells whether there is any."""

    def __init__(
        self,
        store: Store,
        place: str | Path,
        duty: str,
        is_due: Callable[..., bool],
        take: Callable[..., bool],
    ) -> None:
        self._duty, self._is_due, self._take = duty, is_due, take
        self._token = store.write(AUTHOR, take_lease, duty, "bench")
        self.now = utc_now()
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()

    def look(self) -> None:
        """Makes one pass; even with nothing due the agent says that it is there."""
        if self.store.read(self._is_due, to_micros(self.now)):
            while self.store.write(AUTHOR, self._take, self._token):
                pass
        else:
            self.store.write(AUTHOR, self._take, self._token)

    def end(self) -> None:
        """Gives the duty up."""
        self.store.write(AUTHOR, give_up_lease, self._duty, self._token)
        self.store.close()


def timed(many: int, doing: Callable[[], object]) -> tuple[float, float]:
    """Returns the median seconds on the clock and of CPU of one doing."""
    walls, cpus = [], []
    for _ in range(many):
        wall, cpu = time.perf_counter(), time.process_time()
        doing()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)
