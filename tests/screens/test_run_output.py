"""The output of a run is read whole, at any width."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.operations.queries import OutputLine
from screens.run import output_rows
from screens.widgets.cells import plain, width_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = "copying /var/lib/orders/archive/2026-02 to /mnt/backup/orders/2026-02: 4711 files, 12 GB " * 20


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_long_line_goes_on_in_the_next_rows(width: int) -> None:
    rows = [plain(row) for row in output_rows(OutputLine(1, 2, NOON, "out", LONG), width)]
    assert rows[0].startswith(" 12:00:00Z  2  copying")
    assert all(width_of(row) <= width for row in rows)
    assert "".join(row[15:] for row in rows).replace(" ", "") == LONG.replace(" ", "")


def test_a_short_line_is_one_row() -> None:
    assert [plain(row) for row in output_rows(OutputLine(1, 2, NOON, "out", "done"), 80)] == [
        " 12:00:00Z  2  done"
    ]
