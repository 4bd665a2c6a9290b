"""Home: what waits for this person, at one glance. Panes that each show their most urgent rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.containers import Container

from core.desk.requests.pages import FIRST_ORDER
from core.journal.wording import sentence
from core.monitoring.model import State
from core.timekeeping import age, utc_now
from screens import board_rows, corrective_actions, incident_rows
from screens.component_doing import ComponentDoing
from screens.component_lines import actor_room
from screens.home_pane import Pane
from screens.home_queue import HomeQueue, request_words, urgent
from screens.incident_doing import IncidentDoing
from screens.left_as import LeftAs
from screens.review_glance import COLUMNS as REVIEW_COLUMNS
from screens.review_glance import glance_cells
from screens.review_rows import review_words
from screens.runs import run_state, run_words
from screens.tones import Tone, tally
from screens.who import Signs
from screens.widgets.cells import padded
from screens.widgets.columns import Column
from screens.widgets.grid import Grid
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.desk.model import Incident
    from core.improvement.model import CorrectiveAction
    from core.journal.model import Entry
    from core.monitoring.queries import BoardRow
    from core.operations.queries import Run
    from core.security.reviews.glance import Glance
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs

Item = TypeVar("Item")
_BOARD_COLUMNS = tuple(
    column for column in board_rows.COLUMNS if column.id not in {"hour", "deps", "service"}
)
_RUN_COLUMNS: tuple[Column[Run], ...] = (
    Column("id", "ID", width=6, priority=9, sort=lambda r: (not r.is_active, -r.id)),
    Column("state", "STATE", width=9, priority=8),
    Column("title", "TITLE", share=3, min_width=12, priority=7),
    Column("age", "AGE", width=5, priority=5, align="right"),
)


_OPENS = {
    "board": "component", "queue": "request", "incidents": "incident", "runs": "run", "reviews": "review",
    "actions": "actions",
}  # fmt: skip
"""What each pane opens."""

WIDE = 160
"""From this width on there is room for every component, the worst first."""
LAST_LINES = 3
"""So many lines the last entries take where panes are stacked."""
LOW = 20
"""Below this height every pane shows a row, and none is left for the last entries."""
_QUIET = frozenset({State.OK, State.PENDING})


class Home(HomeQueue, IncidentDoing, ComponentDoing, LeftAs):
    """The board's worst, requests, incidents, runs, corrective actions, and the last things that happened."""

    view_id: ClassVar[str] = "home"

    def __init__(self) -> None:
        super().__init__(id="view-home")
        self._is_loaded = False
        self._filter = ""
        self._shows_all = False
        self._signs = Signs()
        self._entered: set[str] = set()  # panes the operator was in: their cursors stay where they were left
        self.panes: dict[str, Pane[Any]] = {
            "board": Pane("board", "board", self._board_title, self._board_grid(), board_rows.board_words),
            "queue": Pane("queue", "queue", self.queue_title, self.queue_grid(), request_words),
            "incidents": Pane(
                "incidents",
                "incidents",
                self._incidents_title,
                self._incidents_grid(),
                incident_rows.incident_words,
            ),
            "runs": Pane("runs", "runs", self._runs_title, self._runs_grid(), run_words),
            "reviews": Pane("reviews", "reviews", self._reviews_title, self._reviews_grid(), _review_words),
            "actions": Pane(
                "actions",
                "actions",
                self._actions_title,
                self._actions_grid(),
                corrective_actions.action_words,
            ),
        }
        self._last = Lines(self._last_lines, classes="home-last")

    def compose(self) -> ComposeResult:
        """Lays out the panes; wide terminals have them side by side."""
        with Container(id="home-panes"):
            yield from self.panes.values()
        yield self._last

    # What the panes hold

    def _items(self) -> dict[str, Mapping[str, Any]]:
        picture = self.floor.picture
        return {
            "board": picture.board, "queue": urgent(picture), "incidents": picture.incidents, "runs": picture.runs, "reviews": picture.reviews,
            "actions": picture.actions,
        }  # fmt: skip

    def shown(self, argument: str) -> None:
        """Gives the keys to the pane they were in."""
        if not self._is_loaded:
            self._is_loaded = True
            for name, sort in (
                ("board", "state"),
                ("queue", FIRST_ORDER),
                ("incidents", "state"),
                ("runs", "id"),
                ("reviews", "yours"),
                ("actions", "state"),
            ):
                self.panes[name].grid.sort_by(sort)
            self.restore_filter()
            self.urgent = frozenset(urgent(self.floor.picture))
            for name, items in self._items().items():
                self.panes[name].grid.load(items)
            self.restore_marks(is_all=True)
        for each in self.panes.values():
            each.grid.merge_held()  # coming back is an act of the operator's own
        self._show_words()
        name, _, row = argument.partition(" ")
        waits = any(_is_unclosed(incident) for incident in self.floor.picture.incidents.values())
        pane = self.panes.get(name) or self.panes["incidents" if waits else "board"]
        self._entered.clear()
        pane.grid.focus()
        if row:
            pane.grid.go_to(row)
        self._rest()
        self.call_after_refresh(self._fit)

    def _rest(self) -> None:
        for name, pane in self.panes.items():
            if name not in self._entered:
                pane.rest()

    def on_resize(self) -> None:
        """Gives the panes the room of the last entries where there is little."""
        self._fit()

    def _fit(self) -> None:
        """Shows what there is room for; the framework does not tell every size of a view that was just mounted."""
        if not self.size:
            return
        self.set_class(self.size.height < LOW, "-low")
        has_reviews = bool(self.panes["reviews"].grid.model.items)
        self.panes["reviews"].display = has_reviews
        self.set_class(has_reviews, "-with-reviews")
        room = self.size.height - (LAST_LINES if has_reviews else 0)
        shown = [pane for pane in self.panes.values() if pane.display]
        for pane in shown:
            pane.grid.show_header(on=room >= 3 * len(shown))
        shows_all = self.size.width >= WIDE
        if shows_all != self._shows_all:
            self._shows_all = shows_all
            grid = self.panes["board"].grid
            grid.model.set_scope(self._belongs_on_board)
            grid.merge_held()
            self._rest()

    def _belongs_on_board(self, row: BoardRow) -> bool:
        """Tells whether a component stands on Home's board: what is not well, and where there is room every one."""
        return self._shows_all or row.status.state not in _QUIET

    def _show_words(self) -> None:
        self._say_what_is_known()
        for pane in self.panes.values():
            pane.show()
        self._last.show()

    def _say_what_is_known(self) -> None:
        stale = self.floor.stale
        words = board_rows.nothing_wrong(self.floor.picture.live_counts(stale), stale=stale)
        grid = self.panes["board"].grid
        if grid.empty_text != words:
            grid.empty_text = words
            grid.show()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:  # noqa: ARG002
        """Shows what changed."""
        if not self._is_loaded:
            return
        changed: dict[str, Mapping[str, Any]] = {
            "board": patch.board,
            "queue": {},
            "incidents": patch.incidents,
            "runs": patch.runs,
            "reviews": {},
            "actions": patch.actions,
        }
        for name, items in self._items().items():
            is_read_anew = (name == "board" and patch.whole_board) or (
                name == "reviews" and patch.reviews is not None
            )
            if patch.whole or is_read_anew:
                self.panes[name].grid.load(items)
            elif changed[name]:
                self.panes[name].grid.patch(changed[name])
        if not patch.whole:
            self.take_requests(patch)
        self._rest()
        self._show_words()

    @property
    def actions_of(self) -> str:
        """Returns whose keys apply: those of requests while their pane has them."""
        return "home-queue" if self.pane_in_use()[0] == "queue" else self.view_id

    def tick(self, now: datetime) -> None:
        """Counts ages on."""
        self._fit()
        self._say_what_is_known()
        self._rest()
        for pane in self.panes.values():
            pane.grid.tick(now)
        self.panes["board"].show()
        self._last.show()

    def argument(self) -> str:
        """Returns which pane and row."""
        name, pane = self.pane_in_use()
        return f"{name} {pane.grid.cursor_id or ''}".strip()

    def pane_in_use(self) -> tuple[str, Pane[Any]]:
        """Returns the pane that has the keys, with its name."""
        for name, pane in self.panes.items():
            if pane.grid.has_focus:
                return name, pane
        return "board", self.panes["board"]

    def on_descendant_focus(self, _: Any) -> None:
        """Another pane, other verbs."""
        self._entered.add(self.pane_in_use()[0])
        self.floor.footer_changed()
        for pane in self.panes.values():
            pane.show()

    def on_grid_cursor_moved(self, _: Any) -> None:
        """Says who else has open what the cursor is on now."""
        self.pane_in_use()[1].show()

    def others_changed(self) -> None:
        """Marks what others have open."""
        for pane in self.panes.values():
            pane.grid.show()
            pane.show()

    def signs_now(self) -> Mapping[str, str]:
        """Returns the signs of what others have open."""
        return self._signs.of(self.floor.others, self.floor.glyphs)

    def on_grid_opened(self, message: Any) -> None:
        """Opens what is under the cursor."""
        name, _ = self.pane_in_use()
        where = _OPENS[name]
        self.floor.go_to(where, message.id)

    def do_maximise(self) -> None:
        """Opens the whole screen of the pane."""
        _, pane = self.pane_in_use()
        self.floor.go_to(pane.opens, pane.grid.cursor_id or "")

    # What verbs act on

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the ids in the pane that has the keys."""
        return self.pane_in_use()[1].grid.subjects

    def incidents(self) -> Sequence[Incident]:
        """Returns the incidents under the cursor, or that of the component there."""
        name, pane = self.pane_in_use()
        known = self.floor.picture.incidents
        if name == "incidents":
            return [known[each] for each in pane.grid.subjects if each in known]
        if name == "board" and (found := self.floor.picture.incident_of(pane.grid.cursor_id or "")):
            return [found]
        return []

    def components_in_view(self) -> Iterable[str]:
        """Returns the components in view."""
        return self.panes["board"].grid.ids_in_view()

    def component_id(self) -> str | None:
        """Returns the component under the cursor, or that of the incident there."""
        name, pane = self.pane_in_use()
        if name == "board":
            return pane.grid.cursor_id
        found = self.incidents()
        return found[0].component or None if found else None

    def filter_text(self) -> str:
        """Returns the filter in force."""
        return self._filter

    def set_filter(self, text: str) -> None:
        """Filters every pane by words."""
        self._filter = text
        for pane in self.panes.values():
            pane.set_filter(text)
        self.keep_left()

    def lists(self) -> Mapping[str, Grid[Any]]:
        """Returns the list of each pane."""
        return {name: pane.grid for name, pane in self.panes.items()}

    def on_grid_marks_changed(self, _: Any) -> None:
        """Remembers what is marked."""
        self.floor.footer_changed()
        self.keep_left()

    def leave(self) -> bool:
        """Gives up the filter."""
        had_one = bool(self._filter)
        if had_one:
            self.set_filter("")
        return had_one

    # How it looks

    def _board_grid(self) -> Grid[BoardRow]:
        return Grid(
            _BOARD_COLUMNS, self._board_cells, counts=False,
            scope=self._belongs_on_board, signs=self.signs_now,
            left_word=lambda row: "recovered" if row.status.state is State.OK else str(row.status.state),
        )  # fmt: skip

    def _incidents_grid(self) -> Grid[Incident]:
        return Grid(
            incident_rows.COLUMNS, self._incident_cells, counts=False, empty_text="No incident waits.",
            scope=_is_unclosed, signs=self.signs_now, left_word=lambda incident: str(incident.state),
        )  # fmt: skip

    def _incident_cells(self, incident: Incident, now: datetime) -> Mapping[str, Cell]:
        return incident_rows.incident_cells(incident, now, self.floor.glyphs)

    def _runs_grid(self) -> Grid[Run]:
        return Grid(
            _RUN_COLUMNS, _run_cells, counts=False, signs=self.signs_now,
            empty_text="No run yet; X on a component begins one.",
        )  # fmt: skip

    def _actions_grid(self) -> Grid[CorrectiveAction]:
        return Grid(
            corrective_actions.COLUMNS, corrective_actions.CorrectiveActions.cells_of, counts=False,
            empty_text="No corrective action is open.", scope=lambda action: not action.state.is_ended,
            signs=self.signs_now, left_word=lambda action: str(action.state),
        )  # fmt: skip

    def _board_cells(self, row: BoardRow, now: datetime) -> Mapping[str, Cell]:
        incident = self.floor.picture.incident_of(row.status.id)
        return board_rows.board_cells(
            row,
            now,
            self.floor.glyphs,
            behind=len(self.floor.picture.needed_by(row.status.id)),
            stale=self.floor.stale,
            work=incident.label if incident else "",
            spark=(),
        )

    def _board_title(self, glyphs: Glyphs) -> TextLine:
        stale = self.floor.stale
        counts = board_rows.board_counts(self.floor.picture.live_counts(stale), stale, glyphs)
        return [(" BOARD ", Tone.HEADER), *counts, *self._next_window()]

    def _next_window(self) -> TextLine:
        """Returns which maintenance window begins next, where one does within a day."""
        now = utc_now()
        for each in self.floor.picture.open_windows():
            if timedelta() < each.begins_at - now < timedelta(days=1):
                return [(f"next {each.label} {each.begins_at:%H:%M}Z {each.scope.short}", Tone.MUTED)]
        return []

    def _incidents_title(self, _glyphs: Glyphs) -> TextLine:
        found = [i for i in self.floor.picture.incidents.values() if _is_unclosed(i)]
        unowned = sum(1 for i in found if i.state.is_unsolved and not i.owner)
        unseen = sum(1 for i in found if not i.was_looked_at)
        return [
            (" INCIDENTS ", Tone.HEADER), (f" {len(found)} not closed", Tone.TEXT),
            tally(unowned, "without owner", Tone.WARNING), tally(unseen, "nobody looked at", Tone.WARNING),
        ]  # fmt: skip

    def _runs_title(self, _glyphs: Glyphs) -> TextLine:
        active = len(self.floor.picture.active_runs())
        return [
            (" PROCEDURES ", Tone.HEADER),
            (f" {active} under way", Tone.ACCENT if active else Tone.MUTED),
        ]

    def _reviews_grid(self) -> Grid[Glance]:
        return Grid(
            REVIEW_COLUMNS, glance_cells, counts=False, empty_text="No access review is open.", signs=self.signs_now,
            left_word=lambda glance: glance.review.standing,
        )  # fmt: skip

    def _reviews_title(self, _glyphs: Glyphs) -> TextLine:
        found = self.floor.picture.reviews.values()
        yours, now = sum(each.yours for each in found), utc_now()
        late = sum(each.review.due_at is not None and each.review.due_at < now for each in found)
        return [
            (" ACCESS REVIEWS ", Tone.HEADER), (f" {len(found)} not over", Tone.TEXT),
            tally(yours, "wait for you", Tone.ACCENT), tally(late, "late", Tone.CRITICAL),
        ]  # fmt: skip

    def _actions_title(self, _glyphs: Glyphs) -> TextLine:
        line = corrective_actions.counted_line(self.floor.picture.actions.values(), utc_now().date())
        return [(" CORRECTIVE ACTIONS ", Tone.HEADER), *line]

    def _last_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        newest = self.floor.picture.entries[-max(height - 1, 1) :]
        room = actor_room(newest, width)
        lines: list[TextLine] = [[(" LAST", Tone.HEADER)]]
        return lines + [
            [
                (f" {e.at:%H:%M:%S}Z ", Tone.MUTED),
                (f"{padded(e.actor, room, glyphs.ellipsis)} ", Tone.ACCENT),
                (sentence(e), Tone.TEXT),
            ]
            for e in reversed(newest)
        ]


def _review_words(glance: Glance) -> str:
    return review_words(glance.review)


def _is_unclosed(incident: Incident) -> bool:
    return incident.closed_at is None


def _run_cells(run: Run, now: datetime) -> Mapping[str, Cell]:
    return {
        "id": ((run.label, Tone.ACCENT),), "state": (run_state(run),), "title": run.title,
        "age": ((age((now - run.created_at).total_seconds()), Tone.MUTED),),
    }  # fmt: skip
