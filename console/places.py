"""Where things are kept: the database, the catalog, drafts. One place decides."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_config_path, user_data_path, user_state_path

from core.errors import StoreUnavailable

APP = "watchfloor"


def data_directory() -> Path:
    """Returns the folder of the embedded database and the starter catalog; WATCHFLOOR_HOME overrides it."""
    home = os.environ.get("WATCHFLOOR_HOME")
    return Path(home).expanduser().absolute() if home else user_data_path(APP)


def state_directory() -> Path:
    """Returns the folder of drafts and of what this person last had open."""
    home = os.environ.get("WATCHFLOOR_HOME")
    return Path(home).expanduser().absolute() / "state" if home else user_state_path(APP)


def config_directory() -> Path:
    """Returns the folder of what this person set: the connections to shared databases."""
    home = os.environ.get("WATCHFLOOR_HOME")
    return Path(home).expanduser().absolute() if home else user_config_path(APP)


def default_database() -> Path:
    """Returns the database opened when none is named."""
    return data_directory() / "watchfloor.db"


def default_catalog() -> Path:
    """Returns the catalog directory read when none is named."""
    return data_directory() / "catalog"


def catalog_named(name: str) -> Path:
    """Returns the catalog directory a command line names; the default one where it names none."""
    return Path(name).expanduser().absolute() if name else default_catalog()


def own_keys() -> Path:
    """Returns the file of a person's own keys, beside the default database."""
    return data_directory() / "keys.toml"


def said_path(text: str) -> str:
    """Returns a path as it was said, for argparse; raises ArgumentTypeError for an empty one, which is no default."""
    if not text.strip():
        from argparse import ArgumentTypeError

        raise ArgumentTypeError("an empty text names no file")
    return text


def named_database(name: str) -> Path:
    """Returns the database a command line names; raises StoreUnavailable where there is none, or an empty file.

    Only the default place is set up unasked: a slip of the pen must not open an empty house.
    """
    place = Path(name).expanduser().absolute()
    if not place.exists():
        raise StoreUnavailable(
            f"there is no database {place}", next_step=f"Name one that is there, or make it: {_making(place)}"
        )
    if place.is_dir():
        raise StoreUnavailable(
            "is a directory, no database", where=str(place), next_step="Name a file with --db"
        )
    if is_empty(place):
        raise no_database_yet(place, f"Name another one, or make it one: {_making(place)}")
    return place


def is_empty(place: Path) -> bool:
    """Tells whether there is a file of no bytes, as `touch` makes one: a database that is open has some at once."""
    return place.is_file() and place.stat().st_size == 0


def no_database_yet(place: Path, next_step: str) -> StoreUnavailable:
    """Returns the error that says that a file is empty."""
    return StoreUnavailable("is empty: no Watchfloor database yet", where=str(place), next_step=next_step)


def _making(place: Path) -> str:
    import shlex  # a beat and the first frame do not pay for it

    return f"watchfloor init --db {shlex.quote(str(place))}"
