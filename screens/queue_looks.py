"""How one looks at the queue: which view of it, in which order, with or without details; kept of the person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.desk.requests.model import Request
from core.desk.requests.pages import FIRST_VIEW, ORDERS, VIEWS
from screens.boxes.pick import Choice, PickBox
from screens.looks import Looks, look_of_text, view_choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.desk.requests.pages import Wanted

PLACE = "queue"
_SAID = {
    "unowned+mine": "what is nobody's, and yours",
    "unowned": "what is nobody's",
    "mine": "what is yours",
    "waiting": "what waits on a customer, a supplier, or an instant",
    "held": "what waits for a lead's decision or an approval",
    "snoozed": "what is out of sight until an instant",
    "delivered": "what is delivered and not closed",
    "all open": "everything that is not closed",
    "all": "everything there ever was",
}


class QueueLooks(Looks[Request]):
    """The queue's part of how one looks at it."""

    wanted: Wanted

    if TYPE_CHECKING:

        def want(self, **changes: Any) -> None:
            """Wants another part or another order of the queue."""
            ...

    def begin_looks(self) -> None:
        """Has it as this person last had it."""
        kept = self.floor.look_of(PLACE)
        view = kept.get("view", "")
        self.want(view=view if view in VIEWS else FIRST_VIEW)
        self.set_class(kept.get("detail") == "off", "-no-detail")

    def show_view(self, name: str) -> None:
        """Shows another view of the queue."""
        self.want(view=name)
        self._keep()
        self.floor.footer_changed()

    def do_queue_detail(self) -> None:
        """Shows the details of the row under the cursor, or gives their room to the list."""
        self.toggle_class("-no-detail")
        self._keep()

    def _keep(self) -> None:
        detail = {"detail": "off"} if self.has_class("-no-detail") else {}
        self.floor.keep_look(PLACE, {"view": self.wanted.view, **detail})

    # Order

    async def do_sort(self) -> None:
        """Sorts by a column, in the database; chosen again, the other way round."""
        choices = [Choice(c.id, c.title.lower()) for c in self.columns() if c.id in ORDERS]
        chosen = await self.floor.box(PickBox("sort by", choices))
        if chosen is not None:
            self._sort(chosen, reverse=chosen == self.wanted.order and not self.wanted.is_reversed)

    def _sort(self, order: str, *, reverse: bool) -> None:
        if order in {column.id for column in self.grid.columns}:
            self.grid.sort_by(order, reverse=reverse)
        self.want(order=order, is_reversed=reverse)

    # Views

    async def do_views(self) -> None:
        """Applies a view of the queue, or one that was saved; a new name saves this one, a name behind a minus drops it."""
        place = f"views:{self.view_id}"
        saved = dict(self.floor.look_of(place))
        title = "views: choose one; type a new name to keep this one, -NAME to drop one"
        chosen = await self.floor.box(PickBox(title, lambda typed: _choices(saved, typed, self.wanted.view)))
        if chosen is None:
            return
        if chosen in VIEWS:
            self.show_view(chosen)
        elif chosen in saved:
            self._apply(saved[chosen])
            self.floor.say(f"view {chosen}")
        elif chosen.startswith("-"):
            del saved[chosen[1:]]
            self.floor.keep_look(place, saved)
            self.floor.say(f"view {chosen[1:]} dropped")
        else:
            self.floor.keep_look(place, saved | {chosen: json.dumps(self._look())})
            self.floor.say(f"view {chosen} kept")

    def _look(self) -> dict[str, Any]:
        return super()._look() | {
            "view": self.wanted.view, "sort": self.wanted.order, "reverse": self.wanted.is_reversed,
        }  # fmt: skip

    def _apply(self, text: str) -> None:
        look = look_of_text(text)
        view = json.loads(text).get("view", FIRST_VIEW) if look else FIRST_VIEW
        self.show_view(view if view in VIEWS else FIRST_VIEW)
        self.set_filter(look["filter"])
        self._show_columns(frozenset(look["hidden"]))
        if look["sort"] in ORDERS:
            self._sort(look["sort"], reverse=look["reverse"])


def _choices(saved: Mapping[str, str], typed: str, shown: str) -> list[Choice]:
    """Returns the views everybody has, then those of one's own, and what else the typed text would do."""
    words = typed.lower().split()
    found = [
        Choice(name, name, said + (" (shown now)" if name == shown else ""))
        for name, said in _SAID.items()
        if all(word in f"{name} {said}".lower() for word in words)
    ]
    own = [each for each in view_choices(saved, typed) if each.id not in VIEWS]
    return [*found, *own]
