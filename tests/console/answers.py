"""A command typed into a shell, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.__main__ import main

if TYPE_CHECKING:
    import pytest


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Returns what a command comes to: its exit code, what it prints, and what it complains of."""
    code = main(words)
    printed = capsys.readouterr()
    return code, printed.out, printed.err
