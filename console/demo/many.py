"""Very many requests in a past before the month: lives that were lived through real commands, lived again by others.

One commands after the other would take hours. So a small month is lived first, in a database of its own, and what its
entries say of each request is told again, at other instants and of other numbers. The rows are what those entries come
to, and the clocks what the agreements make of them: the same functions as live. What was not over as the month before
begins stays open.
"""

from __future__ import annotations

import heapq
import random
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.demonstration import Happening, write_past
from core.desk.agreements.terms import all_versions
from core.desk.agreements.versions import agreements_at
from core.desk.clocks.keeping import row_values
from core.desk.clocks.promised import next_promise
from core.desk.clocks.promises import Item, item_clocks
from core.desk.clocks.told import told_by
from core.desk.requests.queries import requests
from core.desk.requests.tables import request
from core.desk.tables import clock
from core.improvement.surveys.model import EXPIRES_S, SurveyState, digest
from core.improvement.surveys.tables import survey
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from core.desk.agreements.terms import Versions
    from core.journal.model import Changes, Entry
    from core.store.store import Store
    from core.store.work import Author, Work

PERIOD = timedelta(days=28)
"""Four weeks: what was asked for on a Monday morning is asked for on another one."""
PERIODS = 13
DAY = 86_400_000_000
LATER_MIN = 40
"""So many minutes later, at most, a life begins than the one it is taken from; several begin in the same minute."""
RETOLD = frozenset(
    f"request.{kind}"
    for kind in (
        "opened", "held", "turned_away", "acknowledged", "taken", "assigned", "started", "graded", "noted", "told", "said",
        "waits", "delivered", "closed", "cancelled", "refused", "admitted", "reopened", "survey_asked", "survey_answered",
        "survey_expired",
    )
)  # fmt: skip
"""A life is told again where only these happened in it: they name nothing but the request itself."""
_INSTANTS = frozenset(
    {
        "opened_at", "answered_at", "told_at", "wait_until", "delivered_at", "closed_at", "asked_at", "expires_at", "scored_at",
    }
)  # fmt: skip
_COLUMNS = frozenset(column.name for column in request.c)


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to one request, from `begin` on (microseconds UTC)."""

    begin: int
    entries: tuple[Entry, ...]

    @property
    def ats(self) -> list[int]:
        """Returns the instants of its entries."""
        return [to_micros(each.at) for each in self.entries]


@dataclass(slots=True)
class _Day:
    """The rows of a day's requests."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    surveys: list[dict[str, Any]] = field(default_factory=list)


def lived(live: Callable[[Path, datetime], Path], begin: datetime) -> list[Life]:
    """Has a month before `begin` lived in a database of its own, and returns the lives of its requests in the order of their beginnings."""
    from core.store.store import Store

    with tempfile.TemporaryDirectory(prefix="watchfloor-demo-") as folder:
        store = Store.at(live(Path(folder) / "demo", begin))
        try:
            numbers = sorted(each.id for each in store.read(requests, over=True, limit=100_000))
            found = [store.read(of_subject, Subject("request", str(number))) for number in numbers]
        finally:
            store.close()
    lives = [Life(to_micros(entries[0].at), tuple(entries)) for entries in found if _is_retold(entries)]
    newest = to_micros(begin - timedelta(days=2))
    return sorted(
        (each for each in lives if newest - _micros(PERIOD) <= each.begin < newest),
        key=lambda each: each.begin,
    )


def _is_retold(entries: Sequence[Entry]) -> bool:
    changes = [each.changes for each in entries]
    follow_up = any(each.get("follow_up", (None, None))[1] is not None for each in changes)
    return (
        all(each.kind in RETOLD for each in entries)
        and not follow_up
        and not changes[0].get("type", ("", ""))[1]
    )


@dataclass(frozen=True, slots=True)
class _Again:
    """A life at another instant: what happens in it, and the rows it comes to, but for whose they are."""

    happenings: list[Happening]
    row: dict[str, Any]
    clocks: list[dict[str, Any]]
    asked: dict[str, Any]


