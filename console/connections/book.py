"""The file of connections: one person's, small, mended by hand where need be; it never holds a secret.

default = "plant"

[connection.plant]
url = "postgresql://ada@db.example/watchfloor?sslmode=verify-full"
secret = "keyring"
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.connections.model import Connection, connection_name, secret_source
from console.connections.private_file import read_private, write_private
from console.places import config_directory
from core.errors import BadInput, NotFound, Unavailable, WatchfloorError
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WHAT = "the file of connections"
MEND = "Mend the file, or move it away and connect again; it was left as it is"


@dataclass(frozen=True)
class Book:
    """All connections by name, and which one is opened where nothing is said (empty: the embedded database)."""

    connections: Mapping[str, Connection]
    default: str = ""

    def named(self, name: str) -> Connection:
        """Returns a connection; raises NotFound with the nearest name there is."""
        if name in self.connections:
            return self.connections[name]
        from core.catalog.nearest import did_you_mean, listed

        there = (
            f"There are: {listed(self.connections)}"
            if self.connections
            else "Make one: watchfloor connect URL"
        )
        raise NotFound(
            f"there is no connection {printable(name, 80)!r}",
            next_step=did_you_mean(name, list(self.connections), there),
        )


def book_path() -> Path:
    """Returns where the file of connections is."""
    return config_directory() / "connections.toml"


def read_book(path: Path | None = None) -> Book:
    """Returns the connections, none where there is no file. Raises BadInput with file and line for one that is wrong."""
    return _read(path or book_path())[0]


@contextmanager
def book_text(path: Path | None = None) -> Iterator[tuple[Book, str, Path]]:
    """Holds the file for a change that begins with reading it: the book, its text, and where it is.

    Raises as `read_book` does, or Unavailable where the file cannot be held.
    """
    from console.kept import locked

    place = path or book_path()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = locked(place)
        held.__enter__()
    except OSError as error:
        raise Unavailable(f"cannot be written: {error.strerror}", where=str(place)) from None
    try:
        yield (*_read(place), place)
    finally:
        held.__exit__(None, None, None)


def write_book_text(place: Path, text: str) -> None:
    """Writes the file's text, all of it or nothing; raises Unavailable."""
    write_private(place, text.encode())


def parse_book(text: str, where: str = "") -> Book:
    """Returns the connections that a text of TOML declares; raises BadInput with the line of what is wrong."""
    import tomllib

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = re.search(r"at line (\d+)", str(error))
        line = said[1] if said else max(1, len(text.splitlines()))
        raise BadInput(
            f"line {line}: {WHAT} cannot be read: {printable(str(error), 200)}", where=where, next_step=MEND
        ) from None
    return _Reader(text, where).book(found)


def _read(place: Path) -> tuple[Book, str]:
    data = read_private(place, what=WHAT, secret=False)
    if data is None:
        return Book({}), ""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput(f"line {line}: {WHAT} is not UTF-8", where=str(place), next_step=MEND) from None
    return parse_book(text.replace("\r\n", "\n"), str(place)), text


class _Reader:
    """Reads what TOML found, and says where each mistake stands."""

    def __init__(self, text: str, where: str) -> None:
        self._lines, self._where = text.splitlines(), where

    def book(self, found: dict[str, Any]) -> Book:
        tables = self._only(found, {"default", "connection"}, "").get("connection", {})
        if not isinstance(tables, dict):
            raise self._wrong("connection", "connection must be tables: [connection.NAME]")
        connections = {name: self._connection(name, table) for name, table in tables.items()}
        default = found.get("default", "")
        if not isinstance(default, str) or (default and default not in connections):
            raise self._wrong("default", f"default = {default!r} names no connection of this file")
        return Book(connections, default)

    def _connection(self, name: str, table: Any) -> Connection:
        from console.connections.address import address_of

        header = f"connection.{name}"
        if not isinstance(table, dict):
            raise self._wrong(name, f"{header} must be a table with url and secret")
        self._only(table, {"url", "secret"}, header)
        for key in ("url", "secret"):
            if not isinstance(table.get(key), str):
                raise self._wrong(name, f'{header} needs {key} = "…"')
        try:
            named = connection_name(name)
            source = secret_source(table["secret"])
        except WatchfloorError as error:
            raise self._wrong(name, str(error)) from None
        try:
            return Connection(named, address_of(table["url"]), source)
        except WatchfloorError as error:
            raise self._wrong(table["url"], str(error), after=name) from None

    def _only(self, table: dict[str, Any], known: set[str], header: str) -> dict[str, Any]:
        for key in table:
            if key not in known:
                inside = f" in {header}" if header else ""
                raise self._wrong(key, f"{key!r} is not known{inside}; there are {', '.join(sorted(known))}")
        return table

    def _wrong(self, word: str, what: str, after: str = "") -> BadInput:
        """Returns the error with the first line that holds the word, behind the one that holds `after`."""
        begin = self._line_of(after, 0) if after else 0
        line = self._line_of(word, begin)
        return BadInput(printable(f"line {line}: {what}", 600), where=self._where, next_step=MEND)

    def _line_of(self, word: str, begin: int) -> int:
        holds = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        return next(
            (n for n, line in enumerate(self._lines, 1) if n > begin and holds.search(line)), begin or 1
        )
