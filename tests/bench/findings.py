"""What findings cost: `python -m tests.bench.findings [STANDING] [LINES] [console]` (200,000 and 1,500; all of it).

On both databases, on the server as an operator: a report of so many lines is imported (all of it new), imported again (nothing changes), and once more
with a tenth of its lines gone; and, with so many findings standing, pages of the list as a screen reads them: the first
in every order and view, one in the middle, a filter that finds little, the figures above the list. Then, in a console in a
terminal, how long a cursor key takes to its paint on forty findings, and on all.
"""

from __future__ import annotations

import getpass
import json
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.gate.rights import Role
from core.journal.model import Via
from core.security.findings.burning_down import weeks
from core.security.findings.importing import import_report
from core.security.findings.model import FindingState, Severity, due_of
from core.security.findings.pages import ORDERS, PAGES, VIEWS, Wanted, figures, page
from core.security.findings.reports.reading import read_report
from core.security.findings.revising import beside
from core.security.findings.tables import finding
from core.store.postgresql.connecting import connect
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import NEVER, to_micros
from tests.bench.console import start
from tests.bench.queue import key_to_paint
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.work import Work
    from tests.postgres import Database

OWNER = Author(getpass.getuser(), Via.CLI, "bench")
TODAY = date(2026, 11, 23)
COMPONENTS = 400
AT_ONCE = 5000
_STATES = (
    *[FindingState.NEW] * 5,
    FindingState.CONFIRMED,
    FindingState.CORRECTING,
    FindingState.VERIFIED,
    FindingState.ACCEPTED,
)
_SEVERITIES = (Severity.CRITICAL, *[Severity.HIGH] * 3, *[Severity.MEDIUM] * 5, *[Severity.LOW] * 3)


def declare(store: Store) -> None:
    """Declares the components, of which one is scanned as an image."""
    found = {
        f"component-{n}": Component(f"component-{n}", f"Component {n}", "shop") for n in range(COMPONENTS)
    }
    found["web"] = Component("web", "Web", "shop", scanned_as=("registry.example/shop/web",))
    catalog = Catalog(services={"shop": Service("shop", "Shop")}, components=found)
    store.write(OWNER, load_catalog, catalog, directory="d", digest="d", changes=["all"])


def report(directory: Path, lines: int) -> Path:
    """Writes a report in Trivy's format with so many lines."""
    path = directory / f"trivy-{lines}.json"
    found = [
        {
            "VulnerabilityID": f"CVE-2026-{n:05}", "PkgName": f"package-{n % 300}", "InstalledVersion": "1.0",
            "FixedVersion": "1.1", "Severity": "HIGH", "Title": "Something is read beyond its end " * 3,
        }
        for n in range(lines)
    ]  # fmt: skip
    result = {"Target": "web", "Class": "os-pkgs", "Vulnerabilities": found}
    path.write_text(
        json.dumps({"SchemaVersion": 2, "ArtifactName": "registry.example/shop/web:1", "Results": [result]})
    )
    return path


def fill(store: Store, count: int) -> None:
    """Puts so many findings there, without entries: what a list reads are rows."""
    chance = random.Random(1)

    def row(n: int) -> dict[str, Any]:
        state, severity = chance.choice(_STATES), chance.choice(_SEVERITIES)
        start = TODAY - timedelta(days=chance.randrange(120))
        due = due_of(start, severity)
        accepted = (
            (TODAY + timedelta(days=chance.randrange(90))).isoformat()
            if state is FindingState.ACCEPTED
            else ""
        )
        at = datetime(start.year, start.month, start.day, tzinfo=UTC)
        values: dict[str, Any] = {
            "id": 1_000_000 + n, "version": 1, "state": state, "vulnerability": f"CVE-2025-{n % 30000:05}",
            "component": f"component-{n % COMPONENTS}", "package": f"package-{n}", "package_version": "1.0",
            "fixed_in": "1.1", "path": "", "severity": severity, "is_graded": 0, "title": "Something is read beyond its end",
            "aliases": "[]", "url": "", "epss": chance.random() / 8, "percentile": 0.5, "is_listed": int(chance.random() < 0.01),
            "listed_due": "", "found_at": to_micros(at), "start": start.isoformat(),
            "due": due.day.isoformat() if due.day else NEVER, "due_rule": due.rule, "seen_in": '["trivy"]',
            "owner": chance.choice(("", "", "ada", "bob")), "why": "", "justification": "", "accepted_until": accepted,
            "accepted_owner": "", "restarts": 0, "corrected_at": None, "corrected_by": "", "closed_at": None, "proof": "",
            "in_time": None,
        }  # fmt: skip
        return values | beside(n, values)

    for begin in range(0, count, AT_ONCE):
        rows = [row(n) for n in range(begin, min(begin + AT_ONCE, count))]
        store.write(OWNER, _insert, rows)


