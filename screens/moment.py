"""A moment of the past as Board and Incidents show it: read once, whole, and then looked at. No screen, no keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from core.desk.as_of import CHANGES_INCIDENTS, incidents_at, instant_called
from core.desk.promises import with_clocks
from core.errors import BadInput
from core.journal import queries as journal
from core.journal.past import changing, number_at, reach
from core.journal.wording import sentence
from core.monitoring.as_of import CHANGES_BOARD, board_at
from core.timekeeping import age
from screens.picture import Patch, Picture, Vital
from screens.tones import Tone
from screens.widgets.cells import width_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.journal.past import Reach
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

ENTRIES = 300
"""So many of the entries up to the moment are at hand for what shows the last things that happened."""
SORTS = {"board": CHANGES_BOARD, "incidents": CHANGES_INCIDENTS}
"""The views that show a moment, and the entries after which each looks different."""
SPANS = {
    "back.10m": timedelta(minutes=-10), "on.10m": timedelta(minutes=10), "back.1h": timedelta(hours=-1),
    "on.1h": timedelta(hours=1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """What was at `instant`, after entry `seq`; `entry` is the last that changed what is shown, None before all of them."""

    instant: datetime
    seq: int
    reach: Reach
    entry: Entry | None
    picture: Picture = field(compare=False)


def moment_called(connection: Connection, text: str, now: datetime, view: str) -> Moment:
    """Returns the moment a person names. Raises BadInput or NotFound, in one line."""
    instant = instant_called(connection, text, now)
    return _moment(connection, instant, number_at(connection, instant), view)


def moment_after(connection: Connection, moment: Moment, way: str, now: datetime, view: str) -> Moment | None:
    """Returns the moment one step on: `earlier` or `later` by an entry that changes the view, or by one of SPANS.

    None where there is none: before the first entry, and beyond the last one or now.
    """
    if way in SPANS:
        return _moment_beside(connection, moment, SPANS[way], now, view)
    if way == "later":
        found = changing(connection, SORTS[view], after=moment.seq)
    else:
        # The last change is what made it look as it does: one step back is the moment just before that.
        last = changing(connection, SORTS[view], before=moment.seq + 1)
        found = changing(connection, SORTS[view], before=last.seq) if last else None
    return None if found is None else _moment(connection, found.at, found.seq, view, found)


def _moment_beside(
    connection: Connection, moment: Moment, by: timedelta, now: datetime, view: str
) -> Moment | None:
    wanted = moment.instant + by
    if wanted > now or (by < timedelta() and moment.instant <= moment.reach.first):
        return None
    wanted = max(wanted, moment.reach.first)
    return _moment(connection, wanted, number_at(connection, wanted), view)


def _moment(
    connection: Connection, instant: datetime, seq: int, view: str, entry: Entry | None = None
) -> Moment:
    whole = reach(connection)
    if whole is None:
        raise BadInput("nothing was ever told: the journal is empty", next_step="Look again when it is not")
    picture = Picture()
    picture.apply(
        Patch(
            Vital({}, None, None),
            board={row.status.id: row for row in board_at(connection, seq)},
            incidents={
                each.label: each
                for each in with_clocks(
                    connection, incidents_at(connection, seq, closed=True), instant, upto=seq
                )
            },
            whole=True,
        )
    )
    picture.add_entries(list(reversed(journal.page(connection, before=seq + 1, limit=ENTRIES))))
    last = entry or changing(connection, SORTS[view], before=seq + 1)
    return Moment(instant, seq, whole, last, picture)


def again_for(connection: Connection, moment: Moment, view: str) -> Moment:
    """Returns the same moment, with the entry that counts in another view."""
    last = changing(connection, SORTS[view], before=moment.seq + 1)
    return Moment(moment.instant, moment.seq, reach(connection) or moment.reach, last, moment.picture)


def moment_words(instant: datetime) -> str:
    """Returns an instant as the header says it."""
    return f"{instant:%d %b %H:%M:%S}Z"


def slider_lines(moment: Moment, now: datetime, width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns where in the history one is, and what was told last: by whom, when, and how long before this moment."""
    left, right = f" {moment.reach.first:%d %b %H:%M}Z ", f" now   entry {moment.seq} of {moment.reach.seq} "
    room = max(width - width_of(left) - width_of(right), 3)
    whole = (now - moment.reach.first).total_seconds()
    gone = (moment.instant - moment.reach.first).total_seconds()
    at = 0 if whole <= 0 else max(0, min(room - 1, round(gone / whole * (room - 1))))
    bar: TextLine = [
        (left, Tone.MUTED), (glyphs.rule * at, Tone.HELD), (glyphs.then, Tone.THEN),
        (glyphs.rule * (room - 1 - at), Tone.MUTED), (right, Tone.MUTED),
    ]  # fmt: skip
    entry = moment.entry
    if entry is None:
        return [bar, [(" nothing was told yet", Tone.MUTED)]]
    before = (moment.instant - entry.at).total_seconds()
    when = f"{entry.at:%H:%M:%S}Z" if before < 12 * 3600 else f"{entry.at:%d %b %H:%M:%S}Z"
    ago = f", {age(before)} before" if before >= 1 else ""
    who: TextLine = [
        (f" {when}{ago} ", Tone.MUTED),
        (f"{entry.actor} ", Tone.ACCENT),
        (sentence(entry), Tone.TEXT),
    ]
    return [bar, who]
