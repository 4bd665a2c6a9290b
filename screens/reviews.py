"""Access reviews: what waits for one's decision first, how far each is, and how its reviewers decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from core.catalog.nearest import listed
from core.errors import WatchfloorError
from core.security.reviews.glance import Glance, glances
from core.security.reviews.model import Review, ReviewState
from core.security.reviews.own import Others, others_than, own_words
from core.security.reviews.queries import paces, to_do
from screens.read_list import ReadList
from screens.review_glance import COLUMNS, glance_cells
from screens.review_rows import review_lines, review_words
from screens.reviews_doing import ReviewsDoing
from screens.tones import Tone, tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.security.reviews.pace import Pace
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class _Known(NamedTuple):
    waits: Mapping[str, int]
    paces: Mapping[str, Pace]
    others: Others = Others((), ())


def _known(connection: Connection, review: Review, person: str) -> _Known:
    return _Known(
        to_do(connection, review.id, review.stage), paces(connection, review.id), others_than(connection, review.id, person)
    )  # fmt: skip


_JUDGES = frozenset({"review.sign", "review.cancel"})
"""What nobody does to a review with rights of theirs in it, as long as another lead can."""


class Reviews(ReviewsDoing, ReadList[Glance]):
    """Every review, those first that wait for who looks."""

    view_id: ClassVar[str] = "reviews"
    sorted_at_first = "yours"
    empty_text = "No review yet. n drafts one: which grants, who is asked, how long."
    without_subject = frozenset({"review.draft"})

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, _Known] = {}

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Access reviews",)

    def columns(self) -> Sequence[Column[Glance]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Glance, now: datetime) -> Mapping[str, Cell]:
        """Returns a review's cells."""
        return glance_cells(item, now)

    def words_of(self, item: Glance) -> str:
        """Returns the text its filter looks in."""
        return review_words(item.review)

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew soon where something was told of a review."""
        if patch.whole or any(each.subject.kind == "review" for each in entries):
            self._known = {}
            self.read_soon()

    async def read(self) -> dict[str, Glance]:
        """Returns every review."""
        return await self.floor.ask(glances, self.floor.person, ended=True)

    def again(self) -> None:
        """Reads the list anew."""
        self.read_anew()

    def _show_detail(self) -> None:
        super()._show_detail()
        row = self.current
        if row is not None and row.review.items and row.review.label not in self._known:
            self.work_beside(partial(self._read_known, row.review), "detail")

    async def _read_known(self, review: Review) -> None:
        try:
            self._known[review.label] = await self.floor.ask(_known, review, self.floor.person)
        except WatchfloorError:
            return  # what is at hand stays shown; the header says what is wrong
        self.detail.show()
        self.floor.footer_changed()

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible now, and for judging a review with rights of one's own in it, who can."""
        known = self._known.get(self.current.review.label) if self.current is not None else None
        if action_id in _JUDGES and known is not None and known.others.bars:
            return f"it asks about {own_words(known.others.own)}; {listed(known.others.leads)} can"
        return super().why_not(action_id)

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many wait for who looks, and how many are where."""
        rows = self._rows.values()
        yours = sum(each.yours for each in rows)
        is_open = sum(1 for each in rows if each.review.state is ReviewState.OPEN)
        carrying = sum(1 for each in rows if each.review.state is ReviewState.CARRYING_OUT)
        to_go = sum(each.stands.ordered for each in rows)
        return [
            (f" {yours} wait for you", Tone.STRONG if yours else Tone.MUTED), tally(is_open, "open", Tone.ACCENT),
            tally(carrying, "to be carried out", Tone.WARNING), tally(to_go, f"right{'' if to_go == 1 else 's'} still to be gone", Tone.WARNING),
        ]  # fmt: skip

    def heading_of(self, item: Glance) -> str:
        """Returns number and name."""
        return f"{item.review.label}  {item.review.name}"

    def detail_of(self, item: Glance, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns what it is, how it stands, and how its reviewers decide."""
        known = self._known.get(item.review.label, _Known({}, {}))
        return list(review_lines(item.review, item.stands, known.waits, known.paces))

    def on_grid_opened(self, message: Any) -> None:
        """Opens the review: its items."""
        row = self._rows.get(message.id)
        if row is not None and not row.review.items:
            self.floor.say(f"{message.id} has no items yet; B begins it")
        elif row is not None:
            self.floor.go_to("review", message.id)
