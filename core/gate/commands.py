"""The gate every command goes through, and its own two commands: unlock and lock OPERATE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from core.errors import BadInput, NotPermitted
from core.gate.model import AT_ONCE, OPERATE_S, VERBS, Consent, Mode, Operating, check_consent
from core.gate.people import check_role
from core.gate.queries import operating_at
from core.gate.tables import operating
from core.journal.model import Subject
from core.sentences import line_written
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.store.work import Work


def admit(work: Work, verb_id: str, names: Sequence[str], consent: Consent = AT_ONCE) -> None:
    """Lets the doing through, or raises: NotPermitted without OPERATE where it is needed, BadInput without consent."""
    verb = VERBS[verb_id]
    check_role(work, verb_id, verb.words or verb_id)
    if verb.operate and mode_of(work) is not Mode.OPERATE:
        raise NotPermitted(
            f"{verb.words or verb_id} acts on the service system, which WATCH does not",
            next_step="Press O and say why; OPERATE lasts 15 minutes (on the command line: --operate --reason TEXT)",
        )
    check_consent(verb, names, consent)


def mode_of(work: Work) -> Mode:
    """Returns the mode of the seat this work comes from, for the person it comes from, at its instant."""
    found = operating_at(work.connection, work.author.seat)
    open_now = found is not None and found.actor == work.actor and found.left_s(work.now) > 0
    return Mode.OPERATE if open_now else Mode.WATCH


def unlock_operate(work: Work, reason: str) -> Operating:
    """Unlocks OPERATE at this seat for OPERATE_S seconds; raises BadInput without a reason."""
    reason = line_written(reason, "reason")
    admit(work, "operate.unlock", [work.author.seat], Consent(VERBS["operate.unlock"].level))
    if not reason:
        raise BadInput("OPERATE asks for a reason", next_step="Say in one sentence what you are about to do")
    opened = Operating(
        work.author.seat, work.actor, reason, work.now, work.now + timedelta(seconds=OPERATE_S)
    )
    work.connection.execute(delete(operating).where(operating.c.seat == opened.seat))
    work.connection.execute(
        insert(operating).values(
            seat=opened.seat, actor=opened.actor, reason=reason,
            since=to_micros(opened.since), until=to_micros(opened.until),
        )
    )  # fmt: skip
    work.record(
        "operate.unlocked", Subject("staff", work.actor),
        {"seat": (None, opened.seat), "until": (None, to_micros(opened.until))}, note=reason,
    )  # fmt: skip
    return opened


def lock_operate(work: Work) -> None:
    """Goes back to WATCH at this seat; nothing happens when it is there already."""
    if mode_of(work) is Mode.WATCH:
        return
    work.connection.execute(delete(operating).where(operating.c.seat == work.author.seat))
    work.record("operate.locked", Subject("staff", work.actor), {"seat": (work.author.seat, None)})
