"""Counting over several logs: what one address does on two hosts is one attack. Kept with each log, as its own windows are.

Each log keeps what was seen in it, so that it stands in one transaction with how far that log was read. A count that was
reached is begun anew in all of them: whichever log reached it keeps up to when (`spent`), so that after a restart what the
others kept of it is left out.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from core.security.signals.counting import MOST_KEYS, Counted, Window, reached_of
from core.security.signals.reading.addresses import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.security.signals.counting import Reached
    from core.security.signals.reading.scanning import Sighting
    from core.security.signals.rules import Rule

SEVERAL = "several logs"
"""What a signal that is counted over several logs stands under; no log has such an id."""


class Share:
    """What is counted of one log together with others. Only `Together` changes it."""

    def __init__(self) -> None:
        self.windows: OrderedDict[tuple[str, str], Window] = OrderedDict()
        self.spent: dict[tuple[str, str], int] = {}


class Together:
    """The shares of all logs that are read here. Several threads read logs: one counts at a time."""

    def __init__(self) -> None:
        self._shares: dict[str, Share] = {}
        self._lock = Lock()

    def put(self, log: str, kept: list[Any]) -> None:
        """Takes a log in with what was kept of it, which `dump` gave."""
        share = Share()
        for rule, key, seen, spent in kept:
            if seen:
                share.windows[rule, key] = Window.of(seen)
            if spent:
                share.spent[rule, key] = spent
        with self._lock:
            self._shares[log] = share
            for each in self._shares.values():
                for other in self._shares.values():
                    for name, spent in each.spent.items():
                        if other is not each and (window := other.windows.get(name)) is not None:
                            window.forget(spent + 1)

    def drop(self, log: str) -> None:
        """Leaves a log out that is not read any more."""
        with self._lock:
            self._shares.pop(log, None)

    def reads(self, logs: int) -> bool:
        """Tells whether so many logs are read."""
        return len(self._shares) >= logs

    def count(
        self, rule: Rule, log: str, name: bytes, keyed: Sequence[tuple[str, Sighting]]
    ) -> list[Counted]:
        """Counts sightings in a log, which people name so; returns where the count was reached over all logs.

        Nothing is counted where too few logs are read, nor what lies before the end of the last count that was reached.
        """
        with self._lock:
            if len(self._shares) < rule.across:
                return []
            own = self._shares[log]
            return [
                Counted(key, each.at, reached)
                for key, each in keyed
                if (reached := self._count(rule, own, key, each._replace(line=name + b": " + each.line)))
            ]

    def _count(self, rule: Rule, own: Share, key: str, sighting: Sighting) -> Reached | None:
        name, least = (rule.id, key), sighting.at - int(rule.within_s * 1_000_000)
        if sighting.at <= self._spent(name):
            return None
        window = own.windows.get(name)
        if window is None:
            window = own.windows[name] = Window([], 0, [])
            if len(own.windows) > MOST_KEYS:
                own.windows.popitem(last=False)
        else:
            own.windows.move_to_end(name)
        window.forget(least)
        window.add(sighting.at, sighting.fields.get(WHOLE, ""), sighting.times, sighting.line)
        window.keep_last(rule.count)  # who tries ten thousand times in one log is kept as briefly
        found = [each for share in self._shares.values() if (each := share.windows.get(name)) is not None]
        for each in found:
            each.forget(least)
        found = [each for each in found if each.seen]
        if sum(each.total for each in found) < rule.count or len(found) < rule.across:
            return None
        return self._reached(own, name, found)

    def _spent(self, name: tuple[str, str]) -> int:
        """Returns up to when a count that was reached took in what was seen: a line that is read again is no part of another."""
        return max(share.spent.get(name, 0) for share in self._shares.values())

    def dump(self, log: str, rules: Mapping[str, Rule]) -> list[Any]:
        """Returns what is to be kept of a log: of each subject whose span is not over what was seen, and up to when it was spent."""
        with self._lock:
            share = self._shares[log]
            newest = max((each.seen[-1][0] for each in share.windows.values() if each.seen), default=0)
            newest = max(newest, *share.spent.values()) if share.spent else newest
            kept = []
            for name in share.windows.keys() | share.spent.keys():
                rule, window, spent = rules.get(name[0]), share.windows.get(name), share.spent.get(name, 0)
                seen = window.seen if window is not None else []
                last = max(seen[-1][0] if seen else 0, spent)
                if rule is None or last < newest - int(rule.within_s * 1_000_000):
                    share.windows.pop(name, None)
                    share.spent.pop(name, None)
                else:
                    kept.append([*name, list(seen), spent])
        return sorted(kept)

    def _reached(self, own: Share, name: tuple[str, str], found: list[Window]) -> Reached:
        for share in self._shares.values():
            share.windows.pop(name, None)
        own.spent[name] = max(at for window in found for at, _, _ in window.seen)
        return reached_of(found)
