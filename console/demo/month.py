"""A month in the life of a team, seeded: every happening goes through the same commands as live work, at its own instant.

What happens is a queue of doings in order of time; a doing may put others after it. The same seed makes the same month,
counted back from its end.
"""

from __future__ import annotations

import heapq
import random
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from console.demo import words
from console.demo.house import PARTS, Part
from console.demo.paging import Paging
from core.desk import commands as incidents
from core.desk.oncall.commands import make_override
from core.desk.queries import latest_of
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.queries import one_request
from core.errors import NotPossible
from core.gate.model import Consent, Level
from core.improvement import commands as improvement
from core.improvement.surveys.commands import expire, take_answer
from core.improvement.surveys.model import EXPIRES_S
from core.journal.model import Via
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.store import Store

DAYS = 30
AGENT = Author("agent", Via.AGENT, "agent:demo:1:month")
STAFF = ("r.okafor", "j.silva", "s.cole", "m.ito")
LEAD = "m.ito"
STRANGERS = 0.04
"""The share of requests from an address that no agreement names."""
BOX = Consent(Level.BOX)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class Month:
    """The simulation. `now` is the store's clock: it stands where the present doing is."""

    def __init__(self, seed: int, end: datetime, requests_wanted: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 – a story, no secret
        self._end, self._begin = end, end - timedelta(days=DAYS)
        self._wanted = requests_wanted
        self._at = self._begin
        self._doings: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._store: Store | None = None
        self._paging: Paging | None = None
        self._looks: set[datetime] = set()

    def now(self) -> datetime:
        """Returns the instant of what happens."""
        return self._at

    def run(self, store: Store, tell: Callable[[float], None]) -> None:
        """Has the month happen; `tell` hears which share of it is past."""
        self._store = store
        self._at = self._begin
        self._all_ok()
        self._paging = Paging(store, self._write)
        self._put(self._end - timedelta(hours=30), self._swap)
        for _ in range(self._wanted):
            self._put(self._office_hour(), self._ask)
        for n in range(max(self._wanted // 12, 6)):
            self._put(
                self._begin
                + (n + self._rng.random()) * (self._end - self._begin) / max(self._wanted // 12, 6),
                self._fail,
            )
        self._put(self._end - timedelta(minutes=94), self._fail_greatly)
        while self._doings and self._doings[0][0] < self._end:
            self._at, _, doing = heapq.heappop(self._doings)
            try:
                doing()
            except NotPossible:
                continue  # somebody else was quicker, as in life
            tell((self._at - self._begin) / (self._end - self._begin))
        self._at = self._end
        self._paging.end()

    def _put(self, at: datetime, doing: Callable[[], None]) -> None:
        heapq.heappush(self._doings, (at, next(self._order), doing))

    def _page(self) -> None:
        """Has the agent tell whoever is on call, now and whenever a step is due next."""
        assert self._paging is not None
        self._page_at(self._paging.look(self._at))

    def _page_at(self, at: datetime | None) -> None:
        if at is not None and at not in self._looks:
            self._looks.add(at)
            self._put(max(at, self._at), self._page)

    def _swap(self) -> None:
        """One of the team takes a night of another's."""
        night = self._at.replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=1)
        reason = "Sam is at a wedding"
        self._write(
            "m.ito",
            make_override,
            "infrastructure",
            "r.okafor",
            night,
            night + timedelta(hours=10),
            reason,
            BOX,
        )

    def _later(self, mean_s: float, doing: Callable[[], None]) -> None:
        """Puts a doing after about so long; some take three times as long, few longer."""
        self._put(self._at + timedelta(seconds=30 + self._rng.expovariate(1 / mean_s)), doing)

    def _write(self, who: str, command: Callable[..., Any], *args: Any, **named: Any) -> Any:
        assert self._store is not None
        author = AGENT if who == AGENT.actor else Author(who, Via.CONSOLE, f"seat-{who}")
        return self._store.write(author, command, *args, **named)

    def _office_hour(self) -> datetime:
        """Returns an instant of the month; most lie on working days, between eight and six."""
        while True:
            at = self._begin + self._rng.random() * (self._end - self._begin)
            weight = 1.0 if at.weekday() < 5 and 8 <= at.hour < 18 else 0.12
            if self._rng.random() < weight:
                return at

    # Components

    def _all_ok(self) -> None:
        for part in PARTS:
            self._change(part, State.OK, "steady")

    def _change(self, part: Part, state: State, summary: str) -> None:
        status = Status(part.id, 1, state, True, self._at, summary)
        self._write("agent", record_changes, [Change(status, part.service, part.title, part.severity)])

    def _fail(self) -> None:
        part = self._rng.choice(PARTS)
        self._change(part, State.CRITICAL, self._rng.choice(words.FAILURES).format(id=part.id))
        self._page_at(self._at)
        self._later(6 * MINUTE, lambda: self._look_at(part))
        self._later(70 * MINUTE, lambda: self._change(part, State.OK, "steady"))

    def _fail_greatly(self) -> None:
        """The incident that is going on when the month ends."""
        part = next(part for part in PARTS if part.lamp == "critical")
        self._change(part, State.CRITICAL, "writes fail: no process holds the log")
        self._page_at(self._at)
        self._later(2 * MINUTE, lambda: self._look_at(part))
        for n, text in enumerate(words.GREAT):
            self._put(self._at + timedelta(minutes=8 + 19 * n), partial(self._note_incident, part, text))
        self._put(self._at + timedelta(minutes=3), lambda: self._severity(part, 1))

    def _incident(self, part: Part) -> int:
        assert self._store is not None
        found = self._store.read(latest_of, part.id)
        assert found is not None, part.id
        return found.id

    def _look_at(self, part: Part) -> None:
        who, number = self._rng.choice(STAFF), self._incident(part)
        self._write(who, incidents.take_incident, number)
        self._later(10 * MINUTE, lambda: self._note_incident(part, self._rng.choice(words.NOTED)))
        if part.lamp != "critical":
            self._later(3 * HOUR, lambda: self._close_incident(who, number))

    def _note_incident(self, part: Part, text: str) -> None:
        self._write(self._rng.choice(STAFF), incidents.note_incident, self._incident(part), text)

    def _severity(self, part: Part, severity: int) -> None:
        self._write(LEAD, incidents.set_severity, self._incident(part), severity)

    def _close_incident(self, who: str, number: int) -> None:
        text = self._rng.choice(words.MENDED)
        self._write(who, incidents.close_incident, number, text, BOX)
        if self._rng.random() < 0.4:
            due = (self._at + timedelta(days=self._rng.randint(3, 20))).date().isoformat()
            fields = {
                "deviation": text,
                "cause": self._rng.choice(words.CAUSES),
                "owner": self._rng.choice(STAFF),
                "due": due,
            }
            action = self._write(who, improvement.draft_action, fields, incident=number).id
            self._later(5 * DAY, lambda: self._end_action(action))

    def _end_action(self, number: int) -> None:
        more = {
            "action": "An alarm, and a person for it.",
            "check_plan": "No such incident within four weeks.",
        }
        self._write(LEAD, improvement.revise_action, number, more)
        self._write(LEAD, improvement.complete_action, number)
        if self._rng.random() < 0.5:
            self._later(
                4 * DAY,
                lambda: self._write(LEAD, improvement.close_action, number, "It did not come back.", BOX),
            )

    # Requests

    def _ask(self) -> None:
        customer = self._rng.choice(list(words.PEOPLE))
        name = self._rng.choice(words.PEOPLE[customer])
        wish = self._rng.choice([wish for wish in words.WISHES if wish.service in words.COVERED[customer]])
        day = f"{self._at - timedelta(days=self._rng.randint(0, 2)):%d %B}"
        other = self._rng.choice(words.PEOPLE[customer])
        is_stranger = self._rng.random() < STRANGERS
        domain = "post" if is_stranger else customer
        address = f"{name.lower().replace(' ', '.')}@{domain}.example"
        asked = Asked(
            wish.title.format(name=other, day=day), wish.service, address, text=wish.text.format(name=other, day=day),
            requester_name=name, impact=wish.impact, urgency=wish.urgency, source="mail",
        )  # fmt: skip
        number = self._write("agent", requests.record_request, asked).id
        self._page_at(self._at)
        chance = self._rng.random()
        if is_stranger:
            self._later(
                9 * HOUR,
                lambda: self._write(
                    LEAD, requests.admit_request, number, "Known to us: writes from home.", BOX
                ),
            )
            self._later(20 * HOUR, lambda: self._take(number))
        elif chance < 0.03:
            self._later(
                4 * HOUR,
                lambda: self._write(
                    LEAD,
                    requests.refuse_request,
                    number,
                    "Not part of the agreement; offered separately.",
                    BOX,
                ),
            )
        else:
            self._later((20 if wish.urgency == 1 else 120) * MINUTE, lambda: self._take(number))

    def _take(self, number: int) -> None:
        who = self._rng.choice(STAFF)
        self._write(who, requests.take_request, number)
        self._later(
            15 * MINUTE,
            lambda: self._write(who, requests.tell_requester, number, self._rng.choice(words.TOLD)),
        )
        self._later(30 * MINUTE, lambda: self._write(who, requests.start_request, number))
        self._later(90 * MINUTE, lambda: self._go_on(who, number))

    def _go_on(self, who: str, number: int) -> None:
        chance = self._rng.random()
        if chance < 0.25:
            self._write(who, requests.note_request, number, self._rng.choice(words.NOTED))
            self._later(3 * HOUR, lambda: self._go_on(who, number))
        elif chance < 0.42:
            self._write(who, requests.wait_for, number, WaitingFor.CUSTOMER, self._rng.choice(words.ASKED))
            self._later(9 * HOUR, lambda: self._said(who, number))
        elif chance < 0.52:
            self._write(
                who, requests.wait_for, number, WaitingFor.SUPPLIER, "Waiting for the supplier's part."
            )
            self._later(22 * HOUR, lambda: self._start_again(who, number))
        elif chance < 0.56:
            self._write(who, requests.cancel_request, number, "No longer wanted.", BOX)
        else:
            self._later(5 * HOUR, lambda: self._deliver(who, number))

    def _said(self, who: str, number: int) -> None:
        self._write("agent", requests.record_said, number, self._rng.choice(words.SAID))
        self._later(2 * HOUR, lambda: self._deliver(who, number))

    def _start_again(self, who: str, number: int) -> None:
        self._write(who, requests.start_request, number)
        self._later(2 * HOUR, lambda: self._deliver(who, number))

    def _deliver(self, who: str, number: int) -> None:
        self._write(who, requests.deliver_request, number, self._rng.choice(words.OUTCOMES), BOX)
        chance = self._rng.random()
        if chance < 0.45:
            self._later(7 * HOUR, lambda: self._answer(number))
        else:
            self._put(
                self._at + timedelta(seconds=EXPIRES_S + 60), lambda: self._write("agent", expire, number)
            )
        if chance > 0.93:
            self._later(20 * HOUR, lambda: self._come_back(who, number))
        else:
            self._later(30 * HOUR, lambda: self._write(who, requests.close_request, number, "", BOX))

    def _answer(self, number: int) -> None:
        score = self._rng.choices((1, 2, 3, 4, 5), (3, 5, 12, 38, 42))[0]
        self._write(self._rng.choice(STAFF), take_answer, number, score, self._rng.choice(words.COMMENTS))

    def _come_back(self, who: str, number: int) -> None:
        assert self._store is not None
        self._write("agent", requests.record_said, number, "It is back.")
        if self._store.read(one_request, number).state is RequestState.REOPENED:
            self._later(2 * HOUR, lambda: self._deliver(who, number))
