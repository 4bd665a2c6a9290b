"""A month in the life of a team, seeded: every happening goes through the same commands as live work, at its own instant.

What happens is a queue of doings in order of time; a doing may put others after it. The same seed makes the same month,
counted back from its end.
"""

from __future__ import annotations

import heapq
import random
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from console.demo import words
from console.demo.failures import BOX, HOUR, LEAD, MINUTE, STAFF, Failures
from console.demo.house import PARTS
from console.demo.keeping import Keeping
from console.demo.paging import Paging
from console.demo.planned import Planned
from console.demo.running import ASKED_FOR, Running
from console.demo.security import Security
from console.demo.training import Schooling
from core.desk.oncall.commands import make_override
from core.desk.requests import commands as requests
from core.desk.requests import queries
from core.desk.requests.approvals import approve_request
from core.desk.requests.merging import merge_request
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.queries import one_request
from core.errors import NotPossible
from core.improvement.surveys.commands import expire, take_answer
from core.improvement.surveys.model import EXPIRES_S
from core.journal.model import Via
from core.monitoring.model import State
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.demo.papers import Papers
    from core.store.store import Store

DAYS = 30
AGENT = Author("agent", Via.AGENT, "agent:demo:1:month")
STRANGERS = 0.04
"""The share of requests from an address that no agreement names."""
OF_ONES_OWN = 7
"""So many requests whoever looks at the month has in hand."""


