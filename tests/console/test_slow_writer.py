"""A catalog file that is being written is not taken for what is declared, however slowly it is written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from console.catalog_source import read
from core.catalog import stillness
from core.catalog.stillness import is_open_for_writing, wait_until_still

if TYPE_CHECKING:
    from pathlib import Path

PARTS = [f'[[component]]\nid = "c{n}"\ntitle = "C{n}"\nservice = "s"\n\n' for n in range(4)]
SERVICE = '[[service]]\nid = "s"\ntitle = "S"\n\n'
WHOLE = {"c0", "c1", "c2", "c3"}


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "all.toml").write_text(SERVICE + "".join(PARTS))
    long_ago = time.time() - 60
    os.utime(folder / "all.toml", (long_ago, long_ago))
    return folder


def rewrite(file: Path, begun: threading.Event, pause_s: float) -> None:
    """Writes the file anew as a slow program does: cut off first, then a part at a time."""
    with file.open("w") as writing:
        begun.set()
        for part in (SERVICE, *PARTS):
            time.sleep(pause_s)
            writing.write(part)
            writing.flush()


@pytest.mark.parametrize(("pause_s", "sees_writers"), [(0.8, True), (0.15, False)])
def test_of_a_file_written_slowly_only_the_whole_is_read(
    catalog: Path, monkeypatch: pytest.MonkeyPatch, pause_s: float, sees_writers: bool
) -> None:
    if not sees_writers:  # as on a file of somebody else's
        monkeypatch.setattr(stillness, "is_open_for_writing", lambda _: False)
    elif not can_tell(catalog):
        pytest.skip("this file system does not tell who writes")
    begun = threading.Event()
    writer = threading.Thread(target=rewrite, args=(catalog / "all.toml", begun, pause_s))
    writer.start()
    begun.wait()
    found = read(catalog).require()
    writer.join()

    assert set(found.components) == WHOLE


def test_what_was_left_alone_a_while_ago_is_read_at_once(catalog: Path) -> None:
    waits: list[float] = []
    assert wait_until_still(catalog, pause=waits.append) == ""
    assert waits == []


def test_a_file_that_is_written_without_end_is_told_and_nothing_is_taken(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_tell(catalog):
        pytest.skip("this file system does not tell who writes")
    monkeypatch.setattr("console.catalog_source.wait_until_still", lambda d: wait_until_still(d, most_s=1.0))
    with (catalog / "all.toml").open("w"):
        loaded = read(catalog)

    assert loaded.catalog is None
    assert [problem.what for problem in loaded.problems] == ["is still being written"]
    assert not loaded.is_bare


def test_a_program_that_opens_the_file_while_it_is_asked_about_is_not_disturbed_and_disturbs_nobody(
    catalog: Path,
) -> None:
    """The kernel tells who asks by a signal, which must end nobody."""
    program = "import sys\nwhile True:\n    open(sys.argv[1], 'a').close()\n"
    with subprocess.Popen([sys.executable, "-c", program, str(catalog / "all.toml")]) as busy:
        try:
            ends = time.monotonic() + 1.0
            while time.monotonic() < ends:
                is_open_for_writing(str(catalog / "all.toml"))
            assert busy.poll() is None
        finally:
            busy.kill()


def can_tell(catalog: Path) -> bool:
    probe = catalog / "probe.txt"
    with probe.open("w"):
        return is_open_for_writing(str(probe))
