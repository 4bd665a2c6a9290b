from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console.starter.surroundings import interpreter_line, local_zone, present_person, watchfloor_command
from core.catalog.fields import is_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("folder", ["plain", "with blanks", 'a$HOME`x`"q"\'s', "deep/" + "d" * 200])
def test_a_script_finds_its_interpreter_wherever_it_is(tmp_path: Path, folder: str) -> None:
    python = tmp_path / folder / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    script = tmp_path / "script"
    script.write_text(
        f"{interpreter_line(str(python))}\nimport sys\nprint(sys.argv[1:], sys.flags.isolated)\n"
    )
    script.chmod(0o755)

    done = subprocess.run([script, "one two", "$3"], capture_output=True, text=True, check=True)

    assert done.stdout == "['one two', '$3'] 1\n"


def test_the_present_person_can_be_one_of_the_staff() -> None:
    person = present_person()

    assert is_id(person.id)
    assert person.login
    assert person.name


@pytest.mark.parametrize(
    ("link", "text", "zone"),
    [
        ("/usr/share/zoneinfo/Europe/Lisbon", None, "Europe/Lisbon"),
        ("../usr/share/zoneinfo/Asia/Kolkata", None, "Asia/Kolkata"),
        (None, "America/Lima\n", "America/Lima"),
        ("/etc/somewhere", "Nowhere/Here", "UTC"),
        (None, None, "UTC"),
        (None, "../../etc/passwd", "UTC"),
    ],
)
def test_the_zone_is_the_machines_or_utc(
    tmp_path: Path, link: str | None, text: str | None, zone: str
) -> None:
    localtime, timezone = tmp_path / "localtime", tmp_path / "timezone"
    if link is not None:
        localtime.symlink_to(link)
    if text is not None:
        timezone.write_text(text)

    assert local_zone(localtime, timezone) == zone


def test_watchfloor_is_run_by_this_interpreter() -> None:
    done = subprocess.run([*watchfloor_command(), "--help"], capture_output=True, text=True, check=True)

    assert "watchfloor" in done.stdout
