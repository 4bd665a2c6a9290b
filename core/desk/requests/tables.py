"""Requests as they stand."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    func,
    literal_column,
)

from core.desk.requests.model import OVER
from core.store.metadata import KEY_ORDERED, metadata, only_where

NEVER: Final = 2**62
"""Where a request stands of which nothing is due: behind all others, by its priority."""


class RequestColumns(TypedColumns):
    """Columns of `request`; instants in microseconds UTC, `form` a JSON object, `agreement_since` which version of the agreement.

    `due` is that of its clocks which is due next, empty where none is: pages by it are read from one index.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    priority: Named[int] = Column(Integer)
    impact: Named[int] = Column(Integer)
    urgency: Named[int] = Column(Integer)
    customer: Named[str] = Column(Text)
    agreement: Named[str] = Column(Text)
    agreement_since: Named[int | None] = Column(BigInteger)
    service: Named[str] = Column(Text)
    type: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    requester: Named[str] = Column(Text)
    requester_name: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    text: Named[str] = Column(Text)
    form: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    opened_at: Named[int] = Column(BigInteger)
    opened_by: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    answered_at: Named[int | None] = Column(BigInteger)
    answered_by: Named[str] = Column(Text)
    told_at: Named[int | None] = Column(BigInteger)
    waiting_for: Named[str] = Column(Text)
    wait_until: Named[int | None] = Column(BigInteger)
    held_why: Named[str] = Column(Text)
    delivered_at: Named[int | None] = Column(BigInteger)
    closed_at: Named[int | None] = Column(BigInteger)
    closed_by: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)
    merged_into: Named[int | None] = Column(Integer)
    due: Named[int | None] = Column(BigInteger)
    snoozed_until: Named[int | None] = Column(BigInteger)
    snoozed_by: Named[str | None] = Column(Text)


class WatcherColumns(TypedColumns):
    """Columns of `watcher`: one row for each of the staff who is told of an item; `since` in microseconds UTC."""

    about_kind: Named[str] = Column(Text, primary_key=True)
    about_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    watcher: Named[str] = Column(Text, primary_key=True)
    since: Named[int] = Column(BigInteger)


class ApprovalColumns(TypedColumns):
    """Columns of `approval`: of each request that needs one the last that was asked for; its id is the request's.

    `approvers` is a JSON list of names as the agreement has them; instants in microseconds UTC. `approval_next_at` is
    when the agent reminds or gives up, empty once it is over.
    """

    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    version: Named[int] = Column(Integer)
    approval_state: Named[str] = Column(Text)
    approval_round: Named[int] = Column(Integer)
    approval_needed: Named[int] = Column(Integer)
    approvers: Named[str] = Column(Text)
    approval_asked_at: Named[int] = Column(BigInteger)
    approval_expires_at: Named[int | None] = Column(BigInteger)
    approval_next_at: Named[int | None] = Column(BigInteger)


class ApprovalVoteColumns(TypedColumns):
    """Columns of `approval_vote`: what one of the approvers said in a round; `voted_at` in microseconds UTC."""

    request: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    approval_round: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    voted_by: Named[str] = Column(Text, primary_key=True)
    vote: Named[str] = Column(Text)
    vote_why: Named[str] = Column(Text)
    voted_at: Named[int] = Column(BigInteger)


class ChecklistItemColumns(TypedColumns):
    """Columns of `checklist_item`: what is to be ticked off, by its place; `ticked_at` in microseconds UTC, empty while it is open."""

    request: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    place: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    text: Named[str] = Column(Text)
    is_mandatory: Named[bool] = Column(Boolean)
    ticked_by: Named[str] = Column(Text)
    ticked_at: Named[int | None] = Column(BigInteger)


request = Table("request", metadata, RequestColumns)
NEXT_DUE = func.coalesce(request.c.due, literal_column(str(NEVER)))
"""By what the queue is ordered at first. Written without parameters, as a database tells its indexes by their text."""
IN_SIGHT = request.c.state.not_in([literal_column(f"'{state}'") for state in sorted(OVER)])
"""What is not over: a small part of all there ever was, and the only one that most views look at."""
Index("request_state", request.c.state, request.c.id)
Index("request_requester", request.c.requester, request.c.id)
Index("request_merged_into", request.c.merged_into, **only_where(request.c.merged_into.is_not(None)))
Index("request_due", request.c.due, request.c.id, **only_where(request.c.due.is_not(None)))
Index("request_wait_until", request.c.wait_until, **only_where(request.c.wait_until.is_not(None)))
Index(
    "request_in_sight", NEXT_DUE, request.c.priority, request.c.id, request.c.state, request.c.owner, request.c.snoozed_until,
    **only_where(IN_SIGHT),
)  # fmt: skip
Index("request_all_due", NEXT_DUE, request.c.priority, request.c.id)
Index("request_snoozed_until", request.c.snoozed_until, **only_where(request.c.snoozed_until.is_not(None)))

watcher = Table("watcher", metadata, WatcherColumns, **KEY_ORDERED)
approval = Table("approval", metadata, ApprovalColumns)
Index("approval_next", approval.c.approval_next_at, **only_where(approval.c.approval_next_at.is_not(None)))
approval_vote = Table("approval_vote", metadata, ApprovalVoteColumns, **KEY_ORDERED)
checklist_item = Table("checklist_item", metadata, ChecklistItemColumns, **KEY_ORDERED)
