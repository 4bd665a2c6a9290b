from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.postgres import Server


@contextmanager
def opened(place: str | Path) -> Iterator[Store]:
    store = Store.at(place)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def target(tmp_path: Path, postgres_server: Server) -> Callable[[str], AbstractContextManager[Path | str]]:
    """Makes the name of a new file, or an empty database on the server."""

    @contextmanager
    def made(kind: str) -> Iterator[Path | str]:
        if kind == "embedded":
            path = tmp_path / f"new-{len(list(tmp_path.iterdir()))}.db"
            yield path
        else:
            with postgres_server.fresh_database() as database:
                yield database.socket_url()

    return made
