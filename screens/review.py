"""One access review: its items, what is riskiest first, decided with a key each. Of a long list only a window is held."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from core.errors import WatchfloorError
from core.journal.model import Subject
from core.journal.wording import number_in
from core.security.reviews.context import Context, Overview, context_of, overview_of
from core.security.reviews.model import Decision, Item
from core.security.reviews.pages import FIRST_ORDER, FIRST_VIEW, PAGES, Wanted
from screens.action_forms import draft_from_subject
from screens.review_doing import ReviewDoing
from screens.review_evidence import ReviewEvidence
from screens.review_rows import COLUMNS, item_cells, item_lines, overview_line
from screens.tones import Tone
from screens.windowed import Windowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from screens.widgets.cells import Cell
    from screens.widgets.columns import Column
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

RESTS_S = 0.15
"""Who leafs through the list asks nothing of the database; who rests on a row for so long sees what is known of it."""
COUNTED_S = 0.3

NONE_CHOSEN = "No review is chosen: enter on one of :reviews opens it."


class ReviewView(ReviewDoing, ReviewEvidence, Windowed[Item]):
    """A view of one review's items, filtered and ordered by the database."""

    view_id: ClassVar[str] = "review"
    subject_kind = "review"
    pages = PAGES
    sorted_at_first = FIRST_ORDER
    empty_text = "Nothing of it waits for you. w chooses another view: all, privileged, nobody …"
    without_subject = frozenset(
        {"list.detail", "list.view", "review.write_out", "review.evidence", "action.from_review"}
    )

    def __init__(self) -> None:
        super().__init__(Wanted(0, ""))
        self.review_id = 0
        self._overview: Overview | None = None
        self._contexts: dict[int, Context] = {}
        self._last_reason: dict[Decision, str] = {}

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "reviews"

    def crumbs(self) -> Sequence[str]:
        """Returns where this is: the review, and which view of it."""
        if not self.review_id:
            return ("Reviews", "none chosen")
        name = (self._overview.review.name,) if self._overview else ()
        return ("Reviews", *name, f"RV-{self.review_id} {self.wanted.view}")

    def shown(self, argument: str) -> None:
        """Shows a review, written RV-7; behind it an item (RI-118), a view, or a filter (`/words`)."""
        label, _, rest = argument.partition(" ")
        number = number_in(label)
        if label.startswith("RV-") and number is not None and number != self.review_id:
            self.review_id, self._overview = number, None
            self._contexts, self._is_old = {}, True
            self.wanted = Wanted(self.review_id, self.floor.person, FIRST_VIEW)
            self._filter, self.grid.empty_text = "", self.empty_text
        super().shown(rest)
        if not self.review_id:
            self.grid.empty_text = NONE_CHOSEN

    def argument(self) -> str:
        """Returns the review, and the item under the cursor."""
        return f"RV-{self.review_id} {self.grid.cursor_id or ''}".strip() if self.review_id else ""

    def review_number(self) -> int:
        """Returns the number of the review that is open."""
        return self.review_id

    def opened(self) -> str:
        """Returns the review that is open."""
        return f"RV-{self.review_id}" if self.review_id else ""

    def columns(self) -> Sequence[Column[Item]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Item, now: datetime) -> Mapping[str, Cell]:
        """Returns an item's cells."""
        return item_cells(item, now)

    def words_of(self, item: Item) -> str:
        """Not used: the database filters."""
        return item.principal

    def left_word(self, row: Item) -> str:
        """Returns what became of an item that is not in this view any more."""
        return f"said {row.mine}" if row.mine else row.standing

    def wanted_now(self) -> Wanted:
        """Returns what is wanted, of this review and by this person."""
        wanted: Wanted = self.wanted
        return replace(wanted, review=self.review_id, person=self.floor.person)

    def items(self) -> Sequence[Item]:
        """Returns the marked items, else the one under the cursor."""
        return self.rows_of_verbs()

    def in_all(self) -> int:
        """Returns how many items the review has."""
        return self._overview.review.items if self._overview else 0

    def staged_now(self, items: Sequence[Item]) -> None:
        """Shows what is staged of these items at once, and reads the figures again soon."""
        here = self.grid.model.items
        self.grid.patch({each.label: each for each in items if each.label in here})
        self._picked.update({each.label: each for each in items if each.label in self._picked})
        if not items:
            self._look_again()
        self.work_beside(self._read_overview, "counted")
        self._show_detail()

    async def do_action_draft(self) -> None:
        """Drafts a corrective action from the review: from the item under the cursor, where there is one."""
        item = self.current
        if item is None:
            await super().do_action_draft()
            return
        kind, _, name = item.on.partition(":")
        await draft_from_subject(
            self.floor, Subject("review", str(self.review_id)), besides=item.in_words,
            component=name if kind == "component" else "",
        )  # fmt: skip

    # What stands above the list, and beside it

    def window_read(self) -> None:
        """Counts anew, and reads what is known of the row under the cursor."""
        self.work_beside(self._read_overview, "counted")
        self._detail_soon()

    async def _read_overview(self) -> None:
        if not self.review_id:
            return
        await asyncio.sleep(COUNTED_S if self._overview else 0)
        found = await self._asked(overview_of, self.review_id, self.floor.person)
        if found is not None and found != self._overview:
            self._overview = found
            self.summary.show()
            self.floor.footer_changed()

    def told_of(self, ids: set[str]) -> None:
        """Reads again what is known where something was told of this review."""
        if str(self.review_id) in ids:
            self._contexts = {}
        self._detail_soon()

    def _show_detail(self) -> None:
        super()._show_detail()
        self._detail_soon()

    def _detail_soon(self) -> None:
        item = self.current
        if item is not None and item.id not in self._contexts:
            self.work_beside(partial(self._read_detail, item.id), "detail")

    async def _read_detail(self, number: int) -> None:
        await asyncio.sleep(RESTS_S)
        try:
            found = await self.floor.ask(context_of, number)
        except WatchfloorError:
            return  # what is at hand in the list stays shown; the header says what is wrong
        if len(self._contexts) > 2 * PAGES.PAGE:
            self._contexts = {}
        self._contexts[number] = found
        self.detail.show()

    def summary_lines(self, width: int, glyphs: Glyphs) -> TextLine:
        """Returns how far the review is, what is staged, and how its reader decides."""
        if self._overview is None:
            return [(" reading" if self.review_id else " no review is chosen", Tone.MUTED)]
        return overview_line(self._overview, width, glyphs, self.now())

    def heading_of(self, item: Item) -> str:
        """Returns number and right."""
        return f"{item.label}  {item.in_words}"

    def detail_lines(self, width: int, height: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns what is known, as much of it as there is room for."""
        item = self.current
        if item is None:
            return super().detail_lines(width, height, glyphs)
        return item_lines(item, self._contexts.get(item.id), width, height, glyphs)

    def on_grid_opened(self, message: Any) -> None:
        """Opens the grant, as it stands now."""
        item = self.grid.model.items.get(message.id)
        if item is not None:
            self.floor.go_to("access", f"G-{item.grant}")
