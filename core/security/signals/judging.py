"""What a part of a log comes to: its sightings held against the rules, and grouped into what is raised. No clock and no I/O."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from core.printable import printable
from core.security.signals.counting import NOWHERE, Windows, keyed, wholes_of
from core.security.signals.model import Raised, few_of, kept_samples
from core.security.signals.reading.scanning import LONGEST_SAMPLE, Scanner
from core.security.signals.rules import is_single, rules_of
from core.security.signals.together import SEVERAL, Together

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
        self._name = source.name.encode()
        self._scanner = Scanner(source, sigma)
        self.left_out = "; ".join(self._scanner.left_out)
        found = rules_of(source, sigma)
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in found}
        self._kinds = [(rule, (*rule.of, *((rule.then,) if rule.then else ()))) for rule in found]
        self._counters = {rule.id: self.windows.of(rule) for rule in found if not is_single(rule)}

    def judge(self, data: bytes, now: datetime, *, is_live: bool) -> Judged:
        """Returns what whole lines come to. `is_live`: they have just been written, so that their arrival is known, too."""
        gathered = _Gathered(f"{SEVERAL} of {self._source.zone}" if self._source.zone else SEVERAL)
        scanned = self._scanner.scan(data, now, is_live=is_live)
        unkeyed, before = 0, self._scanner.used
        while sightings := list(islice(scanned, AT_ONCE)):
            unkeyed += self._count(sightings, gathered)
        off_s = self._scanner.off_s(data, now) if is_live and data else None
        return Judged(gathered.raised(), self._scanner.used - before, unkeyed, off_s)

    def _count(self, sightings: list[Sighting], gathered: _Gathered) -> int:
        """Counts sightings by every rule, one rule after the other; returns how many could not be for want of a field."""
        of_kind: dict[str, list[Sighting]] = {}
        for each in sightings:
            of_kind.setdefault(each.kind, []).append(each)
        unkeyed = 0
        for rule, kinds in self._kinds:
            found = [of_kind[kind] for kind in kinds if kind in of_kind]
            if len(found) > 1:
                unkeyed += self._hold(rule, [each for each in sightings if each.kind in kinds], gathered)
            elif found:
                unkeyed += self._hold(rule, found[0], gathered)
        return unkeyed

    def _hold(self, rule: Rule, sightings: Sequence[Sighting], gathered: _Gathered) -> int:
        """Counts sightings by a rule; returns how many could not be for want of a field."""
        if is_single(rule):
            found = keyed(rule, sightings)
            for key, each in found:
                wholes = wholes_of(each) if key else NOWHERE
                gathered.add(rule, key, each.at, each.times, each.at, (each.line,), wholes)
            return len(sightings) - len(found)
        if rule.across:
            if not self._together.reads(rule.across):
                return 0
            found = keyed(rule, sightings)
            for key, at, reached in self._together.count(rule, self._source.id, self._name, found):
                gathered.add(rule, key, at, *reached)
            return len(sightings) - len(found)
        counter = self._counters[rule.id]
        before = counter.unkeyed
        for key, at, reached in counter.count(sightings):
            gathered.add(rule, key, at, *reached)
        return counter.unkeyed - before


class _Group:
    __slots__ = ("count", "first", "last", "lines", "rule", "wholes")

    def __init__(self, rule: Rule, first: int) -> None:
        self.rule, self.count, self.first, self.last = rule, 0, first, first
        self.lines: list[bytes] = []
        self.wholes: frozenset[str] = frozenset()


class _Gathered:
    """What one part of a log raises, by rule, subject and day, so that each signal is written once for it."""

    def __init__(self, under: str) -> None:
        self._under = under
        self._groups: dict[tuple[str, str, int], _Group] = {}

    def add(
        self, rule: Rule, about: str, at: int, times: int, first: int, lines: Sequence[bytes], wholes: frozenset[str] = NOWHERE,
    ) -> None:  # fmt: skip
        """Adds what was reached at an instant (microseconds UTC) about somebody, with what was seen from `first` on, and from where."""
        key = (rule.id, about, at // DAY)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(rule, first)
        group.count += times
        group.last = max(group.last, at)
        if wholes:
            group.wholes = few_of(about, group.wholes | wholes)
        if len(group.lines) < LINES_KEPT:
            group.lines.extend(lines)
        else:
            group.lines[-1] = lines[-1]

    def raised(self) -> tuple[Raised, ...]:
        return tuple(
            Raised(
                group.rule.id, group.rule.level, group.rule.title, about, group.count,
                _on_day(group.first, group.last), group.last, kept_samples((), tuple(map(_sample, group.lines))),
                self._under if group.rule.across else "", group.wholes,
            )
            for (_, about, _), group in self._groups.items()
        )  # fmt: skip


LINES_KEPT = 6
AT_ONCE = 200
"""So many sightings are counted by a rule before it is the next one's turn."""
DAY = 86_400_000_000


def _sample(line: bytes) -> str:
    return printable(line.decode("utf-8", "replace"), LONGEST_SAMPLE)


def _on_day(first: int, last: int) -> int:
    """Returns when something was seen first, on the day that it counts for."""
    begin = last - last % DAY
    return max(first, begin)
