"""One incident: what it is, and its time line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.desk import commands
from core.desk.escalation.queries import escalation_of
from core.desk.links.queries import links_of
from core.journal.past import Sort
from core.journal.queries import of_subject
from core.journal.wording import number_in
from core.timekeeping import utc_now
from screens.component_doing import ComponentDoing
from screens.component_parts import part_title
from screens.escalating import escalation_lines
from screens.incident_doing import IncidentDoing
from screens.incident_rows import BESIDE_AT, incident_beside, incident_head, time_line
from screens.known_lines import known_of
from screens.linking import links_beside, links_brief
from screens.time_line_page import TimeLinePage
from screens.tones import Tone
from screens.who import rule_with_who, who_has_it_open
from screens.widgets.cells import folded_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.desk.escalation.queries import Escalation
    from core.desk.links.model import Link
    from core.desk.model import Incident
    from core.improvement.model import CorrectiveAction
    from core.journal.model import Entry
    from core.operations.queries import Run
    from screens.moment import Moment
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class IncidentView(IncidentDoing, ComponentDoing, TimeLinePage[list["Entry"]], can_focus=True):
    """The time line follows what happens, unless the operator moved away from its end."""

    view_id: ClassVar[str] = "incident"
    of_list = "incidents"
    list_name = "Incidents"

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._escalation: Escalation | None = None
        self._links: Sequence[Link] = ()

    def shown(self, argument: str) -> None:
        """Shows an incident."""
        if argument and argument != self._label:
            self._label, self._entries, self._is_read = argument, [], False
            self._escalation, self._links = None, ()
            self._text.follow_end()
        self.focus()
        self._show()
        self.read_soon()
        self._belongings_soon()

    @property
    def incident(self) -> Incident | None:
        """Returns the incident shown."""
        return self.picture.incidents.get(self._label)

    def changes(self) -> Sequence[Sort]:
        """Returns its own entries."""
        return (Sort("incident", id=self._label.partition("-")[2]),)

    async def read(self, then: Moment | None) -> list[Entry]:
        """Returns its entries."""
        if not self._label:
            return []
        subject = commands.subject(int(self._label.partition("-")[2]))
        return await self.floor.ask(of_subject, subject, upto=then.seq if then else None)

    def _belongings_soon(self) -> None:
        """Reads, beside the keys, how its escalation stands now, and what it hangs together with."""
        self.work_beside(self._read_belongings, "belongings")

    async def _read_belongings(self) -> None:
        label = self._label
        number = number_in(label)
        if number is None:
            return
        escalation = await self.floor.ask(escalation_of, "incident", number)
        links = await self.floor.ask(links_of, commands.subject(number))
        if label == self._label:
            self._escalation, self._links = escalation, links
            self._show()

    def take(self, read: list[Entry] | None) -> None:
        """Shows its entries."""
        self._entries, self._is_read = read or [], read is not None
        self._show()

    def _show(self) -> None:
        self._fit_head()
        for part in (self._head, self._text, self._beside):
            part.show()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Adds what happened to its time line."""
        if not self._label or self.is_then:
            return
        mine = commands.subject(int(self._label.partition("-")[2]))
        known = self._entries[-1].seq if self._entries else 0
        fresh = [entry for entry in entries if entry.subject == mine and entry.seq > known]
        self._entries += fresh
        if fresh:
            self._belongings_soon()
        self._show()
        if self._label in patch.incidents:
            self.floor.footer_changed()

    def tick(self, now: datetime) -> None:  # noqa: ARG002
        """Has states beside it shown as they are."""
        self._fit_head()
        self._head.show()
        self._beside.show()

    def incidents(self) -> Sequence[Incident]:
        """Returns the one shown."""
        return [self.incident] if self.incident else []

    def component_id(self) -> str | None:
        """Returns its component."""
        return self.incident.component or None if self.incident else None

    def components_in_view(self) -> Iterable[str]:
        """Returns its component and what is affected behind it."""
        found = self.incident
        return (found.component, *found.affected) if found else ()

    def _head_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        incident = self.incident
        if incident is None:
            words = f"{self._label} was not opened yet" if self.is_then else f"there is no {self._label}"
            return [[(f" {words}", Tone.CRITICAL)]]
        runs, actions = ([], []) if self._beside.display else self._belonging(incident)
        board = self.picture.board
        lines = [
            *incident_head(
                incident,
                board,
                runs,
                actions,
                self.now_of(utc_now()),
                glyphs,
                stale=self.stale,
                known=known_of(incident, self.picture, self.now_of(utc_now())),
            ),
            *([] if self.is_then else escalation_lines(self._escalation)),
            *([] if self.is_then or self._beside.display else links_brief(self._links)),
        ]
        return [part for line in lines for part in folded_spans(line, width)]

    def _belonging(self, incident: Incident) -> tuple[list[Run], list[CorrectiveAction]]:
        picture = self.picture
        runs = [r for r in picture.runs.values() if r.incident == incident.id]
        return runs, [a for a in picture.actions.values() if a.incident == incident.id]

    def _beside_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        incident = self.incident
        if incident is None:
            return []
        lines = incident_beside(
            incident, self.picture.board, *self._belonging(incident), self.now_of(utc_now()), glyphs,
            stale=self.stale,
        )  # fmt: skip
        if self._links and not self.is_then:
            lines += [(), part_title("hangs together with", glyphs), *links_beside(self._links)]
        return [part for line in lines for part in folded_spans(line, width, BESIDE_AT)]

    def _title(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        words = f"{glyphs.rule}{glyphs.rule} time line, newest last "
        who = who_has_it_open(self.others, self._label, self.floor.person, glyphs, width - len(words) - 3)
        return [rule_with_who([(words, Tone.HEADER)], who, width, glyphs)]

    def _time_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        if not self._is_read:
            return [[(" reading …", Tone.MUTED)]]
        return time_line(self._entries, width, glyphs)
