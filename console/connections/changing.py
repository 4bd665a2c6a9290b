"""Changes to the file of connections. Whatever a person wrote beside what changes (order, comments) stays as it is.

Each change is made on the text and read back: where the text is laid out in a way that the change does not
understand, the file is written anew, and what was there is kept beside it as `connections.toml.before`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from console.connections.book import Book, book_text, parse_book, write_book_text
from core.errors import NotPossible, WatchfloorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.connections.model import Connection

FIRST_LINES = (
    "# Connections to shared databases: see `watchfloor connections --help`. No password belongs in here.\n"
)
_HEADER = re.compile(r"""^\s*\[\s*connection\s*\.\s*["']?([A-Za-z0-9_-]+)["']?\s*\]""")
_ANY_HEADER = re.compile(r"^\s*\[")
_DEFAULT = re.compile(r"^\s*default\s*=")


def keep_connection(
    connection: Connection, *, as_default: bool, path: Path | None = None
) -> Connection | None:
    """Keeps a connection under its name, and makes it the default one; returns what that name meant before.

    Raises BadInput where the file is wrong (it stays as it is), or Unavailable where it cannot be written.
    """
    with book_text(path) as (book, text, place):
        default = connection.name if as_default else book.default
        after = Book({**book.connections, connection.name: connection}, default)
        before = book.connections.get(connection.name)
        _write(place, text, after, lambda: _with_default(_with_connection(text, connection), default))
        return before


def forget_connection(name: str, path: Path | None = None) -> Book:
    """Removes a connection and returns the book without it; raises NotFound, BadInput or Unavailable."""
    with book_text(path) as (book, text, place):
        book.named(name)
        rest = {known: one for known, one in book.connections.items() if known != name}
        after = Book(rest, "" if book.default == name else book.default)
        _write(place, text, after, lambda: _with_default(_without_connection(text, name), after.default))
        return after


def rename_connection(old: str, new: str, path: Path | None = None) -> None:
    """Gives a connection another name; raises NotFound, NotPossible where the name is taken, BadInput or Unavailable."""
    with book_text(path) as (book, text, place):
        book.named(old)
        if new in book.connections:
            raise NotPossible(
                f"there is a connection {new} already", next_step="Take another name, or forget that one"
            )
        renamed = {
            (new if n == old else n): (replace(c, name=new) if n == old else c)
            for n, c in book.connections.items()
        }
        after = Book(renamed, new if book.default == old else book.default)
        _write(place, text, after, lambda: _with_default(_renamed(text, old, new), after.default))


def make_default(name: str, path: Path | None = None) -> None:
    """Makes a connection the default one, with an empty name none; raises NotFound, BadInput or Unavailable."""
    with book_text(path) as (book, text, place):
        if name:
            book.named(name)
        _write(place, text, Book(book.connections, name), lambda: _with_default(text, name))


def _write(place: Path, text: str, after: Book, change: Callable[[], str]) -> None:
    changed = change()
    try:
        is_right = parse_book(changed) == after
    except WatchfloorError:
        is_right = False
    if not is_right:
        write_book_text(place.with_name(f"{place.name}.before"), text)
        changed = _anew(after)
    if changed != text:
        write_book_text(place, changed)


def _anew(book: Book) -> str:
    text = FIRST_LINES
    for connection in book.connections.values():
        text = _with_connection(text, connection)
    return _with_default(text, book.default)


def _with_connection(text: str, connection: Connection) -> str:
    said = [f"url = {_quoted(connection.address.url)}\n", f"secret = {_quoted(str(connection.secret))}\n"]
    lines = _lines(text or FIRST_LINES)
    at, end = _block(lines, connection.name)
    if at is None:
        return "".join([*lines, "\n", f"[connection.{connection.name}]\n", *said])
    kept = [line for line in lines[at + 1 : end] if not re.match(r"^\s*(url|secret)\s*=", line)]
    return "".join([*lines[: at + 1], *said, *kept, *lines[end:]])


def _without_connection(text: str, name: str) -> str:
    lines = _lines(text)
    at, end = _block(lines, name)
    return text if at is None else "".join([*lines[:at], *lines[end:]])


def _renamed(text: str, old: str, new: str) -> str:
    lines = _lines(text)
    at, _ = _block(lines, old)
    if at is not None:
        lines[at] = f"[connection.{new}]{lines[at].partition(']')[2]}"
    return "".join(lines)


def _with_default(text: str, name: str) -> str:
    lines = _lines(text)
    top = next((n for n, line in enumerate(lines) if _ANY_HEADER.match(line)), len(lines))
    at = next((n for n, line in enumerate(lines[:top]) if _DEFAULT.match(line)), None)
    said = [f"default = {_quoted(name)}\n"] if name else []
    if at is not None:
        return "".join([*lines[:at], *said, *lines[at + 1 :]])
    first = next((n for n, line in enumerate(lines[:top]) if not line.lstrip().startswith("#")), top)
    return "".join([*lines[:first], *said, *lines[first:]])


def _block(lines: list[str], name: str) -> tuple[int | None, int]:
    """Returns the lines of a connection's table: from its header to behind its last line that says something."""
    at = next((n for n, line in enumerate(lines) if (m := _HEADER.match(line)) and m[1] == name), None)
    if at is None:
        return None, len(lines)
    end = next((n for n in range(at + 1, len(lines)) if _ANY_HEADER.match(lines[n])), len(lines))
    while end > at + 1 and end < len(lines) and lines[end - 1].lstrip().startswith("#"):
        end -= 1  # a remark right above the next table is that one's
    return at, end


def _lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
