from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.starter import write_starter
from tests.console.starter.written import Starter, free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives every test ports of its own, so that several can run beside one another."""
    front = free_port()
    store = free_port()
    while store == front:
        store = free_port()
    monkeypatch.setenv("ORDERS_FRONT_PORT", str(front))
    monkeypatch.setenv("ORDERS_STORE_PORT", str(store))


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    """Yields a written starter without sample orders and heartbeats; nothing of it may run afterwards."""
    directory = tmp_path / "my catalog"
    write_starter(directory, database=tmp_path / "watchfloor.db")
    written = Starter(directory)
    written.set(sample_order_every=0, beat_every=0.5)
    try:
        yield written
        written.orders("stop")
        until(lambda: not written.processes(), "the end of every process")
    finally:
        for process in written.processes():
            process.kill()
