"""A view: what stands between the tabs and the message line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.containers import Vertical

from screens.floor import floor_of
from screens.widgets.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.floor import Floor
    from screens.picture import Patch


class View(Vertical):
    """One screen of the console. It stays as it is while another one is shown.

    What a key does is a method `do_…` named by its action in the registry; `why_not` tells why an action is
    not possible now, in the words shown when its key is pressed all the same.
    """

    view_id: ClassVar[str] = ""
    has_then: ClassVar[bool] = False
    """Whether it can show a moment of the past."""
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

    def then_changed(self) -> None:
        """Called when another moment is to be shown, or now again."""

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

    def components_in_view(self) -> Iterable[str]:
        """Returns the components of which it shows what is said of them."""
        return ()

    def come_back(self, now: datetime) -> None:
        """Draws everything anew: while it was not in front, time went on and nothing was counted."""
        self.tick(now)
        for canvas in self.query(Canvas):
            canvas.show_anew()

    def filter_text(self) -> str:
        """Returns the filter in force."""
        return ""

    def set_filter(self, text: str) -> None:
        """Filters its list."""

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
