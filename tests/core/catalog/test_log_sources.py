"""Logs as they are declared: what could hold the agent, or be taken for something else, is refused with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import HOUSE, only_problem, write_files

if TYPE_CHECKING:
    from pathlib import Path

LOG = '[[log_source]]\nid = "{id}"\nkind = "generic"\npath = "/var/log/app.log"\n\n'
PATTERN = "[[log_source.pattern]]\nname = \"odd\"\nmatch = '{match}'\n"


@pytest.mark.parametrize(
    ("match", "what"),
    [
        ("(?=x)y", "asks for what is not known here"),
        (r"(a)\1", "is not a regular expression: invalid escape sequence"),
        (".{1,900}.{1,900}x", "is too large"),
        ("a{,3}", "Write {0,3}"),
        ("(", "is not a regular expression: missing )"),
    ],
)
def test_a_pattern_whose_time_is_not_known_beforehand_is_refused(
    tmp_path: Path, match: str, what: str
) -> None:
    write_files(
        tmp_path, {"house.toml": HOUSE, "logs.toml": LOG.format(id="app") + PATTERN.format(match=match)}
    )
    problem = only_problem(read_catalog(tmp_path))
    assert str(problem).startswith(f"{tmp_path}/logs.toml:8: log_source[app].pattern[odd].match: ")
    assert what in str(problem)


def test_a_pattern_may_say_how_letters_count(tmp_path: Path) -> None:
    text = LOG.format(id="app") + PATTERN.format(match="(?i)opened by (?P<who>\\w+)") + 'by = "who"\n'
    write_files(tmp_path, {"house.toml": HOUSE, "logs.toml": text})
    found = read_catalog(tmp_path)
    assert found.catalog is not None, found.problems
    assert found.catalog.log_sources["app"].patterns[0].by == "who"


def test_the_name_of_the_journal_is_taken(tmp_path: Path) -> None:
    text = LOG.format(id="journal") + PATTERN.format(match="x")
    write_files(tmp_path, {"house.toml": HOUSE, "logs.toml": text})
    assert "is Watchfloor's own journal" in str(only_problem(read_catalog(tmp_path)))
