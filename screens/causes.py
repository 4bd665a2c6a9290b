"""Which causes come again: corrective actions counted by the category of their cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.catalog.queries import declared_causes
from core.improvement.causes import Recurrence, recurrences
from core.improvement.queries import corrective_actions
from core.timekeeping import age, utc_now
from screens.corrective_actions import NO_CATEGORY
from screens.read_list import ReadList
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

MOST = 5000
COLUMNS: tuple[Column[Recurrence], ...] = (
    Column(
        "again",
        "AGAIN",
        width=6,
        priority=9,
        sort=lambda r: (not r.is_recurring, -r.lately, -r.refuted, r.category),
    ),
    Column("cause", "CAUSE", share=3, min_width=20, priority=10, sort=lambda r: r.title),
    Column("actions", "ALL", width=4, priority=8, align="right", sort=lambda r: -len(r.actions)),
    Column("lately", "90 D", width=4, priority=7, align="right", sort=lambda r: -r.lately),
    Column("unended", "OPEN", width=4, priority=6, align="right", sort=lambda r: -r.unended),
    Column("refuted", "REFUTED", width=7, priority=5, align="right", sort=lambda r: -r.refuted),
    Column("newest", "NEWEST", width=6, priority=3, align="right", sort=lambda r: -r.newest.timestamp()),
    Column("components", "COMPONENTS", share=2, min_width=14, priority=4),
)


class Causes(ReadList[Recurrence]):
    """Those that come again first; enter shows the actions of one."""

    view_id: ClassVar[str] = "causes"
    sorted_at_first = "again"
    hangs_at = 8
    empty_text = "No corrective action names a cause yet."

    @property
    def tab_of(self) -> str:
        """Returns the view whose tab is lit."""
        return "actions"

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Corrective actions", "causes")

    def columns(self) -> Sequence[Column[Recurrence]]:
        """Returns the columns."""
        return COLUMNS

    async def read(self) -> dict[str, Recurrence] | None:
        """Returns every category that an action names, by its id."""
        found = await self.floor.ask(_recurrences, utc_now())
        return {each.category or NO_CATEGORY: each for each in found}

    def concerns(self, patch: Patch) -> bool:
        """Tells whether a patch may change the answer."""
        return bool(patch.actions or patch.whole)

    def cells(self, item: Recurrence, now: datetime) -> Mapping[str, Cell]:
        """Returns a category's cells."""
        return {
            "again": (
                ("yes" if item.is_recurring else "-", Tone.WARNING if item.is_recurring else Tone.MUTED),
            ),
            "cause": item.title,
            "actions": str(len(item.actions)),
            "lately": str(item.lately),
            "unended": str(item.unended),
            "refuted": ((str(item.refuted), Tone.CRITICAL if item.refuted else Tone.MUTED),),
            "newest": ((age((now - item.newest).total_seconds()), Tone.MUTED),),
            "components": ", ".join(item.components) or "-",
        }

    def words_of(self, item: Recurrence) -> str:
        """Returns what the filter looks in."""
        return f"{item.category} {item.title} {' '.join(item.components)}"

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many come again, and of how many actions the cause is not known."""
        found = self.items_of(self.picture)
        again = sum(each.is_recurring for each in found.values())
        unknown = found.get(NO_CATEGORY)
        return [
            (f" {sum(bool(each.category) for each in found.values())} causes", Tone.TEXT),
            tally(again, "come again", Tone.WARNING),
            tally(len(unknown.actions) if unknown else 0, "actions without a category", Tone.WARNING),
        ]  # fmt: skip

    def heading_of(self, item: Recurrence) -> str:
        """Returns the category in words."""
        return item.title

    def detail_of(self, item: Recurrence, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns all the components it was found in, and its actions, newest first."""
        known = self.picture.actions
        found = [known[f"A-{number}"] for number in item.actions if f"A-{number}" in known]
        today = utc_now().date()
        return [
            [(" in     ", Tone.MUTED), (", ".join(item.components) or "no component", Tone.TEXT)],
            *(
                [(f" {each.label:<7}", Tone.ACCENT), (f"{each.standing(today)}: {each.deviation}", Tone.TEXT)]
                for each in found
            ),
        ]

    def on_grid_opened(self, message: Any) -> None:
        """Shows the actions of the category."""
        item = self.items_of(self.picture).get(message.id)
        if item is not None:
            self.floor.go_to("actions", f"/cause:{item.category or NO_CATEGORY}")


def _recurrences(connection: Connection, now: datetime) -> list[Recurrence]:
    return recurrences(
        corrective_actions(connection, ended=True, limit=MOST), declared_causes(connection), now
    )
