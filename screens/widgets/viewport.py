"""Which rows of a list are in view, and when that may change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Viewport:
    """A window of `height` lines over a list, beginning at row `top`."""

    top: int = 0
    height: int = 1

    def reveal(self, place: int, count: int) -> None:
        """Scrolls as little as needed to show row `place` of `count`, and never beyond the last row."""
        if place < self.top:
            self.top = place
        elif place >= self.top + self.height:
            self.top = place - self.height + 1
        self.top = max(0, min(self.top, count - self.height))

    def page(self, old_place: int, new_place: int, count: int) -> None:
        """Scrolls so that the cursor, moved by a page, keeps its line on the screen where it can."""
        self.top += new_place - old_place
        self.reveal(new_place, count)

    def settle(self, old_place: int, new_place: int, count: int) -> None:
        """Follows rows that came and went while the operator rested.

        A list that shows its first row goes on showing its first row: there stands what is worst. Any
        other keeps the cursor on its line of the screen. In both the cursor stays in view.
        """
        if self.top:
            self.top = max(1, self.top + new_place - old_place)
        self.reveal(new_place, count)
