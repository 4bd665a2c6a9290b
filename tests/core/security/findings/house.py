"""A house whose clock is moved by hand, with two components that reports are made over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Component, Customer, Service
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.security.findings.importing import Outcome, import_report
from core.security.findings.preparing import Asked
from core.security.findings.queries import some_findings
from core.security.findings.reports.reading import read_report
from core.security.findings.tables import finding
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.security.findings.model import Finding

T = TypeVar("T")
SAMPLES = Path(__file__).parent / "samples"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
WEB_IMAGE = "registry.example/shop/web"
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={"shop": Service("shop", "Shop"), "store": Service("store", "Store")},
    agreements={"gold": Agreement("gold", "Gold", "acme", ("shop",), correct_days=(("high", 14),))},
    components={
        c.id: c
        for c in (
            Component("web", "Web", "shop", scanned_as=(f"{WEB_IMAGE}:1.0", "pkg:pypi/shop")),
            Component("db", "Database", "store"),
        )
    },
)


def the_list(folder: Path, due: dict[str, str], at: str = "2026-11-23T08:00:00.000Z") -> Path:
    """Writes a list of exploited vulnerabilities: {vulnerability: its day}."""
    document = {
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": at[:10], "dateReleased": at,
        "count": len(due),
        "vulnerabilities": [
            {"cveID": name, "vendorProject": "x", "product": "y", "vulnerabilityName": "z", "dateAdded": "2026-11-20",
             "dueDate": day, "knownRansomwareCampaignUse": "Unknown"}
            for name, day in due.items()
        ],
    }  # fmt: skip
    path = folder / f"list-{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps(document))
    return path


def the_table(folder: Path, *lines: str) -> Path:
    """Writes a report as a table about the component web: `vulnerability,package,severity,kev,kev due`."""
    path = folder / f"table-{len(list(folder.iterdir()))}.csv"
    rows = [f"{line}{',' * (4 - line.count(','))},web" for line in lines]
    path.write_text("\n".join(["vulnerability,package,severity,kev,kev due,component", *rows]) + "\n")
    return path


class House:
    """Imports and works on findings at a moment that a test sets."""

    def __init__(self, place: Path | str, ada: Author) -> None:
        self.now, self.ada = MONDAY, ada
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.store.write(ada, load_catalog, CATALOG, directory="x", digest="1", changes=[])

    def do(self, command: Callable[..., T], *args: Any, author: Author | None = None, **named: Any) -> T:
        return self.store.write(author or self.ada, command, *args, **named)

    def take_in(self, path: Path, component: str = "", source: str = "", *, empty: bool = False) -> Outcome:
        return self.do(import_report, read_report(path), Asked(component, source, empty))

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)

    def all(self) -> dict[tuple[str, str], Finding]:
        """Returns every finding, by vulnerability and package."""

        def ids(connection: Any) -> list[int]:
            return list(connection.scalars(finding.select().with_only_columns(finding.c.id)))

        found = self.store.read(some_findings, self.store.read(ids))
        return {(each.vulnerability, each.package): each for each in found}

    def one(self, vulnerability: str) -> Finding:
        (found,) = (each for (name, _), each in self.all().items() if name == vulnerability)
        return found
