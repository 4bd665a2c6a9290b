"""Findings: the vulnerabilities of components, what is due next first. Of a long list only a window is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from core.security.findings import pages
from core.security.findings.burning_down import Week, weeks
from core.security.findings.model import Finding, FindingState
from core.security.findings.pages import FIRST_ORDER, Figures, Wanted
from core.timekeeping import utc_now
from screens.finding_doing import FindingDoing
from screens.finding_rows import COLUMNS, SHORT, burn_words, finding_cells, finding_lines
from screens.tones import Tone, tally
from screens.widgets.cells import whole_parts
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
    weeks: tuple[Week, ...] = ()


def _count(connection: Connection, now: datetime) -> _Counted:
    return _Counted(pages.figures(connection, now.date()), tuple(weeks(connection, now)))


class Findings(FindingDoing, WithHistory[Finding]):
    """A view of the findings, filtered and ordered by the database."""

    view_id: ClassVar[str] = "findings"
    subject_kind = "finding"
    pages = pages.PAGES
    count = staticmethod(_count)
    nothing_counted = _Counted()
    sorted_at_first = FIRST_ORDER
    empty_text = "No finding here. watchfloor import FILE takes a report in."
    without_subject = frozenset({"list.detail", "list.view"})

    def __init__(self) -> None:
        super().__init__(Wanted("", utc_now().date()))

    def columns(self) -> Sequence[Column[Finding]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Finding, now: datetime) -> Mapping[str, Cell]:
        """Returns a finding's cells."""
        return finding_cells(item, now)

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the findings, and which view of them."""
        return ("Findings", self.wanted.view)

    def words_of(self, item: Finding) -> str:
        """Not used: the database filters."""
        return item.vulnerability

    def left_word(self, row: Finding) -> str:
        """Returns what became of a finding that is not in this view any more."""
        is_over = not row.state.is_open or row.state is FindingState.CORRECTED
        return SHORT.get(row.state, str(row.state)) if is_over else "not in this view"

    def wanted_now(self) -> Wanted:
        """Returns what is wanted, by this person and today."""
        wanted: Wanted = self.wanted
        return replace(wanted, person=self.floor.person, today=utc_now().date())

    def subjects(self) -> Sequence[Finding]:
        """Returns the marked findings, else the one under the cursor."""
        return self.rows_of_verbs()

    def in_all(self) -> int:
        """Returns how many are open."""
        counted: _Counted = self.counted
        return counted.figures.open

    def summary_lines(self, width: int, glyphs: Glyphs) -> TextLine:
        """Returns which view this is, how many are where, and how many were open week by week."""
        figures = self.counted.figures
        counts = (
            (figures.late, "late", Tone.CRITICAL), (figures.this_week, "this week", Tone.WARNING),
            (figures.critical, "critical", Tone.CRITICAL), (figures.exploited, "exploited", Tone.CRITICAL),
            (figures.unowned, "nobody's", Tone.WARNING), (figures.corrected, "to be shown", Tone.TEXT),
            (figures.accepted, "accepted", Tone.HELD),
        )  # fmt: skip
        line: list[tuple[str, Tone]] = [
            (f" {figures.open} open", Tone.STRONG), *(tally(*count) for count in counts if count[0]),
        ]  # fmt: skip
        burn = burn_words(self.counted.weeks, glyphs)
        room = width - sum(len(text) for text, _ in line)
        return (
            [*line, (f"   {burn}", Tone.MUTED)] if burn and room > len(burn) + 3 else whole_parts(line, width)
        )

    def heading_of(self, item: Finding) -> str:
        """Returns number, vulnerability and package."""
        return f"{item.label}  {item.vulnerability} in {item.package}"

    def detail_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns the details, as much of them as there is room for."""
        item = self.current
        if item is None:
            return super().detail_lines(width, height, glyphs)
        return finding_lines(item, self.entries_of(item), width, height, glyphs, self.now().date())
