"""A house whose clock is moved by hand, with a machine whose logs are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.catalog.commands import load_catalog
from core.catalog.logs import LogPattern, LogSource
from core.catalog.model import Catalog, Component, Service, Staff
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.security.signals.following import FollowedLog
from core.security.signals.pages import Wanted, page
from core.security.signals.readers import kept_of
from core.security.signals.taking_in import DUTY, take_in
from core.store.lease import take_lease
from core.store.store import Store, backend_for
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.security.signals.model import Signal

T = TypeVar("T")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
LEE = Author("lee", Via.CONSOLE)


def failed(source: str, account: str = "root", at: str = "09:00:00", *, invalid: bool = False) -> str:
    """Returns a line of sshd that refuses somebody."""
    who = f"invalid user {account}" if invalid else account
    return (
        f"2026-11-23T{at}+00:00 shop-1 sshd[4711]: Failed password for {who} from {source} port 40000 ssh2\n"
    )


def accepted(source: str, account: str = "root", at: str = "09:00:09") -> str:
    """Returns a line of sshd that lets somebody in."""
    return f"2026-11-23T{at}+00:00 shop-1 sshd[4711]: Accepted password for {account} from {source} port 40000 ssh2\n"


class House:
    """Reads one log, and works on its signals, at a moment that a test sets."""

    def __init__(self, place: Path | str, ada: Author, folder: Path, **declared: Any) -> None:
        self.now, self.ada, self.log = MONDAY, ada, folder / "auth.log"
        self.log.touch()
        self.source = LogSource("auth", "auth", "auth", str(self.log), component="shop-1", **declared)
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        catalog = Catalog(
            services={"shop": Service("shop", "Shop")},
            components={"shop-1": Component("shop-1", "Shop", "shop")},
            staff={"ada": Staff("ada", "Ada"), "lee": Staff("lee", "Lee", role="lead"), "vic": Staff("vic", "Vic", role="viewer")},
            log_sources={"auth": self.source},
        )  # fmt: skip
        self.store.write(ada, load_catalog, catalog, directory="x", digest="1", changes=[])
        self.token = self.store.write(AGENT, take_lease, DUTY, "agent")
        self.begin_anew()

    def begin_anew(self) -> None:
        """Begins as an agent does that has just started: with what the database holds."""
        self.followed = FollowedLog(self.source, self.store.read(kept_of, "auth"))

    def write(self, *lines: str | bytes) -> None:
        """Appends to the log as its writer does."""
        with self.log.open("ab") as file:
            for line in lines:
                file.write(line.encode() if isinstance(line, str) else line)

    def look(self) -> None:
        """Reads the log to its end."""
        for _ in range(200):
            part = self.followed.look(self.now)
            if part is None:
                return
            step = self.do(
                take_in, self.token, DUTY, self.followed.origin, part.raised, part.step, author=AGENT
            )
            self.followed.kept_as(step)
        raise AssertionError("it is never read to its end")

    def read(self, *lines: str | bytes) -> None:
        self.write(*lines)
        self.look()

    def do(self, command: Callable[..., T], *args: Any, author: Author | None = None, **named: Any) -> T:
        return self.store.write(author or self.ada, command, *args, **named)

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)

    def all(self, view: str = "all") -> dict[str, Signal]:
        """Returns the signals of a view, by rule and subject."""
        wanted = Wanted("ada", self.now.date(), view)
        return {f"{each.rule} {each.about}".strip(): each for each in self.store.read(page, wanted)}


PATTERN = LogPattern("vault-opened", r"vault opened by (?P<who>\w+)", "vault", "critical", by="who")
