"""The same as JSON in plain lines: one fact a line, no columns, for who listens to a terminal or takes it into a mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.printable import printable, printable_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence


def add_plain_argument(parser: argparse.ArgumentParser) -> None:
    """Adds `--plain`."""
    parser.add_argument("--plain", action="store_true", help="print a line for each fact, without columns")


def print_plain(found: Sequence[Mapping[str, Any]], empty: str) -> None:
    """Prints every fact that JSON holds of each, those of one under its name; what is empty is said as `none`."""
    if not found:
        print(empty)
    for each in found:
        name = printable(str(each.get("id", "")), 40)
        print(f"{name}:")
        for line in _facts({key: value for key, value in each.items() if key != "id"}):
            print(f"  {line}")


def _facts(values: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, value in values.items():
        name = before + printable(str(key).replace("_", " "), 60)
        if isinstance(value, dict) and value:
            yield from _facts(value, f"{name} ")
        elif isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
            for place, each in enumerate(value, start=1):
                yield from _facts(each if isinstance(each, dict) else {"": each}, f"{name} {place} ")
        else:
            yield f"{name.strip()}: {_words(value)}"


def _words(value: Any) -> str:
    if value is None or value in ("", [], (), {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value)
    return printable_lines(str(value)).replace("\n", "\n    ")
