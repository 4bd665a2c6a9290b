"""What a long queue costs: `python -m tests.bench.queue [ITEMS] [OPEN] [embedded|shared|console]` (a million of which
20,000 are open; all of it).

On both databases: pages of the queue through all layers, as values with their promises, beside the bare SQL of the same
page; the figures of the queue; what is read anew after a change. Then the console in a real pseudo-terminal, on a full
and on an empty queue: from a cursor key to its paint, and the memory it holds.
"""

from __future__ import annotations

import getpass
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, literal_column, select, text

from core.desk.requests import pages
from core.desk.requests.pages import PAGE, Wanted
from core.desk.requests.tables import request
from core.journal.model import Via
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now
from tests.bench.console import memory_mb, start
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.desk.requests.model import Request
    from core.store.work import Work
    from tests.terminal import Terminal

AUTHOR = Author(getpass.getuser(), Via.AGENT, "bench")
LOOKS, KEYS, HELD_PAGES = 45, 200, 12
SHOWN = 24
_STATES = ("new", "new", "acknowledged", "in progress", "waiting", "new", "reopened", "held")
_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {items})",
    "postgresql": "WITH series(n) AS (SELECT generate_series(1, {items}))",
}
_ROWS = """INSERT INTO request (id, version, state, priority, impact, urgency, customer, agreement, agreement_since, service,
    type, component, requester, requester_name, title, text, form, source, opened_at, opened_by, owner, answered_at,
    answered_by, told_at, waiting_for, wait_until, held_why, delivered_at, closed_at, closed_by, outcome, merged_into, due)
{series} SELECT n, 3, CASE WHEN n % {every} = 0 THEN CASE (n / {every}) % 8 {states} END ELSE 'closed' END,
    1 + n % 4, 2, 2, 'acme', 'gold', 1, 'service-' || (n % 12), '', '', 'person' || (n % 900) || '@acme.example', '',
    'Matter ' || n || ' of somebody who waits', 'What was asked, in some words, number ' || n, '{{}}', 'mail',
    {now} - CAST({items} - n AS BIGINT) * 60000000, 'agent',
    CASE WHEN (n / {every}) % 3 = 0 THEN '' ELSE 'person' || (n % 40) END, NULL, '', NULL, '', NULL, '', NULL,
    CASE WHEN n % {every} = 0 THEN NULL ELSE {now} END, '', '', NULL,
    CASE WHEN n % {every} = 0 AND n % 7 > 0 THEN {now} + ((CAST(n AS BIGINT) * 7919) % 900000 - 90000) * 1000000 END
FROM series"""
_CLOCKS = """INSERT INTO clock (subject_kind, subject_id, agreement, kind, agreement_since, calendar_version, allowed_s, due,
    risk_at, met_at, ended_at, broken_at, warned_at, next_at, version)
SELECT 'request', request.id, 'gold', kinds.kind, 1, 1, 3600, CASE WHEN kinds.kind = 'respond' THEN due ELSE due + 86400000000 END,
    due - 60000000, NULL, NULL, NULL, NULL, NULL, 1
FROM request, (SELECT 'respond' AS kind UNION ALL SELECT 'update' UNION ALL SELECT 'resolve') AS kinds WHERE request.due IS NOT NULL"""


