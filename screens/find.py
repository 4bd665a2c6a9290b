"""Find: requests and incidents by their words, whether they are open or over, the newest first."""

from __future__ import annotations

import asyncio
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from core.desk.finding.fields import BOTH, Kind
from core.desk.finding.parsing import parse
from core.desk.finding.queries import MOST, PATIENCE_S, Found, find_within
from core.desk.finding.reading import Sight
from core.desk.finding.tree import EVERYTHING
from core.desk.requests.model import Request
from core.journal.wording import label
from core.timekeeping import age, utc_now
from screens.filter_hints import FilterLanguage
from screens.incident_rows import STATE_TONES as INCIDENT_TONES
from screens.read_list import ReadList
from screens.request_rows import STATE_TONES as REQUEST_TONES
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from core.desk.model import Incident
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

TYPED_S = 0.15
"""So long after a key the database is asked: not for every letter."""
_NOTHING = "Type / and words: requests and incidents, open or over, that have them all."
COLUMNS: tuple[Column[Request | Incident], ...] = (
    Column("id", "ID", width=8, priority=10),
    Column("priority", "P", width=2, priority=7, sort=lambda item: (_grade(item), item.id)),
    Column("state", "STATE", width=12, priority=8, sort=lambda item: (str(item.state), item.id)),
    Column(
        "age",
        "AGE",
        width=4,
        priority=6,
        align="right",
        sort=lambda item: (-item.opened_at.timestamp(), -item.id),
    ),
    Column("title", "TITLE", share=6, min_width=22, priority=9),
    Column("service", "SERVICE", share=1, min_width=10, priority=4),
    Column("owner", "OWNER", width=10, priority=5),
)


def _grade(item: Request | Incident) -> int:
    return item.priority if isinstance(item, Request) else item.severity


def not_looked_through(unseen: Mapping[Kind, int]) -> str:
    """Returns how far back was looked, and how to look further, where words are common and seldom stand in that order."""
    kind, number = max(unseen.items(), key=lambda each: each[1])
    return f"{label(kind, str(number))} and older not looked through: say more, or id<={number}"


class Find(FilterLanguage, ReadList["Request | Incident"]):
    """What it lists is what its filter finds: there is no list without one."""

    view_id: ClassVar[str] = "find"
    finds = BOTH
    sorted_at_first = "age"
    empty_text = _NOTHING
    _unseen: Mapping[Kind, int] = MappingProxyType({})

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "queue"

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Find",)

    def columns(self) -> Sequence[Column[Request | Incident]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Request | Incident, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of what was found."""
        tone = (
            REQUEST_TONES.get(item.state, Tone.MUTED)
            if isinstance(item, Request)
            else INCIDENT_TONES[item.state]
        )
        return {
            "id": ((item.label, Tone.ACCENT),), "priority": str(_grade(item)), "state": ((str(item.state), tone),),
            "age": ((age((now - item.opened_at).total_seconds()), Tone.MUTED),), "title": item.title, "service": item.service,
            "owner": item.owner or "-",
        }  # fmt: skip

    def at_hand(self) -> Iterable[object]:
        """Returns what was found, and what else is at hand."""
        return [*self._rows.values(), *self.floor.picture.queue.rows, *self.floor.picture.incidents.values()]

    def shown(self, argument: str) -> None:
        """Shows what was found; `/words` looks for them."""
        if argument.startswith("/"):
            self._filter = argument[1:]
        super().shown("" if argument.startswith("/") else argument)

    def set_filter(self, text: str) -> None:
        """Looks for it."""
        self._filter = text
        self.keep_left()
        self.read_asked(self._read, "read")

    async def read(self) -> dict[str, Request | Incident] | None:
        """Returns the newest that pass."""
        text = self._filter
        await asyncio.sleep(TYPED_S if self._rows else 0)
        tree = parse(text, BOTH).tree
        self.grid.empty_text = _NOTHING if tree == EVERYTHING else "Nothing has these words."
        if tree == EVERYTHING:
            self._unseen = {}
            return {}
        found: Found = await self.floor.ask(
            partial(find_within, seconds=PATIENCE_S, limit=MOST), tree, Sight(self.floor.person, utc_now())
        )
        if text != self._filter:
            return None
        self._unseen = found.unseen
        if found.unseen:
            self.grid.empty_text = f"Nothing so far. {not_looked_through(found.unseen)}"
        return {item.label: item for item in found.items}

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many were found."""
        count = len(self._rows)
        words = f" the newest {count}: say more to find fewer" if count >= MOST else f" {count} found"
        line = [
            (words if self._filter else " nothing is looked for", Tone.STRONG),
            (f"  {self._filter}", Tone.MUTED),
        ]
        if self._unseen and self._filter:
            line.insert(1, (f". {not_looked_through(self._unseen)}", Tone.WARNING))
        return line

    def heading_of(self, item: Request | Incident) -> str:
        """Returns number and title."""
        return f"{item.label}  {item.title}"

    def detail_of(self, item: Request | Incident, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns what it is, and how its text begins."""
        text = item.text if isinstance(item, Request) else item.resolution
        who = (
            f"from {item.requester_name or item.requester}"
            if isinstance(item, Request)
            else f"component {item.component or '-'}"
        )
        lines: list[TextLine] = [
            [
                (f" {item.standing}", Tone.STRONG),
                (f"  opened {item.opened_at:%Y-%m-%d %H:%M}Z, {who}", Tone.MUTED),
            ]
        ]
        return lines + [[(f" {line}", Tone.TEXT)] for line in text.splitlines()[:20]]

    def on_grid_opened(self, message: object) -> None:
        """Opens what was found."""
        label = str(getattr(message, "id", ""))
        self.floor.go_to("request" if label.startswith("R-") else "incident", label)
