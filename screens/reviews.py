"""Access reviews: what waits for one's decision first, how far each is, and how its reviewers decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from core.errors import WatchfloorError
from core.security.reviews.model import Review, ReviewState
from core.security.reviews.queries import Progress, paces, progress, reviews, to_do, waiting_for
from core.timekeeping import age
from screens.read_list import ReadList
from screens.review_rows import REVIEW_TONES, review_lines, review_words
from screens.reviews_doing import ReviewsDoing
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.security.reviews.pace import Pace
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


class Row(NamedTuple):
    """A review as the list shows it: how far it is, and how many items wait for who looks."""

    review: Review
    stands: Progress
    yours: int


class _Known(NamedTuple):
    waits: Mapping[str, int]
    paces: Mapping[str, Pace]


_ORDER = {each: place for place, each in enumerate(ReviewState)} | {ReviewState.DRAFT: 2.5}


def _due(row: Row) -> float:
    return row.review.due_at.timestamp() if row.review.due_at else float("inf")


COLUMNS: tuple[Column[Row], ...] = (
    Column("id", "ID", width=7, priority=10, sort=lambda r: -r.review.id),
    Column(
        "yours",
        "YOURS",
        width=6,
        priority=10,
        align="right",
        sort=lambda r: (-r.yours, _due(r), -r.review.id),
    ),
    Column("due", "DUE", width=6, priority=9, sort=lambda r: (_due(r), -r.review.id)),
    Column("decided", "DECIDED", width=13, priority=8),
    Column("change", "CHANGE", width=6, priority=7, align="right"),
    Column("left", "TO GO", width=6, priority=6, align="right"),
    Column(
        "state", "STATE", width=18, priority=8, sort=lambda r: (_ORDER[r.review.state], _due(r), -r.review.id)
    ),
    Column("name", "NAME", share=3, min_width=16, priority=9),
    Column("owner", "OWNER", width=10, priority=4, sort=lambda r: r.review.owner),
)


def _rows(connection: Connection, person: str) -> dict[str, Row]:
    found = reviews(connection, ended=True, limit=300)
    stands, yours = progress(connection, [each.id for each in found]), waiting_for(connection, person)
    return {each.label: Row(each, stands[each.id], yours.get(each.id, 0)) for each in found}


def _known(connection: Connection, review: Review) -> _Known:
    return _Known(to_do(connection, review.id, review.stage), paces(connection, review.id))


class Reviews(ReviewsDoing, ReadList[Row]):
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

    def columns(self) -> Sequence[Column[Row]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Row, now: datetime) -> Mapping[str, Cell]:
        """Returns a review's cells."""
        review, stands = item.review, item.stands
        return {
            "id": ((review.label, Tone.ACCENT),), "yours": ((str(item.yours or "-"), Tone.WARNING if item.yours else Tone.MUTED),),
            "due": _due_cell(review, now), "decided": f"{stands.decided} of {review.items}" if review.items else "-",
            "change": str(stands.change + stands.revoke), "left": str(stands.ordered + stands.not_done + stands.refused or "-"),
            "state": ((review.standing, REVIEW_TONES[review.state]),), "name": review.name, "owner": review.owner,
        }  # fmt: skip

    def words_of(self, item: Row) -> str:
        """Returns the text its filter looks in."""
        return review_words(item.review)

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew soon where something was told of a review."""
        if patch.whole or any(each.subject.kind == "review" for each in entries):
            self._known = {}
            self.read_soon()

    async def read(self) -> dict[str, Row]:
        """Returns every review."""
        return await self.floor.ask(_rows, self.floor.person)

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
            self._known[review.label] = await self.floor.ask(_known, review)
        except WatchfloorError:
            return  # what is at hand stays shown; the header says what is wrong
        self.detail.show()

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

    def heading_of(self, item: Row) -> str:
        """Returns number and name."""
        return f"{item.review.label}  {item.review.name}"

    def detail_of(self, item: Row, _width: int, _glyphs: Glyphs) -> list[TextLine]:
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


def _due_cell(review: Review, now: datetime) -> Cell:
    if review.due_at is None:
        return ((f"{review.scheduled:%d %b}" if review.scheduled and not review.items else "-", Tone.MUTED),)
    left = (review.due_at - now).total_seconds()
    if left < 0:
        return (("late", Tone.CRITICAL),)
    return ((age(left), Tone.WARNING if left < 3 * 86400 else Tone.TEXT),)
