"""A view: what stands between the tabs and the message line."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.containers import Vertical

from core.timekeeping import utc_now
from screens.floor import floor_of
from screens.staleness import FRESH, Stale
from screens.widgets.canvas import Canvas
from screens.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from core.journal.past import Sort
    from core.presence.model import Present
    from screens.floor import Floor
    from screens.moment import Moment
    from screens.picture import Patch, Picture
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class View(Vertical):
    """One screen of the console. It stays as it is while another one is shown.

    What a key does is a method `do_…` named by its action in the registry; `why_not` tells why an action is
    not possible now, in the words shown when its key is pressed all the same.
    """

    view_id: ClassVar[str] = ""
    has_then: ClassVar[bool] = False
    """Whether it can show a moment of the past."""
    awaited_from: float | None = None
    """Since when (monotonic, in seconds) rows are read that somebody asked for; None while it shows what was asked for."""
    shows: Moment | None = None
    """The moment it was last told to show; the one that is to be shown is `then`."""
    DEFAULT_CSS = "View { width: 1fr; height: 1fr; }"

    @property
    def floor(self) -> Floor:
        """Returns the console around it."""
        return floor_of(self)

    @property
    def actions_of(self) -> str:
        """Returns the view id whose actions apply now; a view with panes may answer for the focused one."""
        return self.view_id

    def crumbs(self) -> Sequence[str]:
        """Returns where this is, for the header."""
        return (self.view_id.capitalize(),)

    def shown(self, argument: str) -> None:
        """Called when it comes to the front; `argument` says what it is to show."""

    def argument(self) -> str:
        """Returns what `shown` would need to come back to this place."""
        return ""

    def opened(self) -> str:
        """Returns the label of the one subject it has open; empty for a list, which has many and opens none."""
        return "" if self.tab_of == self.view_id else self.argument()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Takes in what changed; called whether or not it is in front."""

    @property
    def then(self) -> Moment | None:
        """Returns the moment of the past that it is to show; None for now."""
        return self.floor.then if self.has_then else None

    @property
    def is_then(self) -> bool:
        """Tells whether it shows a moment of the past."""
        return self.then is not None

    @property
    def picture(self) -> Picture:
        """Returns what it shows: what is known now, or of a moment of the past."""
        then = self.then
        return then.picture if then else self.floor.picture

    @property
    def others(self) -> Sequence[Present]:
        """Returns who else is here: nobody, of what is past."""
        return () if self.is_then else self.floor.others

    @property
    def stale(self) -> Stale:
        """What of it may not be taken for now; a moment of the past is what it is."""
        return FRESH if self.is_then else self.floor.stale

    def now_of(self, now: datetime) -> datetime:
        """Returns up to which instant ages are counted."""
        then = self.then
        return then.instant if then else now

    def is_still(self, then: Moment | None) -> bool:
        """Tells whether it is to show what it was when `then` was: the same picture, whichever entry is named with it."""
        now = self.then
        return now is then or (now is not None and then is not None and now.picture is then.picture)

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which what it shows looks different; none named: every one."""
        return ()

    def show_then(self, *, again: bool = False) -> None:
        """Shows the moment that is to be shown, if that is another one than it was told last; or `again` in any case."""
        then = self.then
        if again or self.shows is not then:
            is_other = again or self.shows is None or then is None or self.shows.picture is not then.picture
            self.shows = then
            self.set_class(self.is_then, "-then")
            if is_other:
                self.then_changed()
            self.slider.show()

    async def prepare(self, then: Moment) -> None:
        """Reads what it will show of a moment beside the picture; called before that is shown while it is in front."""

    def forget(self) -> None:
        """Lets go of what was read beside the picture, and reads it anew: it is no longer what the database holds."""

    def then_changed(self) -> None:
        """Called when another moment is to be shown, or now again; not for one that another view has chosen, until it is in front."""

    @cached_property
    def slider(self) -> Lines:
        """Returns the lines that say where in the history the moment is; they take no room at now."""
        return Lines(self._slider_lines, classes="then")

    def _slider_lines(self, width: int, _height: int, glyphs: Glyphs) -> Sequence[TextLine]:
        from screens.moment import slider_lines  # only who looks back pays for it

        then = self.then
        return slider_lines(then, utc_now(), width, glyphs) if then else []

    def others_changed(self) -> None:
        """Called while it is in front, when somebody else came, went, or has something else open."""

    def tick(self, now: datetime) -> None:
        """Called once a second while it is in front, or behind a box."""

    def work_beside(
        self, work: Callable[[], Awaitable[None]], group: str, *, exit_on_error: bool = True
    ) -> None:
        """Does something beside the keys; what is under way in the same group is given up for it."""
        # Given the function, not its coroutine: one that is given up before it began leaves nothing unawaited.
        self.run_worker(cast("Any", work), group=group, exclusive=True, exit_on_error=exit_on_error)

    def read_asked(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        """Reads, beside the keys, rows that somebody asked for: keys that are typed behind it mean those, and wait for them."""
        began = self.awaited_from = monotonic()

        async def read() -> None:
            try:
                await work()
            finally:
                if self.awaited_from == began:  # else something else was asked for meanwhile
                    self.awaited_from = None

        self.work_beside(read, group)

    def components_in_view(self) -> Iterable[str]:
        """Returns the components of which it shows what is said of them."""
        return ()

    def come_back(self, now: datetime) -> None:
        """Draws everything anew: while it was not in front, time went on and nothing was counted."""
        self.show_then()
        self.tick(now)
        for canvas in self.query(Canvas):
            canvas.show_anew()

    def filter_text(self) -> str:
        """Returns the filter in force."""
        return ""

    def set_filter(self, text: str) -> None:
        """Filters its list."""

    def filter_hint(self, text: str) -> tuple[str, bool]:  # noqa: ARG002  (views with a filter language look at it)
        """Returns one line about a filter that is being typed, and whether something in it is wrong."""
        return "", False

    def filter_completed(self, text: str) -> str | None:  # noqa: ARG002
        """Returns a filter with what would likeliest be typed next; None where nothing is known."""
        return None

    def subject_ids(self) -> tuple[str, ...]:
        """Returns the ids verbs act on: those marked, else the one under the cursor."""
        return ()

    @property
    def tab_of(self) -> str:
        """Returns the view whose tab is lit while this one is in front."""
        return self.view_id

    def why_not(self, action_id: str) -> str | None:  # noqa: ARG002  (views that have reasons look at it)
        """Returns why an action is not possible now; None when it is."""
        return None

    def leave(self) -> bool:
        """Gives up one level within the view (filter, marks); False when there is none left."""
        return False
