"""How many orders wait: a plugin after the Nagios plugin API, for a `command` probe.

It judges nothing itself: the ranges stand in the catalog.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .settings import OrdersError, read_settings
from .store_client import StoreClient

if TYPE_CHECKING:
    from pathlib import Path

OK, UNKNOWN = 0, 3  # exit codes of the plugin API


def main(directory: Path) -> int:
    """Prints one line, `text | perfdata`, and returns the plugin's exit code."""
    try:
        with StoreClient(read_settings(directory), timeout_s=3.0) as store:
            found = store.ask("depth")
            waiting, oldest_s = int(found["waiting"]), float(found["oldest_s"])
    except OrdersError as error:
        sys.stdout.write(f"QUEUE UNKNOWN - {error}\n")
        return UNKNOWN
    sys.stdout.write(
        f"QUEUE OK - {waiting} orders wait, the oldest for {oldest_s:.0f} s"
        f" | depth={waiting};;;0 oldest_s={oldest_s:.1f}s;;;0\n"
    )
    return OK
