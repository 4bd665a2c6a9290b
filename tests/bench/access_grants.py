"""What grants cost: `python -m tests.bench.access_grants [COUNT] [embedded|shared|console]` (20,000; all of it).

On both databases: a source with so many lines is read (all of it new), read again (nothing changes), and once more with a
tenth of it gone; then pages of the list as a screen reads them: the first in every order and view, one in the middle, a
filter that finds little, the figures above the list; and what a review takes of it: every grant of a scope by number, and how
many others have the same. Beside each stands how often it goes into the time that a list may take, 100 ms. Then the console in a
real pseudo-terminal, on forty grants and on all of them: from a cursor key to its paint.
"""

from __future__ import annotations

import getpass
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from core.journal.model import Via
from core.security.grants.importing import Asked, take_in
from core.security.grants.matching import Of
from core.security.grants.pages import ORDERS, PAGES, VIEWS, Wanted, figures
from core.security.grants.queries import Scope, grants_in, peers
from core.security.grants.sources.opening import open_source
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.bench.console import start
from tests.bench.queue import key_to_paint
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

OWNER = Author(getpass.getuser(), Via.CLI, "bench")
LIST_MS = 100.0
HEAD = "user,role,service,privileged,owner,reason,last used\n"


def source(directory: Path, count: int, *, without: int = 0) -> Path:
    """Writes a source with so many lines; of each ten the first is left out where `without` is 10."""
    path = directory / f"grants-{count}-{without}.csv"
    lines = [
        f"user-{n // 4:05},right-{n % 40},service:s-{n % 300},{'yes' if n % 20 == 0 else 'no'},owner-{n % 30},why it is,2026-0{n % 9 + 1}-01"
        for n in range(count)
        if not without or n % without
    ]
    path.write_text(HEAD + "\n".join(lines) + "\n")
    return path


def ms(do: Callable[[], object], times: int = 5) -> float:
    """Returns the median of how long something takes, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)


def said(what: str, took: float) -> None:
    """Prints what took how long, and how often that goes into the time a list may take."""
    print(f"  {what:<46} {took:9.1f} ms {LIST_MS / took:8.1f}x")


def readings(store: Store, directory: Path, count: int) -> None:
    """Reads a source three times."""
    asked = Asked(Of("bench", "service:s-0"))
    for what, path in (
        ("read for the first time", source(directory, count)), ("read again", source(directory, count)),
        ("read with a tenth of it gone", source(directory, count, without=10)),
    ):  # fmt: skip
        opened = open_source(str(path))
        said(f"{count} lines {what}", ms(partial(store.write, OWNER, take_in, opened, asked), 1))


def lists(store: Store) -> None:
    """Reads pages of the list, and what a review takes of it."""
    today = utc_now().date()
    for order in ORDERS:
        said(
            f"first window by {order}",
            ms(partial(store.read, PAGES.first_window, Wanted("ada", today, order=order))),
        )
    for view in VIEWS:
        said(
            f"first window of {view!r}",
            ms(partial(store.read, PAGES.first_window, Wanted("ada", today, view=view))),
        )
    wanted = Wanted("ada", today)
    middle = store.read(PAGES.page, wanted, limit=10_000)[-1]
    said("a page in the middle", ms(partial(store.read, PAGES.page, wanted, behind=middle)))
    said("the window around a row", ms(partial(store.read, PAGES.window_around, wanted, middle.id)))
    said(
        "a filter that finds little",
        ms(partial(store.read, PAGES.first_window, Wanted("ada", today, words="user-00042"))),
    )
    said("the figures above the list", ms(partial(store.read, figures, today)))
    some = store.read(grants_in, limit=500)
    said("how many have the same, of 500", ms(partial(store.read, peers, some)))
    said("every grant of a scope, 500 at a time", ms(partial(_all, store), 1))


def _all(store: Store) -> int:
    after, found = 0, 0
    while some := store.read(grants_in, Scope(on_kinds=("service",)), after=after, limit=500):
        after, found = some[-1].id, found + len(some)
    return found


def on(title: str, place: Path | str, directory: Path, count: int) -> None:
    """Reads and lists so many grants in one database."""
    print(f"{title}: {count} grants")
    store = Store.at(place)
    readings(store, directory, count)
    lists(store)
    store.close()


def consoles(directory: Path, count: int) -> None:
    """Prints from a cursor key to its paint in a console on a few grants, and on all of them."""
    for many in (40, count):
        place = directory / f"console-{many}.db"
        store = Store.at(place)
        asked = Asked(Of("bench", "service:s-0"))
        store.write(OWNER, take_in, open_source(str(source(directory, many))), asked)
        store.close()
        with start(place, (80, 24), directory, "access") as terminal:
            terminal.wait_for(f"{many:,} open" if many < 1000 else "open", " of ")
            time.sleep(3)
            half, most = key_to_paint(terminal)
        print(f"  on {many} grants: half within {half:.1f} ms, 99 of 100 within {most:.1f} ms")


def main() -> None:
    """Runs it on both databases, and in a console."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    which = sys.argv[2] if len(sys.argv) > 2 else ""
    print(f"{utc_now():%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        if which in {"", "embedded"}:
            on("embedded", directory / "bench.db", directory, count)
        if which in {"", "shared"}:
            with running_server() as server, server.fresh_database() as database:
                prepare(database.socket_url())
                on("shared", database.socket_url(options="-cwatchfloor.trusted=told"), directory, count)
        if which in {"", "console"}:
            print("console, key to paint at 80x24")
            consoles(directory, count)


if __name__ == "__main__":
    main()