def _insert(work: Work, rows: list[dict[str, Any]]) -> None:
    if work.connection.dialect.name != "sqlite":
        work.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no guards
    work.connection.execute(insert(finding), rows)


def took(work: Callable[[], object], times: int = 1) -> float:
    """Returns the median milliseconds of doing it so many times."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)[len(found) // 2]


def _import(store: Store, path: Path) -> None:
    store.write(OWNER, import_report, read_report(path))


def measure_imports(store: Store, directory: Path, lines: int) -> None:
    """Prints what an import of a report costs, read from its file and written."""
    whole, less = report(directory, lines), report(directory, lines - lines // 10)
    for name, path in (("all of it new", whole), ("again", whole), ("a tenth is gone", less)):
        ms = took(partial(_import, store, path))
        print(f"  import of {lines} lines, {name}: {ms:,.0f} ms")


def measure_lists(store: Store) -> None:
    """Prints what the parts of the list cost."""
    middle = store.read(page, Wanted("ada", TODAY), limit=5000)[-1]
    questions: dict[str, Callable[[], object]] = {
        f"view {view}": partial(store.read, PAGES.first_window, Wanted("ada", TODAY, view)) for view in VIEWS
    }
    questions |= {
        f"order {order}": partial(store.read, page, Wanted("ada", TODAY, order=order)) for order in ORDERS
    }
    questions["behind a row in the middle"] = lambda: store.read(page, Wanted("ada", TODAY), behind=middle)
    questions["words that few have"] = lambda: store.read(
        PAGES.first_window, Wanted("ada", TODAY, words="cve-2025-29999")
    )
    questions["figures"] = lambda: store.read(figures, TODAY)
    questions["weeks"] = lambda: store.read(weeks, datetime(2026, 11, 23, tzinfo=UTC))
    for name, question in questions.items():
        print(f"  {name}: {took(question, 5):,.1f} ms")


def measure(
    place: Path | str, title: str, standing: int, lines: int, *, settle: Callable[[], str] | None = None
) -> None:
    """Measures one database; `settle` is done once it is filled, and says where it is asked from then on."""
    print(title)
    store = Store.at(place)
    declare(store)
    fill(store, standing)
    if settle is not None:
        store.close()
        store = Store.at(settle())
    with tempfile.TemporaryDirectory() as directory:
        measure_imports(store, Path(directory), lines)
    measure_lists(store)
    store.close()


def consoles(standing: int) -> None:
    """Prints from a cursor key to its paint in a console on forty findings, and on all of them."""
    print("console, key to paint at 80x24")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for many in (40, standing):
            place = directory / f"console-{many}.db"
            store = Store.at(place)
            declare(store)
            fill(store, many)
            store.close()
            with start(place, (80, 24), directory, "findings") as terminal:
                terminal.wait_for("SEVERITY", " of ")
                time.sleep(3)
                half, most = key_to_paint(terminal)
            print(f"  on {many} findings: half within {half:.1f} ms, 99 of 100 within {most:.1f} ms")


def main() -> None:
    """Measures both databases, and a console."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    standing, lines = (numbers + [200_000, 1500][len(numbers) :])[:2]
    consoles(standing)
    if "console" in sys.argv[1:]:
        return
    with tempfile.TemporaryDirectory() as directory:
        measure(Path(directory) / "watchfloor.db", "SQLite", standing, lines)
    with running_server() as server, server.fresh_database() as database:
        prepare(database.socket_url())
        trusted = database.socket_url(options="-cwatchfloor.trusted=on")
        measure(trusted, "PostgreSQL", standing, lines, settle=partial(as_operator, database))


def as_operator(database: Database) -> str:
    """Has the server look over what was filled in, as it does by itself within a minute; returns where an operator comes in."""
    with connect(database.socket_url()) as connection:
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    database.role("ben", "of-ben", [group_of(database.name, Role.OPERATOR)])
    return database.loopback_url("ben", password="of-ben")


if __name__ == "__main__":
    main()
