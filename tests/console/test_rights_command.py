"""`watchfloor rights` names everything that can be done, in one form of words, and who may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.__main__ import main
from console.cli import admin, staff
from console.cli.rights import doings
from console.generate import rights_page
from core.gate.model import VERBS
from core.gate.rights import WRITES, Role

if TYPE_CHECKING:
    import pytest


def test_every_verb_is_named_with_words_of_one_form_and_its_least_role(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rights"]) == 0
    told = capsys.readouterr().out
    rows = {line.split()[0]: line for line in told.partition("VERB")[2].splitlines()[1:]}
    kept = {f"staff.{verb}" for verb in staff.TAKES if verb != "list"}
    assert set(rows) == {*VERBS, *kept, "journal.key", *(f"admin.{verb}" for verb in admin.VERBS)}
    for verb, _least, words in doings():
        assert words.split()[0].endswith("ing"), words
        assert words in rows[verb]
    assert rows["staff.add"].endswith(" admin")
    assert rows["staff.password"].endswith(" viewer")
    assert rows["admin.create"].endswith(" its owner")
    assert max(map(len, told.splitlines())) <= 80


def test_one_role_is_told_only_what_it_may(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rights", "--role", "viewer"]) == 0
    told = capsys.readouterr().out
    assert "operate.lock" in told
    assert "incident.take" not in told
    assert main(["rights", "--json"]) == 0
    may = {role: set(each["may"]) for role, each in json.loads(capsys.readouterr().out).items()}
    assert may["viewer"] < may["operator"] < may["lead"] < may["admin"]
    assert "action.close" in may["lead"] - may["operator"]


def test_the_page_of_rights_names_every_role_every_doing_and_every_kind_of_entry() -> None:
    page = rights_page()
    named = [*Role, *(verb for verb, _, _ in doings()), *WRITES]
    assert all(f"| {name} |" in page for name in named)
