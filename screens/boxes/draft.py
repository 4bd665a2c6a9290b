"""What is typed in a box and not yet used: kept while it is typed, offered when the same box is opened again.

Beside each text that was changed stands the text it was begun from. So it can be told, however much later, what
the person changed and what somebody else did meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAS = "was:"


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
        """Returns the texts that were changed, by field; empty when nothing was typed."""
        kept = self.keeper.draft_of(self.place)
        return {name: text for name, text in kept.items() if not name.startswith(_WAS)}

    def begun(self, now: Mapping[str, str]) -> dict[str, str]:
        """Returns what each text was begun from: what stood there when it was changed first, else what stands there `now`."""
        kept = self.keeper.draft_of(self.place)
        return {name: kept.get(_WAS + name, text) for name, text in now.items()}

    def keep(self, texts: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Keeps what is typed, where it is neither what stands there `now` nor what it was begun from."""
        begun, kept = self.begun(now), {}
        for name, text in texts.items():
            if text not in (now.get(name, ""), begun.get(name, "")):
                kept[name], kept[_WAS + name] = text, begun.get(name, "")
        self.keeper.keep_draft(self.place, kept)

    def take_over(self, place: str) -> None:
        """Goes on with what was typed at another place, which can no longer be opened; what was typed here stays."""
        left = self.keeper.draft_of(place)
        if left and not self.keeper.draft_of(self.place):
            self.keeper.keep_draft(self.place, left)
            self.keeper.keep_draft(place, {})

    def used(self) -> None:
        """Ends the draft: what was typed has become what it was typed for."""
        self.keeper.keep_draft(self.place, {})
