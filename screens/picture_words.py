"""The picture in a few words: what waits in each view, and the worst in the terminal's title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.monitoring.model import State

if TYPE_CHECKING:
    from screens.picture import Picture
    from screens.staleness import Stale
    from screens.widgets.glyphs import Glyphs

_COUNTED = (State.CRITICAL, State.UNKNOWN, State.UNREACHABLE, State.WARNING)


def short_counts(picture: Picture, stale: Stale, glyphs: Glyphs) -> str:
    """Returns `■1 ▲3 ○2`: how many components are in each state that is not good, and of how many none is known."""
    counts = picture.live_counts(stale)
    words = [f"{glyphs.states[state]}{counts.states[state]}" for state in _COUNTED if counts.states[state]]
    return " ".join([*words, *([f"{glyphs.stale}{counts.not_live}"] if counts.not_live else ())])


def tab_counts(picture: Picture, stale: Stale) -> dict[str, str]:
    """Returns what waits, by view id; empty where nothing does.

    While nobody watches, what waits on the board is not known: the last count has a question mark. So has that of
    the other zones while some are silent.
    """
    counts = picture.live_counts(stale)
    bad = sum(counts.states[state] for state in _COUNTED)
    unclosed = sum(1 for i in picture.incidents.values() if i.closed_at is None)
    active = len(picture.active_runs())
    due = sum(1 for a in picture.actions.values() if not a.state.is_ended)
    figures = {
        "board": bad,
        "queue": picture.queue.figures.unowned + picture.queue.figures.mine,
        "incidents": unclosed,
        "runs": active,
        "actions": due,
    }
    words = {view: str(number) for view, number in figures.items() if number}
    if stale and (bad or counts.not_live):
        words["board"] = f"{bad or ''}?"
    return words