class Month:
    """The simulation. `now` is the store's clock: it stands where the present doing is."""

    def __init__(self, seed: int, end: datetime, requests_wanted: int, papers: Papers) -> None:
        self.rng = random.Random(seed)  # noqa: S311 – a story, no secret
        self.end, self._begin = end, end - timedelta(days=DAYS)
        self._wanted = requests_wanted
        self._at = self._begin
        self._doings: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()
        self._store: Store | None = None
        self._person = papers.person.login
        self._failures = Failures(self)
        self._keeping = Keeping(self)
        self._security = Security(self, papers)
        self._planned = Planned(self)
        self._looks: set[datetime] = set()

    def now(self) -> datetime:
        """Returns the instant of what happens."""
        return self._at

    def run(self, store: Store, tell: Callable[[float], None]) -> None:
        """Has the month happen; `tell` hears which share of it is past."""
        self._store = store
        self._at = self._begin
        for part in PARTS:
            self._failures.change(part, State.OK, "steady")
        last = self._last_hours()
        for _ in range(self._wanted - len(last) - ASKED_FOR):
            self.put(self._office_hour(), self._ask)
        self._failures.plan(max(self._wanted // 12, 6))
        for hours, doing in last:
            self.put(self.end - timedelta(hours=hours), doing)
        self._keeping.plan()
        self._security.plan()
        self._planned.plan()
        Running(self).plan()
        Schooling(self, self._person).plan()
        self.put(self.end - timedelta(minutes=50), self._hand_to_person)
        self.put(self.end - timedelta(hours=30), self._swap)
        paging = Paging(store, self.write)
        while self._doings and self._doings[0][0] < self.end:
            self._at, _, doing = heapq.heappop(self._doings)
            try:
                doing()
            except NotPossible:
                continue  # somebody else was quicker, as in life
            self._look_at(paging.next_at(), paging)
            tell((self._at - self._begin) / (self.end - self._begin))
        self._at = self.end
        paging.end()

    def _look_at(self, due: datetime | None, paging: Paging) -> None:
        """Has the agent tell whoever is on call when a step of an escalation is due."""
        if due is not None and due not in self._looks:
            self._looks.add(due)
            self.put(max(due, self._at), lambda: paging.look(self._at))

    def _swap(self) -> None:
        """One of the team takes a night of another's."""
        night = self._at.replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until, reason = night + timedelta(hours=10), "Sam is at a wedding"
        self.write(LEAD, make_override, "infrastructure", "r.okafor", night, until, reason, BOX)

    def put(self, at: datetime, doing: Callable[[], object]) -> None:
        """Has something happen at an instant."""
        heapq.heappush(self._doings, (at, next(self._order), doing))

    def later(self, mean_s: float, doing: Callable[[], object]) -> None:
        """Puts a doing after about so long; some take three times as long, few longer."""
        self.put(self._at + timedelta(seconds=30 + self.rng.expovariate(1 / mean_s)), doing)

    def read(self, question: Callable[..., Any], *args: Any) -> Any:
        """Asks the database."""
        assert self._store is not None
        return self._store.read(question, *args)

    def write(self, who: str, command: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Carries out a command as somebody."""
        assert self._store is not None
        author = AGENT if who == AGENT.actor else Author(who, Via.CONSOLE, f"seat-{who}")
        return self._store.write(author, command, *args, **named)

    def _office_hour(self) -> datetime:
        """Returns an instant of the month; most lie on working days, between eight and six."""
        while True:
            at = self._begin + self.rng.random() * (self.end - self._begin)
            weight = 1.0 if at.weekday() < 5 and 8 <= at.hour < 18 else 0.12
            if self.rng.random() < weight:
                return at

    # Requests

    def _ask(self) -> None:
        is_stranger = self.rng.random() < STRANGERS
        number, wish = self._new(is_stranger=is_stranger)
        chance = self.rng.random()
        if is_stranger:
            known = "Known to us: writes from home."
            self.later(9 * HOUR, lambda: self.write(LEAD, requests.admit_request, number, known, BOX))
            self.later(20 * HOUR, lambda: self._take(number))
        elif chance < 0.03:
            self.later(4 * HOUR, lambda: self._refuse(number))
        elif wish.type:
            self.later(
                4 * HOUR, lambda: self.write(LEAD, approve_request, number, "Fits their contract.", BOX)
            )
            self.later(9 * HOUR, lambda: self._take(number))
        elif chance < 0.05:
            self.later(25 * MINUTE, lambda: self._ask_again(number, wish))
        else:
            self.later((20 if wish.urgency == 1 else 120) * MINUTE, lambda: self._take(number))

    def _new(self, wish: words.Wish | None = None, *, is_stranger: bool = False) -> tuple[int, words.Wish]:
        """Has somebody ask for something; returns the request's number and what is asked for."""
        offered = [c for c in words.PEOPLE if wish is None or wish.service in words.COVERED[c]]
        customer = self.rng.choice(offered)
        name, other = self.rng.choice(words.PEOPLE[customer]), self.rng.choice(words.PEOPLE[customer])
        wish = wish or self.rng.choice(
            [each for each in words.WISHES if each.service in words.COVERED[customer]]
        )
        day = f"{self._at - timedelta(days=self.rng.randint(0, 2)):%d %B}"
        domain = "post" if is_stranger else customer
        asked = Asked(
            wish.title.format(name=other, day=day), wish.service, f"{name.lower().replace(' ', '.')}@{domain}.example",
            type=wish.type, text=wish.text.format(name=other, day=day), requester_name=name, impact=wish.impact,
            urgency=wish.urgency, source="mail",
        )  # fmt: skip
        return int(self.write("agent", requests.record_request, asked).id), wish

    def _refuse(self, number: int) -> None:
        self.write(
            LEAD, requests.refuse_request, number, "Not part of the agreement; offered separately.", BOX
        )

    def _ask_again(self, number: int, wish: words.Wish) -> None:
        """Has somebody of the same customer write once more of the same, which is merged into the first."""
        customer = self.read(one_request, number).customer
        asked = Asked(
            f"{self.read(one_request, number).title}: anything new?", wish.service,
            f"{self.rng.choice(words.PEOPLE[customer]).lower().replace(' ', '.')}@{customer}.example", text=wish.text,
            impact=wish.impact, urgency=wish.urgency, source="mail",
        )  # fmt: skip
        again = self.write("agent", requests.record_request, asked).id
        who = self.rng.choice(STAFF)
        self.later(
            12 * MINUTE, lambda: self.write(who, merge_request, again, number, "We have it already.", BOX)
        )
        self.later(30 * MINUTE, lambda: self._take(number))

    # What has just come in as the month ends

    def _ask_urgently(self) -> None:
        self._new(self.rng.choice([wish for wish in words.WISHES if (wish.impact, wish.urgency) == (1, 1)]))

    def _ask_quietly(self) -> None:
        self._new(self.rng.choice([wish for wish in words.WISHES if wish.urgency == 3]))

    def _ask_from_elsewhere(self) -> None:
        self._new(is_stranger=True)

    def _ask_for_what_is_not_covered(self) -> None:
        number, _ = self._new()
        self.later(5 * MINUTE, lambda: self._refuse(number))

    def _ask_for_approval(self) -> None:
        self._new(self.rng.choice([wish for wish in words.WISHES if wish.type]))

    def _ask_twice(self) -> None:
        self._ask_again(*self._new())

    def _hand_to_person(self) -> None:
        """Gives whoever looks at the month some of what is open: some late, some near, some waiting."""
        states = {
            RequestState.NEW,
            RequestState.ACKNOWLEDGED,
            RequestState.IN_PROGRESS,
            RequestState.REOPENED,
        }
        for _ in range(OF_ONES_OWN - self._open_in(states)):
            self._ask_quietly()  # a small month may have too few
        found = [each for each in self.read(queries.requests) if each.state in states]
        for n, each in enumerate(self.rng.sample(found, min(OF_ONES_OWN, len(found)))):
            self.write(self._person, requests.take_request, each.id)
            if n % 3 == 0:
                self.write(self._person, requests.tell_requester, each.id, self.rng.choice(words.TOLD))
            if n % 4 == 1 and each.state is not RequestState.IN_PROGRESS:
                self.write(self._person, requests.start_request, each.id)
            if n == 2:
                asks = self.rng.choice(words.ASKED)
                self.write(self._person, requests.wait_for, each.id, WaitingFor.CUSTOMER, asks)

    def _open_in(self, states: set[RequestState]) -> int:
        return sum(each.state in states for each in self.read(queries.requests))

    def _take(self, number: int) -> None:
        who = self.rng.choice(STAFF)
        self.write(who, requests.take_request, number)
        self.later(
            15 * MINUTE,
            lambda: self.write(who, requests.tell_requester, number, self.rng.choice(words.TOLD)),
        )
        self.later(30 * MINUTE, lambda: self.write(who, requests.start_request, number))
        self.later(90 * MINUTE, lambda: self._go_on(who, number))

    def _go_on(self, who: str, number: int) -> None:
        chance = self.rng.random()
        if chance < 0.25:
            self.write(who, requests.note_request, number, self.rng.choice(words.NOTED))
            self.later(3 * HOUR, lambda: self._go_on(who, number))
        elif chance < 0.42:
            self.write(who, requests.wait_for, number, WaitingFor.CUSTOMER, self.rng.choice(words.ASKED))
            self.later(9 * HOUR, lambda: self._said(who, number))
        elif chance < 0.52:
            self.write(
                who, requests.wait_for, number, WaitingFor.SUPPLIER, "Waiting for the supplier's part."
            )
            self.later(22 * HOUR, lambda: self._start_again(who, number))
        elif chance < 0.56:
            self.write(who, requests.cancel_request, number, "No longer wanted.", BOX)
        else:
            self.later(5 * HOUR, lambda: self._deliver(who, number))

    def _said(self, who: str, number: int) -> None:
        self.write("agent", requests.record_said, number, self.rng.choice(words.SAID))
        self.later(2 * HOUR, lambda: self._deliver(who, number))

    def _start_again(self, who: str, number: int) -> None:
        self.write(who, requests.start_request, number)
        self.later(2 * HOUR, lambda: self._deliver(who, number))

    def _deliver(self, who: str, number: int) -> None:
        self.write(who, requests.deliver_request, number, self.rng.choice(words.OUTCOMES), BOX)
        chance = self.rng.random()
        if chance < 0.45:
            self.later(7 * HOUR, lambda: self._answer(number))
        else:
            self.put(
                self._at + timedelta(seconds=EXPIRES_S + 60), lambda: self.write("agent", expire, number)
            )
        if chance > 0.93:
            self.later(20 * HOUR, lambda: self._come_back(who, number))
        else:
            self.later(30 * HOUR, lambda: self.write(who, requests.close_request, number, "", BOX))

    def _answer(self, number: int) -> None:
        score = self.rng.choices((1, 2, 3, 4, 5), (3, 5, 12, 38, 42))[0]
        self.write(self.rng.choice(STAFF), take_answer, number, score, self.rng.choice(words.COMMENTS))

    def _come_back(self, who: str, number: int) -> None:
        assert self._store is not None
        self.write("agent", requests.record_said, number, "It is back.")
        if self._store.read(one_request, number).state is RequestState.REOPENED:
            self.later(2 * HOUR, lambda: self._deliver(who, number))

    def _last_hours(self) -> list[tuple[float, Callable[[], object]]]:
        """Returns what comes in so many hours before the month ends, whatever else does."""
        return [
            (0.1, self._ask_urgently), (0.3, self._ask_quietly), (0.6, self._ask_from_elsewhere), (0.7, self._ask_urgently),
            (1.1, self._ask_for_what_is_not_covered), (1.4, self._ask_for_approval), (1.9, self._ask_quietly),
            (2.4, self._ask_twice), (3.2, self._ask_from_elsewhere), (4.1, self._ask_for_approval),
        ]  # fmt: skip
