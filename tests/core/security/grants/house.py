"""A small house of staff, and sources that are written as they are needed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service, Staff
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.security.grants.importing import Asked, Outcome, take_in
from core.security.grants.matching import Of
from core.security.grants.model import Standing
from core.security.grants.queries import Scope, grants_in
from core.security.grants.sources.opening import open_source
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.security.grants.model import Grant
    from core.store.store import Store

SAMPLES = Path(__file__).parent / "samples"
BOX = Consent(Level.BOX)
CATALOG = Catalog(
    services={"orders": Service("orders", "Orders")},
    components={"db-1": Component("db-1", "the database", "orders")},
    staff={
        "ada": Staff("ada", "Ada", role="admin"),
        "alice": Staff("alice", "Alice", "aadeyemi", "alice@shop.example", "operator"),
    },
)
ADA = Author("ada", Via.CONSOLE, "seat-1")
HEAD = "user,role,privileged,owner,reason,until,last used\n"


def begin(store: Store) -> None:
    store.write(ADA, load_catalog, CATALOG, directory="x", digest="1", changes=["all"])


def take(
    store: Store, tmp_path: Path, rows: str, *, granted: bool = False, fewer: bool = False, consent: Consent | None = None,
    source: str = "orders",
) -> Outcome:  # fmt: skip
    """Takes a table of grants of the service orders in."""
    file = tmp_path / f"{source}.csv"
    file.write_text(HEAD + rows)
    asked = Asked(Of(source, "service:orders", (), granted), str(file), "ada", None, fewer)
    return store.write(ADA, take_in, open_source(str(file)), asked, *([consent] if consent else []))


def standing(store: Store) -> dict[str, str]:
    """Returns how every grant stands, by who has it and what."""
    return {f"{each.principal} {each.entitlement}": str(each.standing) for each in all_of(store)}


def all_of(store: Store) -> list[Grant]:
    return store.read(grants_in, Scope(standings=tuple(Standing)))


def day(ahead: int) -> date:
    """Returns the day that is so many days from now."""
    return utc_now().date() + timedelta(days=ahead)
