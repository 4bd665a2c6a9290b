"""An agent with nothing to watch says so and ends; one that finds its catalog in the database goes on with that."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from console.catalog_source import read
from core.catalog.commands import load_catalog
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

AUTHOR = Author("test", Via.CLI, "test")
CUSTOMER = '[[customer]]\nid = "shop"\ntitle = "The shop"\n'


@contextmanager
def agent(house: House, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Starts an agent and ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "agent", *words],
        env=house.env, cwd=house.home, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def said(process: subprocess.Popen[str]) -> str:
    """Returns what an agent said until it was in force."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "in force for" in line:
            break
    return "".join(lines)


def keep_catalog(house: House) -> int:
    """Puts the starter's catalog in force in the database; returns how many probes it has."""
    catalog = read(house.home / "catalog").require()
    store = Store.at(house.home / "watchfloor.db")
    store.write(AUTHOR, load_catalog, catalog, directory="", digest="x", changes=())
    store.close()
    return sum(len(component.probes) for component in catalog.components.values())


def complaint(house: House, *words: str) -> str:
    done = house.run("agent", *words, code=3)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    return done.stderr


def test_without_a_catalog_directory_an_agent_ends_with_one_line(house: House) -> None:
    nowhere, database = house.home / "no where", house.home / "watchfloor.db"
    assert complaint(house, "--catalog", str(nowhere)) == (
        f"watchfloor: {nowhere}: there is no such directory, and the database {database} holds no component "
        f"either: there is nothing to watch. Name a catalog with --catalog DIR, or write the starter there: "
        f"watchfloor init '{nowhere}'\n"
    )
    shutil.rmtree(house.home / "catalog")
    assert f"{house.home}/catalog: there is no such directory" in complaint(house)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({}, "holds no catalog file"),
        ({"a.toml": "# nothing yet\n"}, "declares nothing"),
        ({"a.toml": CUSTOMER}, "declares no component"),
    ],
)
def test_a_catalog_without_a_component_is_nothing_to_watch(
    house: House, tmp_path: Path, files: dict[str, str], what: str
) -> None:
    directory = tmp_path / "bare"
    directory.mkdir()
    for name, text in files.items():
        (directory / name).write_text(text)
    told = complaint(house, "--catalog", str(directory))
    assert f"watchfloor: {directory}: {what}, and the database" in told
    assert "watchfloor init" in told


def test_where_the_database_holds_a_catalog_the_agent_goes_on_with_it_and_says_so(house: House) -> None:
    probes = keep_catalog(house)
    shutil.rmtree(house.home / "catalog")
    with agent(house) as process:
        told = said(process)
    assert f"{house.home}/catalog: there is no such directory" in told
    assert f"watching {probes} probes of the last good catalog, which the database holds" in told


def test_a_catalog_that_is_broken_is_waited_for(house: House, tmp_path: Path) -> None:
    directory = tmp_path / "broken"
    directory.mkdir()
    (directory / "a.toml").write_text("[[component]]\nid = 7\n")
    with agent(house, "--catalog", str(directory)) as process:
        told = said(process)
    assert "the catalog is refused" in told
    assert f"watching nothing until {directory} holds a catalog without problems" in told
