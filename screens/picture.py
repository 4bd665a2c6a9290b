"""What this console knows: one picture of the house, read once and then patched by the feed.

`gather` runs on the database thread and re-reads only the rows that new entries name; `Picture.apply`
runs on the event loop. Views read the picture and never the database for what it holds.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from core.catalog.queries import CatalogStatus, catalog_status
from core.desk.messages.standing import Outbox, outbox
from core.desk.problems.model import ProblemState
from core.desk.problems.queries import held_problems, some_problems
from core.desk.queries import held_incidents, some_incidents
from core.desk.requests.pages import Head, head, some
from core.gate.queries import operating_at
from core.improvement.queries import held_actions, some_actions
from core.journal import queries as journal
from core.monitoring.model import State
from core.monitoring.queries import BoardRow, board, board_rows
from core.monitoring.revisions.model import Name
from core.monitoring.watch import agents_of
from core.operations.queries import ACTIVE, Run, held_runs, some_runs
from core.operations.windows.queries import OPEN, some_windows, windows
from core.own_watch import OwnWatch, own_watch
from core.presence.queries import everyone
from core.security.reviews.glance import glances
from core.store.held import MOST_OVER
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.desk.model import Incident
    from core.desk.problems.model import Problem
    from core.desk.requests.model import Request
    from core.gate.model import Operating
    from core.improvement.model import CorrectiveAction
    from core.journal.model import Cursor, Entry
    from core.operations.windows.model import Window
    from core.presence.model import Present
    from core.security.reviews.glance import Glance
    from core.store.lease import Lease
    from screens.staleness import Stale

T = TypeVar("T")
HERE_EVERY_S = 0.5
"""Who is here is asked for this often at most while entries come, however many."""
QUEUE_EVERY_S = 1.0
"""So often at most the queue is counted while requests change."""
REVIEWS_EVERY_S = 2.0
"""So often at most it is counted how far reviews are while their items are decided."""
REREAD_ABOVE = 2000
"""With more components named at once, the whole board is read: one query instead of many."""


@dataclass(frozen=True, slots=True)
class Vital:
    """What is live but not in the journal, and what stands in a single row: read at each look."""

    agents: Mapping[str, Lease]  # by zone
    catalog: CatalogStatus | None
    operating: Operating | None
    here: tuple[Present, ...] = ()
    outbox: Outbox = field(default_factory=Outbox)
    watch: OwnWatch = field(default_factory=OwnWatch)


@dataclass(frozen=True, slots=True)
class Patch:
    """The rows that differ since the last look. `whole` says that the maps hold everything there is."""

    vital: Vital
    board: dict[str, BoardRow] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    actions: dict[str, CorrectiveAction] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)  # those told of; never all there are
    queue: Head | None = None  # None: as it was
    reviews: dict[str, Glance] | None = None  # those that are not over; None: as they were
    whole: bool = False
    whole_board: bool = False
    moved: bool = False  # who is here, or has what open, is not what it was


class Counts(NamedTuple):
    """How many components are in each state, of how many others none is known now (their zone is silent), and how many are in maintenance.

    What is in maintenance is counted as that and under no state: it is neither well nor an outage.
    """

    states: Mapping[State, int]
    not_live: int = 0
    planned: int = 0


def _summed(counts: Iterable[Mapping[State, int]]) -> dict[State, int]:
    total = dict.fromkeys(State, 0)
    for each in counts:
        for state, number in each.items():
            total[state] += number
    return total


def _take_in(held: dict[str, T], changed: Mapping[str, T], is_over: Callable[[T], bool]) -> None:
    """Takes in what differs; where far more is over than is held of that, the oldest of it is left out."""
    held.update(changed)
    if len(held) > 2 * MOST_OVER and changed:
        over = [label for label, each in held.items() if is_over(each)]
        if len(over) > 2 * MOST_OVER:
            for label in sorted(over, key=lambda label: int(label.partition("-")[2]))[:-MOST_OVER]:
                del held[label]


@dataclass(slots=True)
class Picture:
    """Everything shown on more than one screen, by id. Ids of incidents, actions and runs are their labels.

    Of requests, of which there may be very many, only how many are where, and the most urgent ones.
    """

    vital: Vital = field(default_factory=lambda: Vital({}, None, None))
    board: dict[str, BoardRow] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    actions: dict[str, CorrectiveAction] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    queue: Head = field(default_factory=Head)
    reviews: dict[str, Glance] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)  # the newest, oldest first
    by_zone: dict[str, dict[State, int]] = field(
        default_factory=dict
    )  # how many components are in each state
    planned: dict[str, int] = field(default_factory=dict)  # how many are in maintenance, by zone
    zones: frozenset[str] = frozenset()  # those that components are in
    _needed_by: dict[str, tuple[str, ...]] | None = None
    _incident_of: dict[str, Incident] = field(default_factory=dict)

    def apply(self, patch: Patch) -> None:
        """Takes in what differs. What a whole one holds is the picture's own from then on: it is as large as a board."""
        self.vital = patch.vital
        if patch.queue is not None:
            self.queue = patch.queue
        if patch.reviews is not None:
            self.reviews = patch.reviews
        if patch.whole or patch.whole_board:
            self.board, self._needed_by = patch.board, None
            self.by_zone, self.planned = {}, {}
            for row in self.board.values():
                self._count(row, 1)
            self.zones = frozenset(row.zone for row in self.board.values())
        else:
            self._update_board(patch.board)
        if patch.whole:
            self.incidents, self.actions = dict(patch.incidents), dict(patch.actions)
            self.runs, self.problems = dict(patch.runs), dict(patch.problems)
            self.windows = dict(patch.windows)
        else:
            _take_in(self.incidents, patch.incidents, lambda i: i.closed_at is not None)
            _take_in(self.actions, patch.actions, lambda a: a.state.is_ended)
            _take_in(self.runs, patch.runs, lambda r: r.state not in ACTIVE)
            _take_in(self.problems, patch.problems, lambda p: p.state is ProblemState.CLOSED)
            _take_in(self.windows, patch.windows, lambda w: w.state not in OPEN)
        if patch.whole or patch.incidents:
            unclosed = (i for i in self.incidents.values() if i.closed_at is None)
            self._incident_of = {i.component: i for i in sorted(unclosed, key=lambda i: i.id)}

    def add_entries(self, entries: Sequence[Entry], keep: int = 300) -> None:
        """Keeps the newest entries for what shows the last things that happened."""
        self.entries = [*self.entries, *entries][-keep:]

    def _update_board(self, rows: dict[str, BoardRow]) -> None:
        for name, row in rows.items():
            before = self.board.get(name)
            if before is not None:
                self._count(before, -1)
            self._count(row, 1)
        self.board.update(rows)

    def _count(self, row: BoardRow, by: int) -> None:
        if row.zone not in self.by_zone:
            self.by_zone[row.zone] = dict.fromkeys(State, 0)
        if row.status.maintenance is not None:
            self.planned[row.zone] = self.planned.get(row.zone, 0) + by
        else:
            self.by_zone[row.zone][row.status.state] += by

    @property
    def counts(self) -> dict[State, int]:
        """Returns how many components are in each state, whether or not that is known now; without those in maintenance."""
        return _summed(self.by_zone.values())

    def live_counts(self, stale: Stale) -> Counts:
        """Returns how many components are in each state, with those apart whose zone is silent.

        Where everything is stale, the last known states are counted: nothing else is there to be shown beside them.
        """
        if stale.everything:
            return Counts(self.counts, planned=sum(self.planned.values()))
        silent = _summed(found for zone, found in self.by_zone.items() if zone in stale.zones)
        live = _summed(found for zone, found in self.by_zone.items() if zone not in stale.zones)
        planned = sum(number for zone, number in self.planned.items() if zone not in stale.zones)
        hidden = sum(number for zone, number in self.planned.items() if zone in stale.zones)
        return Counts(live, sum(silent.values()) + hidden, planned)

    def needed_by(self, component_id: str) -> tuple[str, ...]:
        """Returns the components that need this one."""
        if self._needed_by is None:
            found: defaultdict[str, list[str]] = defaultdict(list)
            for name, row in self.board.items():
                for parent in row.needs:
                    found[parent].append(name)
            self._needed_by = {parent: tuple(names) for parent, names in found.items()}
        return self._needed_by.get(component_id, ())

    def lean_on(self, other: Picture) -> None:
        """Takes over from another picture what needs what, where each component needs the same there: it is as large as a board."""
        known = other._needed_by
        if (
            known is not None
            and self.board.keys() == other.board.keys()
            and all(row.needs == other.board[id_].needs for id_, row in self.board.items())
        ):
            self._needed_by = known

    def incident_of(self, component_id: str) -> Incident | None:
        """Returns the incident that stands for a component: the newest that is not closed."""
        return self._incident_of.get(component_id)

    def majors(self) -> list[Incident]:
        """Returns the incidents that are major ones now, oldest first."""
        return sorted((i for i in self.incidents.values() if i.is_major), key=lambda i: i.id)

    def open_windows(self) -> list[Window]:
        """Returns the maintenance windows that hold or are to come, the first to begin first."""
        found = (each for each in self.windows.values() if each.state.is_open)
        return sorted(found, key=lambda each: (each.begins_at, each.id))

    def active_runs(self) -> list[Run]:
        """Returns the runs that have not ended, oldest first."""
        return sorted((r for r in self.runs.values() if r.is_active), key=lambda r: r.id)


