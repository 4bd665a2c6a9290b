"""A log that is read through once, to see what it would raise and which of its lines nobody could use. Nothing is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.counting import counted
from core.errors import BadInput
from core.printable import printable
from core.security.signals.following import is_text
from core.security.signals.judging import Judge
from core.security.signals.model import MOST_A_DAY, among_others, together_with
from core.security.signals.reading.cutting import cutting_of
from core.security.signals.reading.files import Position, read_portion
from core.security.signals.reading.stamps import Stamps, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from core.catalog.logs import LogSource
    from core.security.signals.model import Raised
    from core.security.signals.sigma import SigmaRule

SHOWN = 5
MOST = 2000
"""So many signals are kept of a log at most, the first that are raised; of others only how often is counted."""
LONGEST = 120
NO_STAMP, NO_TEXT = "no stamp that says when", "bytes that are no UTF-8"


class Unused(NamedTuple):
    """A line that is of no use, or not wholly: its number, why, and its beginning."""

    number: int
    why: str
    text: str


class Trial(NamedTuple):
    """What a log came to. `stampless` and `wrong` lines are of no use or not wholly; `first` are the first of them.

    `raised` are the signals, one for a rule, a subject and a day, as they would stand; `left_out` says how often others were raised.
    """

    raised: tuple[Raised, ...] = ()
    left_out: int = 0
    lines: int = 0
    used: int = 0
    unkeyed: int = 0
    cut: int = 0
    stampless: int = 0
    wrong: int = 0
    rest: int = 0  # bytes behind the last whole line
    first: tuple[Unused, ...] = ()

    def words(self, kind: str) -> Iterator[str]:
        """Yields in lines what was read, and what was of no use."""
        yield f"read {counted(self.lines, 'line')}, used {self.used}; nothing was kept"
        if self.left_out:
            yield f"  only the first {counted(MOST, 'signal')} are shown: {counted(self.left_out, 'time')} others were raised"
        for count, what in (
            (self.unkeyed, "lacked what a rule counts by"), (self.stampless, f"with {NO_STAMP}"),
            (self.wrong, f"with {NO_TEXT}"), (self.cut, "cut, for they were too long"),
        ):  # fmt: skip
            if count:
                yield f"  {count} {what}"
        if self.rest:
            yield f"  {counted(self.rest, 'byte')} behind the last end of a line: a half line waits for its end"
        for each in self.first:
            yield f"  line {each.number}: {each.why}: {each.text}"
        if self.lines and 2 * self.stampless > self.lines:
            yield f"Most of it is not written as a log of the kind {kind} is: --kind and --format say what it is"


class _Signals:
    """What was raised, as signals stand: one for a rule, a subject and a day, the many of a rule and day in one, MOST in all."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Raised] = {}
        self._of_day: Counter[tuple[str, str, str]] = Counter()
        self.left_out = 0

    def add(self, raised: Raised) -> None:
        """Adds to the signal it is of, or makes it."""
        of_day = (raised.under, raised.rule, day_of(raised.last))
        before = self._found.get((*of_day, raised.about))
        if before is None and raised.about and self._of_day[of_day] >= MOST_A_DAY:
            raised = among_others(raised)
            before = self._found.get((*of_day, raised.about))
        if before is not None:
            raised = together_with(before, raised)
        elif len(self._found) >= MOST:
            self.left_out += raised.times
            return
        else:
            self._of_day[of_day] += 1
        self._found[*of_day, raised.about] = raised

    def all(self) -> tuple[Raised, ...]:
        """Returns them in the order in which they came."""
        return tuple(self._found.values())


def try_log(source: LogSource, now: datetime, sigma: Sequence[SigmaRule] = ()) -> Trial:
    """Returns what a log would raise if it were read from its beginning now. Raises BadInput where it cannot be read."""
    judge, stamps = Judge(source, sigma=sigma), Stamps(source.time_zone)
    cutting = cutting_of(source)
    trial, place, signals = Trial(), Position(), _Signals()
    while True:
        portion = read_portion(source.path, place if place.inode else None, cutting)
        if portion.trouble:
            raise BadInput(portion.trouble, where=source.path, next_step="Nothing was read")
        if portion.data:
            trial = _with(trial, signals, portion.data, judge, stamps, now)._replace(
                cut=trial.cut + portion.cut
            )
        if not portion.left and portion.position == place:
            size = Path(source.path).stat().st_size
            rest = max(size - place.offset, 0) if not place.in_long else 0
            return trial._replace(raised=signals.all(), left_out=signals.left_out, rest=rest)
        place = portion.position


def _with(trial: Trial, signals: _Signals, data: bytes, judge: Judge, stamps: Stamps, now: datetime) -> Trial:
    """Returns a trial with one more part of the log; what it raises goes to the signals."""
    judged = judge.judge(data, now, is_live=False)
    for each in judged.raised:
        signals.add(each)
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    stampless = wrong = 0
    first = list(trial.first)
    for number, line in enumerate(lines, trial.lines + 1):
        whys = []
        if stamps.read(line, 0, len(line), now) is None:
            stampless += 1
            whys.append(NO_STAMP)
        if not line.isascii() and not is_text(line):
            wrong += 1
            whys.append(NO_TEXT)
        if whys and len(first) < SHOWN:
            text = printable(line[: 4 * LONGEST].decode("utf-8", "replace"), LONGEST)
            first.append(Unused(number, " and ".join(whys), text))
    return trial._replace(
        lines=trial.lines + len(lines), used=trial.used + judged.used,
        unkeyed=trial.unkeyed + judged.unkeyed, stampless=trial.stampless + stampless, wrong=trial.wrong + wrong,
        first=tuple(first),
    )  # fmt: skip
