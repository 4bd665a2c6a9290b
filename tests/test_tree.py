"""What the tree itself must hold: sizes, names, and nothing that belongs to one machine or one day."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = [p for d in ("console", "core", "screens") for p in sorted((ROOT / d).rglob("*.py"))]
LONG_FUNCTIONS = {
    "core/store/migrations/versions/v0001_first_schema.py:upgrade": "one statement a table, none of them logic",
    "core/store/migrations/versions/v0013_lives_of_requests.py:upgrade": "the same",
}
"""Functions that may be longer than 60 lines, with the reason."""


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    assert [p.name for p in SOURCE if p.read_text().count("\n") > 500] == []


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in SOURCE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert [name for name in long if name not in LONG_FUNCTIONS] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [p.name for p in SOURCE if p.stem in {"utils", "helpers", "common", "misc", "manager"}] == []


def test_no_note_to_self_is_left() -> None:
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    assert [p.name for p in SOURCE if marks.search(p.read_text())] == []


def test_no_word_of_the_database_in_use_outside_the_store() -> None:
    outside = [p for p in SOURCE if "core/store" not in p.as_posix() and "starter" not in p.as_posix()]
    assert [p.name for p in outside if re.search(r"sqlite", p.read_text(), re.IGNORECASE)] == []


def test_requirements_are_locked_with_hashes_and_name_no_index() -> None:
    for name in ("run", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "--hash=sha256:" in text
        assert "http" not in text
        assert "index" not in text
