"""A database that can be opened: a file, or one on a server. Light: every start of every command makes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from console.places import data_directory
from core.printable import printable


@dataclass(frozen=True)
class Place:
    """A database that can be opened.

    `target` is what `Store.at` opens: the path of an embedded database, or the complete URL of a shared one, which may hold a
    password: it goes to the driver, and is neither shown nor put into arguments or the environment. `title` is
    fit to be shown. `connection` is the name of the connection, empty where there is none. `key` names a shared one
    on this machine, whoever opens it: files of its own are called so.
    """

    target: Path | str = field(repr=False)
    title: str
    connection: str = ""
    key: str = ""

    @classmethod
    def of_file(cls, path: Path) -> Place:
        """Returns the embedded database in a file."""
        return cls(path, printable(str(path), 200))

    @property
    def is_shared(self) -> bool:
        """Tells whether the database is a shared one, on a server."""
        return isinstance(self.target, str)

    @property
    def name(self) -> str:
        """Returns its name in one short word."""
        if isinstance(self.target, Path):
            return self.target.stem
        return self.connection or self.key.rpartition("-")[2]

    def beside(self, ending: str) -> Path:
        """Returns where a file of its own is on this machine: beside an embedded one, else in the data folder."""
        if isinstance(self.target, Path):
            return self.target.with_name(self.target.name + ending)
        return data_directory() / "shared" / f"{self.key}{ending}"

    @property
    def beats(self) -> Path:
        """Returns the folder in which heartbeats for this database's agent on this machine are left."""
        return self.beside(".beats")
