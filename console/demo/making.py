"""Making the demonstration: a folder of its own with a catalog, lamps, and a database in which a month has happened."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from console.demo.house import house_file, light_lamps, procedure_texts
from console.demo.many import Many, lived
from console.demo.month import AGENT, Month
from console.demo.papers import Papers
from console.starter.surroundings import present_person
from core.catalog.commands import load_catalog
from core.catalog.reader import read_catalog
from core.demonstration import begin_demonstration
from core.errors import BadInput, Unavailable
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

DATABASE, CATALOG, LAMPS = "demo.db", "catalog", "lamps"
MADE_OF = frozenset((CATALOG, LAMPS, "state", "access", "logs", "reports"))
DEFAULT_REQUESTS = 320
LIVED = 320
"""So many requests at most are lived through real commands, one after the other; more are told again of these, before the month."""


def make_demonstration(
    directory: Path,
    end: datetime,
    *,
    seed: int = 1,
    requests: int = DEFAULT_REQUESTS,
    tell: Callable[[float], None],
) -> Path:
    """Makes the demonstration in `directory`, whose former one goes, and returns its database. `end` is the month's end.

    Raises BadInput where the directory holds anything else, and Unavailable where it cannot be written.
    """
    _clear(directory)
    papers = Papers(directory, end.date(), present_person())
    month = Month(seed, end, min(requests, LIVED), papers)
    past = _past_of(seed, requests - LIVED, month.now(), tell) if requests > LIVED else None
    clock = month if past is None else past
    try:
        _write_files(directory, papers)
        store = Store.at(directory / DATABASE, now=lambda: clock.now())  # noqa: PLW0108 – which of the two it is changes
    except OSError as error:
        raise Unavailable(
            f"cannot be written: {error.strerror}",
            where=str(directory),
            next_step="Look at the disk and its rights",
        ) from error
    try:
        store.write(AGENT, begin_demonstration)
        loaded = read_catalog(directory / CATALOG)
        assert loaded.catalog is not None, loaded.problems
        store.write(
            AGENT,
            load_catalog,
            loaded.catalog,
            directory=str(directory / CATALOG),
            digest=loaded.digest,
            changes=(),
        )
        if past is not None:
            past.write(store, AGENT, tell)
            clock = month
        month.run(store, tell)
    finally:
        store.close()
    return directory / DATABASE


def _past_of(seed: int, many: int, end: datetime, tell: Callable[[float], None]) -> Many:
    """Returns so many requests before an instant, whose lives are those of a month that is lived for it."""

    def live(directory: Path, until: datetime) -> Path:
        return make_demonstration(directory, until, seed=seed + 1, requests=LIVED, tell=tell)

    return Many(seed, lived(live, end), many, end)


def _clear(directory: Path) -> None:
    if not directory.exists():
        return
    strange = sorted(
        path.name
        for path in directory.iterdir()
        if path.name not in MADE_OF and not path.name.startswith(DATABASE)
    )
    if strange:
        raise BadInput(
            f"holds {strange[0]!r}, which is no part of a demonstration", where=str(directory),
            next_step="Nothing was changed. Name a new directory",
        )  # fmt: skip
    shutil.rmtree(directory)


def _write_files(directory: Path, papers: Papers) -> None:
    catalog = directory / CATALOG
    catalog.mkdir(parents=True)
    for name in ("people.toml", "security.toml"):
        (catalog / name).write_text(papers.text(name, _quoted), encoding="utf-8")
    (catalog / "house.toml").write_text(house_file(directory / LAMPS), encoding="utf-8")
    (catalog / "procedures").mkdir()
    for name, words in procedure_texts(directory / LAMPS).items():
        (catalog / "procedures" / name).write_text(words, encoding="utf-8")
    light_lamps(directory / LAMPS)


def _quoted(value: str) -> str:
    """Returns a value as it is written between quotation marks in a catalog file."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
