"""Windows: how often something was seen of a subject within a span, per rule. Pure; kept across a restart as JSON's types.

Each rule counts by itself: what one has raised is still counted by the others. As fail2ban does it, a count that was
reached is begun anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.security.signals.rules import Rule

MOST_KEYS = 5000
"""So many subjects are counted of a log at once; the one that was seen least recently gives way."""
LINES = 4
"""So many of the lines that were counted are at hand as evidence when the count is reached; not after a restart."""


class Reached(NamedTuple):
    """A count that was reached: how many sightings there were, from when on (microseconds UTC), and some of their lines."""

    times: int
    first: int
    lines: tuple[bytes, ...]


class Window:
    """What was seen of one subject within a span, oldest first."""

    __slots__ = ("lines", "seen", "total")

    def __init__(self, seen: list[tuple[int, str, int]]) -> None:
        self.seen = seen  # (at, value, times)
        self.total = sum(times for _, _, times in seen)
        self.lines: list[bytes] = []

    def forget(self, least: int, value: str | None) -> None:
        """Leaves out what was seen before an instant, and (unless None) what was seen with a value."""
        seen = self.seen
        if (seen and seen[0][0] < least) or value is not None:
            seen[:] = [each for each in seen if each[0] >= least and each[1] != value]
            self.total = sum(times for _, _, times in seen)

    def add(self, at: int, value: str, times: int, line: bytes) -> None:
        """Adds a sighting."""
        self.seen.append((at, value, times))
        self.total += times
        self.lines.append(line)
        del self.lines[:-LINES]

    def keep_last(self, most: int) -> None:
        """Leaves out all but the last so many, for only whether there were as many is asked."""
        if len(self.seen) > most:
            del self.seen[:-most]
            self.total = sum(times for _, _, times in self.seen)


class Windows:
    """The windows of one log."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], Window] = {}
        self.given_way = 0

    def count(
        self, rule: Rule, key: str, at: int, line: bytes, value: str = "", times: int = 1
    ) -> Reached | None:
        """Counts a sighting at an instant (microseconds UTC); returns what was reached, or None."""
        window = self._touched(rule.id, key)
        window.forget(at - int(rule.within_s * 1_000_000), value if rule.different else None)
        window.add(at, value, 1 if rule.different else times, line)
        if rule.then:
            window.keep_last(rule.count)
            return None
        return self._reached(rule, key, window) if window.total >= rule.count else None

    def follow(self, rule: Rule, key: str, at: int, line: bytes) -> Reached | None:
        """Returns what had been reached within the span when the sighting came that `rule` waits for; else None."""
        window = self._windows.get((rule.id, key))
        if window is None:
            return None
        window.forget(at - int(rule.within_s * 1_000_000), None)
        if window.total < rule.count:
            return None
        window.lines.append(line)
        return self._reached(rule, key, window)

    def _reached(self, rule: Rule, key: str, window: Window) -> Reached:
        del self._windows[rule.id, key]
        return Reached(window.total, min(each[0] for each in window.seen), tuple(window.lines))

    def _touched(self, rule: str, key: str) -> Window:
        """Returns the window of a subject, as the one that was seen last."""
        window = self._windows.pop((rule, key), None) or Window([])
        self._windows[rule, key] = window
        if len(self._windows) > MOST_KEYS:
            del self._windows[next(iter(self._windows))]
            self.given_way += 1
        return window

    def dump(self, rules: Mapping[str, Rule]) -> list[Any]:
        """Returns what is to be kept: of each window whose span is not over its rule, subject and sightings."""
        newest = max((each.seen[-1][0] for each in self._windows.values() if each.seen), default=0)
        kept: list[Any] = []
        for (rule, key), window in list(self._windows.items()):
            found = rules.get(rule)
            if (
                found is None
                or not window.seen
                or window.seen[-1][0] < newest - int(found.within_s * 1_000_000)
            ):
                del self._windows[rule, key]
            else:
                kept.append([rule, key, window.seen])
        return kept

    @classmethod
    def load(cls, kept: list[Any]) -> Windows:
        """Returns the windows that `dump` gave."""
        windows = cls()
        for rule, key, seen in kept:
            windows._windows[rule, key] = Window([(at, value, times) for at, value, times in seen])
        return windows
