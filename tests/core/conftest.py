"""Every test of the domain runs on both databases; a module about one of them says so with a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
from tests.new_database import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import Server

TRUSTED = "-cwatchfloor.trusted=told"
"""Tests of the rules say themselves what was when, and by whom; every row still needs its entry."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        own = metafunc.definition.get_closest_marker("embedded")
        kinds = ["embedded"] if own else ["embedded", "shared"]
        metafunc.parametrize("place", kinds, indirect=True)


@pytest.fixture(scope="session")
def prepared(postgres_server: Server) -> Iterator[str]:
    """The name of a database that is prepared and never opened: others are made as its copies."""
    from core.store.postgresql.preparing import prepare

    with postgres_server.fresh_database() as database:
        prepare(database.socket_url())
        yield database.name


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a fresh database is: a file, or an address on a real server."""
    if request.param == "embedded":
        yield new_database(tmp_path / "watchfloor.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("prepared")
    with server.fresh_database(template=template) as database:
        yield database.socket_url(options=TRUSTED)


@pytest.fixture
def store(place: Path | str) -> Iterator[Store]:
    opened = Store.at(place)
    yield opened
    opened.close()


@pytest.fixture
def ada() -> Author:
    return Author("ada", Via.CONSOLE, "seat-1")