def fill(work: Work, items: int, still_open: int) -> None:
    """Puts so many requests in place, as a move does: one of so many open, of most of these the promises."""
    series = _SERIES[work.connection.dialect.name].format(items=items)
    states = " ".join(f"WHEN {place} THEN '{state}'" for place, state in enumerate(_STATES))
    every = max(items // max(still_open, 1), 1) if still_open else items + 1
    if work.connection.dialect.name != "sqlite":
        work.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no guards
    rows = _ROWS.format(series=series, every=every, states=states, now=to_micros(work.now), items=items)
    work.connection.execute(text(rows))
    work.connection.execute(text(_CLOCKS))
    work.connection.execute(text("ANALYZE"))


def median_ms(doing: Callable[[], object]) -> float:
    """Returns the median milliseconds of one doing, once it is warm."""
    doing()
    spans = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        doing()
        spans.append(time.perf_counter() - begun)
    return 1000 * statistics.median(spans)


def bare(store: Store, wanted: Wanted, behind: Request | None) -> Callable[[], object]:
    """Returns what asks the database itself for the rows of a page and their clocks, with the SQL the page is read by."""

    def ask() -> object:
        with store._backend.reading() as connection:
            query, named = pages.page_query(connection, wanted, behind=behind)
            compiled = query.params(named).compile(connection, compile_kwargs={"literal_binds": True})
            cursor = connection.connection.cursor()
            begun = time.perf_counter()
            cursor.execute(str(compiled))
            rows = cursor.fetchall()
            ids = ", ".join(str(row[0]) for row in rows) or "0"
            cursor.execute(
                "SELECT subject_id, kind, due, risk_at, met_at, ended_at, broken_at FROM clock"
                f" WHERE subject_kind = 'request' AND subject_id IN ({ids})"
            )
            cursor.fetchall()
            cursor.close()
            return 1000 * (time.perf_counter() - begun)

    return ask


def seen_page(store: Store, wanted: Wanted, behind: Request | None) -> list[str]:
    """Reads a page and looks at as many of its rows as a screen shows."""
    return [each.title for each in store.read(pages.page, wanted, behind=behind)[:SHOWN]]


def bare_ms(ask: Callable[[], object]) -> float:
    """Returns the median milliseconds that the database itself takes."""
    ask()
    return statistics.median(float(str(ask())) for _ in range(LOOKS))


def of_pages(store: Store) -> None:
    """Prints what pages cost through all layers, beside their bare SQL."""
    me = "person7"
    for name, wanted in (
        ("nobody's and mine, by due", Wanted(me)), ("all open, by due", Wanted(me, "all open")),
        ("mine, by due", Wanted(me, "mine")), ("all open, by priority", Wanted(me, "all open", order="priority")),
        ("all open, by state", Wanted(me, "all open", order="state")), ("all there ever was, by due", Wanted(me, "all")),
        ("all there ever was, by number", Wanted(me, "all", order="id")),
    ):  # fmt: skip
        first = store.read(pages.page, wanted)
        for which, behind in (("first page", None), ("next page", first[-1] if len(first) == PAGE else None)):
            if which == "next page" and behind is None:
                continue
            whole = median_ms(partial(store.read, pages.page, wanted, behind=behind))
            seen = median_ms(partial(seen_page, store, wanted, behind))
            sql = bare_ms(bare(store, wanted, behind))
            print(
                f"  {name:<30} {which:<10} {whole:7.2f} ms ({seen:.2f} with {SHOWN} rows looked at),"
                f" bare SQL {sql:7.2f} ms: {whole / max(sql, 0.001):.2f} times ({seen / max(sql, 0.001):.2f})"
            )
        counted = median_ms(partial(store.read, pages.count, wanted))
        print(f"  {'':<30} {'its length':<10} {counted:7.1f} ms")
    print(f"  {'how many are where':<41} {median_ms(lambda: store.read(pages.figures, me)):7.1f} ms")
    again = median_ms(
        lambda: store.read(pages.window_and_others, Wanted(me), None, 2 * PAGE, list(range(1, 300)))
    )
    print(f"  {'read anew after a change':<41} {again:7.1f} ms")


def key_to_paint(terminal: Terminal) -> tuple[float, float]:
    """Returns the median and the 99th percentile of milliseconds from a cursor key to what it changes on the screen."""
    spans = []
    for turn in range(KEYS):
        before, begun = terminal.bytes_written, time.perf_counter()
        terminal.press("j" if turn % 40 < 20 else "k")
        while terminal.bytes_written == before:
            if time.perf_counter() - begun > 5:
                raise RuntimeError("a key changed nothing on the screen")
            time.sleep(0.0005)
        spans.append(1000 * (time.perf_counter() - begun))
        time.sleep(0.05)
    return statistics.median(spans), statistics.quantiles(spans, n=100)[98]


def of_console(place: Path, home: Path, mark: str) -> None:
    """Prints from key to paint and memory of a console on a queue."""
    with start(place, (80, 24), home, "queue") as terminal:
        terminal.wait_for("view unowned+mine", mark)
        time.sleep(3)
        half, most = key_to_paint(terminal)
        before = memory_mb(terminal.process.pid)
        for _ in range(HELD_PAGES * PAGE // 15):
            terminal.press("pagedown")
            time.sleep(0.03)
        time.sleep(2)
        after = memory_mb(terminal.process.pid)
    print(
        f"  key to paint: half within {half:.1f} ms, 99 of 100 within {most:.1f} ms; resident {before:.0f} MB,"
        f" {after:.0f} MB once {HELD_PAGES} pages were walked"
    )


def consoles(folder: Path, full: Path) -> None:
    """Prints a console on an almost empty queue of forty requests, and on the full one."""
    empty = folder / "empty.db"
    store = Store.at(empty)
    store.write(AUTHOR, fill, 40, 40)
    store.close()
    for name, place in (("a queue of forty", empty), ("the full queue", full)):
        print(name)
        of_console(place, folder, " of ")


def on(place: str | Path, items: int, still_open: int) -> None:
    """Fills one database and prints what its pages cost."""
    store = Store.at(place)
    begun = time.perf_counter()
    store.write(AUTHOR, fill, items, still_open)
    found = store.read(
        lambda connection: connection.execute(
            select(func.count()).select_from(request).where(literal_column("state") != "closed")
        ).scalar()
    )
    print(f"  {items} requests, {found} open, put in place in {time.perf_counter() - begun:.0f} s")
    of_pages(store)
    store.close()


def main() -> None:
    """Prints one line a figure."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    still_open = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    which = sys.argv[3] if len(sys.argv) > 3 else ""
    print(f"{utc_now():%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if which in {"", "embedded", "console"}:
            print("embedded")
            on(folder / "full.db", items, still_open)
            consoles(folder, folder / "full.db")
        if which in {"", "shared"}:
            print("shared")
            with running_server(fsync="on") as server, server.fresh_database() as database:
                prepare(database.socket_url())
                on(database.socket_url(), items, still_open)


if __name__ == "__main__":
    main()
