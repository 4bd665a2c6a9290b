"""What a command shows as of an instant: `--at WHEN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.as_of import instant_called
from core.journal.past import number_at
from core.timekeeping import age, utc_now

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from core.store.store import Store


class Then(NamedTuple):
    """An instant, the journal's last entry up to it, and what is said of it before anything is shown."""

    instant: datetime
    seq: int
    words: str


def add_at_argument(parser: argparse.ArgumentParser) -> None:
    """Adds --at."""
    parser.add_argument(
        "--at", metavar="WHEN", default=None,
        help="as it was then, in UTC: 03:12, '2026-11-27 03:12', -2h, or I-3 (R-3) for when that was opened",
    )  # fmt: skip


def at(store: Store, text: str) -> Then:
    """Returns the instant that was said. Raises BadInput for one that cannot be read or is still to come, and NotFound."""
    now = utc_now()
    instant = store.read(instant_called, text, now)
    seq = store.read(number_at, instant)
    ago = age((now - instant).total_seconds())
    words = f"THEN {instant:%Y-%m-%d %H:%M:%S}Z, {ago} ago" + ("" if seq else ": before the first entry")
    return Then(instant, seq, f"{words}. It is not what is now.")
