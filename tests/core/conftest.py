from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "watchfloor.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = Store.at(place)
    yield opened
    opened.close()


@pytest.fixture
def ada() -> Author:
    return Author("ada", Via.CONSOLE, "seat-1")
