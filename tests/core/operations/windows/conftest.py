from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.operations.windows.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def house(place: Path | str, ada: Author) -> Iterator[House]:
    made = House(place, ada)
    yield made
    made.store.close()
