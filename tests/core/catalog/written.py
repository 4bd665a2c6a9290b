"""A catalog of one file, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.reader import read_catalog

if TYPE_CHECKING:
    from pathlib import Path


def problems(folder: Path, text: str) -> list[str]:
    """Writes `a.toml` there and returns its mistakes, each with file and line."""
    (folder / "a.toml").write_text(text, encoding="utf-8")
    return [str(problem).removeprefix(f"{folder}/") for problem in read_catalog(folder).problems]
