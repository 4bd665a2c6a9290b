"""Incidents: the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.model import Incident
from core.timekeeping import utc_now
from screens.component_doing import ComponentDoing
from screens.incident_doing import IncidentDoing
from screens.incident_rows import COLUMNS, MAJOR, incident_cells, incident_head, incident_words
from screens.incidents_filter import IncidentsFilter
from screens.known_lines import known_of
from screens.list_view import ListView
from screens.tones import Tone, tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class Incidents(IncidentsFilter, IncidentDoing, ComponentDoing, ListView[Incident]):
    """Every incident that is not closed, and the newest closed ones, the most urgent first."""

    view_id: ClassVar[str] = "incidents"
    sorted_at_first = "state"
    empty_text = "No incident was ever opened."
    empty_then = "No incident had been opened then."
    without_subject = frozenset({"incident.open"})
    has_then = True

    def columns(self) -> Sequence[Column[Incident]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Incident, now: datetime) -> Mapping[str, Cell]:
        """Returns an incident's cells."""
        return incident_cells(item, now, self.floor.glyphs)

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        from core.desk.as_of import CHANGES_INCIDENTS

        return CHANGES_INCIDENTS

    def items_of(self, picture: Picture) -> Mapping[str, Incident]:
        """Returns every incident."""
        return picture.incidents

    def changed_in(self, patch: Patch) -> Mapping[str, Incident]:
        """Returns the incidents a patch names."""
        return patch.incidents

    def is_problem(self, item: Incident) -> bool:
        """Tells whether it is an incident that is not solved, or that nobody looked at."""
        return item.closed_at is None and (item.state.is_unsolved or not item.was_looked_at)

    def words_of(self, item: Incident) -> str:
        """Returns what the filter looks in."""
        return incident_words(item)

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many are where."""
        found = self.picture.incidents.values()
        unsolved = sum(1 for i in found if i.state.is_unsolved)
        unowned = sum(1 for i in found if i.state.is_unsolved and not i.owner)
        unseen = sum(1 for i in found if i.standing == "cleared, nobody looked")
        return [
            (f" {unsolved} unsolved", Tone.CRITICAL if unsolved else Tone.OK), tally(unowned, "without owner", Tone.WARNING),
            tally(unseen, "cleared, nobody looked", Tone.WARNING), tally(len(self.picture.majors()), MAJOR, Tone.CRITICAL),
        ]  # fmt: skip

    def detail_of(self, item: Incident, _width: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what an incident is."""
        picture = self.picture
        runs = [r for r in picture.runs.values() if r.incident == item.id]
        actions = [a for a in picture.actions.values() if a.incident == item.id]
        return incident_head(
            item, picture.board, runs, actions, self.now_of(utc_now()), glyphs, stale=self.stale,
            known=known_of(item, picture, self.now_of(utc_now())),
        )  # fmt: skip

    def incidents(self) -> Sequence[Incident]:
        """Returns the marked ones, else the one under the cursor."""
        known = self.picture.incidents
        return [known[name] for name in self.grid.subjects if name in known]

    def component_id(self) -> str | None:
        """Returns the component of the incident under the cursor."""
        return self.current.component or None if self.current else None

    def on_grid_opened(self, message: Any) -> None:
        """Opens the incident."""
        self.floor.go_to("incident", message.id)
