"""What of a picture may not be taken for now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.monitoring.queries import BoardRow


@dataclass(frozen=True, slots=True)
class Stale:
    """Whether everything is old, or else which zones are, whose agent is silent. True where anything is."""

    everything: bool = False
    zones: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tells whether anything shown may be old."""
        return self.everything or bool(self.zones)

    def of(self, row: BoardRow) -> bool:
        """Tells whether what is known of a component may be old."""
        return self.everything or row.zone in self.zones

    @property
    def where(self) -> str:
        """Returns the zones in words; the home zone has no name of its own."""
        names = sorted(name or "home" for name in self.zones)
        return f"zone{'s' if len(names) > 1 else ''} {', '.join(names)}"


FRESH = Stale()
