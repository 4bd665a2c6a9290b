"""A catalog that is refused is an entry once, for as long as the same is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.commands import refuse_catalog
from core.catalog.reader import read_catalog
from core.journal.log_filter import parse_log_filter
from core.journal.queries import page

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Author


def refused(store: Store) -> int:
    return len(store.read(page, wanted=parse_log_filter("kind:catalog.refused")))


def refuse(store: Store, agent: Author, directory: Path) -> None:
    problems = [str(problem) for problem in read_catalog(directory).problems]
    store.write(agent, refuse_catalog, directory=str(directory), problems=problems)


def test_a_file_far_too_long_is_refused_once_however_long_it_grows(
    store: Store, ada: Author, tmp_path: Path
) -> None:
    file = tmp_path / "catalog" / "big.toml"
    file.parent.mkdir()
    for megabytes in (9, 20, 50):
        with file.open("wb") as opened:
            opened.truncate(megabytes * 1024 * 1024)
        refuse(store, ada, file.parent)
    assert refused(store) == 1
    file.write_text("[[component]]\n")
    refuse(store, ada, file.parent)
    assert refused(store) == 2


def test_an_entry_names_the_first_problems_and_how_many_more_there_are(store: Store, ada: Author) -> None:
    store.write(ada, refuse_catalog, directory="/c", problems=[f"a.toml:{n}: no" for n in range(5000)])
    store.write(ada, refuse_catalog, directory="/c", problems=["a.toml:1: no"])
    newest, first = store.read(page, wanted=parse_log_filter("kind:catalog.refused"))
    named = [*(f"a.toml:{n}: no" for n in range(200)), "and 4800 more"]
    assert first.changes["problems"] == (None, named)
    assert newest.changes["problems"] == (named, ["a.toml:1: no"])
