"""What is planned for a component, as it is shown wherever components are: a mark, when it ends, whose it is and why. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.monitoring.model import State
from core.operations.windows.model import LATE
from screens.tones import Tone
from screens.widgets.glyphs import StateLook, state_look

if TYPE_CHECKING:
    from datetime import datetime

    from core.monitoring.model import Maintenance, Status
    from core.monitoring.queries import BoardRow
    from screens.picture import Picture
    from screens.widgets.cells import Span
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


def end_words(maintenance: Maintenance, now: datetime) -> str:
    """Returns when it ends in six cells: `22:00Z`, of another day `27 Nov`; `late` where nobody has ended it."""
    if now - maintenance.until > LATE:
        return "late"
    is_near = maintenance.until - now < timedelta(hours=24)
    return f"{maintenance.until:%H:%MZ}" if is_near else f"{maintenance.until:%d %b}"


def look_of(status: Status, glyphs: Glyphs, *, stale: bool) -> StateLook:
    """Returns how a component's state is shown: in maintenance with the sign of that, its own word, and a tone that does not shout."""
    look = state_look(status.state, glyphs, soft=not status.confirmed, flapping=status.flapping, stale=stale)
    if status.maintenance is None:
        return look
    is_calm = status.state is State.OK or stale
    return StateLook(glyphs.planned, look.word, look.tone if is_calm else Tone.STOPPED)


def mark(status: Status, now: datetime) -> tuple[Span, ...]:
    """Returns when its maintenance ends, to stand before a component's words; nothing where it is in none."""
    found = status.maintenance
    return () if found is None else ((f"until {end_words(found, now)} ", Tone.STOPPED),)


def planned_lines(row: BoardRow, picture: Picture, glyphs: Glyphs) -> list[TextLine]:
    """Returns what is to be told of the component under the cursor: its own maintenance, and that of what it is unreachable behind."""
    found = row.status.maintenance
    lines: list[TextLine] = []
    if found is not None:
        window = picture.windows.get(found.label)
        said = f" ({window.owner}: {window.reason})" if window is not None else ""
        until = f"{found.until:%Y-%m-%d %H:%M}Z"
        lines.append(
            [(f" {glyphs.planned} in maintenance until {until} ", Tone.STOPPED), (found.label, Tone.ACCENT),
             (f", it raises nothing{said}", Tone.MUTED)]
        )  # fmt: skip
    for root in row.status.roots:
        before = picture.board.get(root)
        behind = before.status.maintenance if before is not None else None
        if behind is not None:
            until = f"{behind.until:%Y-%m-%d %H:%M}Z"
            lines.append(
                [
                    (
                        f" {glyphs.planned} that is planned: {root} is in maintenance until {until} ",
                        Tone.STOPPED,
                    ),
                    (behind.label, Tone.ACCENT),
                ]
            )
    return lines
