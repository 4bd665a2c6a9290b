"""Who is on call now and next in every rota, what is missing in the coming week, and of what nobody could be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.desk.oncall.roster import DAYS, Roster, roster
from core.timekeeping import to_micros, utc_now
from screens.oncall_lines import roster_lines
from screens.page_of_one import SCROLLING
from screens.reading import Reading
from screens.tones import Tone
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from core.journal.model import Entry
    from screens.moment import Moment
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs

_CHANGED_BY = ("override.", "catalog.loaded", "incident.", "request.")


class OnCallView(Reading[Roster], can_focus=True):
    """A list of rotas in words. What time brings is worked out from what was read; an entry has it read anew."""

    view_id: ClassVar[str] = "oncall"
    BINDINGS: ClassVar[list[BindingType]] = SCROLLING

    def __init__(self) -> None:
        super().__init__(id="view-oncall")
        self._roster: Roster | None = None
        self._title = Lines(self._title_lines, classes="one summary")
        self._body = Lines(self._body_lines)

    def compose(self) -> ComposeResult:
        """Lays out the line above and the rotas."""
        yield self._title
        yield self._body

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("On call",)

    def shown(self, argument: str) -> None:  # noqa: ARG002  (it has one place only)
        """Shows who is on call."""
        self.focus()
        self.read_soon()

    async def read(self, then: Moment | None) -> Roster:  # noqa: ARG002  (it shows what is and what comes)
        """Returns the rotas and what is missing."""
        return await self.floor.ask(roster, utc_now())

    def take(self, read: Roster | None) -> None:
        """Shows it."""
        self._roster = read
        self._show()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew what an entry may have changed, while it is in front."""
        is_other = patch.whole or any(entry.kind.startswith(_CHANGED_BY) for entry in entries)
        if is_other and self.is_mounted and self.display:
            self.read_soon()

    def tick(self, now: datetime) -> None:  # noqa: ARG002
        """Has who is on call change with the time."""
        self._show()

    def action_scroll(self, by: int) -> None:
        """Moves the lines."""
        self._body.scroll_by(by)

    def _show(self) -> None:
        self._title.show()
        self._body.show()

    def _title_lines(self, _width: int, _height: int, _glyphs: Glyphs) -> list[TextLine]:
        found = self._roster
        if found is None:
            return [[(" on call", Tone.HEADER)]]
        nobody = (
            [(f"   ! {len(found.nobody)} of which nobody was told", Tone.CRITICAL)] if found.nobody else []
        )
        return [
            [
                (f" {len(found.people.rotas)} rotas", Tone.HEADER),
                (
                    f"   {len(found.lacks)} missing in {DAYS} days",
                    Tone.WARNING if found.lacks else Tone.MUTED,
                ),
                *nobody,
            ]
        ]

    def _body_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        if self._roster is None:
            return [[(" reading …", Tone.MUTED)]]
        return roster_lines(self._roster, to_micros(utc_now()), width, glyphs)
