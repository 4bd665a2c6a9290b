"""Who has to say of which items, by the rule of a stage. Pure: what the house knows of people is given.

Items with the same panel have the same reviewers. Nobody says of their own grants: where that leaves nobody, an item goes
to the last people of the escalation, and from there to the leads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.security.reviews.model import Seat
from core.security.reviews.plans import By

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.security.reviews.plans import Stage

LAST_PANEL, LEADS_PANEL, NAMED_PANEL = "the last", "the leads", "those named"


class Name(NamedTuple):
    """One person: by which name they come here, and by which else they are known."""

    reviewer: str
    alias: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The people there are, and what they own. `names` has each by id and by login."""

    names: Mapping[str, Name] = field(default_factory=dict)
    leads: tuple[Name, ...] = ()
    keepers: Mapping[str, str] = field(default_factory=dict)  # owner by component

    def name_of(self, text: str) -> Name | None:
        """Returns who goes by a name; where no staff is declared at all, anybody does."""
        if not text:
            return None
        return self.names.get(text) or (None if self.names else Name(text, text))

    def keeper_of(self, on: str) -> Name | None:
        """Returns who owns what a right is on, written `component:web`, `host:web` or just `web`."""
        return self.name_of(self.keepers.get(on) or self.keepers.get(on.partition(":")[2], ""))


def seats_of(
    number: int, stage: Stage, panels: Iterable[str], last: Iterable[str], roster: Roster
) -> list[Seat]:
    """Returns the seats of a stage: of the panels that its items have, and of those to which they fall back."""
    found: dict[tuple[str, str], Seat] = {}

    def seat(panel: str, name: Name | None, why: str) -> None:
        if name is not None:
            found.setdefault((panel, name.reviewer), Seat(number, panel, *name, is_asked=True, why=why))

    for each in last:
        seat(LAST_PANEL, roster.name_of(each), "last of the escalation")
    for name in roster.leads:
        seat(LEADS_PANEL, name, "lead")
    for panel in panels:
        if stage.by is By.OWNER:
            seat(panel, roster.name_of(panel), "answers for the grant")
        elif stage.by is By.KEEPER:
            seat(panel, roster.keeper_of(panel), f"owns {panel}")
        elif stage.by is By.NAMED:
            for each in stage.people:
                seat(panel, roster.name_of(each), "named")
    return list(found.values())


def only_names(seats: Iterable[Seat]) -> dict[str, frozenset[str]]:
    """Returns, by panel, the names in small letters that everybody seated there goes by: nobody else could say of their rights."""
    found: dict[str, frozenset[str]] = {}
    for each in seats:
        names = frozenset({each.reviewer.lower(), each.alias.lower()})
        found[each.panel] = found[each.panel] & names if each.panel in found else names
    return found


def escalated(number: int, panels: Iterable[str], seated: Iterable[Seat], roster: Roster) -> list[Seat]:
    """Returns the seats of leads who are asked, too, about what nobody of these panels has decided."""
    taken = {(each.panel, each.reviewer) for each in seated}
    return [
        Seat(number, panel, *name, is_asked=False, why="escalated")
        for panel in panels
        for name in roster.leads
        if (panel, name.reviewer) not in taken
    ]
