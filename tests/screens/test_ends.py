"""What ends this week, as the list shows it: what has no end and what is late, before what is still to end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.endings.model import Ending, Sort
from core.endings.queries import endings
from core.timekeeping import utc_now
from screens.ends import Ends
from tests.screens.view_host import ViewHost, board_row, picture_of


def some() -> list[Ending]:
    """Returns an ending of each standing, as the database orders them."""
    now = utc_now()
    threshold = "http latency_ms: warning 180 for warning 100, stricter since than warning 200"
    return [
        Ending(Sort.THRESHOLD, "shop", threshold, "ada", "a slow front", None),
        Ending(Sort.GRANT, "G-7", "granted: ben has admin", "lee", "runs the shop", now - timedelta(days=57, hours=1)),
        Ending(Sort.RISK, "F-1", "accepted: CVE-1", "lee", "no way in", now + timedelta(hours=3, minutes=30)),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_has_no_end_stands_first_and_what_is_past_is_called_late(size: tuple[int, int]) -> None:
    view = Ends()
    host = ViewHost(view, picture_of(board_row("shop")), {endings: some()})
    async with host.run_test(size=size) as pilot:
        view.shown("")
        await host.workers.wait_for_complete()
        await pilot.pause()
        text = host.text()
        rows = [next(line for line in text.splitlines() if words in line) for words in ("http", "G-7", "F-1")]
        assert "no end is set" in rows[0]
        assert "late 57d" in rows[1]
        assert "3h" in rows[2]
        assert [text.index(row) for row in rows] == sorted(text.index(row) for row in rows)
        assert "1 end within 7 days   1 without end   1 past and still in force" in text
        assert "standing in force, without end" in text
