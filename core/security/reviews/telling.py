"""What reviewers are told: that they are asked, what they have not decided, and what is escalated to them. Each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.counting import counted
from core.desk.messages.model import STAFF, is_name
from core.desk.messages.outbox import queue
from core.security.reviews.queries import to_do
from core.security.reviews.revising import subject
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.store.work import Work

_TITLES = {
    "asked": "{count} {wait} for your decision", "reminded": "{count} still {wait} for your decision",
    "escalated": "nobody has decided about {count}: please do",
}  # fmt: skip


def tell_reviewers(
    work: Work, row: Any, purpose: str, occasion: str = "", but: Collection[str] = ()
) -> list[str]:
    """Queues a message to everybody who has something to decide in the present stage; returns their names.

    `occasion` names the time of a purpose that comes several times in a stage; who is in `but` was told already.
    """
    told = []
    for reviewer, count in to_do(work.connection, row.id, row.stage).items():
        if not is_name(reviewer) or reviewer in but:
            continue
        grants, wait = counted(count, "grant"), "waits" if count == 1 else "wait"
        queue(
            work, subject=subject(row.id), purpose=purpose, channel=STAFF, recipient=reviewer,
            title=f"RV-{row.id} {row.name}: {_TITLES[purpose].format(count=grants, wait=wait)}", body=_body(row, grants),
            key=f"review {row.id} stage {row.stage} {purpose} {occasion} {reviewer}",
            cause=work.recorded[-1] if work.recorded else None,
        )  # fmt: skip
        told.append(reviewer)
    return told


def _body(row: Any, grants: str) -> str:
    due = f"until {from_micros(row.due_at):%a %d %b %Y %H:%M}Z" if row.due_at is not None else "soon"
    return (
        f"The access review RV-{row.id} ({row.name}) asks you about {grants}, {due}.\n"
        f"Decide them in the console (:reviews) or with `watchfloor access review RV-{row.id} items yours`.\n"
        "What nobody decides is escalated; privileged grants that are never decided are suspended."
    )
