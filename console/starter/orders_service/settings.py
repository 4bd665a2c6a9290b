"""What the service is told: its ports, where it keeps its files, how it reports its heartbeat."""

from __future__ import annotations

import configparser
import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOST = "127.0.0.1"
PARTS = ("store", "worker", "front")  # in the order in which they start; they stop the other way round
FILE = "orders.ini"
_SECTION = "orders"


class OrdersError(Exception):
    """What went wrong, in words for the person at the keyboard."""

    exit_code = 1


class WrongUse(OrdersError):
    """Something was asked for that there is not."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one written directory; paths are absolute, spans in seconds."""

    directory: Path
    state: Path
    front_port: int
    store_port: int
    order_takes_s: float
    sample_order_every_s: float
    beat: tuple[str, ...]
    beat_every_s: float

    def log_file(self, part: str) -> Path:
        """Returns where a part writes what it does."""
        return self.state / f"orders-{part}.log"

    def pid_file(self, part: str) -> Path:
        """Returns where a running part leaves its process id; a part that was stopped takes it away."""
        return self.state / f"orders-{part}.pid"

    def lock_file(self, part: str) -> Path:
        """Returns the file that a running part holds locked."""
        return self.state / f"orders-{part}.lock"

    @property
    def round_limit_s(self) -> float:
        """Returns after how long without a sign of progress the worker is held to be stuck."""
        return 5.0 + self.order_takes_s

    @property
    def turn_file(self) -> Path:
        """Returns the file the worker writes whenever it gets on: empty, or what keeps it from working."""
        return self.state / "orders-worker.turn"

    @property
    def queue_file(self) -> Path:
        """Returns the store's database."""
        return self.state / "orders.db"

    @property
    def fault_directory(self) -> Path:
        """Returns where the faults in force are kept, one file each."""
        return self.state / "faults"


def read_settings(directory: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Returns the settings in `orders.ini`; ORDERS_FRONT_PORT and ORDERS_STORE_PORT have the last word.

    Raises OrdersError naming the file and the key that cannot be used.
    """
    place = directory / FILE
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(place.read_text(encoding="utf-8"), source=str(place))
        section = parser[_SECTION]
    except OSError as error:
        raise OrdersError(f"{place} cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise OrdersError(f"{place} has no section [{_SECTION}]") from error
    except (configparser.Error, UnicodeDecodeError) as error:
        raise OrdersError(f"{place} is not a settings file: {' '.join(str(error).split())}") from error
    values = _Values(place, section, environment)
    return Settings(
        directory=directory,
        state=directory / values.text("state", "var"),
        front_port=values.port("front_port", 18710),
        store_port=values.port("store_port", 18711),
        order_takes_s=values.seconds("order_takes", 0.2),
        sample_order_every_s=values.seconds("sample_order_every", 2.0),
        beat=values.command("beat"),
        beat_every_s=max(values.seconds("beat_every", 10.0), 0.1),
    )


class _Values:
    """Takes values out of the section and names the key when one is wrong."""

    def __init__(self, place: Path, section: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self._place = place
        self._section = section
        self._environment = environment

    def text(self, key: str, default: str) -> str:
        return self._section.get(key, "").strip() or default

    def port(self, key: str, default: int) -> int:
        name = f"ORDERS_{key.upper()}"
        given = self._environment.get(name)
        where = f"{self._place}: {key}" if given is None else f"the environment variable {name}"
        text = self.text(key, str(default)) if given is None else given.strip()
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 65535):
            raise OrdersError(f"{where}: {text!r} is not a port; write a number from 1 to 65535")
        return int(text)

    def seconds(self, key: str, default: float) -> float:
        text = self.text(key, str(default))
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 86400:
            raise OrdersError(f"{self._place}: {key}: {text!r} is not a number of seconds from 0 to 86400")
        return value

    def command(self, key: str) -> tuple[str, ...]:
        try:
            return tuple(shlex.split(self.text(key, "")))
        except ValueError as error:
            raise OrdersError(f"{self._place}: {key}: the quotes do not close") from error
