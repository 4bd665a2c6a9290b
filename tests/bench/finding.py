"""What finding costs: `python -m tests.bench.finding [ITEMS] [OPEN] [embedded|shared]` (a million, of which 20,000 are open).

On both databases, over requests that are put in place in bulk, as a move does: pages of the queue, the first and the
next one, by each order, beside the bare SQL of the same page; the same with filters; full-text search for words that
are common, of middle sort, rare, in nothing, several at once and only begun; and what keeping the words adds to a note.
"""

from __future__ import annotations

import getpass
import random
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.desk.finding.fields import BOTH
from core.desk.finding.parsing import parse
from core.desk.finding.queries import PATIENCE_S, find_within
from core.desk.finding.reading import Sight
from core.desk.finding.tables import request_words
from core.desk.finding.words import kept
from core.desk.requests import commands, pages
from core.desk.requests.model import Asked
from core.desk.requests.pages import ORDERS, PAGE, Wanted
from core.desk.requests.tables import NEVER, request
from core.journal.model import Via
from core.store.moving.copying import insert_rows
from core.store.plain_rows import plain_rows
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.desk.finding.tree import Tree
    from core.desk.requests.model import Request
    from core.store.work import Work

ME = getpass.getuser()
AUTHOR = Author(ME, Via.AGENT, "bench")
CHUNK, LOOKS = 5000, 30
COMMON = ("please", "since", "cannot", "error", "user", "office", "again", "help")
MIDDLE = tuple(f"site{n}" for n in range(200))
RARE = tuple(f"ticket{n:05}" for n in range(50_000))
PLAIN = tuple(f"word{n}" for n in range(5000))
SERVICES, PEOPLE = ("mail", "network", "records", "payments", "workplace"), ("ana", "ben", "cai", "dee", "")
FILTERS = (
    "state:open service:mail", "due<2h", "@me priority<=2", "state:open opened<1d -type:x", "site7 state:open", "is:held or is:waiting",
)  # fmt: skip
SEARCHES: dict[str, Callable[[random.Random], str]] = {
    "a common word": lambda r: r.choice(COMMON),
    "a word of middle sort": lambda r: r.choice(MIDDLE),
    "a rare word": lambda r: r.choice(RARE),
    "a word in nothing": lambda r: f"nothing{r.randrange(1000)}",
    "two common words": lambda r: " ".join(r.sample(COMMON, 2)),
    "common and rare": lambda r: f"{r.choice(COMMON)} {r.choice(RARE)}",
    "a word begun": lambda r: r.choice((*MIDDLE, *RARE))[:5],
    "words in order": lambda r: f'"{r.choice(COMMON)} {r.choice(MIDDLE)}"',
    "common in seldom order": lambda r: f'"{" ".join(r.sample(COMMON, 4))}"',
    "not a common one": lambda r: f"{r.choice(MIDDLE)} -{r.choice(COMMON)}",
    "common, and closed": lambda r: f"{r.choice(COMMON)} is:over",
    "common, and open": lambda r: f"{r.choice(COMMON)} is:open",
    "rare, and open": lambda r: f"{r.choice(RARE)} is:open",
}
"""Sorts of search; each is made anew for each look."""


