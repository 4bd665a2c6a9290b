"""Small catalogs on disk for the tests of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.reader import read_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from core.catalog.problem import Loaded, Problem

HOUSE = """
[[service]]
id = "shop"
title = "The shop"

[[customer]]
id = "northwind"

[[staff]]
id = "ana"
name = "Ana Silva"

[[calendar]]
id = "office"
zone = "Europe/Lisbon"
hours = ["mon-fri 08:00-18:00"]

[[component]]
id = "db"
service = "shop"
"""
RESTART = (
    '+++\ntitle = "Restart"\ncomponent = "db"\neffect = "restart"\n+++\n\n# Restart\n\n- [ ] Restart it\n'
)


def write_files(directory: Path, files: dict[str, str]) -> None:
    """Writes each text under its name below `directory`."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read_beside_house(directory: Path, text: str) -> Loaded:
    """Returns what reading `text` comes to as `it.toml` beside a small consistent catalog."""
    files = {"house.toml": HOUSE, "it.toml": text, "procedures/restart.md": RESTART}
    write_files(directory, files)
    return read_catalog(directory)


def only_problem(loaded: Loaded) -> Problem:
    """Returns the one problem there is."""
    assert len(loaded.problems) == 1, "\n".join(map(str, loaded.problems))
    assert loaded.catalog is None
    return loaded.problems[0]


def lines_of(loaded: Loaded, directory: Path) -> list[str]:
    """Returns every problem as a line, without the directory."""
    return [str(problem).replace(f"{directory}/", "") for problem in loaded.problems]
