"""What an access review costs: `python -m tests.bench.access_review [ITEMS]` (20,000).

On both databases, with so many grants in one review and with ten: it is opened, parts of its list are read as a screen
reads them, a decision is staged, five hundred are staged and written out, and its stage is closed. Ratios are what counts:
how many times as long the large one takes.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Staff
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.security.grants.tables import access_grant
from core.security.reviews import deciding, opening, stepping
from core.security.reviews.context import context_of, overview_of
from core.security.reviews.evidence import as_zip, evidence_of
from core.security.reviews.model import Decision
from core.security.reviews.pages import ORDERS, PAGES, VIEWS, Wanted
from core.security.reviews.plans import By, Plan, Stage
from core.security.reviews.queries import staged_of
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros
from tests.core.security.reviews.house import grant_row
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.work import Work

LEE, ANA = Author("lee", Via.CLI, "bench"), Author("ana", Via.CLI, "bench")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOX, NAMED = Consent(Level.BOX), Consent(Level.NAME, "500 subjects", "bench")
AT_ONCE = 5000


def fill(store: Store, count: int) -> None:
    """Puts so many grants there, without entries: what a review reads are rows."""
    chance = random.Random(1)

    def row(n: int) -> dict[str, Any]:
        used = to_micros(NOW - timedelta(days=chance.randrange(400)))
        return grant_row(
            f"user{n:06}", chance.choice(("ana", "ana", "ana", "ben")), entitlement=f"role-{n % 40}",
            thing=f"component:c{n % 300}", is_privileged=int(n % 20 == 0), last_used=used, person="",
        ) | {"id": n + 1, "version": 1, "is_open": 1, "place": 4, "words": f"g-{n + 1} user{n:06} role-{n % 40} c{n % 300}"}  # fmt: skip

    for begin in range(0, count, AT_ONCE):
        store.write(LEE, _insert, [row(n) for n in range(begin, min(begin + AT_ONCE, count))])


def _insert(work: Work, rows: list[dict[str, Any]]) -> None:
    if work.connection.dialect.name != "sqlite":
        work.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no guards
    work.connection.execute(insert(access_grant), rows)


def _analyze(work: Work) -> None:
    """Has a server know how its tables are filled, as it does by itself within a minute."""
    work.is_quiet = True
    if work.connection.dialect.name != "sqlite":
        work.connection.exec_driver_sql("ANALYZE")


def took(work: Callable[[], object], times: int = 1) -> float:
    """Returns the median milliseconds of doing it so many times."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)[len(found) // 2]


def measure(place: Path | str, count: int) -> dict[str, float]:
    """Returns what each part costs with so many items, in milliseconds."""
    store = Store.at(place)
    people = (Staff("lee", "Lee", role="lead"), Staff("ana", "Ana"), Staff("ben", "Ben"))
    staff = {each.id: each for each in people}
    store.write(LEE, load_catalog, Catalog(staff=staff), directory="d", digest="d", changes=["all"])
    fill(store, count)
    store.write(LEE, opening.draft_review, "All", Plan((Stage(By.OWNER),), ("lee",)))
    found = {"open": took(partial(store.write, LEE, opening.open_review, 1, BOX))}
    store.write(LEE, _analyze)
    everything = store.read(PAGES.page, Wanted(1, "ana"), limit=count)
    middle = everything[len(everything) // 2]
    for view in VIEWS:
        found[f"view {view}"] = took(partial(store.read, PAGES.first_window, Wanted(1, "ana", view)), 5)
    for order in ORDERS:
        found[f"order {order}"] = took(partial(store.read, PAGES.page, Wanted(1, "ana", order=order)), 5)
    found["behind a row in the middle"] = took(
        partial(store.read, PAGES.page, Wanted(1, "ana"), behind=middle), 5
    )
    found["words that few have"] = took(
        partial(store.read, PAGES.first_window, Wanted(1, "ana", words="user000007")), 5
    )
    found["figures above the list"] = took(partial(store.read, overview_of, 1, "ana"), 5)
    found["what is known of one"] = took(partial(store.read, context_of, middle.id), 5)
    plain = [each for each in everything if not each.is_privileged]
    one = iter(plain * 20)
    found["stage one"] = took(
        lambda: store.write(ANA, deciding.stage_decisions, 1, [next(one).id], Decision.KEEP), 20
    )
    some = [each.id for each in plain[:500]]
    found["stage 500"] = took(lambda: store.write(ANA, deciding.stage_decisions, 1, some, Decision.KEEP))
    found["write out 500"] = took(
        lambda: store.write(ANA, deciding.write_out, 1, store.read(staged_of, 1, "ana").mark, BOX)
    )
    found["view yours, then"] = took(partial(store.read, PAGES.first_window, Wanted(1, "ana")), 5)
    found["close the stage"] = took(partial(store.write, LEE, stepping.close_stage, 1, "bench", BOX))
    found["evidence"] = took(lambda: as_zip(store.read(evidence_of, 1)))
    store.close()
    return found


def compare(title: str, small: dict[str, float], large: dict[str, float], count: int) -> None:
    """Prints what it costs, and how many times what ten cost."""
    print(f"{title}: {count:,} items against 10")
    for name, ms in large.items():
        print(f"  {name:<28} {ms:>9,.1f} ms  {ms / max(small[name], 0.01):>7,.1f} x")


def main() -> None:
    """Measures both databases."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as directory:
        small = measure(Path(directory) / "small.db", 10)
        compare("SQLite", small, measure(Path(directory) / "large.db", count), count)
    with running_server() as server:
        found = []
        for size in (10, count):
            with server.fresh_database() as database:
                prepare(database.socket_url())
                found.append(measure(database.socket_url(options="-cwatchfloor.trusted=told"), size))
        compare("PostgreSQL", found[0], found[1], count)


if __name__ == "__main__":
    main()
