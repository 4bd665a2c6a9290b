"""`watchfloor release`: what the key does on the Board, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.__main__ import main
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.journal.model import Via
from core.monitoring.commands import stop_on_purpose
from core.monitoring.model import State
from core.monitoring.queries import status_of
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ADA = Author("ada", Via.CLI, "seat-1")


def test_a_component_is_watched_again_and_what_is_asked_for_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.at(tmp_path / "watchfloor.db")
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": Component("web", "Web", "s")})
    store.write(ADA, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(ADA, stop_on_purpose, "web", "maintenance")
    here = ("release", "web", "--db", str(tmp_path / "watchfloor.db"))

    assert main([*here]) != 0
    assert "--operate --reason TEXT --yes" in capsys.readouterr().err
    assert main([*here, "--operate", "--reason", "it runs"]) != 0
    assert store.read(status_of, "web").state is State.STOPPED
    assert main([*here, "--operate", "--reason", "it runs", "--yes"]) == 0
    assert capsys.readouterr().out == "web is watched again\n"

    assert store.read(status_of, "web").state is State.PENDING
    store.close()
