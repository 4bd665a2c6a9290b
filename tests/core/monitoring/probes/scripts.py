"""Small scripts that a probe starts, what they wrote, and whether they still run."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def script(folder: Path, text: str, name: str = "plugin") -> str:
    """Writes a script that can be run; returns its path."""
    path = folder / name
    path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def seen(path: Path) -> list[int]:
    """Waits until numbers stand in a file."""
    while not (text := written(path)).endswith("\n"):
        await asyncio.sleep(0.005)
    return [int(word) for word in text.split()]


def written(path: Path) -> str:
    return path.read_text() if path.exists() else ""
