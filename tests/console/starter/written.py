"""A starter written into a folder of its own, and its command."""

from __future__ import annotations

import errno
import http.client
import json
import random
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

from console.starter.orders_service.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Starter:
    """A written directory: its command runs as a person would run it."""

    directory: Path

    @property
    def settings(self) -> Settings:
        return read_settings(self.directory, environment={})

    def orders(self, *words: str, code: int = 0) -> str:
        """Runs `./orders` and returns what it printed; the exit code must be `code`."""
        done = subprocess.run(
            [self.directory / "orders", *words], capture_output=True, text=True, timeout=60, check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said

    def set(self, **values: object) -> None:
        """Changes settings."""
        place = self.directory / "orders.ini"
        lines = [line for line in place.read_text().splitlines() if line.partition(" = ")[0] not in values]
        lines += [f"{key} = {value}" for key, value in values.items()]
        place.write_text("\n".join(lines) + "\n")

    def http(
        self, method: str, path: str, body: object = None, timeout_s: float = 20.0
    ) -> tuple[int, dict[str, Any]]:
        """Returns the status and the parsed body of the front's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.front_port, timeout=timeout_s)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def waiting(self) -> int:
        """Returns how many orders wait, as the plugin tells it."""
        done = subprocess.run(
            [self.directory / "check_queue"], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return int(done.stdout.partition("depth=")[2].partition(";")[0])

    def log(self, part: str) -> str:
        return self.settings.log_file(part).read_text()

    def processes(self) -> list[psutil.Process]:
        """Returns every process of this very directory that still runs."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            words = process.info["cmdline"] or []
            if str(self.directory / "orders") in words and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found


def until(is_so: Callable[[], object], what: str = "") -> None:
    """Waits for a state."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, f"never came: {what or is_so}"
        time.sleep(0.02)


def free_port() -> int:
    """Returns a port that nobody uses, outside the range that outgoing connections take."""
    while True:
        port = random.randint(20000, 31999)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED:
                return port
