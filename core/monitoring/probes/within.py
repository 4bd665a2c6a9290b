"""The one place where a look's time ends, and where a mistake in a probe becomes a reading."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

from core.monitoring.probes.context import unjudged
from core.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.monitoring.model import Reading


async def look_within(timeout_s: float, work: Awaitable[Reading], late: Callable[[], Reading]) -> Reading:
    """Returns what `work` found, or `late()` when it took longer than `timeout_s` seconds.

    At its time-out `work` is cancelled and waited for, so that it gives up what it holds. A mistake in the
    probe itself is told as unknown, with its place in the detail; being cancelled from outside passes through.
    """
    limit = asyncio.timeout(timeout_s)
    try:
        async with limit:
            return await work
    except Exception as error:  # noqa: BLE001  (nothing a probe meets may end the agent's watch over it)
        if limit.expired():
            return late()
        where = printable_lines("".join(traceback.format_exception(error)))
        return unjudged(f"this probe failed by itself: {type(error).__name__}: {error}", where)
