"""What is typed is kept: by two consoles at once, over their deaths, and when it cannot be written for a while."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from console.drafts import Drafts
from console.remembered import Remembered
from console.whose import owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Said:
    """What a person was told."""

    def __init__(self) -> None:
        self.lines: list[tuple[object, ...]] = []

    def __call__(self, *line: object) -> None:
        self.lines.append(line)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def drafts_of(tmp_path: Path, said: Said) -> Iterator[Callable[..., Drafts]]:
    """Opens the drafts of a person at one more console."""
    opened: list[Drafts] = []

    def open_one(owner: str, folder: Path = tmp_path, former: str = "") -> Drafts:
        opened.append(Drafts.at(folder, owner, said, former))
        return opened[-1]

    yield open_one
    for drafts in opened:
        drafts.close()


def on_disk(folder: Path) -> dict[str, dict[str, str]]:
    """Returns every draft in the files, whoever's."""
    found: dict[str, dict[str, str]] = {}
    for path in folder.glob("drafts-*.json"):
        found |= json.loads(path.read_text())["drafts"]
    return found


def wait(until: Callable[[], object]) -> None:
    ends = time.monotonic() + 30
    while not until():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_two_consoles_of_one_person_do_not_write_over_each_other(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts]
) -> None:
    one, two = drafts_of("ada"), drafts_of("ada")
    one.keep("note:I-1", {"text": "of the first"})
    two.keep("note:I-2", {"text": "of the second"})
    one.flush()
    two.flush()
    assert on_disk(tmp_path) == {"note:I-1": {"text": "of the first"}, "note:I-2": {"text": "of the second"}}
    assert one.of("note:I-2") == {}  # it is still being typed there
    assert said.lines == []


def test_the_same_place_typed_at_in_two_consoles_is_kept_twice(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts]
) -> None:
    one, two = drafts_of("ada"), drafts_of("ada")
    one.keep("new", {"text": "of the first"})
    two.keep("new", {"text": "of the second"})
    one.close()
    two.close()
    later = drafts_of("ada")
    assert later.of("new") == {"text": "of the first"}
    later.keep("new", {})
    assert later.of("new") == {"text": "of the second"}
    later.keep("new", {})
    assert later.of("new") == {}
    later.close()
    assert on_disk(tmp_path) == {}


def test_what_a_killed_console_left_is_offered_by_one_that_lived_on(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts]
) -> None:
    text = (
        "import os, sys, time\nfrom pathlib import Path\nfrom console.drafts import Drafts\n"
        "drafts = Drafts.at(Path(sys.argv[1]), 'ada', lambda *_: None)\n"
        "drafts.keep('new', {'text': 'half a sen'})\ndrafts.flush()\nprint('kept', flush=True)\ntime.sleep(60)\n"
    )
    doomed = subprocess.Popen([sys.executable, "-c", text, str(tmp_path)], stdout=subprocess.PIPE)
    assert doomed.stdout is not None
    assert doomed.stdout.readline() == b"kept\n"
    lives = drafts_of("ada")
    assert lives.of("new") == {}
    doomed.kill()
    doomed.wait()
    doomed.stdout.close()
    assert lives.of("new") == {"text": "half a sen"}
    lives.close()
    assert on_disk(tmp_path) == {"new": {"text": "half a sen"}}


def test_a_draft_of_another_person_is_not_offered(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts]
) -> None:
    ada, adam = drafts_of("ada"), drafts_of("adam")
    adam.keep("new", {"text": "his"})
    adam.close()
    assert ada.of("new") == {}


def test_what_cannot_be_written_is_written_as_soon_as_it_can(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.kept.AGAIN_S", 0.05)
    folder = tmp_path / "state"
    drafts = drafts_of("ada", folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    drafts.keep("new", {"text": "not lost"})
    wait(lambda: said.lines)
    assert str(said.lines[0][0]).startswith("drafts are kept in memory only: ")
    folder.unlink()
    wait(lambda: len(said.lines) == 2)
    assert said.lines[1] == ("drafts are kept on disk again", False)
    assert on_disk(folder) == {"new": {"text": "not lost"}}


@pytest.mark.parametrize("found", ["", "[]", "{", '{"drafts": 7}', '{"drafts": {"a": 7}}', "[" * 100_000])
def test_a_file_that_cannot_be_understood_is_put_aside(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts], found: str
) -> None:
    (tmp_path / "drafts-ada.json").write_text(found)
    drafts = drafts_of("ada")
    assert "put aside" in str(said.lines[0][0])
    assert (tmp_path / "drafts-ada.unreadable").read_text() == found
    drafts.keep("new", {"text": "goes on"})
    drafts.close()
    assert on_disk(tmp_path) == {"new": {"text": "goes on"}}


def test_views_that_two_consoles_save_at_once_are_both_kept(tmp_path: Path, said: Said) -> None:
    one, two = Remembered.at(tmp_path, "ada", said), Remembered.at(tmp_path, "ada", said)
    one.keep("views:board", {"mine": "{}"})
    two.keep("views:board", {"night": "{}"})
    one.last_view = "board"
    one.flush()
    two.last_view = "log"
    two.flush()
    one.keep("views:board", {})
    one.flush()
    later = Remembered.at(tmp_path, "ada", said)
    assert (later.of("views:board"), later.last_view) == ({"night": "{}"}, "log")
    assert said.lines == []


@pytest.mark.parametrize(
    ("person", "origin"),
    [("bob", "one"), ("ada", "two"), ("ada~2", "one"), ("ada/../bob", "one"), ("ad", "aone")],
)
def test_what_is_typed_is_found_by_its_person_in_its_database_alone(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts], person: str, origin: str
) -> None:
    typed = drafts_of(owner_of("ada", "one"))
    typed.keep("note:I-1", {"text": "half a sentence"})
    typed.close()
    another = drafts_of(owner_of(person, origin))
    assert another.of("note:I-1") == {}
    another.keep("note:I-1", {"text": "somebody else's"})
    another.close()
    assert drafts_of(owner_of("ada", "one")).of("note:I-1") == {"text": "half a sentence"}
    assert said.lines == []
    assert {path.parent for path in tmp_path.rglob("*")} == {tmp_path}


def test_what_lies_there_under_the_name_alone_is_found_once(
    tmp_path: Path, said: Said, drafts_of: Callable[..., Drafts]
) -> None:
    for name in ("drafts-ada", "drafts-adam"):
        (tmp_path / f"{name}.json").write_text('{"drafts": {"note:I-1": {"text": "of before"}}}')
    first = drafts_of(owner_of("ada", "one"), former="ada")
    assert first.of("note:I-1") == {"text": "of before"}
    assert drafts_of(owner_of("ada", "two"), former="ada").of("note:I-1") == {}
    assert json.loads((tmp_path / "drafts-ada.json").read_text())["drafts"] == {}
    assert drafts_of(owner_of("bob", "one")).of("note:I-1") == {}
    assert said.lines == []


def test_looks_kept_under_the_name_alone_are_begun_with(tmp_path: Path, said: Said) -> None:
    (tmp_path / "looks-ada.json").write_text(
        '{"drafts": {"front": {"view": "log"}, "columns:log": {"hidden": "who"}}}'
    )
    owner = owner_of("ada", "one")
    looks = Remembered.at(tmp_path, owner, said, "ada")
    looks.last_view = "board"
    looks.flush()
    again = Remembered.at(tmp_path, owner, said, "ada")
    assert (again.last_view, again.of("columns:log")) == ("board", {"hidden": "who"})
    assert Remembered.at(tmp_path, owner_of("bob", "one"), said).last_view == ""
