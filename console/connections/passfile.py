"""libpq's own file of passwords: one line a connection, plain text, mode 0600. Written only when a person says so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from console.connections.private_file import read_private, write_private
from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.connections.address import Address

WHAT = "the passfile"
DEFAULT_PORT = "5432"
SOCKET_FOLDERS = ("", "/tmp", "/var/run/postgresql", "/run/postgresql")  # noqa: S108 – libpq's own, only compared with
"""Sockets here may be the ones libpq looks for by itself: it calls them localhost."""


def passfile_path(address: Address) -> Path:
    """Returns the passfile libpq reads for an address."""
    said = address.words.get("passfile") or os.environ.get("PGPASSFILE", "")
    return Path(said).expanduser() if said else Path.home() / ".pgpass"


def keep_in_passfile(address: Address, password: str) -> Path:
    """Writes the password into libpq's file, where it stands in plain text, and returns the file.

    Raises BadInput for a password or an address the file cannot hold, or where others may read the file (libpq
    then ignores it); Unavailable where it cannot be read or written.
    """
    if any(sign in password for sign in "\r\n\0"):
        raise BadInput("a password with a line end cannot be kept in a passfile")
    if not (address.words.get("user") and address.words.get("dbname")) or address.words.get("service"):
        raise BadInput(
            "a passfile needs to know user and database",
            next_step="Name both in the URL: postgresql://USER@HOST/DATABASE",
        )
    path = passfile_path(address)
    lines = _lines(path)
    ours = [":".join(map(_escaped, where)) for where in _places(address)]
    kept = [line for line in lines if not _is_for(line, ours)]
    _write(path, [*(f"{where}:{_escaped(password)}" for where in ours), *kept])
    return path


def remove_from_passfile(address: Address) -> bool:
    """Removes the lines written for an address and tells whether there were any. Raises as `keep_in_passfile`."""
    path = passfile_path(address)
    ours = [":".join(map(_escaped, where)) for where in _places(address)]
    lines = _lines(path)
    kept = [line for line in lines if not _is_for(line, ours)]
    if len(kept) == len(lines):
        return False
    _write(path, kept)
    return True


def _places(address: Address) -> list[tuple[str, str, str, str]]:
    """Returns host, port, database and user of each host an address names, as libpq looks them up."""
    words = address.words
    hosts = (words.get("host") or words.get("hostaddr", "")).split(",")
    ports = words.get("port", DEFAULT_PORT).split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    found = []
    for host, port in zip(hosts, ports, strict=False):
        where = (port or DEFAULT_PORT, words.get("dbname", ""), words.get("user", ""))
        found += [(host, *where)] if host else []
        found += [("localhost", *where)] if host in SOCKET_FOLDERS else []
    return found


def _is_for(line: str, ours: Iterable[str]) -> bool:
    return any(line.startswith(f"{where}:") for where in ours)


def _lines(path: Path) -> list[str]:
    data = read_private(path, what=WHAT, secret=True)
    return [] if data is None else data.decode(errors="surrogateescape").splitlines()


def _write(path: Path, lines: list[str]) -> None:
    write_private(path, "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")