def made(items: int, still_open: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Makes requests, the newest open, and their words."""
    dice = random.Random(4)
    now = to_micros(utc_now())
    blank: dict[str, Any] = {
        column.name: "" if str(column.type) == "TEXT" else 0 for column in request.columns
    }
    blank |= {column.name: None for column in request.columns if column.nullable}
    for n in range(1, items + 1):
        is_open = n > items - still_open
        title = f"{dice.choice(COMMON)} {dice.choice(PLAIN)} {dice.choice(MIDDLE)}"
        said = " ".join(dice.choices(COMMON, k=3) + dice.choices(PLAIN, k=20) + [dice.choice(RARE)])
        service, state = (
            dice.choice(SERVICES),
            dice.choice(("new", "acknowledged", "in progress", "waiting", "held")),
        )
        row = blank | {
            "id": n, "version": 1, "state": state if is_open else "closed", "priority": dice.randrange(1, 5), "impact": 2, "urgency": 2,
            "service": service, "owner": dice.choice((*PEOPLE, ME)), "customer": "acme", "requester": f"p{n % 999}@acme.example",
            "title": title, "text": said, "form": "{}", "opened_at": now - (items - n) * 60_000_000, "opened_by": "a",
            "closed_at": None if is_open else now, "due": now + dice.randrange(-(10**10), 10**11) if is_open and dice.random() < 0.8 else None,
        }  # fmt: skip
        yield row, kept((title, said, f"p{n % 999}@acme.example", service, "acme"))


def fill(store: Store, items: int, still_open: int) -> None:
    """Puts them in place, in parts that each commit; what is measured are the reads."""
    whole, began = made(items, still_open), time.perf_counter()

    def put(work: Work, rows: list[tuple[dict[str, Any], str]]) -> None:
        work.is_quiet = True
        insert_rows(
            work.connection, request, [tuple(row[c.name] for c in request.columns) for row, _ in rows]
        )
        insert_rows(work.connection, request_words, [(row["id"], words, "") for row, words in rows])

    while rows := [pair for pair, _ in zip(whole, range(CHUNK), strict=False)]:
        store.write(AUTHOR, put, rows)
    print(f"  {items:,} requests, {still_open:,} open, put in place in {time.perf_counter() - began:.0f} s")


def times(doing: Callable[[int], object], many: int = LOOKS) -> list[float]:
    """Returns how many milliseconds each doing took, sorted; one before that is not counted."""
    doing(-1)
    found = []
    for n in range(many):
        began = time.perf_counter()
        doing(n)
        found.append(1000 * (time.perf_counter() - began))
    return sorted(found)


def bare_page(wanted: Wanted, behind: Request | None) -> str:
    """Returns the same page as somebody would write it by hand."""
    columns = {"due": f"coalesce(due, {NEVER})", "priority": "priority", "age": "opened_at"}[wanted.order]
    keys = [columns, "id"] if wanted.order == "age" else list(dict.fromkeys([columns, "priority", "id"]))
    place = (
        f"AND ({', '.join(keys)}) > ({', '.join(map(str, ORDERS[wanted.order].of(behind)))})"
        if behind
        else ""
    )
    return (
        f"SELECT * FROM request WHERE state NOT IN ('closed', 'cancelled', 'refused', 'merged') {place} "
        f"ORDER BY {', '.join(keys)} LIMIT {PAGE}"
    )


def half(doing: Callable[[int], object], many: int = LOOKS) -> float:
    """Returns how many milliseconds one doing takes: the median."""
    return statistics.median(times(doing, many))


def asked(store: Store, bare: Any, _: int) -> int:
    """Asks as it stands; returns how many rows there are."""
    return store.read(lambda c: len(c.execute(bare).all()))


def rows_of(store: Store, wanted: Wanted, behind: Request | None, _: int) -> int:
    """Asks as the queue does, and leaves the rows as the database gives them; returns how many."""
    return store.read(lambda c: len(plain_rows(c, *pages.page_query(c, wanted, behind=behind))))


def read_page(store: Store, wanted: Wanted, behind: Request | None, _: int) -> int:
    """Reads a page as a list has it; returns how many rows there are."""
    return len(store.read(pages.page, wanted, behind=behind))


def counted(store: Store, wanted: Wanted, _: int) -> int:
    """Returns how many there are in all."""
    return store.read(pages.count, wanted)


def searched(store: Store, trees: list[Tree], sight: Sight, n: int) -> int:
    """Returns how many are found by who waits before a console."""
    return len(store.read(find_within, trees[n], sight, PATIENCE_S).items)


def measure_pages(store: Store) -> None:
    """Prints what pages cost beside their bare SQL: as rows, and as the values that a list holds."""
    for order in ("due", "priority", "age"):
        wanted = Wanted(ME, "all open", order=order)
        row: Request | None = None
        for name in ("first", "next"):
            bare = text(bare_page(wanted, row))
            sql = half(partial(asked, store, bare))
            took = half(partial(rows_of, store, wanted, row))
            values = half(partial(read_page, store, wanted, row))
            print(
                f"  page by {order:<9} {name:<6} bare SQL {sql:6.2f} ms, as it is asked {took:6.2f} ms: {took / sql:.2f} times;"
                f" as values {values:6.2f} ms: {values / sql:.2f} times"
            )
            row = store.read(pages.page, wanted)[-1]
    for typed in FILTERS:
        for view in ("all open", "unowned+mine"):
            wanted = Wanted(ME, view, typed)
            page = times(partial(read_page, store, wanted, None))
            count = half(partial(counted, store, wanted), 5)
            print(
                f"  {view:<13} {typed:<30} page {page[len(page) // 2]:7.2f} ms (most {page[-1]:.1f}), count {count:7.2f} ms"
            )
    print(
        f"  the first window of the queue {half(lambda _: store.read(pages.first_window, Wanted(ME))):7.2f} ms"
    )


def measure_search(store: Store) -> None:
    """Prints what searching costs: half of the looks, 99 of 100, and the longest."""
    whole: list[float] = []
    sight = Sight(ME, utc_now())
    for name, typed in SEARCHES.items():
        dice = random.Random(name)
        trees = [parse(typed(dice), BOTH).tree for _ in range(100)]
        took = times(partial(searched, store, trees, sight), 100)
        whole += took
        print(f"  search, {name:<22} p50 {took[50]:7.2f} ms, p99 {took[98]:7.2f} ms, most {took[-1]:7.2f} ms")
    whole.sort()
    print(
        f"  search, all of them: p50 {whole[len(whole) // 2]:.2f} ms, p99 {whole[len(whole) * 99 // 100]:.2f} ms (wanted: under 200)"
    )


def measure_keeping(store: Store) -> None:
    """Prints what a request and a note cost, with their words kept."""
    asked = Asked("please site7 word9", "mail", "p@acme.example", " ".join(PLAIN[:200]))
    new = times(lambda _: store.write(AUTHOR, commands.record_request, asked))
    number = store.write(AUTHOR, commands.record_request, asked).id
    note = times(lambda n: store.write(AUTHOR, commands.note_request, number, f"word{n} noted"))
    print(f"  a new request {new[len(new) // 2]:.2f} ms, a note {note[len(note) // 2]:.2f} ms, words kept")


def measure(place: str | Path, items: int, still_open: int) -> None:
    """Measures on one database."""
    store = Store.at(place)
    fill(store, items, still_open)
    if isinstance(place, str):
        store.write(AUTHOR, analyse)
    measure_pages(store)
    measure_search(store)
    measure_keeping(store)
    store.close()


def analyse(work: Work) -> None:
    """Has the server count what it holds, as it does by itself after a while, and number on behind what was put in place."""
    work.is_quiet = True
    for name in ("request", "request_words"):
        work.connection.execute(text(f"ANALYZE {name}"))
    work.connection.execute(text("SELECT setval('request_id_seq', (SELECT max(id) FROM request))"))


def main() -> None:
    """Measures on the databases asked for."""
    words = sys.argv[1:]
    kinds = [word for word in words if word in {"embedded", "shared"}] or ["embedded", "shared"]
    numbers = [int(word) for word in words if word.isdecimal()]
    items, still_open = (numbers + [1_000_000, 20_000][len(numbers) :])[:2]
    if "embedded" in kinds:
        with tempfile.TemporaryDirectory() as folder:
            print("embedded", flush=True)
            measure(Path(folder) / "bench.db", items, still_open)
    if "shared" in kinds:
        with running_server() as server, server.fresh_database() as database:
            prepare(database.socket_url())
            print("shared", flush=True)
            measure(database.socket_url(options="-cwatchfloor.trusted=on"), items, still_open)


if __name__ == "__main__":
    main()
