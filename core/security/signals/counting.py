"""Windows: how often something was seen of a subject within a span, per rule. Pure; kept across a restart as JSON's types.

Each rule counts by itself: what one has raised is still counted by the others. As fail2ban does it, a count that was
reached is begun anew.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from core.security.signals.model import MOST_SAMPLES
from core.security.signals.reading.addresses import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.security.signals.reading.scanning import Sighting
    from core.security.signals.rules import Rule

MOST_KEYS = 2000
"""So many subjects are counted of a log at once by one rule; the one that was seen least recently gives way."""
PASSED_OVER = 50
"""So many who are waited for are passed over at most before one of them gives way after all."""
LINES = MOST_SAMPLES
"""So many of the lines that are counted are at hand as evidence when the count is reached, the first ones and the last; not
after a restart."""
_FIRST = LINES // 2
NOWHERE = frozenset[str]()
"""The addresses behind a subject that is no group of them."""


class Reached(NamedTuple):
    """A count that was reached: how many sightings there were, from when on (microseconds UTC), and some of their lines.

    `wholes` are the addresses they came from, where they are counted under a group of addresses.
    """

    times: int
    first: int
    lines: tuple[bytes, ...]
    wholes: frozenset[str] = frozenset()


class Window:
    """What was seen of one subject within a span: (instant, value, times), oldest first; and of it some (instant, line).

    The value is what is to be different, or the address itself where the subject is a group of addresses.
    """

    __slots__ = ("lines", "seen", "total")

    def __init__(self, seen: list[tuple[int, str, int]], total: int, lines: list[tuple[int, bytes]]) -> None:
        self.seen, self.total, self.lines = seen, total, lines

    @classmethod
    def of(cls, seen: list[list[Any]]) -> Window:
        """Returns the window that holds what was kept of one; its lines are not at hand any more."""
        return cls([(at, value, times) for at, value, times in seen], sum(each[2] for each in seen), [])

    def forget(self, least: int, value: str | None = None) -> None:
        """Leaves out what was seen before an instant, and (unless None) what was seen with a value."""
        self.seen = [each for each in self.seen if each[0] >= least and each[1] != value]
        self.total = sum([each[2] for each in self.seen])
        if self.lines and self.lines[0][0] < least:
            self.lines = [each for each in self.lines if each[0] >= least]

    def add(self, at: int, value: str, times: int, line: bytes) -> None:
        """Adds a sighting."""
        self.seen.append((at, value, times))
        self.total += times
        self.lines.append((at, line))
        if len(self.lines) > LINES:
            del self.lines[_FIRST]

    def keep_last(self, most: int) -> None:
        """Leaves out all but the last so many, for only whether there were as many is asked."""
        if len(self.seen) > most:
            del self.seen[:-most]
            del self.lines[:-most]
            self.total = sum([each[2] for each in self.seen])


def reached_of(windows: Sequence[Window]) -> Reached:
    """Returns the count that windows of one subject come to together."""
    seen = [each for window in windows for each in window.seen]
    return Reached(
        sum([times for _, _, times in seen]), min([at for at, _, _ in seen]),
        tuple([line for window in windows for _, line in window.lines]),
        frozenset([value for _, value, _ in seen if value]),
    )  # fmt: skip


class Counted(NamedTuple):
    """A sighting with which a count was reached: whom it is about, when it came (microseconds UTC), and the count."""

    about: str
    at: int
    reached: Reached


class Counter:
    """The windows of one rule in one log, by subject; the one that was seen last is the last."""

    def __init__(self, rule: Rule, windows: OrderedDict[str, Window]) -> None:
        self.rule, self.windows = rule, windows
        self.unkeyed = 0
        self._span = int(rule.within_s * 1_000_000)

    def count(self, sightings: Iterable[Sighting]) -> Iterator[Counted]:
        """Counts sightings in their order, and yields where the count is reached; `unkeyed` is how many lacked a field.

        This runs for every sighting of a log under attack, most of them about somebody who was never seen before: what is
        done for each of them stands here, and is not called.
        """
        rule, windows, span, most = self.rule, self.windows, self._span, self.rule.count
        find, touch = windows.get, windows.move_to_end
        by, different, then, value = rule.by[0] if len(rule.by) == 1 else "", rule.different, rule.then, ""
        for kind, at, _, fields, times, line in sightings:
            key = (fields.get(by) or None) if by else key_of(rule, fields)
            if different:
                value, many = fields.get(different, ""), 1
            else:
                value, many = fields.get(WHOLE, "") if key and ":" in key else "", times
            if key is None or (different and not value):
                self.unkeyed += kind != then
            elif kind == then:
                if reached := self._follow(key, at, line):
                    yield Counted(key, at, reached)
            else:
                window = find(key)
                if window is None:
                    windows[key] = window = Window([(at, value, many)], many, [(at, line)])
                    if len(windows) > MOST_KEYS:
                        self._give_way(at)
                else:
                    touch(key)
                    seen = window.seen
                    if different or (seen and seen[0][0] < at - span):
                        window.forget(at - span, value if different else None)
                        seen = window.seen
                    lines = window.lines
                    seen.append((at, value, many))
                    window.total += many
                    lines.append((at, line))
                    if len(lines) > LINES:
                        del lines[_FIRST]
                if not then:
                    if window.total >= most:
                        yield Counted(key, at, self._reached(key, window))
                elif len(window.seen) > most:
                    window.keep_last(most)

    def _give_way(self, at: int) -> None:
        """Leaves out who was seen least recently; not who is waited for, while there is one of the next few who is not.

        Who was refused often enough cannot hide what follows behind a crowd that was refused once each.
        """
        windows = self.windows
        for _ in range(PASSED_OVER if self.rule.then else 0):
            key, window = next(iter(windows.items()))
            if window.total < self.rule.count or window.seen[-1][0] < at - self._span:
                break
            windows.move_to_end(key)
        windows.popitem(last=False)

    def _follow(self, key: str, at: int, line: bytes) -> Reached | None:
        """Returns what had been reached within the span when the sighting came that the rule waits for; else None."""
        window = self.windows.get(key)
        if window is None:
            return None
        window.forget(at - self._span)
        if window.total < self.rule.count:
            return None
        reached = self._reached(key, window)
        return reached._replace(times=reached.times + 1, lines=(*reached.lines, line))

    def _reached(self, key: str, window: Window) -> Reached:
        del self.windows[key]
        wholes = frozenset([each[1] for each in window.seen if each[1]]) if ":" in key else NOWHERE
        lines = tuple([each[1] for each in window.lines])
        return Reached(window.total, min([each[0] for each in window.seen]), lines, wholes)


def keyed(rule: Rule, sightings: Iterable[Sighting]) -> list[tuple[str, Sighting]]:
    """Returns those sightings that a rule can count, with whom it counts them under."""
    found = [(key_of(rule, each.fields), each) for each in sightings]
    return [(key, each) for key, each in found if key is not None]


def wholes_of(sighting: Sighting) -> frozenset[str]:
    """Returns the address that a sighting came from, where it is counted under a group of addresses."""
    whole = sighting.fields.get(WHOLE, "")
    return frozenset((whole,)) if whole else NOWHERE


def key_of(rule: Rule, fields: Mapping[str, str]) -> str | None:
    """Returns whom a sighting is counted under, "" where the rule counts by nothing; None where a field is wanting."""
    if not rule.by:
        return ""
    values = [fields.get(name, "") for name in rule.by]
    return " ".join(values) if all(values) else None


class Windows:
    """The windows of one log, by rule."""

    def __init__(self) -> None:
        self._of: dict[str, OrderedDict[str, Window]] = {}

    def of(self, rule: Rule) -> Counter:
        """Returns what counts for a rule, going on with what was counted under its name."""
        return Counter(rule, self._of.setdefault(rule.id, OrderedDict()))

    def dump(self, rules: Mapping[str, Rule]) -> list[Any]:
        """Returns what is to be kept: of each window whose span is not over its rule, subject and sightings."""
        newest = max(
            (each.seen[-1][0] for of in self._of.values() for each in of.values() if each.seen), default=0
        )
        kept: list[Any] = []
        for name, windows in self._of.items():
            rule = rules.get(name)
            least = newest - int(rule.within_s * 1_000_000) if rule is not None else 0
            for key, window in list(windows.items()):
                if rule is None or not window.seen or window.seen[-1][0] < least:
                    del windows[key]
                else:
                    kept.append([name, key, window.seen])
        return kept

    @classmethod
    def load(cls, kept: list[Any]) -> Windows:
        """Returns the windows that `dump` gave."""
        windows = cls()
        for rule, key, seen in kept:
            windows._of.setdefault(rule, OrderedDict())[key] = Window.of(seen)
        return windows
