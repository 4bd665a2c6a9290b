"""A list whose rows are the answer to a question, asked beside the keys and anew where something changed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import WatchfloorError
from screens.list_view import ListView
from screens.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch, Picture

Item = TypeVar("Item")
AGAIN_S = 1.0
"""So long after something changed it is asked again, once for all that came meanwhile."""


class ReadList(ListView[Item]):
    """A list gives `read`, which asks and returns its rows by id."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, Item] = {}
        self._is_old = self._is_due = self._was_read = False
        self._asked_for = ""
        self._patience = Patience()

    @abstractmethod
    async def read(self) -> dict[str, Item] | None:
        """Asks the database, and returns the rows; None where nothing is to be shown anew."""

    def concerns(self, patch: Patch) -> bool:
        """Tells whether a patch may change the answer."""
        return bool(patch.requests or patch.incidents or patch.whole)

    def items_of(self, picture: Picture) -> Mapping[str, Item]:  # noqa: ARG002
        """Returns what was read."""
        return self._rows

    def changed_in(self, patch: Patch) -> Mapping[str, Item]:  # noqa: ARG002
        """Returns nothing: it is read anew."""
        return {}

    def shown(self, argument: str) -> None:
        """Shows what was read, and reads it anew."""
        super().shown(argument)
        if self._was_read:
            self.read_anew()
            return
        self.grid.is_loaded = False  # nothing is known yet, which is not that nothing is there
        self._asked_for = argument
        self.read_asked(self._read, "read")

    def read_anew(self) -> None:
        """Reads beside the keys; what is under way already is given up for it."""
        self.work_beside(self._read, "read")

    async def _read(self) -> None:
        try:
            found = await self.read()
        except WatchfloorError as error:
            self._is_old = True
            self._patience.refused()
            self.floor.say(str(error), bad=True)
            return
        self._patience.answered()
        if found is None:
            return
        self._is_old, self._rows, self._was_read = False, found, True
        self.grid.replace(found)
        asked_for, self._asked_for = self._asked_for, ""
        if asked_for:
            self.grid.go_to(asked_for)
        self.summary.show()
        self._show_detail()
        self.floor.footer_changed()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:  # noqa: ARG002
        """Reads anew soon, where something in it may be otherwise."""
        if self.concerns(patch):
            self.read_soon()

    def read_soon(self) -> None:
        """Reads anew soon, where it is in front; else when it is shown again."""
        if not self.display or not self._is_loaded:
            self._is_old = True
        elif not self._is_due:
            self._is_due = True
            self.set_timer(AGAIN_S, self._again)

    def _again(self) -> None:
        self._is_due = False
        if self.display:
            self.read_anew()

    def tick(self, now: datetime) -> None:
        """Has ages counted on; what became old is read, and what was refused is asked for again, ever less often."""
        super().tick(now)
        if self._is_old and self.display and self._is_loaded and self._patience.is_over():
            self._is_old = False
            self.read_anew()

    def words_of(self, item: Any) -> str:
        """Returns the text its filter looks in."""
        return str(item)