class Many:
    """So many requests, in the PERIODS before an instant."""

    def __init__(self, seed: int, lives: Sequence[Life], many: int, end: datetime) -> None:
        self._rng = random.Random(seed)  # noqa: S311 – a story, no secret
        self._lives, self._many, self._end = lives, many, to_micros(end)
        self._seed = seed
        self._number = self._order = 0
        self._since: dict[str, int] = {}
        self._again: dict[tuple[int, int], _Again] = {}
        self._waiting: list[tuple[int, int, Happening]] = []  # what happens later than what is written

    @property
    def begin(self) -> int:
        """Returns an instant before all that happens."""
        return self._end - (PERIODS + 1) * _micros(PERIOD)

    def now(self) -> datetime:
        """Returns the same as what a database takes for now while this past is written."""
        return from_micros(self.begin)

    def write(self, store: Store, author: Author, tell: Callable[[float], None]) -> None:
        """Writes them all down, a day at a time; `tell` hears which share is written."""
        in_force = store.read(agreements_at, self.begin)
        self._since = {each.agreement.id: each.since for each in in_force.agreements}
        day: list[tuple[int, Life]] = []
        for begin, life in self._beginnings():
            if day and begin >= day[0][0] + DAY:
                store.write(author, self._write_day, day, begin)
                tell(self._number / self._many)
                day = []
            day.append((begin, life))
        store.write(author, self._write_day, day, self._end)

    def _write_day(self, work: Work, beginnings: Sequence[tuple[int, Life]], until: int) -> None:
        """Has what begins on a day come in, and writes down what happens up to the next one, to whichever request."""
        versions, day = all_versions(work.connection), _Day()
        self._again.clear()
        for begin, life in beginnings:
            self._number += 1
            for happening in self._live(life, begin, self._number, versions, day):
                self._order += 1
                heapq.heappush(self._waiting, (happening.at, self._order, happening))
        happenings = []
        while self._waiting and self._waiting[0][0] < until:
            happenings.append(heapq.heappop(self._waiting)[2])
        write_past(work, happenings, ((request, day.requests), (clock, day.clocks), (survey, day.surveys)))

    def _beginnings(self) -> Iterator[tuple[int, Life]]:
        """Yields when each request comes in, in order, and whose life it has."""
        slots = PERIODS * len(self._lives)
        found: list[tuple[int, int]] = []
        for n in range(slots):
            turn, which = divmod(n, len(self._lives))
            begin = self._lives[which].begin - (PERIODS - 1 - turn) * _micros(PERIOD)
            while found and found[0][0] < begin:
                at, other = heapq.heappop(found)
                yield at, self._lives[other]
            for _ in range((n + 1) * self._many // slots - n * self._many // slots):
                heapq.heappush(found, (begin + self._rng.randrange(LATER_MIN) * 60_000_000, which))
        while found:
            at, other = heapq.heappop(found)
            yield at, self._lives[other]

    def _live(self, life: Life, begin: int, number: int, versions: Versions, day: _Day) -> list[Happening]:
        """Returns what happens to a request up to the end, and adds the rows that it comes to."""
        again = self._again.get((life.begin, begin))
        if again is None:
            again = self._again[life.begin, begin] = self._told_again(life, begin, versions)
        subject, reference = Subject("request", str(number)), f"Our reference: {number:07d}"
        text = f"{again.row['text']}\n\n{reference}".strip()
        first = again.happenings[0]
        opened = first._replace(changes=first.changes | {"text": (None, text)})
        day.requests.append(again.row | {"id": number, "text": text})
        day.clocks += (each | {"subject_id": number} for each in again.clocks)
        if again.asked:
            token = digest(f"{self._seed}:{number}")
            day.surveys.append(again.asked | {"id": number, "token_digest": token})
        return [each._replace(subject=subject) for each in (opened, *again.happenings[1:])]

    def _told_again(self, life: Life, begin: int, versions: Versions) -> _Again:
        """Returns what a life comes to that begins at another instant: the same for all that begin then."""
        by, subject = begin - life.begin, Subject("request", "")
        row: dict[str, Any] = dict.fromkeys(_COLUMNS) | {"version": 0}
        asked: dict[str, Any] = {}
        told, happenings = [], []
        for entry, was_at in zip(life.entries, life.ats, strict=True):
            at = was_at + by
            if at >= self._end:
                break
            changes = _shifted(entry.changes, by, self._since)
            happenings.append(
                Happening(at, entry.actor, str(entry.via), entry.kind, subject, changes, entry.note)
            )
            if ".survey_" in entry.kind:
                asked = _surveyed(asked, at, entry.kind, changes)
            else:
                news = {name: pair[1] for name, pair in changes.items() if name in _COLUMNS}
                row |= news | {"version": row["version"] + bool(news)}
            if (each := told_by(at, entry.kind, changes)) is not None:
                told.append(each)
        clocks = item_clocks(versions, Item("request", 0, row["service"], row["opened_at"]), told, self._end)
        next_ = next_promise(clocks)
        row["due"] = next_.due if next_ else None
        of = {"subject_kind": "request", "version": 1}
        kept = [of | {"agreement": c.agreement.id, "kind": str(c.kind)} | row_values(c) for c in clocks]
        return _Again(happenings, row, kept, asked)


def _surveyed(asked: dict[str, Any], at: int, kind: str, changes: Changes) -> dict[str, Any]:
    """Returns the row of a question as it is after an entry, but for whose it is."""
    if kind == "request.survey_asked":
        return {
            "version": 1, "survey_state": SurveyState.ASKED, "scale": changes["scale"][1], "asked_at": at,
            "expires_at": at + EXPIRES_S * 1_000_000, "score": None, "comment": "", "scored_at": None, "scored_via": "",
            "follow_up": None,
        }  # fmt: skip
    news = {name: pair[1] for name, pair in changes.items() if name in asked}
    return asked | news | {"version": asked["version"] + 1}


def _shifted(changes: Changes, by: int, since: dict[str, int]) -> Changes:
    """Returns what an entry changed as of so much later; an agreement is in the version that stands there."""
    shifted = {
        name: tuple(each + by if type(each) is int else each for each in pair) if name in _INSTANTS else pair
        for name, pair in changes.items()
    }
    if "agreement_since" in shifted and (agreement := changes["agreement"][1]):
        shifted["agreement_since"] = (None, since[agreement])
    return shifted  # type: ignore[return-value]


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