def load(connection: Connection, seat: str, person: str = "") -> tuple[Cursor, Patch, list[Entry]]:
    """Reads the whole picture; returns it with the cursor up to which it is true and the newest entries."""
    cursor = journal.newest(connection)
    entries = list(reversed(journal.page(connection, limit=300)))
    return cursor, _whole(connection, seat, person), entries


def gatherer(seat: str, person: str = "") -> Callable[[Connection, Sequence[Entry]], Patch]:
    """Returns the feed's `gather` for a console at `seat`, with a person at it.

    A beat of the agent is no entry, nor is who comes and goes, so both are read at each look; what else is vital changes with entries,
    but not with those about components, of which there can be a hundred a second.
    """
    known: Vital | None = None
    asked_at = 0.0
    queue_of = _now_and_then("request", QUEUE_EVERY_S, lambda connection: head(connection, person))
    reviews_of = _now_and_then("review", REVIEWS_EVERY_S, lambda connection: glances(connection, person))

    def gather(connection: Connection, entries: Sequence[Entry]) -> Patch:
        nonlocal known, asked_at
        if known is None or any(entry.subject.kind != "component" for entry in entries):
            now = _vital(connection, seat)
        else:
            is_due = not entries or time.monotonic() - asked_at >= HERE_EVERY_S
            here = everyone(connection) if is_due else known.here
            watch = own_watch(connection) if is_due else known.watch
            now = replace(known, agents=agents_of(connection), here=here, watch=watch)
            asked_at = time.monotonic() if is_due else asked_at
        before, known = known, now
        moved = before is None or [p.shown for p in before.here] != [p.shown for p in now.here]
        found = _named(connection, now, entries)
        return replace(
            found, moved=moved, queue=queue_of(connection, entries), reviews=reviews_of(connection, entries)
        )

    return gather


