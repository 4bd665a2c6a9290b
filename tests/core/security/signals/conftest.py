from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.security.signals.house import PATTERN, House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def house(place: Path | str, ada: Author, tmp_path: Path) -> Iterator[House]:
    built = House(place, ada, tmp_path, patterns=(PATTERN,))
    yield built
    built.store.close()
