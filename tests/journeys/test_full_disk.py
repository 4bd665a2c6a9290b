"""A file system that is really full: nothing typed is lost, and work goes on by itself once there is room."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from core.journal.model import Subject, Via
from core.store.store import Store
from core.store.work import Author
from tests.journeys.conftest import ROOT, House, calm
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work

pytestmark = pytest.mark.journey

DISK = "24m"
KEPT = "the queue has no alarm of its own"
CHECK = "import sys; from tests.bench.kills import faults; print(faults(sys.argv[1], {}, 0, '')[0])"
"""Prints what is wrong with a database: its pages, the chain of its journal."""


class SmallDisk(House):
    """A house on a small file system that only the processes inside it see."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        home.mkdir()
        mounting = f'mount -t tmpfs -o size={DISK},mode=0700 none "$1" && echo mounted && exec cat'
        # It keeps the file system until its input ends, whoever else comes and goes.
        self.keeper = subprocess.Popen(
            ["unshare", "-Urm", "sh", "-c", mounting, "sh", str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.inside = ["nsenter", "-t", str(self.keeper.pid), "-U", "-m", "--preserve-credentials"]
        self.disk = Path(f"/proc/{self.keeper.pid}/root") / home.relative_to("/")
        self.filler = self.disk / "filler"

    def mounted(self) -> str:
        """Returns nothing once the file system is there, or why there is none."""
        assert self.keeper.stdout is not None
        assert self.keeper.stderr is not None
        if self.keeper.stdout.readline() == b"mounted\n":
            return ""
        return self.keeper.stderr.read().decode(errors="replace").strip() or "unshare ended"

    def run(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs a watchfloor command inside and expects its exit code."""
        return self._python("-m", "console", *words, code=code)

    def console(self, *words: str, size: tuple[int, int] = (100, 30), **env: str | None) -> Terminal:
        """Opens a console inside."""
        command = [*self.inside, sys.executable, "-m", "console", *words]
        terminal = Terminal.start(command, size=size, env={**self.env, **env})
        self.open.append(terminal)
        return terminal

    def faults(self) -> Any:
        """Returns what is wrong with the database's pages and its journal's chain."""
        shown = self._python("-c", CHECK, str(self.home / "watchfloor.db")).stdout
        return json.loads(shown.replace("'", '"'))

    def kept(self) -> set[str]:
        """Returns every text that the draft files hold."""
        files = [json.loads(each.read_text()) for each in (self.disk / "state").glob("drafts-*.json")]
        return {text for each in files for draft in each["drafts"].values() for text in draft.values()}

    def agents(self) -> list[int]:
        """Returns the agents that run here."""
        words = ["agent", "--db", str(self.home / "watchfloor.db")]
        found = []
        for each in psutil.process_iter(["cmdline"]):
            line = each.info["cmdline"] or []
            if line[3:6] == words:
                found.append(each.pid)
        return sorted(found)

    def fill(self) -> None:
        """Writes until there is no room for another byte."""
        with self.filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def end(self) -> None:
        """Ends everything that was started, and gives the file system back."""
        for terminal in self.open:
            terminal.close()
        self.keeper.communicate()

    def _python(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        command = [*self.inside, sys.executable, *words]
        # The folder a command is started in is not kept on the way inside.
        env = {**self.env, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert code in {None, done.returncode}, (words, done.returncode, done.stdout, done.stderr)
        return done


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDisk]:
    """A house with a catalog on a small disk."""
    for tool in ("unshare", "nsenter"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: no small file system can be made")
    made = SmallDisk(tmp_path / "home")
    try:
        if why := made.mounted():
            pytest.skip(f"this user may not mount a file system in a namespace of its own: {why}")
        made.run("init")
        calm(made.disk / "catalog" / "machine.toml")
        yield made
    finally:
        made.end()


def draft(desk: Terminal, text: str) -> None:
    desk.press("n")
    desk.wait_for("new corrective action")
    desk.wait_quiet()
    desk.type_text(text)
    desk.wait_for(text)
    desk.press("f2")


def test_on_a_full_disk_the_last_command_still_finds_room_and_the_next_is_kept(small: SmallDisk) -> None:
    desk = small.console("--view", "actions")
    desk.wait_for("No corrective action yet", "agent 0s", timeout_s=60)
    ballast = small.disk / "watchfloor.db.ballast"
    assert ballast.exists()

    small.fill()
    draft(desk, "found room in the ballast")
    desk.wait_for("A-1 drafted")
    small.wait(lambda: not ballast.exists())

    small.fill()
    agent = small.agents()
    desk.wait_until(
        lambda text: (
            text.lstrip().startswith("STALE")
            and "no agent can be in force: " in text
            and "the disk is full" in " ".join(text.split())
        ),
        timeout_s=60,
    )
    draft(desk, KEPT)
    told = "the disk is full. Nothing was changed. Make room on that disk, then do it again"
    desk.wait_until(lambda text: "NOT done: " in (said := " ".join(text.split())) and told in said, why=told)
    desk.press("n")
    desk.wait_for("a draft was kept", KEPT)
    desk.wait_quiet()
    desk.press("escape")
    desk.wait_gone("new corrective action")

    small.filler.unlink()
    desk.wait_until(lambda text: "STALE" not in text and "agent 0s" in text, timeout_s=60)
    desk.press("n")
    desk.wait_for("a draft was kept", KEPT)
    desk.wait_quiet()
    desk.press("f2")
    desk.wait_for("A-2 drafted")
    small.wait(
        ballast.exists
    )  # laid again by those who are at work, not only by the next to open the database

    kept = sorted(each["deviation"] for each in small.data("actions"))
    assert kept == ["found room in the ballast", KEPT]
    assert len(agent) == 1
    assert small.agents() == agent  # it waited, and none was started beside it
    assert "STALE" not in small.run("board").stdout
    assert small.faults() == []


def test_a_draft_from_a_full_disk_is_on_disk_once_there_is_room(small: SmallDisk) -> None:
    first = small.console("--no-agent", "--view", "actions")
    first.wait_for("No corrective action yet")
    (small.disk / "watchfloor.db.ballast").unlink()
    small.fill()
    draft(first, KEPT)
    first.wait_until(lambda text: "the disk is full" in " ".join(text.split()))
    small.filler.unlink()
    first.press("n")
    first.wait_for("a draft was kept", KEPT)
    first.wait_quiet()
    first.type_text("nobody wrote one")  # into the next field, the first that is empty
    first.wait_for("nobody wrote one")
    small.wait(lambda: {KEPT, "nobody wrote one"} <= small.kept())


def test_a_backup_that_finds_no_room_leaves_nothing_and_is_made_when_there_is(small: SmallDisk) -> None:
    place = small.home.parent / "w.db"
    store = Store.at(place)
    store.write(Author("ada", Via.CLI, "cli"), doors, 3000)
    store.close()
    small.fill()
    file = str(small.home / "saved.db")
    told = small.run("admin", "backup", file, "--db", str(place), code=3)
    assert told.stdout == ""
    assert told.stderr.count("\n") == 1
    assert "the disk is full" in told.stderr
    assert not [each.name for each in small.disk.iterdir() if "saved" in each.name]
    small.filler.unlink()
    assert "3000 entries" in small.run("admin", "backup", file, "--db", str(place)).stdout


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", n)})
