"""Access: who has which right on what, what differs from what was granted first. Of a long list only a window is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from core.counting import counted
from core.security.grants.model import Grant, Source, Standing
from core.security.grants.pages import FIRST_ORDER, PAGES, Figures, Wanted, figures
from core.security.grants.sources.known import sources_of
from core.timekeeping import utc_now
from screens.boxes.pick import Choice, PickBox
from screens.grant_doing import GrantDoing
from screens.grant_rows import COLUMNS, SHORT, grant_cells, grant_lines
from screens.tones import Tone, tally
from screens.with_history import WithHistory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class _Counted(NamedTuple):
    """What stands above the list."""

    figures: Figures = Figures()
    sources: int = 0
    troubled: tuple[str, ...] = ()


def _count(connection: Connection, now: datetime) -> _Counted:
    found = sources_of(connection)
    troubled = tuple(each.id for each in found if _is_troubled(each, now))
    return _Counted(figures(connection, now.date()), len(found), troubled)


def _is_troubled(source: Source, now: datetime) -> bool:
    """Tells whether what is shown of a source may be old: it could not be read, or was not read when it was due."""
    if source.trouble or source.every_s is None:
        return bool(source.trouble)
    return source.good_at is None or (now - source.good_at).total_seconds() > 2 * source.every_s


def _went(source: Source, now: datetime) -> str:
    """Returns how the last reading went; before it, that there should have been another, which is not to be cut off."""
    is_late = _is_troubled(source, now) and not source.trouble and source.good_at is not None
    read = f"read {source.read_in_words}, {counted(source.listed, 'right')}; {source.went_in_words}"
    return f"late: {read}" if is_late else read


class Access(GrantDoing, WithHistory[Grant]):
    """A view of the grants, filtered and ordered by the database."""

    view_id: ClassVar[str] = "access"
    subject_kind = "grant"
    pages = PAGES
    count = staticmethod(_count)
    nothing_counted = _Counted()
    sorted_at_first = FIRST_ORDER
    empty_text = "No grant here. Declare an access_source in the catalog, or: watchfloor access import FILE"
    without_subject = frozenset({"list.detail", "list.view", "grant.sources"})

    def __init__(self) -> None:
        super().__init__(Wanted("", utc_now().date()))

    def columns(self) -> Sequence[Column[Grant]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Grant, now: datetime) -> Mapping[str, Cell]:
        """Returns a grant's cells."""
        return grant_cells(item, now)

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the grants, and which view of them."""
        return ("Access", self.wanted.view)

    def words_of(self, item: Grant) -> str:
        """Not used: the database filters."""
        return item.principal

    def left_word(self, row: Grant) -> str:
        """Returns what became of a grant that is not in this view any more."""
        return (
            SHORT[row.standing] if row.standing in {Standing.ENDED, Standing.REMOVING} else "not in this view"
        )

    def wanted_now(self) -> Wanted:
        """Returns what is wanted, by this person and today."""
        wanted: Wanted = self.wanted
        return replace(wanted, person=self.floor.person, today=utc_now().date())

    async def do_grant_sources(self) -> None:
        """Shows how each source was read; one that is chosen is shown alone."""
        found, now = await self.floor.ask(sources_of), utc_now()
        choices = [Choice(each.id, each.id, _went(each, now)) for each in found]
        if not choices:
            self.floor.say("no source is declared: [[access_source]] in the catalog does", bad=True)
            return
        chosen = await self.floor.box(PickBox("how the sources are read", choices))
        if chosen is not None:
            self.set_filter(f"source:{chosen}")

    def subjects(self) -> Sequence[Grant]:
        """Returns the marked grants, else the one under the cursor."""
        return self.rows_of_verbs()

    def in_all(self) -> int:
        """Returns how many are open."""
        counted: _Counted = self.counted
        return counted.figures.open

    def summary_lines(self, width: int, glyphs: Glyphs) -> TextLine:  # noqa: ARG002
        """Returns how many are where, and which sources could not be read: what is shown of those may be old."""
        told: _Counted = self.counted
        figures = told.figures
        counts = (
            (figures.found, "not granted", Tone.CRITICAL), (figures.missing, "missing", Tone.WARNING),
            (figures.late, "late to remove", Tone.CRITICAL), (figures.removing, "to remove", Tone.ACCENT),
            (figures.ends_soon, "end soon", Tone.WARNING), (figures.ignored, "ignored", Tone.HELD),
            (figures.privileged, "privileged", Tone.TEXT),
        )  # fmt: skip
        line: list[tuple[str, Tone]] = []
        if told.troubled:
            line.append(
                (
                    f" not read: {', '.join(told.troubled[:3])}{' …' if len(told.troubled) > 3 else ''} ",
                    Tone.CRITICAL,
                )
            )
        line += [(f" {figures.open} open", Tone.STRONG), *(tally(*count) for count in counts if count[0])]
        sources = f"   {told.sources} sources"
        room = width - sum(len(text) for text, _ in line)
        return [*line, (sources, Tone.MUTED)] if told.sources and room > len(sources) else line

    def heading_of(self, item: Grant) -> str:
        """Returns number, who has it, and what."""
        return f"{item.label}  {item.in_words}"

    def detail_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details, as much of them as there is room for."""
        item = self.current
        if item is None:
            return super().detail_lines(width, height, glyphs)
        return grant_lines(item, self.entries_of(item), width, height, glyphs, self.now().date())
