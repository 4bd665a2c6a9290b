"""One component: state and since when, its probes with their figures, thresholds, dependencies, entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from core.errors import NotFound
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.monitoring.as_of import CHANGES_BOARD
from core.monitoring.queries import (
    answers_though_stopped,
    minutes_of,
    probes_of,
    recent_samples,
)
from core.presence.model import with_open
from core.timekeeping import to_micros, utc_now
from screens.component_lines import (
    entry_lines,
    figure_of,
    folded_entries,
    head_lines,
    is_about,
    probe_lines,
    text_lines,
)
from screens.component_parts import (
    MOST_SHOWN,
    dependency_lines,
    procedure_heads,
    procedure_lines,
)
from screens.component_seen import ENTRIES, Seen, declared_and_judged, seen_then
from screens.planned_rows import planned_lines
from screens.reading import Reading
from screens.threshold_doing import ThresholdDoing
from screens.tones import Tone
from screens.who import rule_with_who, who_has_it_open
from screens.widgets.cells import folded_spans
from screens.widgets.chart import Chart
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.journal.model import Entry
    from core.journal.past import Sort
    from screens.moment import Moment
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
NO_MINUTES: tuple[int, int, datetime | None] = (0, 0, None)
SLIDER = 2
"""So many rows the line takes that says where in the history one is."""


class ComponentView(ThresholdDoing, Reading[Seen | None], can_focus=True):
    """Everything about one component. tab goes through its probes: the chart shows the one chosen."""

    view_id: ClassVar[str] = "component"
    has_then = True
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
        self._seen, self._is_read = Seen(), False
        self._chosen: str | None = None
        self._scale = 0
        self._minutes_of = NO_MINUTES
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
        yield self.slider
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

    def probe_id(self) -> str:
        """Returns the chosen probe."""
        return self._seen.probes[self._place].probe if self._seen.probes else ""

    def components_in_view(self) -> Iterable[str]:
        """Returns itself, what it needs and what needs it."""
        row = self.picture.board.get(self._shown_id)
        return (
            self._shown_id,
            *(row.needs if row else ()),
            *self.picture.needed_by(self._shown_id)[:MOST_SHOWN],
        )

    def subject_ids(self) -> tuple[str, ...]:
        """Returns its id."""
        return (self._shown_id,) if self._shown_id else ()

    def shown(self, argument: str) -> None:
        """Shows a component."""
        if argument and argument != self._shown_id:
            self._shown_id, self._chosen, self._rest.top = argument, None, 0
            self._seen, self._is_read = Seen(), False
            self._chart.set_plot(None)
        self._read_at = utc_now().timestamp()
        self.focus()
        self.read_soon()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads again what changed of it."""
        if self.is_then:
            return
        if patch.whole_board:
            self._seen = replace(self._seen, procedures=None)  # another catalog may hold other procedures
        if self._shown_id and (patch.whole_board or any(is_about(e, self._shown_id) for e in entries)):
            self.read_soon()
        self._head.show()

    def tick(self, now: datetime) -> None:
        """Reads its newest figures now and then; has ages counted on."""
        if self.is_then:
            self.slider.show()
            return
        if self._shown_id and now.timestamp() - self._read_at >= READ_EVERY_S:
            self._read_at = now.timestamp()
            self.read_soon()
        self._head.show()
        self._probe_lines.show()

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which it looks different: its own, and other catalogs."""
        return [s._replace(id=self._shown_id) if s.about == "component" else s for s in CHANGES_BOARD]

    async def read(self, then: Moment | None) -> Seen | None:
        """Returns what is known of it beside the picture; None where it is not declared now."""
        name = self._shown_id
        if not name:
            return None
        if then is not None:
            seen = await self.floor.ask(seen_then, name, then.instant, then.seq)
            return await self._with_minutes(seen, then)
        try:
            component, revised = await self.floor.ask(declared_and_judged, name)
        except NotFound as error:
            self.floor.say(str(error), bad=True)
            return None
        probes = await self.floor.ask(probes_of, name)
        recent = {p.number: await self.floor.ask(recent_samples, p.number, limit=120) for p in probes}
        entries = await self.floor.ask(of_subject, Subject("component", name), limit=ENTRIES)
        procedures = self._seen.procedures
        if procedures is None:
            procedures = await self.floor.ask(procedure_heads, component.procedures)
        seen = Seen(component, probes, recent, entries, procedures, revised=revised)
        return await self._with_minutes(seen, None)

    async def _with_minutes(self, seen: Seen, then: Moment | None) -> Seen:
        """Returns it with the minutes of the chosen probe; of a moment, with those that were over."""
        if not seen.probes:
            return seen
        number, hours = seen.probes[self._place_in(seen)].number, SCALES_H[self._scale]
        wanted = (number, self._scale, then.instant if then else None)
        is_new = wanted != self._minutes_of or hours == SCALES_H[0]
        minutes = self._seen.minutes
        if is_new or self._read_at - self._minutes_at >= LONG_SCALE_EVERY_S:
            minute = to_micros(then.instant if then else utc_now()) // 60_000_000
            over = {"until": minute - 1} if then else {}
            minutes = await self.floor.ask(minutes_of, number, since=minute - hours * 60, **over)
            self._minutes_of, self._minutes_at = wanted, self._read_at
        return replace(seen, minutes=minutes)

    def take(self, read: Seen | None) -> None:
        """Shows what was read; of another moment nothing stays."""
        self._is_read, had_probes = read is not None, bool(self._seen.probes)
        if read is None:
            self._seen, self._minutes_of = Seen(), NO_MINUTES
            self._chart.set_plot(None)
        else:
            if self._chosen is None and read.probes:
                self._chosen = read.probes[read.worst].probe  # later on the choice is the operator's
            self._seen = read
        self._draw()
        if had_probes != bool(self._seen.probes):
            self.floor.footer_changed()

    def _place_in(self, seen: Seen) -> int:
        """Returns the place of the chosen probe; where none was chosen, or it is not there, of the worst."""
        places = [place for place, probe in enumerate(seen.probes) if probe.probe == self._chosen]
        return places[0] if places else seen.worst

    @property
    def _place(self) -> int:
        return self._place_in(self._seen)

    def do_chart_scale(self) -> None:
        """Shows a longer time in the chart, from the longest on the shortest again."""
        self._scale = (self._scale + 1) % len(SCALES_H)
        self._minutes_of = NO_MINUTES
        self.read_soon()
        hours, last = SCALES_H[self._scale], "last" if not self.is_then else "hours before then:"
        span = f"{hours} h" if hours <= 24 else f"{hours // 24} days"
        self.floor.say(f"the chart shows the {last} {span}")

    def why_not(self, action_id: str) -> str | None:
        """Returns why an action is not possible now."""
        if action_id == "chart.scale" and not self._seen.probes:
            return "nothing was looked at yet, so there is no chart"
        return super().why_not(action_id)

    def _draw(self) -> None:
        room = self.size.height - (SLIDER if self.is_then else 0)
        self._head.styles.height = len(self._head_lines(self.size.width, room, self.floor.glyphs))
        self._probe_lines.styles.height = max(2, min(len(self._seen.probes) + 1, max(3, room // 3)))
        plot = self._plot()
        is_empty = self.is_then and plot is None  # nothing will come: what is under it needs the rows
        self._chart.styles.height = 1 if is_empty else TALL_CHART if room >= TALL else LOW_CHART
        self._chart.empty_text = (
            " reading …"
            if not self._is_read
            else " no figures are kept of then"
            if self.is_then
            else " no figures yet"
        )
        self._chart.set_plot(plot)
        for part in (self._head, self._probe_lines, self._rest, self._past):
            part.show()

    def on_resize(self) -> None:
        """Gives each part its share of another size."""
        self._draw()

    def _plot(self) -> Plot | None:
        seen = self._seen
        if not seen.probes or seen.component is None:
            return None
        chosen = seen.probes[self._place]
        return figure_of(
            chosen, seen.component, seen.minutes, seen.recent.get(chosen.number, []),
            to_micros(self.now_of(utc_now())) // 60_000_000, hours=SCALES_H[self._scale],
        )  # fmt: skip

    def action_choose(self, by: int) -> None:
        """Chooses another probe for the chart."""
        if self._seen.probes:
            probes = self._seen.probes
            self._chosen = probes[(self._place + by) % len(probes)].probe
            self._seen = replace(self._seen, minutes=())
            self._draw()
            self.read_soon()

    def action_page(self, by: int) -> None:
        """Moves the lower part by pages."""
        for part in (self._rest, self._past):
            part.scroll_by(by * max(part.size.height - 1, 1))

    def _head_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        row = self.picture.board.get(self._shown_id)
        if row is None:
            words = "was not declared then" if self.is_then else "is not declared any more"
            return [[(f" {self._shown_id} {words}", Tone.CRITICAL)]]
        lines = head_lines(
            row, self.picture.incident_of(self._shown_id), self._seen.component, self.picture.board,
            self.picture.needed_by(self._shown_id), glyphs, self.now_of(utc_now()), stale=self.stale,
            answers=not self.is_then and answers_though_stopped(row.status, self._seen.probes),
            planned=planned_lines(row, self.picture, glyphs),
        )  # fmt: skip
        return [part for line in lines for part in folded_spans(line, width)]

    @property
    def _is_old(self) -> bool:
        row = self.picture.board.get(self._shown_id)
        return row is not None and self.stale.of(row)

    def _probes_shown(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        # What the keys do is in the help, too; who else is here is nowhere else on this screen.
        is_alone = not with_open(self.others, self._shown_id)
        title = " PROBES" + ("  (j k choose, the chart shows the chosen one)" if is_alone else " ")
        room = width - len(title) - 3
        who = who_has_it_open(self.others, self._shown_id, self.floor.person, glyphs, room)
        head: TextLine = [(title, Tone.HEADER)]
        lines = probe_lines(
            self._seen.probes, self._seen.component, self._seen.recent, self._place, self.now_of(utc_now()),
            glyphs, width, is_old=self._is_old,
            nothing=self._nothing(),
        )  # fmt: skip
        return [rule_with_who(head, who, width, glyphs) if who else head, *lines]

    def others_changed(self) -> None:
        """Says who has it open."""
        self._probe_lines.show()

    def _rest_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        now, picture, seen = self.now_of(utc_now()), self.picture, self._seen
        lines: list[TextLine] = []
        if seen.probes:
            chosen = seen.probes[self._place]
            lines += text_lines(
                chosen, seen.component, seen.recent.get(chosen.number, []), now, glyphs, revised=seen.revised
            )
        if seen.component is not None:
            lines += procedure_lines(
                seen.procedures or [], picture.runs.values(), self._how_to_begin(), now, glyphs
            )
            lines += dependency_lines(
                seen.component, picture.board, picture.needed_by(self._shown_id), now, glyphs, stale=self.stale
            )  # fmt: skip
        if not self._past.display:
            lines += entry_lines(seen.entries, glyphs, width)
        if len(lines) > height:
            lines[0] = [*lines[0], ("   pgdn: procedures, dependencies, entries", Tone.MUTED)]
        return lines

    def _nothing(self) -> str:
        """Returns what stands in the place of its probes where there are none."""
        if not self._is_read:
            return " reading …"
        return " no probe was declared then" if self.is_then else " not looked at yet"

    def _how_to_begin(self) -> str:
        """Returns how one of its procedures is begun: not at all, of what is past."""
        if self.is_then:
            return ""
        return f"{OPERATE_KEY} begins one" + ("" if self.floor.operates else ", in OPERATE: O first")

    def _past_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        return folded_entries(self._seen.entries, glyphs, width)
