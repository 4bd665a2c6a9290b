"""A long text in the editor of one's own: the terminal is wholly the editor's, and nothing typed is lost."""

from __future__ import annotations

import re
import signal
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
import pytest

from tests.terminal import assert_given_back

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey

NEW = "new corrective action"
EDITOR = """#!{python}
import os, signal, sys, time
path = sys.argv[-1]
here = {here!r}
with open(os.path.join(here, "path"), "w") as file:
    file.write(path)
print("EDITOR HAS", repr(open(path).read()), oct(os.stat(path).st_mode & 0o777), sys.argv[1:-1], flush=True)
said = input()
if said.startswith("fail"):
    sys.exit(3)
with open(path, "a") as file:
    file.write(said + "\\nsecond line\\n")
if said.startswith("stay"):
    print("SAVED", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """An editor in a folder with a blank in its name: it shows its file, and adds the line typed and another one."""
    folder = tmp_path / "my tools"
    folder.mkdir()
    path = folder / "edit"
    path.write_text(EDITOR.format(python=sys.executable, here=str(tmp_path)))
    path.chmod(0o755)
    return path


def with_form(house: House, editor: str | None) -> Terminal:
    """A console with the form of a corrective action, begun."""
    opened = house.console("--no-agent", "--view", "actions", VISUAL=None, EDITOR=editor)
    opened.wait_for("No corrective action yet", "? help")
    opened.send(b"nfirst words")
    opened.wait_for(NEW, "first words")
    return opened


def painted(data: bytes) -> str:
    """Returns what was painted by these bytes alone."""
    screen = pyte.Screen(100, 30)
    pyte.ByteStream(screen).feed(re.sub(rb"\x1b\[[<>=][0-9;]*[A-Za-z]|\x1b\[[0-9;?]*\$[A-Za-z]", b"", data))
    return "\n".join(screen.display)


def test_a_text_goes_to_the_editor_and_comes_back_with_its_lines(house: House, editor: Path) -> None:
    opened = with_form(house, f"'{editor}' -x '$HOME;'")
    opened.send(b"\x0f")
    opened.wait_for("EDITOR HAS 'first words\\n' 0o600 ['-x', '$HOME;']")
    assert_given_back(opened.raw)
    path = Path((editor.parent.parent / "path").read_text())
    assert path.parent == house.home / "state"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The line break comes after the words, maybe in another read.
    house.wait(lambda: opened.raw.endswith(b"\r\n"))
    before = len(opened.raw)
    opened.wait_quiet(2.5)  # the console's clock goes on behind it, and is not seen
    assert len(opened.raw) == before
    opened.send(b"and more n9q\r")  # all of it is the editor's, not ours
    wanted = ("first words↵and more n9q↵second line", "deviation: what", "[6 Actions]", "? help")
    house.wait(lambda: all(words in painted(opened.raw[before:]) for words in wanted))
    assert not path.exists()
    opened.send(b" end\x1bOQ")
    opened.wait_for("A-1 drafted")
    assert house.data("actions")[0]["deviation"] == "first words\nand more n9q\nsecond line end"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (None, "no editor is named. Set VISUAL or EDITOR"),
        ("/nowhere/editor -w", "the editor /nowhere/editor cannot be used: No such file"),
        ("'half", "$EDITOR cannot be read"),
    ],
)
def test_an_editor_that_is_not_there_is_said_and_the_text_is_kept(
    house: House, named: str | None, said: str
) -> None:
    opened = with_form(house, named)
    opened.send(b"\x0f and more")
    opened.wait_until(lambda text: said in re.sub(r"\s+", " ", text), why=said)
    opened.wait_for("first words and more", NEW)


def test_an_editor_that_fails_is_said_and_the_text_is_kept(house: House, editor: Path) -> None:
    opened = with_form(house, f"'{editor}'")
    opened.send(b"\x0f")
    opened.wait_for("EDITOR HAS")
    opened.send(b"fail\r")
    opened.wait_for("ended with code 3", "the text is as it was", "first words", NEW)
    assert not list((house.home / "state").glob("text-*"))


def test_ctrl_c_in_the_editor_ends_the_editor_alone(house: House, editor: Path) -> None:
    opened = with_form(house, f"'{editor}'")
    opened.send(b"\x0f")
    opened.wait_for("EDITOR HAS")
    opened.send(b"\x03")
    opened.wait_for("the text is as it was", "first words", NEW)
    opened.send(b" more")
    opened.wait_for("first words more")


@pytest.mark.parametrize("end", [signal.SIGHUP, signal.SIGTERM])
def test_a_console_that_ends_during_the_editor_keeps_what_was_saved(
    house: House, editor: Path, end: signal.Signals
) -> None:
    opened = with_form(house, f"'{editor}'")
    opened.send(b"\x0f")
    opened.wait_for("EDITOR HAS")
    opened.send(b"stay saved words\r")
    opened.wait_for("SAVED")
    opened.signal(end)
    assert opened.wait_exit() == 0
    assert_given_back(opened.raw)
    assert not list((house.home / "state").glob("text-*"))
    again = house.console("--no-agent", "--view", "actions")
    again.wait_for("No corrective action yet", "? help")
    again.press("n")
    again.wait_for("a draft was kept", "first words↵stay saved words↵second line")
