"""A procedure stands in the catalog with the component that it operates: that one must be declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.catalog_source import check_procedure, read
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import HOUSE, RESTART, only_problem, write_files
from tests.sample_catalog import sample_catalog, write_catalog

if TYPE_CHECKING:
    from pathlib import Path


def test_a_procedure_for_an_unknown_component_is_told_with_the_nearest(tmp_path: Path) -> None:
    write_files(tmp_path, {"house.toml": HOUSE, "procedures/restart.md": RESTART.replace('"db"', '"ddb"')})
    problem = only_problem(read_catalog(tmp_path, check_procedure=check_procedure))
    assert str(problem) == (
        f'{tmp_path}/procedures/restart.md:3: component: there is no component "ddb". Did you mean "db"?'
    )


def test_it_is_told_beside_what_else_is_wrong_with_the_procedure(tmp_path: Path) -> None:
    text = RESTART.replace('"db"', '"ddb"').replace('"restart"', '"restrat"')
    write_files(tmp_path, {"house.toml": HOUSE, "procedures/restart.md": text})
    told = read_catalog(tmp_path, check_procedure=check_procedure).problems
    assert [(problem.line, problem.key) for problem in told] == [(3, "component"), (4, "effect")]


def test_a_component_that_may_stand_in_a_broken_file_is_not_missed(tmp_path: Path) -> None:
    broken = '[[component]]\nid = "ddb"\nservice = = \n'
    procedure = RESTART.replace('"db"', '"ddb"')
    write_files(tmp_path, {"house.toml": HOUSE, "broken.toml": broken, "procedures/restart.md": procedure})
    problem = only_problem(read_catalog(tmp_path, check_procedure=check_procedure))
    assert problem.file == f"{tmp_path}/broken.toml"


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_procedure_with_any_line_ends_is_read_and_kept_as_it_is(end: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"house.toml": HOUSE})
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures/restart.md").write_bytes(RESTART.replace("\n", end).encode())
    catalog = read_catalog(tmp_path, check_procedure=check_procedure).require()
    assert catalog.procedures["restart"].text == RESTART.replace("\n", end)


@pytest.mark.parametrize("components", [1, 24, 300])
def test_the_sample_is_what_the_program_reads_without_a_problem(components: int, tmp_path: Path) -> None:
    catalog = sample_catalog(components, 1)
    write_catalog(catalog, tmp_path)
    loaded = read(tmp_path)
    assert loaded.problems == ()
    assert loaded.catalog == catalog
