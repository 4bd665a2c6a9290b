"""Which key may sign seals: the one that signed before, until an entry says that another takes its place.

A key that is only found where the agent looks is not yet one that may sign: who put it there might be anybody.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.errors import NotPermitted, NotPossible
from core.gate.people import roles_of
from core.gate.rights import Role
from core.journal.body import told_in
from core.journal.model import Subject
from core.journal.signing import short
from core.journal.tables import journal, seal
from core.sentences import reason_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.journal.chain import Record
    from core.store.work import Work

REPLACED = "journal.key_replaced"
SUBJECT = Subject("journal", "key")
_NEWEST = (
    select(journal.c.body)
    .where(
        journal.c.subject_kind == SUBJECT.kind, journal.c.subject_id == SUBJECT.id, journal.c.kind == REPLACED
    )
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_LAST_SIGNED = select(seal.c.key_id).where(seal.c.key_id != "").order_by(seal.c.n.desc()).limit(1)


class OtherKey(NotPossible):
    """The key that was found is not the one that signs this journal, and no entry says that it takes its place."""


def key_in_force(connection: Connection) -> str:
    """Returns the public key, 64 hex digits, that seals are to be signed with; empty while no seal was ever signed."""
    body = connection.scalar(_NEWEST)
    if body is not None:
        return str(told_in(body).get("key", ("", ""))[1])
    return str(connection.scalar(_LAST_SIGNED) or "")


def check_key(in_force: str, found: str) -> None:
    """Raises OtherKey where seals are to be signed with another key than the one that was `found`."""
    if in_force and found != in_force:
        raise OtherKey(
            f"the journal is signed with key {short(in_force)}…, and the key found is {short(found)}…",
            next_step="Put the former one back; or say that this one takes its place: `watchfloor journal key --replace`",
        )


def replace_key(work: Work, key_id: str, reason: str) -> str:
    """Says that seals are signed with another key from now on, and returns which it was before.

    Raises NotPermitted without the role admin; BadInput without a reason; NotPossible where there is nothing to replace.
    """
    if Role.ADMIN not in roles_of(work):
        raise NotPermitted(
            f"another key for the seals is for the role {Role.ADMIN}, which {work.actor} has not",
            next_step="Nothing was changed. `watchfloor rights` tells who may do what",
        )
    before = key_in_force(work.connection)
    if not before:
        raise NotPossible(
            "no seal was signed yet: the first key is taken up as soon as it is found",
            next_step="Nothing was changed",
        )
    if before == key_id:
        raise NotPossible(
            f"seals are signed with key {short(key_id)}… already", next_step="Nothing was changed"
        )
    work.record(REPLACED, SUBJECT, {"key": (before, key_id)}, note=reason_of(reason))
    return before


def change_in(record: Record) -> tuple[str, str] | None:
    """Returns which key took the place of which, where the entry says so."""
    if record[4] != REPLACED or (record[5], record[6]) != SUBJECT:
        return None
    try:
        before, after = json.loads(record[7])[0]["key"]
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return str(before), str(after)
