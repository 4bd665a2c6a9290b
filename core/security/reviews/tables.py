"""Reviews of access: their frozen items, who has to say, what they staged, and what they said."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class ReviewColumns(TypedColumns):
    """Columns of `access_review`; instants in microseconds UTC, days as ISO dates, `plan` JSON.

    `occasion` names what made the agent open it; there is one review of an occasion.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    name: Named[str] = Column(Text)
    plan: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    occasion: Named[str | None] = Column(Text, unique=True)
    scheduled: Named[str] = Column(Text)
    stage: Named[int] = Column(Integer)
    stage_at: Named[int | None] = Column(BigInteger)
    due_at: Named[int | None] = Column(BigInteger)
    next_at: Named[int | None] = Column(BigInteger)
    steps: Named[int] = Column(Integer)
    drawn: Named[int] = Column(Integer)
    privileged: Named[int] = Column(Integer)
    digest: Named[str] = Column(Text)
    drawn_at: Named[int | None] = Column(BigInteger)
    decided_at: Named[int | None] = Column(BigInteger)
    signed_at: Named[int | None] = Column(BigInteger)
    signed_by: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)


access_review = Table("access_review", metadata, ReviewColumns)
Index("access_review_state", access_review.c.state, access_review.c.next_at)


class ItemColumns(TypedColumns):
    """Columns of `access_item`: a grant as it was when its review opened, and what came of it.

    `stood` is how the grant stood then; empty where that was not kept. `thing` is what the right is on, `granter` who granted it. `words` is what a filter looks in, in small letters.
    `training` is how its holder stood with what it asks for; empty where nobody looked.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    review: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    stage: Named[int] = Column(Integer)
    panel: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)
    is_settled: Named[int] = Column(Integer)
    silence: Named[str] = Column(Text)
    grade: Named[int] = Column(Integer)
    grant_id: Named[int] = Column(Integer)
    grant_version: Named[int] = Column(Integer)
    source: Named[str] = Column(Text)
    principal: Named[str] = Column(Text)
    person: Named[str] = Column(Text)
    entitlement: Named[str] = Column(Text)
    thing: Named[str] = Column(Text)
    is_privileged: Named[int] = Column(Integer)
    owner: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    granter: Named[str] = Column(Text)
    since: Named[str] = Column(Text)
    expires: Named[str] = Column(Text)
    last_used: Named[int | None] = Column(BigInteger)
    stood: Named[str] = Column(Text, server_default="")
    trouble: Named[str] = Column(Text)
    training: Named[str] = Column(Text, server_default="")
    ordered_at: Named[int | None] = Column(BigInteger)
    done_at: Named[int | None] = Column(BigInteger)
    words: Named[str] = Column(Text)


access_item = Table("access_item", metadata, ItemColumns)
_I = access_item.c
Index("access_item_grade", _I.review, _I.grade, _I.id)
Index("access_item_state", _I.review, _I.state, _I.outcome, _I.is_privileged)
Index("access_item_panel", _I.review, _I.panel, _I.state, _I.is_settled)
Index("access_item_principal", _I.review, _I.principal, _I.id)
Index("access_item_thing", _I.review, _I.thing, _I.id)
Index("access_item_grant", _I.grant_id, _I.id)
Index("access_item_ordered", _I.state, _I.grant_id)


class SeatColumns(TypedColumns):
    """Columns of `access_seat`: who has to say, in a stage, of the items with a panel; `alias` another name of theirs."""

    review: Named[int] = Column(Integer, primary_key=True)
    stage: Named[int] = Column(Integer, primary_key=True)
    panel: Named[str] = Column(Text, primary_key=True)
    reviewer: Named[str] = Column(Text, primary_key=True)
    alias: Named[str] = Column(Text)
    is_asked: Named[int] = Column(Integer)
    why: Named[str] = Column(Text)


access_seat = Table("access_seat", metadata, SeatColumns)


class AnswerColumns(TypedColumns):
    """Columns of `access_answer`: what one reviewer said of one item in one stage, the last of it."""

    item: Named[int] = Column(Integer, primary_key=True)
    stage: Named[int] = Column(Integer, primary_key=True)
    said_by: Named[str] = Column(Text, primary_key=True)
    review: Named[int] = Column(Integer)
    decision: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    until: Named[str] = Column(Text)
    said_at: Named[int] = Column(BigInteger)
    took_ms: Named[int | None] = Column(Integer)


access_answer = Table("access_answer", metadata, AnswerColumns)
Index("access_answer_review", access_answer.c.review, access_answer.c.said_by, access_answer.c.stage)


class StagedColumns(TypedColumns):
    """Columns of `access_staged`: what a reviewer means to say and has not said yet. It is theirs alone and no entry names it."""

    item: Named[int] = Column(Integer, primary_key=True)
    stage: Named[int] = Column(Integer, primary_key=True)
    reviewer: Named[str] = Column(Text, primary_key=True)
    review: Named[int] = Column(Integer)
    decision: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    until: Named[str] = Column(Text)
    staged_at: Named[int] = Column(BigInteger)
    took_ms: Named[int | None] = Column(Integer)


access_staged = Table("access_staged", metadata, StagedColumns)
Index("access_staged_review", access_staged.c.review, access_staged.c.reviewer, access_staged.c.staged_at)


class KnownColumns(TypedColumns):
    """Columns of `access_known`: how the agent last knew each of the staff, so that what changed opens a review once."""

    person: Named[str] = Column(Text, primary_key=True)
    role: Named[str] = Column(Text)
    is_gone: Named[int] = Column(Integer)
    seen_at: Named[int] = Column(BigInteger)


access_known = Table("access_known", metadata, KnownColumns)
