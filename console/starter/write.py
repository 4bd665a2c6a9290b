"""Writing the starter service system into a directory."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from console.places import default_database
from console.starter.placing import place_file
from console.starter.ports import choose_ports, kept_ports
from console.starter.surroundings import interpreter_line, local_zone, present_person, watchfloor_command
from core.errors import BadInput, Unavailable
from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HERE = Path(__file__).parent
_FILES = _HERE / "files"
_SERVICE = _HERE / "orders_service"
_PROGRAMS = frozenset(("orders", "check_queue"))
_LOCAL_STATE = "var"
_HEARTBEAT = "orders-worker"
_PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")


def starter_files(directory: Path) -> list[Path]:
    """Returns the path of every file the starter consists of when written into `directory`, in order."""
    top = _absolute(directory)
    return [top / name for name, _ in _sources()]


def write_starter(directory: Path, *, state: Path | None = None, database: Path | None = None) -> list[Path]:
    """Writes the starter service system into `directory` and returns the files it wrote.

    A file that is there already is kept as it is: those of `starter_files` that are not returned. `state` is
    where the sample service keeps its pid files, logs and queue (`var` in the directory unless told);
    `database` is the one whose agent hears the worker's heartbeat (the default one unless told). Settings
    written earlier keep their ports and their state directory. Every file is written whole or not at all.
    Raises BadInput or Unavailable; what was written until then is whole and kept by the next try.
    """
    top = _absolute(directory)
    if top.exists() and not top.is_dir():
        raise BadInput("is not a directory", where=str(top), next_step="Name one that exists, or a new one")
    values = _values(top, state, database)
    written = []
    for name, source in _sources():
        path = top / name
        try:
            content = source.read_bytes()
            if source.is_relative_to(_FILES):
                content = _filled(content.decode(), values, is_toml=name.endswith(".toml")).encode()
            if place_file(path, content, is_program=name in _PROGRAMS):
                written.append(path)
        except OSError as error:
            raise Unavailable(
                f"cannot be written: {error.strerror}", where=str(path),
                next_step="Look at the disk and at the rights of that directory, then try again",
            ) from error  # fmt: skip
    return written


def _absolute(directory: Path) -> Path:
    return Path(os.path.abspath(directory))  # noqa: PTH100 – a link's own name is kept


def _writable(path: Path) -> Path:
    """Returns an absolute path that can be written down in a settings file; raises BadInput for another."""
    text = str(_absolute(path))
    if printable(text, 4096) != text:
        raise BadInput(
            f"the path {text!r} cannot be written down", next_step="Name one without control characters"
        )
    return Path(text)


def _sources() -> Iterator[tuple[str, Path]]:
    """Yields (name below the written directory, file shipped with the program)."""
    for source in sorted(path for path in _FILES.rglob("*") if path.is_file()):
        yield str(source.relative_to(_FILES)), source
    for source in sorted(_SERVICE.glob("*.py")):
        yield f"{_SERVICE.name}/{source.name}", source


def _values(directory: Path, state: Path | None, database: Path | None) -> dict[str, str]:
    """Returns what stands for each placeholder; `DIR` stays, for the catalog's reader to fill in."""
    kept = kept_ports(directory)
    front_port, store_port = kept[:2] if kept else choose_ports(os.environ)
    place = kept[2] if kept else _writable(state) if state else directory / _LOCAL_STATE
    is_below = place.is_relative_to(directory)
    setting = str(place.relative_to(directory)) if is_below else str(place)
    heard_by = _writable(database or default_database())
    beat = [*watchfloor_command(), "beat", _HEARTBEAT, "--db", str(heard_by)]
    person = present_person()
    return {
        "DIR": "${DIR}",
        "INTERPRETER_LINE": interpreter_line(),
        "FRONT_PORT": str(front_port),
        "STORE_PORT": str(store_port),
        "ORDERS_STATE": "${DIR}/" + _literal(setting) if is_below else _literal(setting),
        "STATE_SETTING": setting,
        "STATE_PLACE": setting,
        "BEAT": shlex.join(beat),
        "STAFF_ID": person.id,
        "STAFF_LOGIN": person.login,
        "STAFF_NAME": person.name,
        "ZONE": local_zone(),
    }


def _literal(text: str) -> str:
    """Returns a path as a catalog writes it: what looks like a placeholder in it is none."""
    return text.replace("${", "$${")


def _filled(text: str, values: Mapping[str, str], *, is_toml: bool) -> str:
    """Returns `text` with its placeholders filled in; in TOML they stand inside quotes, or are numbers."""

    def value_of(match: re.Match[str]) -> str:
        value = values[match.group(1)]
        return json.dumps(value, ensure_ascii=False)[1:-1] if is_toml else value

    return _PLACEHOLDER.sub(value_of, text)
