"""Words of the command line that would do nothing, or name nothing, are refused in one line; nothing is done then."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from console.__main__ import main
from console.cli.log import KINDS
from core.gate.model import Consent, Level
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from pathlib import Path

FAR = "9" * 21


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with a database that holds one incident and one corrective action."""
    from core.desk.commands import open_incident
    from core.improvement.commands import draft_action
    from core.journal.model import Via

    monkeypatch.setenv("WATCHFLOOR_HOME", str(tmp_path))
    author = Author("ada", Via.CLI, "test")
    store = Store.at(tmp_path / "watchfloor.db")
    store.write(author, open_incident, "", "", "the till hangs", 2, Consent(Level.BOX))
    store.write(author, draft_action, {"deviation": "naïve → ü"})
    store.close()
    return tmp_path


def complaint(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[int, str]:
    """Returns the exit code and the one line said."""
    try:
        code = main(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1, printed.err
    return code, printed.err


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (f"incidents {FAR}", 1, "there is no incident with a number of 21 digits"),
        (f"actions A-{FAR}", 1, "there is no action with a number of 21 digits"),
        (f"run PR-{FAR}", 1, "there is no run with a number of 21 digits"),
        (f"run --conduct {FAR}", 2, "is not a whole number from 1"),
        (f"log -n {FAR}", 2, "is not a whole number from 1"),
        (f"log --chain {FAR}", 2, "is not a whole number from 1"),
        ("incidents I-1 --text foo", 2, "--text does nothing with one incident without a verb"),
        ("incidents --text foo", 2, "--text does nothing with a list of incidents"),
        ("incidents I-1 take --text foo", 2, "--text does nothing with take"),
        ("actions A-1 --set cause=x", 2, "--set does nothing with one action without a verb"),
        ("actions --from I-1", 2, "--from does nothing with a list of actions"),
        ("actions new done --set deviation=x", 2, "'done' does nothing with new"),
        ("actions A-1 revise", 2, "revise says no field"),
        ("run --runs hold", 2, "'hold' does nothing with --runs"),
        ("run --list --runs", 2, "--runs does nothing with --list"),
        ("run PR-1 hold --step 2", 2, "--step does nothing with hold"),
        ("run PR-1 tick", 2, "tick says no step"),
        ("run restrt --operate --yes --reason x", 1, "there is no procedure 'restrt'"),
        ("log --as-of I-1@now --chain 3", 2, "--chain does nothing with --as-of"),
        ("log --chain 3 till", 2, "'till' does nothing with --chain"),
        ("log --as-of incidnt:1@now", 2, 'Did you mean "incident"?'),
        ("log --as-of frob:1@now", 2, "There are: access_request, action, catalog"),
        ("board --db=", 2, "an empty text names no file"),
        ("--db= board", 2, "an empty text names no file"),
        ("board --db /", 3, "is a directory, no database"),
    ],
)
def test_what_would_do_nothing_is_refused(
    capsys: pytest.CaptureFixture[str], line: str, code: int, said: str
) -> None:
    ended, told = complaint(capsys, line.split(" "))
    assert said in told
    assert ended == code


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("words", [["log"], ["incidents"], ["actions", "new", "--set"], ["beat"]])
def test_what_is_not_utf8_is_refused(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    code, told = complaint(capsys, [*words, b"deviation=a\xffb".decode(errors="surrogateescape")])
    assert code == 2
    assert r"a\xffb is not UTF-8" in told


def test_a_file_may_have_any_name(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = b"till-\xff.db".decode(errors="surrogateescape")
    (house / "watchfloor.db").rename(house / name)
    assert main(["incidents", "--db", str(house / name)]) == 0
    assert "the till hangs" in capsys.readouterr().out


@pytest.mark.usefixtures("house")
def test_a_subject_at_an_instant_has_instants_as_all_other_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "--as-of", "I-1@now", "--json"]) == 0
    opened = json.loads(capsys.readouterr().out)["opened_at"]
    assert main(["incidents", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["opened_at"] == opened


def test_every_kind_of_subject_is_known() -> None:
    from pathlib import Path

    import core

    files = Path(core.__file__).parent.rglob("*.py")
    named = {kind for file in files for kind in re.findall(r'Subject\("([a-z_]+)"', file.read_text())}
    assert named == set(KINDS)
