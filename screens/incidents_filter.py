"""The filter of the list of incidents: read of those at hand; what only the database knows of them is asked beside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.desk.finding.fields import Kind
from core.desk.finding.keeping import OWN
from core.desk.finding.parsing import parse
from core.desk.finding.queries import passing
from core.desk.finding.reading import At, Sight, passes
from core.desk.finding.tree import EVERYTHING, All, Either, Flag, Not, Said
from core.desk.finding.words import kept
from core.desk.model import Incident
from core.errors import WatchfloorError
from core.timekeeping import utc_now
from screens.filter_hints import FilterLanguage
from screens.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.desk.finding.tree import Tree
    from core.journal.model import Entry
    from screens.picture import Patch

INCIDENTS = frozenset({Kind.INCIDENT})


class IncidentsFilter(FilterLanguage, ListView[Incident]):
    """Filters by the language. What was said and noted is not at hand, nor which promises were broken: that is asked."""

    finds = INCIDENTS
    _tree: Tree = EVERYTHING
    _answers: dict[tuple[int, int], bool]
    """What the database said of an incident at a version, for the tree there is."""

    def at_hand(self) -> Iterable[Incident]:
        """Returns the incidents there are."""
        return self.picture.incidents.values()

    def set_filter(self, text: str) -> None:
        """Shows what passes: at once what is seen to, and soon what the database has to be asked of."""
        self._filter, self._answers = text, {}
        self._tree = parse(text, INCIDENTS).tree
        self._filter_anew()
        self.keep_left()
        self._ask_soon()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Asks anew of what changed."""
        super().take_patch(patch, entries)
        if patch.whole or patch.incidents:
            self._ask_soon()

    def _filter_anew(self) -> None:
        self.grid.filter(None if self._tree == EVERYTHING else self._passes, self._filter)

    def _passes(self, item: Incident) -> bool:
        answer = None if self.is_then else self._answers.get((item.id, item.version))
        if answer is not None:
            return answer
        words = kept(str(getattr(item, name)) for name in OWN[Kind.INCIDENT])
        return passes(self._tree, At(item, words), Sight(self.floor.person, self.now_of(utc_now())))

    def _ask_soon(self) -> None:
        if _asks_database(self._tree) and not self.is_then:
            self.work_beside(partial(self._ask, self._tree), "filter")

    async def _ask(self, tree: Tree) -> None:
        asked = {item.id: item.version for item in self.floor.picture.incidents.values()}
        sight = Sight(self.floor.person, utc_now())
        try:
            found = await self.floor.ask(passing, tree, Kind.INCIDENT, list(asked), sight)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return
        if tree is self._tree:
            self._answers = {(number, version): number in found for number, version in asked.items()}
            self._filter_anew()


def _asks_database(tree: Tree) -> bool:
    match tree:
        case All(parts) | Either(parts):
            return any(map(_asks_database, parts))
        case Not(part):
            return _asks_database(part)
        case Flag(word):
            return word in {"broken", "risk"}
        case _:
            return isinstance(tree, Said)
