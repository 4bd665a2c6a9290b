"""The part of Home that shows requests: the most urgent of those that are nobody's or this person's own."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from screens.request_life import RequestLife
from screens.request_new import RequestNew
from screens.request_rows import COLUMNS, request_cells
from screens.tones import Tone, tally
from screens.widgets.window_grid import WindowGrid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.desk.requests.model import Request
    from screens.home_pane import Pane
    from screens.picture import Patch, Picture
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class HomeQueue(RequestNew, RequestLife):
    """Verbs over the requests of its pane, and what that pane shows."""

    panes: dict[str, Pane[Any]]
    urgent: frozenset[str] = frozenset()

    @abstractmethod
    def pane_in_use(self) -> tuple[str, Pane[Any]]:
        """Returns the pane that has the keys, with its name."""

    def queue_grid(self) -> WindowGrid[Request]:
        """Returns the list: a window, that of the most urgent ones."""
        return WindowGrid(
            COLUMNS, request_cells, counts=False, signs=self.signs_now, empty_text="No request waits for you.",
            scope=lambda request: request.label in self.urgent, left_word=self._why_it_left,
        )  # fmt: skip

    @abstractmethod
    def signs_now(self) -> Mapping[str, str]:
        """Returns the signs of what others have open."""

    def _why_it_left(self, request: Request) -> str:
        """Returns what became of a request that is not among the most urgent ones any more."""
        is_others = request.state.is_open and request.owner not in {"", self.floor.person}
        return f"{request.owner} has it" if is_others else request.standing

    def queue_title(self, _glyphs: Glyphs) -> TextLine:
        """Returns how many are where."""
        figures = self.floor.picture.queue.figures
        return [
            (" REQUESTS ", Tone.HEADER), (f" {figures.unowned} nobody's", Tone.WARNING if figures.unowned else Tone.MUTED),
            tally(figures.mine, "mine", Tone.ACCENT), tally(figures.worst, "P1", Tone.CRITICAL),
            tally(figures.waiting, "wait", Tone.TEXT), tally(figures.held, "held", Tone.HELD),
        ]  # fmt: skip

    def take_requests(self, patch: Patch) -> None:
        """Shows what changed of the most urgent requests; those that are so no longer go."""
        grid = self.panes["queue"].grid
        assert isinstance(grid, WindowGrid)
        known = grid.model.items
        if patch.queue is not None:
            shown = urgent(self.floor.picture)
            self.urgent = frozenset(shown)
            away = {label: each for label, each in known.items() if label not in shown}
            grid.patch(away | {label: each for label, each in shown.items() if known.get(label) != each})
            for label in away:
                grid.mark(label, on=False)
            grid.slide({}, away)
        told = {label: each for label, each in patch.requests.items() if label in known}
        if told:
            grid.patch(told)

    def requests(self) -> Sequence[Request]:
        """Returns the marked requests, else the one under the cursor, while their pane has the keys."""
        name, pane = self.pane_in_use()
        items = pane.grid.model.items
        return [items[each] for each in pane.grid.subjects if each in items] if name == "queue" else []


def urgent(picture: Picture) -> dict[str, Request]:
    """Returns the most urgent requests by label."""
    return {each.label: each for each in picture.queue.rows}


def request_words(request: Request) -> str:
    """Returns the text in which Home's filter looks."""
    return (
        f"{request.label} {request.title} state:{request.state} p{request.priority} {request.service} {request.component}"
        f" {request.customer} {request.requester} {request.requester_name} owner:{request.owner}"
    )
