"""A PostgreSQL whose data lie on a small file system of their own, which can be filled to the last byte."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = "112m"
SETTINGS = {"autovacuum": "off", "max_wal_size": "4MB", "min_wal_size": "2MB"}
"""Nothing makes room by itself, and the log of writes takes little of it beforehand."""
SPARE = 6
"""So many files of the log of writes, of a megabyte each, are there beforehand: tables find no room before it does."""


class NoSmallDisk(Exception):
    """No file system can be mounted here; it says why."""


class SmallServer(Server):
    """A server on a file system that only its own processes see. It goes when `end` is called."""

    def __init__(self, folder: Path, binaries: Path, who_may: str) -> None:
        for tool in ("unshare", "nsenter", "setpriv"):
            if shutil.which(tool) is None:
                raise NoSmallDisk(f"{tool} is not installed: no small file system can be made")
        self._disk = folder / "disk"
        self._disk.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        root = os.geteuid() == 0
        own = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        mounting = (
            f'mount -t tmpfs -o size={SIZE},mode=0700,uid={own.pw_uid} none "$1" && echo mounted && exec cat'
        )
        # It keeps the file system until its input ends, whoever else comes and goes.
        self._keeper = subprocess.Popen(
            ["unshare", *(["-m"] if root else ["-Ucm", "--keep-caps"]), "sh", "-c", mounting, "sh", str(self._disk)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self._keeper.stdout is not None
        assert self._keeper.stderr is not None
        if self._keeper.stdout.readline() != b"mounted\n":
            raise NoSmallDisk(self._keeper.stderr.read().decode(errors="replace").strip())
        becoming = (
            [f"--reuid={own.pw_uid}", f"--regid={own.pw_gid}", "--clear-groups"]
            if root
            else ["--inh-caps=-all"]
        )
        self.before = [
            "nsenter", "-t", str(self._keeper.pid), "-m", *([] if root else ["-U", "--preserve-credentials"]),
            "setpriv", *becoming, "--pdeathsig", "INT",
        ]  # fmt: skip
        self._seen = Path(f"/proc/{self._keeper.pid}/root") / self._disk.relative_to("/")
        super().__init__(folder, binaries, who_may, ["--wal-segsize=1"])

    @property
    def data(self) -> Path:
        return self._disk / "data"

    def _write(self, name: str, text: str) -> None:
        (self._seen / "data" / name).write_text(text)

    def fill(self, leave: int = 0) -> None:
        """Writes until there is no room for another byte, or only for so many."""
        with (self._seen / "filler").open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue
            file.truncate(file.tell() - leave)

    def make_room(self) -> None:
        """Takes away what filled it, if anything does."""
        (self._seen / "filler").unlink(missing_ok=True)

    def fill_all(self, write: Callable[[int], bool], spare: int = SPARE) -> None:
        """Fills it, and what room is left inside of the files that are there; `write` tells whether so many letters fit.

        `spare` files of the log of writes are there beforehand.
        """
        with self.connect() as one:
            if spare:
                one.execute("alter system set max_wal_size = '32MB'")
                one.execute("alter system set min_wal_size = '32MB'")
            else:  # it is to die of it, and not to come back by itself
                one.execute("alter system set restart_after_crash = off")
            one.execute("select pg_reload_conf()")
            for _ in range(spare):
                one.execute("select pg_logical_emit_message(false, 'spare', 'file')")
                one.execute("select pg_switch_wal()")
            if spare:
                one.execute("checkpoint")
        self.fill()
        for size in (4000, 1000, 200, 1):
            while write(size):
                pass
        self.fill()

    def end(self) -> None:
        """Gives the file system back."""
        self.stop()
        self._keeper.communicate()
