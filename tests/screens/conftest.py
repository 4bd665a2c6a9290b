"""What the tests of screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.store.store import Store
from tests.screens.scene import make_night, stand_still

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a night, whose clock stands still."""
    stand_still(monkeypatch)
    return make_night(tmp_path)


@pytest.fixture
def other(night: Path) -> Iterator[Store]:
    """The database of the night, as another console has it open."""
    store = Store.at(night)
    yield store
    store.close()
