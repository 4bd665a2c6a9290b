"""One component: state and since when, its probes with their figures, thresholds, dependencies, entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from core.catalog.queries import declared_component
from core.errors import NotFound
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.monitoring.queries import (
    Minute,
    ProbeView,
    answers_though_stopped,
    minutes_of,
    probes_of,
    recent_samples,
)
from core.presence.model import with_open
from core.timekeeping import to_micros, utc_now
from screens.component_doing import ComponentDoing
from screens.component_lines import (
    entry_lines,
    figure_of,
    folded_entries,
    head_lines,
    probe_lines,
    text_lines,
)
from screens.component_parts import (
    MOST_SHOWN,
    ProcedureHead,
    dependency_lines,
    procedure_heads,
    procedure_lines,
)
from screens.tones import Tone
from screens.who import rule_with_who, who_has_it_open
from screens.widgets.cells import folded_spans
from screens.widgets.chart import Chart
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.catalog.model import Component
    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.plot import Plot

SCALES_H = (1, 6, 24, 7 * 24)
"""The spans the chart can show, in hours."""
LONG_SCALE_EVERY_S = 30.0
"""A chart of many hours is read again no sooner: a minute more or less is not seen in it."""
READ_EVERY_S = 2
TALL_CHART, LOW_CHART = 9, 5
TALL = 30
"""From this height on the chart is a tall one; below, what is under it needs the rows."""
OPERATE_KEY = "X"


class ComponentView(ComponentDoing, can_focus=True):
    """Everything about one component. tab goes through its probes: the chart shows the one chosen."""

    view_id: ClassVar[str] = "component"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "choose(1)", show=False),
        Binding("up,k", "choose(-1)", show=False),
        Binding("pagedown,ctrl+d", "page(1)", show=False),
        Binding("pageup,ctrl+u", "page(-1)", show=False),
        Binding("home,g", "page(-1000)", show=False),
        Binding("end,G", "page(1000)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="view-component")
        self._shown_id = ""
        self._component: Component | None = None
        self._probes: list[ProbeView] = []
        self._recent: dict[int, list[tuple[int, float | None, int]]] = {}
        self._minutes: list[Minute] = []
        self._entries: list[Entry] = []
        self._procedures: list[ProcedureHead] | None = None
        self._chosen = self._scale = 0
        self._minutes_of: tuple[int, int] = (0, 0)
        self._minutes_at = 0.0
        self._read_at = 0.0
        self._head = Lines(self._head_lines, classes="component-head")
        self._probe_lines = Lines(self._probes_shown, classes="component-probes")
        self._chart = Chart(classes="component-chart", empty_text=" no figures yet")
        self._rest = Lines(self._rest_lines)
        self._past = Lines(self._past_lines, classes="component-past")

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "board"

    def compose(self) -> ComposeResult:
        """Lays out head, probes, chart, and the rest; wide terminals have the entries beside it."""
        yield self._head
        yield self._probe_lines
        yield self._chart
        with Horizontal(classes="component-rest"):
            yield self._rest
            yield self._past

    def crumbs(self) -> Sequence[str]:
        """Returns the way here."""
        return ("Board", self._shown_id)

    def argument(self) -> str:
        """Returns which component."""
        return self._shown_id

    def component_id(self) -> str | None:
        """Returns which component."""
        return self._shown_id or None

    def components_in_view(self) -> Iterable[str]:
        """Returns itself, what it needs and what needs it."""
        row = self.floor.picture.board.get(self._shown_id)
        return (
            self._shown_id,
            *(row.needs if row else ()),
            *self.floor.picture.needed_by(self._shown_id)[:MOST_SHOWN],
        )

    def subject_ids(self) -> tuple[str, ...]:
        """Returns its id."""
        return (self._shown_id,) if self._shown_id else ()

    def shown(self, argument: str) -> None:
        """Shows a component."""
        if argument and argument != self._shown_id:
            self._shown_id, self._component, self._chosen = argument, None, 0
            self._probes, self._entries, self._minutes, self._recent = [], [], [], {}
            self._procedures, self._rest.top = None, 0
            self._chart.set_plot(None)
        self._read_at = utc_now().timestamp()
        self.focus()
        self._fetch_soon()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads again what changed of it."""
        if patch.whole_board:
            self._procedures = None  # another catalog may hold other procedures
        if self._shown_id and (
            patch.whole_board or any(str(e.subject) == f"component:{self._shown_id}" for e in entries)
        ):
            self._fetch_soon()
        self._head.show()

    def tick(self, now: datetime) -> None:
        """Reads its newest figures now and then; has ages counted on."""
        if now.timestamp() - self._read_at >= READ_EVERY_S:
            self._read_at = now.timestamp()
            self._fetch_soon()
        self._head.show()
        self._probe_lines.show()

    def _fetch_soon(self) -> None:
        if self._shown_id:
            self.work_beside(self._fetch, "component")

    async def _fetch(self) -> None:
        name = self._shown_id
        try:
            component = await self.floor.ask(declared_component, name)
        except NotFound as error:
            self.floor.say(str(error), bad=True)
            return
        self._probes = await self.floor.ask(probes_of, name)
        if self._component is None and self._probes:
            # It opens on what fails; later on the choice is the operator's.
            self._chosen = self._probes.index(max(self._probes, key=lambda probe: probe.state.severity))
        minute = to_micros(utc_now()) // 60_000_000
        for probe in self._probes:
            self._recent[probe.number] = await self.floor.ask(recent_samples, probe.number, limit=120)
        await self._fetch_minutes(minute)
        self._entries = await self.floor.ask(of_subject, Subject("component", name), limit=200)
        if self._procedures is None:
            self._procedures = await self.floor.ask(procedure_heads, component.procedures)
        self._component = component
        self._draw()

    async def _fetch_minutes(self, minute: int) -> None:
        if not self._probes:
            return
        number = self._probes[min(self._chosen, len(self._probes) - 1)].number
        wanted, hours = (number, self._scale), SCALES_H[self._scale]
        is_new = wanted != self._minutes_of or hours == SCALES_H[0]
        if is_new or self._read_at - self._minutes_at >= LONG_SCALE_EVERY_S:
            self._minutes = await self.floor.ask(minutes_of, number, since=minute - hours * 60)
            self._minutes_of, self._minutes_at = wanted, self._read_at

    def do_chart_scale(self) -> None:
        """Shows a longer time in the chart, from the longest on the shortest again."""
        self._scale = (self._scale + 1) % len(SCALES_H)
        self._minutes_of = (0, 0)
        self._fetch_soon()
        hours = SCALES_H[self._scale]
        self.floor.say(
            f"the chart shows the last {hours} h"
            if hours <= 24
            else f"the chart shows the last {hours // 24} days"
        )

    def why_not(self, action_id: str) -> str | None:
        """Returns why an action is not possible now."""
        if action_id == "chart.scale" and not self._probes:
            return "nothing was looked at yet, so there is no chart"
        return super().why_not(action_id)

    def _draw(self) -> None:
        room = self.size.height
        self._head.styles.height = len(self._head_lines(self.size.width, room, self.floor.glyphs))
        self._probe_lines.styles.height = max(2, min(len(self._probes) + 1, max(3, room // 3)))
        self._chart.styles.height = TALL_CHART if room >= TALL else LOW_CHART
        self._chart.set_plot(self._plot())
        for part in (self._head, self._probe_lines, self._rest, self._past):
            part.show()

    def on_resize(self) -> None:
        """Gives each part its share of another size."""
        self._draw()

    def _plot(self) -> Plot | None:
        if not self._probes or self._component is None:
            return None
        chosen = self._probes[min(self._chosen, len(self._probes) - 1)]
        return figure_of(
            chosen, self._component, self._minutes, self._recent.get(chosen.number, []),
            to_micros(utc_now()) // 60_000_000, hours=SCALES_H[self._scale],
        )  # fmt: skip

    def action_choose(self, by: int) -> None:
        """Chooses another probe for the chart."""
        if self._probes:
            self._chosen = (self._chosen + by) % len(self._probes)
            self._minutes = []
            self._draw()
            self._fetch_soon()

    def action_page(self, by: int) -> None:
        """Moves the lower part by pages."""
        for part in (self._rest, self._past):
            part.scroll_by(by * max(part.size.height - 1, 1))

    def _head_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        row = self.floor.picture.board.get(self._shown_id)
        if row is None:
            return [[(f" {self._shown_id} is not declared any more", Tone.CRITICAL)]]
        lines = head_lines(
            row, self.floor.picture.incident_of(self._shown_id), self._component, self.floor.picture.board,
            self.floor.picture.needed_by(self._shown_id), glyphs, utc_now(), stale=self.floor.stale,
            answers=answers_though_stopped(row.status, self._probes),
        )  # fmt: skip
        return [part for line in lines for part in folded_spans(line, width)]

    @property
    def _is_old(self) -> bool:
        row = self.floor.picture.board.get(self._shown_id)
        return row is not None and self.floor.stale.of(row)

    def _probes_shown(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        # What the keys do is in the help, too; who else is here is nowhere else on this screen.
        is_alone = not with_open(self.floor.others, self._shown_id)
        title = " PROBES" + ("  (j k choose, the chart shows the chosen one)" if is_alone else " ")
        room = width - len(title) - 3
        who = who_has_it_open(self.floor.others, self._shown_id, self.floor.person, glyphs, room)
        head: TextLine = [(title, Tone.HEADER)]
        lines = probe_lines(
            self._probes, self._component, self._recent, self._chosen, utc_now(), glyphs, width,
            is_old=self._is_old,
        )  # fmt: skip
        return [rule_with_who(head, who, width, glyphs) if who else head, *lines]

    def others_changed(self) -> None:
        """Says who has it open."""
        self._probe_lines.show()

    def _rest_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        now, picture = utc_now(), self.floor.picture
        lines: list[TextLine] = []
        if self._probes:
            chosen = self._probes[min(self._chosen, len(self._probes) - 1)]
            lines += text_lines(chosen, self._component, self._recent.get(chosen.number, []), now, glyphs)
        if self._component is not None:
            lines += procedure_lines(
                self._procedures or [], picture.runs.values(), OPERATE_KEY, now, glyphs, operates=self.floor.operates
            )  # fmt: skip
            lines += dependency_lines(
                self._component, picture.board, picture.needed_by(self._shown_id), now, glyphs, stale=self.floor.stale
            )  # fmt: skip
        if not self._past.display:
            lines += entry_lines(self._entries, glyphs, width)
        if len(lines) > height:
            lines[0] = [*lines[0], ("   pgdn: procedures, dependencies, entries", Tone.MUTED)]
        return lines

    def _past_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        return folded_entries(self._entries, glyphs, width)
