"""Counts in words shown to people: "1 probe", "3 probes"."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """Returns the number with its noun: `one` for 1, else `several`, which is `one` and an "s" where it is not given."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"
