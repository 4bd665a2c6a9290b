from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.declaration import KINDS
from core.catalog.reader import read_catalog
from tests.catalog_files import toml_key, toml_value, write_catalog
from tests.core.catalog.catalogs import write_files
from tests.core.catalog.values import catalogs

if TYPE_CHECKING:
    from core.catalog.model import Catalog

_WORDS = (
    "id",
    "kind",
    "every",
    "needs",
    "of",
    "at_least",
    "probe",
    "threshold",
    "http",
    "10s",
    "a",
    "component",
    "request_type",
    "field",
    "approval",
    "by",
    "members",
    "may_ask",
    "may_deliver",
    "holidays",
    "exceptions",
    "role",
    "away",
    "policy",
    "target",
    "layer",
    "people",
    "step",
    "tell",
)
_VALUES: Any = st.recursive(
    st.one_of(
        st.integers(-5, 10**30), st.booleans(), st.floats(), st.sampled_from(_WORDS), st.just("\x1b\0${X}")
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from((*_WORDS, "\x1b")), inner, max_size=4)
    ),
    max_leaves=12,
)
_TABLES = st.dictionaries(st.sampled_from((*KINDS, "other")), _VALUES, max_size=3)


@given(catalogs())
def test_any_catalog_written_as_files_is_read_back_equal(catalog: Catalog) -> None:
    with tempfile.TemporaryDirectory() as place:
        write_catalog(catalog, Path(place))
        loaded = read_catalog(Path(place))
        assert loaded.problems == ()
        assert loaded.catalog == catalog


@given(_TABLES, st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=6))
def test_no_document_however_wrong_makes_the_reader_fail(
    document: dict[str, Any], kind: str, table: dict[str, Any]
) -> None:
    own = {name: [value] for name, value in document.items()} | {kind: [table]}
    text = "\n".join(f"{toml_key(name)} = {toml_value(value)}" for name, value in own.items())
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place), {"a.toml": text})
        loaded = read_catalog(Path(place))
        assert (loaded.catalog is None) == bool(loaded.problems)
        assert all(str(problem).isprintable() for problem in loaded.problems)
        json.dumps([problem.line for problem in loaded.problems])
