"""A moment of the past as the screens show it: read once, and then looked at. No screen, no keys.

Another moment near by shares what is equal: it is one step of the slider, and there are ten thousand components.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from core.desk.as_of import held_incidents_at, instant_called, some_incidents_at
from core.desk.clocks.promises import with_clocks
from core.desk.problems.as_of import problems_at, some_problems_at
from core.errors import BadInput
from core.improvement.as_of import actions_at, some_actions_at
from core.journal import queries as journal
from core.journal.past import changing, named_between, number_at, reach
from core.journal.wording import sentence
from core.monitoring.as_of import board_at, statuses_at
from core.operations.as_of import runs_at, some_runs_at
from core.operations.windows.as_of import some_windows_at, windows_at
from core.timekeeping import age
from screens.picture import Patch, Picture, Vital
from screens.replay import Progress, progress_lines
from screens.tones import Tone
from screens.widgets.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.journal.past import Reach, Sort
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

ENTRIES = 300
"""So many of the entries up to the moment are at hand for what shows the last things that happened."""
SPANS = {
    "back.10m": timedelta(minutes=-10), "on.10m": timedelta(minutes=10), "back.1h": timedelta(hours=-1),
    "on.1h": timedelta(hours=1),
}  # fmt: skip
NEAR = 5000
"""A moment so many entries from another one is read from that: only what was told of between."""
MOST_AT_ONCE = 500
"""With more components told of between, the whole board is read: one question instead of many."""
_NOTHING_VITAL = Vital({}, None, None)
T = TypeVar("T")


class _HasLabel(Protocol):
    @property
    def label(self) -> str: ...


Labelled = TypeVar("Labelled", bound=_HasLabel)


@dataclass(frozen=True, slots=True)
class Moment:
    """What was at `instant`, after entry `seq`; `entry` is the last that changed what is shown, None before all of them.

    `progress` says where in a story it stands, while one is played.
    """

    instant: datetime
    seq: int
    reach: Reach
    entry: Entry | None
    picture: Picture = field(compare=False)
    progress: Progress | None = None


def moment_called(
    connection: Connection, text: str, now: datetime, sorts: Sequence[Sort], live: Picture
) -> Moment:
    """Returns the moment a person names; `sorts` are the entries that count, `live` is what is known of now.

    Raises BadInput or NotFound, in one line.
    """
    instant = instant_called(connection, text, now)
    return _moment(connection, instant, number_at(connection, instant), sorts, _Known(live=live))


def moment_after(
    connection: Connection, moment: Moment, way: str, now: datetime, sorts: Sequence[Sort], live: Picture
) -> Moment | None:
    """Returns the moment one step on: `earlier` or `later` by an entry of the sorts, or by one of SPANS.

    None where there is none: before the first entry, and beyond the last one or now.
    """
    known = _Known(moment, live)
    if way in SPANS:
        wanted = moment.instant + SPANS[way]
        if wanted > now or (SPANS[way] < timedelta() and moment.instant <= moment.reach.first):
            return None
        wanted = max(wanted, moment.reach.first)
        return _moment(connection, wanted, number_at(connection, wanted), sorts, known)
    if way == "later":
        found = changing(connection, sorts, after=moment.seq)
    else:
        # The last change is what made it look as it does: one step back is the moment just before that.
        last = changing(connection, sorts, before=moment.seq + 1)
        found = changing(connection, sorts, before=last.seq) if last else None
    return None if found is None else _moment(connection, found.at, found.seq, sorts, known, found)


def moment_of(connection: Connection, progress: Progress, before: Moment | None, live: Picture) -> Moment:
    """Returns the moment just after the entry at which a story stands, read from the one shown `before`."""
    entry = progress.step.entry
    found = _moment(connection, entry.at, entry.seq, (), _Known(before, live), entry)
    return replace(found, progress=progress)


class _Known(NamedTuple):
    """What is at hand of another moment and of now, so that only what differs is read, and what is equal is kept once."""

    moment: Moment | None = None
    live: Picture | None = None


def _moment(
    connection: Connection, instant: datetime, seq: int, sorts: Sequence[Sort], known: _Known,
    entry: Entry | None = None,
) -> Moment:  # fmt: skip
    whole = reach(connection)
    if whole is None:
        raise BadInput("nothing was ever told: the journal is empty", next_step="Look again when it is not")
    picture = Picture()
    near = _differing(connection, seq, known.moment)
    patch = near or _whole(connection, seq, known.live)
    promised = with_clocks(connection, list(patch.incidents.values()), instant, upto=seq)
    picture.apply(replace(patch, incidents={each.label: each for each in promised}))
    if near is not None and known.moment is not None:
        picture.lean_on(known.moment.picture)
    elif known.live is not None:
        picture.lean_on(known.live)
    picture.add_entries(list(reversed(journal.page(connection, before=seq + 1, limit=ENTRIES))))
    last = entry or changing(connection, sorts, before=seq + 1)
    return Moment(instant, seq, whole, last, picture)


def _whole(connection: Connection, seq: int, live: Picture | None) -> Patch:
    """Reads everything as it was; a component that was as it is now is the very row of now."""
    rows = board_at(connection, seq, live.board if live else None)
    return Patch(
        _NOTHING_VITAL,
        board={row.status.id: row for row in rows},
        incidents={each.label: each for each in held_incidents_at(connection, seq)},
        actions={each.label: each for each in actions_at(connection, seq)},
        runs={each.label: each for each in runs_at(connection, seq)},
        problems={each.label: each for each in problems_at(connection, seq)},
        windows={each.label: each for each in windows_at(connection, seq, over=True)},
        whole=True,
    )


def _differing(connection: Connection, seq: int, before: Moment | None) -> Patch | None:
    """Returns what is there at `seq`, read from a moment not far from it; None where that is too far, or the catalog changed."""
    if before is None or abs(seq - before.seq) > NEAR:
        return None
    named = named_between(connection, min(seq, before.seq), max(seq, before.seq))
    components = named.get("component", set()) & before.picture.board.keys()
    if "catalog" in named or len(components) > MOST_AT_ONCE:
        return None
    was = before.picture
    now = statuses_at(connection, sorted(components), seq) if components else {}
    incidents = _some(connection, some_incidents_at, named.get("incident", set()), seq)
    actions = _some(connection, some_actions_at, named.get("action", set()), seq)
    runs = _some(connection, some_runs_at, named.get("run", set()), seq)
    problems = _some(connection, some_problems_at, named.get("problem", set()), seq)
    windows = _some(connection, some_windows_at, named.get("window", set()), seq)
    return Patch(
        _NOTHING_VITAL,
        board=was.board | {id_: replace(was.board[id_], status=status) for id_, status in now.items()},
        incidents=_besides(was.incidents, "I", named.get("incident", set())) | incidents,
        actions=_besides(was.actions, "A", named.get("action", set())) | actions,
        runs=_besides(was.runs, "PR", named.get("run", set())) | runs,
        problems=_besides(was.problems, "P", named.get("problem", set())) | problems,
        windows=_besides(was.windows, "W", named.get("window", set())) | windows,
        whole=True,
    )


def _some(
    connection: Connection, read: Callable[..., Sequence[Labelled]], ids: Collection[str], seq: int
) -> dict[str, Labelled]:
    return {each.label: each for each in read(connection, sorted(map(int, ids)), seq)} if ids else {}


def _besides(known: Mapping[str, T], letter: str, named: Collection[str]) -> dict[str, T]:
    """Returns those of which nothing was told between."""
    told = {f"{letter}-{id_}" for id_ in named}
    return {label: each for label, each in known.items() if label not in told} if told else dict(known)


def again_for(connection: Connection, moment: Moment, sorts: Sequence[Sort]) -> Moment:
    """Returns the same moment, with the entry that counts in another view."""
    last = changing(connection, sorts, before=moment.seq + 1)
    return replace(moment, reach=reach(connection) or moment.reach, entry=last)


def slider_lines(moment: Moment, now: datetime, width: int, glyphs: Glyphs) -> list[TextLine]:
    """Returns where in the history one is, and what was told last: by whom, when, and how long before this moment.

    While a story is played, where in that.
    """
    if moment.progress is not None:
        return progress_lines(moment.progress, width, glyphs)
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
