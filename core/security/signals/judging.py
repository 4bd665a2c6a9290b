"""What a part of a log comes to: its sightings held against the rules, and grouped into what is raised. No clock and no I/O."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from core.printable import printable
from core.security.signals.counting import Windows
from core.security.signals.model import Raised, kept_samples
from core.security.signals.reading.scanning import LONGEST_SAMPLE, Scanner
from core.security.signals.rules import rules_of
from core.security.signals.together import SEVERAL, Counted, Together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.catalog.logs import LogSource
    from core.security.signals.reading.scanning import Sighting
    from core.security.signals.rules import Rule
    from core.security.signals.sigma import SigmaRule


class Judged(NamedTuple):
    """What a part of a log came to: what is raised, how many of its lines were of any use, and how many lacked what a rule counts by."""

    raised: tuple[Raised, ...]
    used: int
    unkeyed: int
    off_s: float | None  # by how much the newest stamp is off, for lines that have just been written


class Judge:
    """Reads one log's lines and holds them against its rules. `left_out` says which of its patterns cannot be used here."""

    def __init__(
        self,
        source: LogSource,
        windows: Windows | None = None,
        sigma: Sequence[SigmaRule] = (),
        together: Together | None = None,
    ) -> None:
        self.windows = windows or Windows()
        self._source, self._together = source, together or Together()
        if together is None:
            self._together.put(source.id, [])
        self._scanner = Scanner(source, sigma)
        self.left_out = "; ".join(self._scanner.left_out)
        found = rules_of(source, sigma)
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in found}
        self._of: dict[str, list[Rule]] = defaultdict(list)
        self._then: dict[str, list[Rule]] = defaultdict(list)
        for rule in found:
            for kind in rule.of:
                self._of[kind].append(rule)
            if rule.then:
                self._then[rule.then].append(rule)

    def judge(self, data: bytes, now: datetime, *, is_live: bool) -> Judged:
        """Returns what whole lines come to. `is_live`: they have just been written, so that their arrival is known, too."""
        gathered = _Gathered(f"{SEVERAL} of {self._source.zone}" if self._source.zone else SEVERAL)
        used = unkeyed = 0
        for sighting in self._scanner.scan(data, now, is_live=is_live):
            used += 1
            unkeyed += self._count(sighting, gathered)
        off_s = self._scanner.off_s(data, now) if is_live and data else None
        return Judged(gathered.raised(), used, unkeyed, off_s)

    def _count(self, sighting: Sighting, gathered: _Gathered) -> int:
        """Counts a sighting by every rule it concerns; returns how many could not for want of a field."""
        unkeyed = 0
        for rule in self._then.get(sighting.kind, ()):
            key = _key(rule, sighting.fields)
            if key is not None and (reached := self.windows.follow(rule, key, sighting.at, sighting.line)):
                gathered.add(rule, key, sighting, reached.times + 1, reached.first, reached.lines)
        for rule in self._of.get(sighting.kind, ()):
            key = _key(rule, sighting.fields)
            value = sighting.fields.get(rule.different, "") if rule.different else ""
            if key is None or (rule.different and not value):
                unkeyed += 1
            elif rule.across:
                line = self._source.name.encode() + b": " + sighting.line
                counted = Counted(self._source.id, key, sighting.at, sighting.times, line)
                if reached := self._together.count(rule, counted):
                    gathered.add(rule, key, sighting, reached.times, reached.first, reached.lines)
            elif rule.count == 1 and not rule.then:
                gathered.add(rule, key, sighting, sighting.times, sighting.at, (sighting.line,))
            else:
                found = self.windows.count(rule, key, sighting.at, sighting.line, value, sighting.times)
                if found:
                    gathered.add(rule, key, sighting, found.times, found.first, found.lines)
        return unkeyed


def _key(rule: Rule, fields: Mapping[str, str]) -> str | None:
    """Returns what a sighting is counted by; None where it lacks a field."""
    if len(rule.by) == 1:
        return fields.get(rule.by[0]) or None
    values = [fields.get(name, "") for name in rule.by]
    return " ".join(values) if all(values) else None


class _Group:
    __slots__ = ("count", "first", "last", "lines", "rule")

    def __init__(self, rule: Rule, first: int) -> None:
        self.rule, self.count, self.first, self.last = rule, 0, first, first
        self.lines: tuple[bytes, ...] = ()


class _Gathered:
    """What one part of a log raises, by rule, subject and day, so that each signal is written once for it."""

    def __init__(self, under: str) -> None:
        self._under = under
        self._groups: dict[tuple[str, str, int], _Group] = {}

    def add(
        self, rule: Rule, about: str, sighting: Sighting, count: int, first: int, lines: Sequence[bytes]
    ) -> None:
        key = (rule.id, about, sighting.at // 86_400_000_000)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(rule, first)
        group.count += count
        group.last = max(group.last, sighting.at)
        if len(group.lines) < LINES_KEPT:
            group.lines = (*group.lines, *lines)
        elif group.lines[-1] is not lines[-1]:
            group.lines = (*group.lines[:-1], lines[-1])

    def raised(self) -> tuple[Raised, ...]:
        return tuple(
            Raised(
                group.rule.id, group.rule.level, group.rule.title, about, group.count,
                _on_day(group.first, group.last), group.last, kept_samples((), tuple(map(_sample, group.lines))),
                self._under if group.rule.across else "",
            )
            for (_, about, _), group in self._groups.items()
        )  # fmt: skip


LINES_KEPT = 6


def _sample(line: bytes) -> str:
    return printable(line.decode("utf-8", "replace"), LONGEST_SAMPLE)


def _on_day(first: int, last: int) -> int:
    """Returns when something was seen first, on the day that it counts for."""
    begin = last - last % 86_400_000_000
    return max(first, begin)
