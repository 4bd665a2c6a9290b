"""Signs of a breach in the month: read by the same reader as live, from a log in the demonstration's own folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import BOX, LEAD
from core.catalog.queries import declared_log_sources
from core.desk.commands import close_incident, resolve_incident, take_incident
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.following import FollowedLog
from core.security.signals.pages import Wanted, page
from core.security.signals.readers import kept_of
from core.security.signals.suppressing import suppress_signal
from core.security.signals.taking_in import DUTY, take_in

if TYPE_CHECKING:
    from console.demo.duties import Duties
    from console.demo.failures import Story
    from console.demo.papers import Papers

SOURCE = "gate-auth"
LOG = "logs/gate-auth.log"
OF_SCANNER, OF_FREIGHT = "203.0.113.9", "198.51.100.7"
OF_INTRUDER, OF_TODAY, OF_MORNING = "192.0.2.44", "198.51.100.23", "203.0.113.81"
SCANNER = "Our own scanner of the month; it was announced."
EXPIRED = "The transfer of Lagos Freight still has the old password; they set the new one this week."

KEY_TAKEN = (
    "The password of deploy was guessed; it signs in by key alone now, and nothing was changed meanwhile."
)


class Signs:
    """Failures from some addresses, one of them let in, and what people make of each."""

    def __init__(self, story: Story, papers: Papers, duties: Duties) -> None:
        self._story, self._papers, self._duties = story, papers, duties

    def plan(self) -> None:
        """Puts what happens into the month."""
        plan = (
            (20, lambda: self._refused(OF_SCANNER, "root", 7)), (19.8, self._acknowledge),
            (9, lambda: self._refused(OF_INTRUDER, "deploy", 9, is_let_in=True)), (8.98, self._make_incident),
            (3, lambda: self._refused(OF_FREIGHT, "transfer", 12)), (2.9, self._suppress),
            (1.4, lambda: self._refused(OF_FREIGHT, "transfer", 8)), (0.3, lambda: self._refused(OF_MORNING, "admin", 6)),
            (0.02, lambda: self._refused(OF_TODAY, "k.mensah", 6, is_let_in=True)),
        )  # fmt: skip
        for days, doing in plan:
            self._story.put(self._story.end - timedelta(days=days), doing)

    def _refused(self, address: str, account: str, times: int, *, is_let_in: bool = False) -> None:
        """Has somebody refused so many times in the minutes before, and perhaps let in at last; the agent reads it."""
        at = self._story.now() - timedelta(seconds=7 * (times + 1))
        for n in range(times + is_let_in):
            what = "Accepted" if n == times else "Failed"
            line = f"{at + timedelta(seconds=7 * n):%Y-%m-%dT%H:%M:%S}+00:00 gate-1 sshd[{4711 + n}]: {what}"
            self._papers.add(f"{line} password for {account} from {address} port {40000 + n} ssh2\n", LOG)
        self._read()

    def _read(self) -> None:
        """Has the agent read the log to its end, from where its reader stood."""
        source = self._story.read(declared_log_sources)[SOURCE]
        log = FollowedLog(source, self._story.read(kept_of, SOURCE))
        while (part := log.look(self._story.now())) is not None:
            log.kept_as(self._duties.do(DUTY, take_in, DUTY, log.origin, part.raised, part.step))

    def _found(self, *about: str) -> list[int]:
        """Returns the new signals about an address and an account, the gravest first; what is only counted is left out."""
        found = self._story.read(page, Wanted("", self._story.now().date(), "new"))
        return [each.id for each in found if each.about in about]

    def _acknowledge(self) -> None:
        for number in self._found(OF_SCANNER, "root"):
            self._story.write("s.cole", acknowledge_signal, number, SCANNER)

    def _suppress(self) -> None:
        until = self._story.end + timedelta(days=4)
        for number in self._found(OF_FREIGHT, "transfer"):
            self._story.write(LEAD, suppress_signal, number, until, "s.cole", EXPIRED, BOX)

    def _make_incident(self) -> None:
        """Makes one incident of all that tells of the intruder; it is closed the day after."""
        first, *others = self._found(OF_INTRUDER, "deploy")
        number = self._story.write("r.okafor", make_incident, first, BOX).incident
        self._story.write("r.okafor", take_incident, number)
        for each in others:
            self._story.write("r.okafor", make_incident, each, BOX, into=number)
        resolving = ("r.okafor", resolve_incident, number, KEY_TAKEN, BOX)
        closing = ("r.okafor", close_incident, number, KEY_TAKEN, BOX)
        self._story.put(self._story.now() + timedelta(hours=5), lambda: self._story.write(*resolving))
        self._story.put(self._story.now() + timedelta(days=1), lambda: self._story.write(*closing))
