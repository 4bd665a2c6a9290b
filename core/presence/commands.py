"""Every write of presence. None leaves an entry, for who looked at what is nobody's history: but that somebody without a role came in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from core.gate.people import note_uninvited
from core.presence.model import LONGEST, Open
from core.presence.tables import presence
from core.printable import printable
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.store.work import Work

SWEPT_AFTER = timedelta(hours=6)
"""A row that was not heard of for so long was left by a console that died: the next one to come removes it."""

_MINE = presence.c.seat == bindparam("of_seat")
_SHOWN = select(presence.c.subject, presence.c.editing).where(_MINE)
"""What others have in their rows and pages of it, and are woken for; as the trigger of a shared database has it."""
_CHANGED = (
    update(presence)
    .where(_MINE)
    .values({name: bindparam(name) for name in ("actor", "host", "view", "subject", "editing", "beat")})
)
_SWEEP = delete(presence).where(presence.c.beat < bindparam("before"))
_LEAVE = delete(presence).where(_MINE)


def be_here(work: Work, host: str, opened: Open) -> None:
    """Says that this seat is here and what it has open; done again, also that it still is.

    Nobody is woken for a beat, nor where only another list is looked at: that is seen at the next look.
    """
    opened = opened.within_bounds()
    values = {
        "actor": work.actor, "host": printable(host, LONGEST), "view": opened.view, "subject": opened.subject,
        "editing": opened.editing, "beat": to_micros(work.now),
    }  # fmt: skip
    seat = {"of_seat": work.author.seat}
    before = work.connection.execute(_SHOWN, seat).first()
    done = work.connection.execute(_CHANGED, {**seat, **values})
    work.is_quiet = before is not None and tuple(before) == (opened.subject, opened.editing)
    if done.rowcount == 0:
        work.connection.execute(_SWEEP, {"before": to_micros(work.now - SWEPT_AFTER)})
        work.connection.execute(
            insert(presence).values(seat=work.author.seat, since=to_micros(work.now), **values)
        )
        note_uninvited(work)


def leave(work: Work) -> None:
    """Says that this seat is no longer here."""
    work.connection.execute(_LEAVE, {"of_seat": work.author.seat})
