from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.monitoring.revisions.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(place: Path | str) -> Iterator[House]:
    made = House(place)
    yield made
    made.store.close()
