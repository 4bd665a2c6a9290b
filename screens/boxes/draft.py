"""What is typed in a box and not yet used: kept while it is typed, offered when the same box is opened again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Keeper(Protocol):
    """Keeps texts by place: the console."""

    def draft_of(self, place: str) -> Mapping[str, str]:
        """Returns what was typed at a place and not yet used."""
        ...

    def keep_draft(self, place: str, fields: Mapping[str, str]) -> None:
        """Keeps what is typed; empty fields end the draft."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of one box: `place` names what is done to which subject (`incident.resolve:I-7`)."""

    keeper: Keeper
    place: str

    def texts(self) -> Mapping[str, str]:
        """Returns the texts by field; empty when nothing was typed."""
        return self.keeper.draft_of(self.place)

    def keep(self, texts: Mapping[str, str], begun: Mapping[str, str]) -> None:
        """Keeps what is typed, where it is not just what stood there when the box was opened for the first time."""
        self.keeper.keep_draft(self.place, texts if texts != begun else {})

    def used(self) -> None:
        """Ends the draft: what was typed has become what it was typed for."""
        self.keeper.keep_draft(self.place, {})