def _now_and_then(
    kind: str, every_s: float, question: Callable[[Connection], T]
) -> Callable[[Connection, Sequence[Entry]], T | None]:
    """Returns what asks once entries told of such subjects; in a storm of them only every so many seconds."""
    is_old, asked_at = False, 0.0

    def ask(connection: Connection, entries: Sequence[Entry]) -> T | None:
        nonlocal is_old, asked_at
        is_old = is_old or any(entry.subject.kind == kind for entry in entries)
        now = time.monotonic()
        if not is_old or now - asked_at < every_s:
            return None
        is_old, asked_at = False, now
        return question(connection)

    return ask


def _vital(connection: Connection, seat: str) -> Vital:
    return Vital(
        agents_of(connection),
        catalog_status(connection),
        operating_at(connection, seat),
        everyone(connection),
        outbox(connection),
        own_watch(connection),
    )


def _whole(connection: Connection, seat: str, person: str) -> Patch:
    return Patch(
        _vital(connection, seat),
        board={row.status.id: row for row in board(connection)},
        incidents={i.label: i for i in _promised(connection, held_incidents(connection))},
        actions={a.label: a for a in held_actions(connection)},
        runs={r.label: r for r in held_runs(connection)},
        problems={p.label: p for p in held_problems(connection)},
        windows={w.label: w for w in windows(connection, over=True)},
        queue=head(connection, person),
        reviews=glances(connection, person),
        whole=True,
    )


def _promised(connection: Connection, found: Sequence[Incident]) -> Sequence[Incident]:
    """Returns incidents with what agreements promise of them."""
    if all(incident.closed_at is not None for incident in found):
        return found
    from core.desk.clocks.promises import with_clocks  # only where something is promised

    return with_clocks(connection, found, utc_now())


def _named(connection: Connection, vital: Vital, entries: Sequence[Entry]) -> Patch:
    if not entries:
        return Patch(vital)
    named: dict[str, set[str]] = {}
    for entry in entries:
        named.setdefault(entry.subject.kind, set()).add(entry.subject.id)
    revised = {Name.parse(text).component for text in named.get("threshold", ())}
    components = sorted(named.get("component", set()) | revised)
    whole_board = "catalog" in named or len(components) > REREAD_ABOVE
    rows = board(connection) if whole_board else board_rows(connection, components)
    return Patch(
        vital,
        board={row.status.id: row for row in rows},
        incidents={
            i.label: i
            for i in _promised(connection, _some(some_incidents, connection, _numbers(named, "incident")))
        },
        actions={a.label: a for a in _some(some_actions, connection, _numbers(named, "action"))},
        runs={r.label: r for r in _some(some_runs, connection, _numbers(named, "run"))},
        problems={p.label: p for p in _some(some_problems, connection, _problems_told_of(entries))},
        windows={w.label: w for w in _some(some_windows, connection, _numbers(named, "window"))},
        requests={r.label: r for r in _some(some, connection, _numbers(named, "request"))},
        whole_board=whole_board,
    )


def _problems_told_of(entries: Sequence[Entry]) -> list[int]:
    """Returns the problems that entries name: their own, and those that an incident was linked to or loosened from."""
    found = {int(entry.subject.id) for entry in entries if entry.subject.kind == "problem"}
    for entry in entries:
        if entry.subject.kind == "incident":
            found.update(number for number in entry.changes.get("problem", ()) if number is not None)
    return sorted(found)


def _some(
    read: Callable[[Connection, list[int]], list[T]], connection: Connection, ids: list[int]
) -> list[T]:
    return read(connection, ids) if ids else []


def _numbers(named: dict[str, set[str]], kind: str) -> list[int]:
    return sorted(int(text) for text in named.get(kind, ()))
