"""What ends this week: whatever weakens control, with its owner and reason; what has no end, or is past it, first."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from core.endings.model import Ending, Sort, Standing, in_order
from core.endings.queries import endings
from core.timekeeping import age, utc_now
from screens.read_list import ReadList
from screens.tones import Tone, tally
from screens.widgets.cells import whole_parts
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

DAYS = 7
_OPENS = {"F": "findings", "G": "access", "R": "request", "I": "incident", "W": "windows"}
"""The view in which a subject is opened, by the letter of its name."""
COLUMNS: tuple[Column[Ending], ...] = (
    Column("ends", "ENDS", width=17, priority=10, sort=in_order),
    Column("left", "LEFT", width=9, priority=9),
    Column("sort", "SORT", width=13, priority=6, sort=lambda e: e.sort),
    Column("id", "ID", width=8, priority=8),
    Column("what", "WHAT", share=3, min_width=16, priority=7),
    Column("owner", "OWNER", width=10, priority=5, sort=lambda e: e.owner),
    Column("reason", "REASON", share=2, min_width=12, priority=4),
)


class Ends(ReadList[Ending]):
    """The first to end first."""

    view_id: ClassVar[str] = "ends"
    hangs_at = 10
    sorted_at_first = "ends"
    empty_text = f"Nothing that weakens control ends within {DAYS} days."

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Ends this week",)

    def columns(self) -> Sequence[Column[Ending]]:
        """Returns the columns."""
        return COLUMNS

    async def read(self) -> dict[str, Ending] | None:
        """Returns what ends, by sort and name: one subject may be weakened in several ways."""
        now = utc_now()
        found = await self.floor.ask(endings, now, now + timedelta(days=DAYS))
        return {f"{each.sort} {each.subject} {each.what}": each for each in found}

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew soon, after whatever was told that may have begun or ended something."""
        if patch.whole or any(entry.subject.kind != "component" for entry in entries):
            self.read_soon()

    def cells(self, item: Ending, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of one; what is past says so."""
        tone = Tone.CRITICAL if item.needs_somebody(now) else Tone.TEXT
        return {
            "ends": ((f"{item.ends_at:%a %d %b %H:%M}Z" if item.ends_at else item.end, tone),),
            "left": ((_left(item, now), tone),),
            "sort": str(item.sort),
            "id": ((item.subject, Tone.ACCENT),),
            "what": item.what,
            "owner": item.owner or "nobody",
            "reason": item.reason,
        }

    def words_of(self, item: Ending) -> str:
        """Returns what the filter looks in."""
        return f"{item.subject} {item.sort} {item.what} {item.owner} {item.reason}"

    def label_of(self, id_: str) -> str:
        """Returns how people name the subject of a row."""
        item = self.items_of(self.picture).get(id_)
        return item.subject if item else id_

    def heading_of(self, item: Ending) -> str:
        """Returns what it is, and of what."""
        return f"{item.subject}  {item.sort}"

    def summary_lines(self, width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how much ends, and how much should have ended."""
        found, now = self.items_of(self.picture).values(), utc_now()
        stands = Counter(each.standing(now) for each in found)
        past, expired, endless = (
            stands[each] for each in (Standing.PAST, Standing.EXPIRED, Standing.ENDLESS)
        )
        unowned = sum(not each.owner for each in found)
        line = [
            (f" {len(found) - past - expired - endless} end within {DAYS} days", Tone.TEXT),
            *([tally(endless, "without end", Tone.CRITICAL)] if endless else []),
            tally(past, "past and still in force", Tone.CRITICAL),
            tally(expired, "expired, not renewed", Tone.CRITICAL), tally(unowned, "without owner", Tone.WARNING),
        ]  # fmt: skip
        return whole_parts(line, width)

    def detail_of(self, item: Ending, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns all of it."""
        now = utc_now()
        rows = (
            ("what", item.what), ("owner", item.owner or "nobody"), ("reason", item.reason or "no reason is known"),
            ("ends", item.end), ("standing", str(item.standing(now))),
        )  # fmt: skip
        return [[(f" {name:<9}", Tone.MUTED), (text, Tone.TEXT)] for name, text in rows]

    def on_grid_opened(self, message: Any) -> None:
        """Opens its subject."""
        name = self.label_of(message.id)
        if message.id.startswith(f"{Sort.TRAINING} "):
            self.floor.go_to("training")
            return
        if message.id.startswith(f"{Sort.THRESHOLD} "):
            self.floor.go_to("component", name)
            return
        where = _OPENS.get(name.partition("-")[0])
        if where is None:
            self.floor.say(f"{name} has no page of its own")
        else:
            self.floor.go_to(where, name)


def _left(item: Ending, now: datetime) -> str:
    if item.ends_at is None:
        return "-"
    left = (item.ends_at - now).total_seconds()
    return age(left) if left > 0 else f"late {age(-left)}"
