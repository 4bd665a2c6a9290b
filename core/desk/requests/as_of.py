"""Requests as of any entry: the entries of each folded. A request has few, so that nothing needs to be kept beside them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, exists, func, or_, select

from core.desk.clocks.promises import with_clocks
from core.desk.links.model import Link, linked_in
from core.desk.links.queries import standing_of
from core.desk.requests.approvals import ApprovalRound, ApprovalState, Vote
from core.desk.requests.attending import WATCHER
from core.desk.requests.checklists import Check
from core.desk.requests.model import OVER, Request
from core.desk.requests.queries import IN_SIGHT, to_request
from core.desk.requests.tables import request
from core.desk.requests.whole import MOST_ENTRIES, Whole
from core.journal.folding import fold, readable
from core.journal.model import Subject
from core.journal.past import Sort, instant_of, newest_known, states_of
from core.journal.queries import of_subject
from core.journal.tables import journal
from core.journal.wording import is_number
from core.operations.as_of import some_runs_at
from core.store.among import among, numbers
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.folding import Fields
    from core.journal.model import Entry
    from core.operations.queries import Run

ABOUT = "request"
RUN_BEGUN = "request.run_begun"
MOST = 20_000
"""So many requests of the past are looked at at once; where there were more, it is said how many."""
_KEPT = {"id", "version", "due"}
"""Columns of which entries say nothing; `due` follows from the clocks."""
_FIELDS: Fields = dict.fromkeys(column.name for column in request.c if column.name not in _KEPT)
CHANGES_REQUESTS = (Sort(ABOUT, fields=frozenset(_FIELDS)),)
"""The entries after which the queue looks different."""
_SINCE = (
    select(journal.c.subject_id)
    .where(journal.c.subject_kind == ABOUT, journal.c.seq > bindparam("upto"))
    .distinct()
)
_MAYBE_IN_SIGHT = (
    select(request.c.id)
    .where(
        request.c.opened_at <= bindparam("instant"),
        or_(request.c.state.in_(IN_SIGHT), among(request.c.id, "changed")),
    )
    .order_by(request.c.id.desc())
)
"""What was in sight then is in sight now, or was told of since. Those opened later are left out: there may be very many."""
_KNOWN = (
    select(func.count())
    .select_from(request)
    .where(
        request.c.opened_at <= bindparam("instant"),
        exists(
            select(1).where(
                journal.c.subject_kind == ABOUT, journal.c.subject_id == cast(request.c.id, Text),
                journal.c.seq <= bindparam("upto"),
            )
        ),
    )
)  # fmt: skip


class Stood(NamedTuple):
    """Requests as they stood at an entry, newest first, and how many older ones were not looked at: not more than so many are."""

    requests: list[Request]
    left_out: int = 0

    @property
    def words(self) -> str:
        """Returns what is said where some were not looked at; empty where all were."""
        return f"of {self.left_out} older ones it was not looked at how they stood" if self.left_out else ""


def requests_at(connection: Connection, seq: int, *, over: bool = False, most: int = MOST) -> Stood:
    """Returns requests as they were after entry `seq`: those in sight then, or with `over` all; the newest `most` are looked at.

    Every one has version 1: entries do not hold the numbers of versions. What was due is known of their clocks only.
    """
    instant = to_micros(instant_of(connection, seq))
    if over:
        ids = newest_known(connection, ABOUT, request.c.id, seq, most)
        known = connection.scalar(_KNOWN, {"instant": instant, "upto": seq}) if len(ids) == most else len(ids)
        return Stood(some_requests_at(connection, ids, seq), (known or 0) - len(ids))
    changed = numbers(int(each) for each in connection.scalars(_SINCE, {"upto": seq}) if is_number(each))
    ids = list(connection.scalars(_MAYBE_IN_SIGHT, {"instant": instant, "changed": changed}))
    found = some_requests_at(connection, ids[:most], seq)
    return Stood([each for each in found if each.state not in OVER], len(ids[most:]))


def request_at(connection: Connection, request_id: int, seq: int) -> Request | None:
    """Returns one request as it was after entry `seq`; None where it was not opened yet."""
    return next(iter(some_requests_at(connection, [request_id], seq)), None)


def some_requests_at(connection: Connection, ids: Sequence[int], seq: int) -> list[Request]:
    """Returns the requests of these numbers as they were after entry `seq`, newest first; those opened later are left out."""
    states = states_of(connection, ABOUT, [str(each) for each in ids], seq)
    found = (readable(_request, id_, fields) for id_, fields in states.items())
    return sorted((each for each in found if each is not None), key=lambda each: -each.id)


def whole_at(
    connection: Connection, request_id: int, seq: int, instant: datetime, most: int = MOST_ENTRIES
) -> Whole | None:
    """Returns one request whole as it was after entry `seq`, at an instant; None where it was not opened yet."""
    found = request_at(connection, request_id, seq)
    if found is None:
        return None
    entries = of_subject(connection, Subject(ABOUT, str(request_id)), upto=seq)
    fields = fold(entries)
    clocked = with_clocks(connection, [found], instant, upto=seq)[0]
    watchers = sorted(
        name.removeprefix(WATCHER) for name, value in fields.items() if name.startswith(WATCHER) and value
    )
    return Whole(
        clocked, entries[-most:], [], links_then(connection, fields), tuple(watchers), tuple(checks_in(entries)),
        readable(approval_in, request_id, entries), runs=tuple(_runs_at(connection, entries, seq)),
    )  # fmt: skip


def _runs_at(connection: Connection, entries: Iterable[Entry], seq: int) -> list[Run]:
    """Returns the runs that the entries of a request say were begun for it, as they were after entry `seq`, oldest first."""
    begun = [each.changes["run"][1] for each in entries if each.kind == RUN_BEGUN and "run" in each.changes]
    return sorted(some_runs_at(connection, begun, seq), key=lambda each: each.id) if begun else []


def links_then(connection: Connection, fields: Fields) -> list[Link]:
    """Returns the links of an item whose entries come to these fields; the other items as they are called now."""
    linked = linked_in(fields)
    known = standing_of(connection, [other for other, _ in linked])
    epoch = from_micros(0)
    found = [Link(words, other, known.get(other, ("", ""))[0], "", epoch, "") for other, words in linked]
    return sorted(found, key=lambda each: (each.words, each.other.kind, int(each.other.id)))


def checks_in(entries: Iterable[Entry]) -> list[Check]:
    """Returns the checklist that the entries of a request come to."""
    lines: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if "check" not in entry.changes:
            continue
        was, now = entry.changes["check"]
        place = int(was if now is None else now)
        line = lines.setdefault(place, {})
        line |= {name: pair[1] for name, pair in entry.changes.items()}
        if line.get("check_text") is None:
            del lines[place]
    return [each for each in (readable(_check, place, line) for place, line in sorted(lines.items())) if each]


def approval_in(request_id: int, entries: Sequence[Entry]) -> ApprovalRound | None:
    """Returns the last approval that the entries of a request ask for, with what was said of it; None where none does."""
    fields = fold(entries)
    if "approval_round" not in fields:
        return None
    begun = max(n for n, entry in enumerate(entries) if "approval_round" in entry.changes)
    votes: dict[str, Vote] = {}
    for entry in entries[begun:]:
        who = entry.changes.get("voted_by", entry.changes.get("voter"))
        if who is not None and entry.kind in {"request.approved", "request.declined"}:
            votes[who[1]] = Vote(who[1], entry.kind == "request.approved", entry.note, entry.at)
    expires_at, next_at = fields.get("approval_expires_at"), fields.get("approval_next_at")
    return ApprovalRound(
        request_id, ApprovalState(fields["approval_state"]), int(fields["approval_round"]), int(fields["approval_needed"]),
        tuple(json.loads(fields["approvers"])), from_micros(fields["approval_asked_at"]),
        None if expires_at is None else from_micros(expires_at), None if next_at is None else from_micros(next_at),
        tuple(votes.values()),
    )  # fmt: skip


def _check(place: int, line: dict[str, Any]) -> Check:
    at = line.get("ticked_at")
    return Check(
        place, str(line["check_text"]), bool(line["check_mandatory"]), line.get("ticked_by") or "",
        None if at is None else from_micros(at),
    )  # fmt: skip


def _request(id_: str, fields: Fields) -> Request:
    known = {name: fields.get(name) for name in _FIELDS}
    texts = {
        name: known[name] or ""
        for name in ("owner", "outcome", "held_why", "waiting_for", "closed_by", "answered_by")
    }
    return to_request(SimpleNamespace(**{**known, **texts, "id": int(id_), "version": 1, "due": None}))
