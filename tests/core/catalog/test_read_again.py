"""What is kept from one reading to the next changes its pace, never its result."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from console.catalog_source import check_procedure
from core.catalog.kept import Kept
from core.catalog.reader import read_catalog
from tests.core.catalog.catalogs import HOUSE, RESTART, only_problem, write_files

WEB = '[[component]]\nid = "web"\nservice = "shop"\nneeds = ["db"]\nnote = "${DIR} ${STATE}"\n'
FILES = {"house.toml": HOUSE, "web.toml": WEB, "procedures/restart.md": RESTART}


def test_what_a_file_came_to_is_kept_until_it_changes(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    kept = Kept()
    first = read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    again = read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    assert again == first
    assert again.require().components["web"] is first.require().components["web"]
    write_files(tmp_path, {"web.toml": WEB + "severity = 1\n"})
    changed = read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    assert changed.require().components["db"] is first.require().components["db"]
    assert changed == read_catalog(tmp_path, variables={"STATE": "/x"})
    assert changed.require().components["web"].severity == 1


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    kept = Kept()
    before = (tmp_path / "house.toml").stat()
    read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    write_files(tmp_path, {"house.toml": HOUSE.replace("The shop", "The Shop")})
    os.utime(tmp_path / "house.toml", ns=(before.st_atime_ns, before.st_mtime_ns))
    loaded = read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    assert loaded.require().services["shop"].title == "The Shop"


def test_a_file_that_did_not_change_is_compared_with_those_that_did(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    kept = Kept()
    read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept)
    write_files(tmp_path, {"house.toml": HOUSE.replace('"db"', '"db2"')})
    problem = only_problem(read_catalog(tmp_path, variables={"STATE": "/x"}, kept=kept))
    assert str(problem).endswith(
        'web.toml:4: component[web].needs[#1]: there is no component "db". Did you mean "db2"?'
    )


def test_other_variables_are_put_into_files_that_did_not_change(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    kept = Kept()
    for state in ("/x", "/y"):
        loaded = read_catalog(tmp_path, variables={"STATE": state}, kept=kept)
        assert loaded.require().components["web"].note == f"{tmp_path} {state}"
    assert len(read_catalog(tmp_path, kept=kept).problems) == 1


_TEXTS = (
    HOUSE, WEB, RESTART, "", "x = = 1\n", WEB.replace("web", "api"), WEB.replace("shop", "shp"), HOUSE + WEB,
    WEB.replace("note", "noet"), RESTART.replace("db", "ddb"), "# nothing\n",
)  # fmt: skip
_CHANGE = st.dictionaries(
    st.sampled_from(["house.toml", "web.toml", "more/a.toml", "procedures/restart.md", "procedures/x.md"]),
    st.sampled_from(_TEXTS) | st.none(),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_CHANGE, min_size=1, max_size=5))
def test_after_any_changes_the_result_is_that_of_a_first_reading(
    changes: list[dict[str, str | None]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        kept = Kept()
        write_files(directory, {"house.toml": HOUSE})
        for change in changes:
            for name, text in change.items():
                if text is None:
                    (directory / name).unlink(missing_ok=True)
                else:
                    write_files(directory, {name: text})
            again = read_catalog(
                directory, variables={"STATE": "/x"}, check_procedure=check_procedure, kept=kept
            )
            assert again == read_catalog(
                directory, variables={"STATE": "/x"}, check_procedure=check_procedure
            )
