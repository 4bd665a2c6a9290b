"""From the bytes of whole lines to what was seen in them. Bytes are searched for first: most lines never meet an expression."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from core.expressions import Unusable, compiled, named_groups
from core.printable import printable
from core.security.signals.reading import auth, postgresql, web
from core.security.signals.reading.addresses import grouped
from core.security.signals.reading.looks import Look, Seen
from core.security.signals.reading.stamps import Stamps
from core.security.signals.rules import kind_of
from core.security.signals.sigma import Line
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from core.catalog.logs import LogSource
    from core.expressions import Expression, Found
    from core.security.signals.reading.looks import Match
    from core.security.signals.sigma import SigmaRule

OFF_US = 60_000_000
"""A live line whose stamp is farther from its arrival counts as written when it came."""
LONGEST_FIELD, LONGEST_SAMPLE = 200, 500
LONGEST_LINE = 4 * LONGEST_SAMPLE
LONGEST_JUDGED = 2000
"""So much of a command, or of what was asked for, is judged: what is harmful may stand behind much that is not."""
LOOKS: dict[str, tuple[Look, ...]] = {
    "auth": auth.LOOKS, "postgresql": postgresql.LOOKS, "web": web.LOOKS, "generic": (),
}  # fmt: skip
REMEMBERED = 2000
"""So many fields are remembered as text: under attack the same words and addresses come again and again."""


class Sighting(NamedTuple):
    """Something that a line says. `at` counts (microseconds UTC); `written` is what the line says, None where it says nothing.

    An address in `fields` is what it is counted under (`addresses.group_of`).
    """

    kind: str
    at: int
    written: int | None
    fields: Mapping[str, str]
    times: int
    line: bytes

    @property
    def sample(self) -> str:
        """Returns the line as evidence: harmless, and cut."""
        return printable(self.line.decode("utf-8", "replace"), LONGEST_SAMPLE)


class Scanner:
    """Finds what one log's kind and its own patterns look for. Holds no line. `left_out` says which patterns cannot be used here.

    `used` is in how many lines something was seen.
    """

    def __init__(self, source: LogSource, sigma: Sequence[SigmaRule] = ()) -> None:
        self.used = 0
        self._kind = source.kind
        self._sigma = [each for each in sigma if each.is_about(source)]
        self._stamps = Stamps(source.time_zone)
        self._looks: dict[bytes, list[Look]] = {}
        own, self.left_out = _of_patterns(source)
        for each in (*LOOKS[source.kind], *(each for each in own if each.needle)):
            self._looks.setdefault(each.needle, []).append(each)
        if source.unit:
            self._looks.setdefault(b"Started ", []).append(_started(source.unit))
        self._everywhere = [each for each in own if not each.needle]

    def scan(self, data: bytes, now: datetime, *, is_live: bool) -> Iterator[Sighting]:
        """Yields what is seen in `data` (whole lines), in its order. `is_live`: the lines have just been written."""
        now_us = to_micros(now)
        least, most = now_us - OFF_US if is_live else 0, now_us + OFF_US
        read_stamp, find, whole = self._stamps.read, data.find, len(data)
        for begin, (looks, rules) in self._hits(data):
            end = find(b"\n", begin)
            if end < 0:
                end = whole
            stop = end - 1 if end > begin and data[end - 1] == 13 else end
            if rules or len(looks) > 1:
                found = _seen_in(data, begin, stop, looks, _matching(data[begin:stop], self._kind, rules))
            elif (seen := _look_at(data, begin, stop, looks[0])) is None:
                continue
            else:
                found = (seen,)
            self.used += bool(found)
            written = read_stamp(data, begin, stop, now)
            at = written if written is not None and least <= written <= most else now_us
            line = data[begin : stop if stop - begin < LONGEST_LINE else begin + LONGEST_LINE]
            for seen in found:
                yield Sighting(seen.kind, at, written, seen.fields, seen.times, line)

    def off_s(self, data: bytes, now: datetime) -> float | None:
        """Returns by how many seconds the last line's stamp is off, for lines that have just been written; None without a stamp."""
        end = len(data) - 1 if data.endswith(b"\n") else len(data)
        begin = data.rfind(b"\n", 0, end) + 1
        written = self._stamps.read(data, begin, end, now)
        return None if written is None else (from_micros(written) - now).total_seconds()

    def _hits(self, data: bytes) -> Iterator[tuple[int, tuple[list[Look], list[SigmaRule]]]]:
        """Yields the beginning of each line that holds one of the needles, in order, with what it is to be held against."""
        lines: dict[int, tuple[list[Look], list[SigmaRule]]] = {}
        for needle, looks in self._looks.items():
            alone: tuple[list[Look], list[SigmaRule]] = (looks, [])
            for begin in lines_with(data, needle):
                held = lines.get(begin)
                lines[begin] = alone if held is None else ([*held[0], *looks], held[1])
        if self._everywhere:
            for begin in lines_with(data, b""):
                held = lines.get(begin, ([], []))
                lines[begin] = ([*held[0], *self._everywhere], held[1])
        if self._sigma:
            small = data.lower()
            for rule in self._sigma:
                for begin in {
                    place for needle in rule.needles or (b"",) for place in lines_with(small, needle)
                }:
                    held = lines.get(begin, ([], []))
                    lines[begin] = (held[0], [*held[1], rule])
        for begin in sorted(lines):
            yield begin, lines[begin]


def lines_with(data: bytes, needle: bytes) -> Iterator[int]:
    """Yields where each line begins that holds some bytes; every line for none."""
    place = data.find(needle)
    while 0 <= place < len(data):
        yield data.rfind(b"\n", 0, place) + 1
        end = data.find(b"\n", place)
        if end < 0:
            return
        place = data.find(needle, end + 1)


def _seen_in(
    data: bytes, begin: int, stop: int, looks: Sequence[Look], others: Mapping[str, Seen]
) -> Collection[Seen]:
    """Returns what the line at data[begin:stop] says: one of each kind, the first, and `others` before them."""
    seen_here: dict[str, Seen] = {}
    for each in looks:
        seen = _look_at(data, begin, stop, each)
        if seen is not None:
            seen_here.setdefault(seen.kind, seen)
    return {**seen_here, **others}.values()


def _matching(raw: bytes, kind: str, rules: Sequence[SigmaRule]) -> dict[str, Seen]:
    line = Line(raw, kind)
    return {
        rule.rule.of[0]: Seen(rule.rule.of[0], {})
        for rule in rules
        if (not rule.program or line.field("program") == rule.program) and rule.matches(line)
    }


def _look_at(data: bytes, begin: int, stop: int, look: Look) -> Seen | None:
    """Returns what a look sees in the line at data[begin:stop]; None for nothing."""
    found = look.expression.match(data, begin, stop)
    if found is None:
        return None
    groups = {
        name: _short(value) if len(value) <= LONGEST_FIELD else _long(value, look)
        for name, value in found.groupdict().items()
        if value is not None
    }
    if look.refine is None:
        return Seen(look.kind, grouped(groups, look.address))
    seen = look.refine(groups)
    if seen is None:
        return None
    fields = seen.fields
    if max(map(len, fields.values()), default=0) > LONGEST_FIELD:
        fields = {name: printable(value, LONGEST_FIELD) for name, value in fields.items()}
    if ":" in fields.get(look.address, ""):
        fields = grouped(fields, look.address)
    return seen if fields is seen.fields else seen._replace(fields=fields)


@lru_cache(REMEMBERED)
def _short(value: bytes) -> str:
    return printable(value.decode("utf-8", "replace"), LONGEST_FIELD)


def _long(value: bytes, look: Look) -> str:
    longest = LONGEST_FIELD if look.refine is None else LONGEST_JUDGED
    return printable(value.decode("utf-8", "replace"), longest)


class _Anywhere:
    """A site's expression, sought anywhere in a line and nowhere else."""

    def __init__(self, expression: Expression[bytes]) -> None:
        self._expression = expression

    def match(self, data: bytes, begin: int, end: int) -> Match | None:
        found = self._expression.search(data[begin:end])
        return None if found is None else _Named(found)


class _Named:
    def __init__(self, found: Found[bytes]) -> None:
        self._found = found

    def groupdict(self) -> dict[str, bytes | None]:
        return named_groups(self._found)


def _of_patterns(source: LogSource) -> tuple[list[Look], list[str]]:
    """Returns what a log's own patterns look for, and why some are left out."""
    looks, left_out = [], []
    for each in source.patterns:
        try:
            expression = _Anywhere(compiled(each.match.encode()))
        except Unusable as error:
            left_out.append(f"the pattern {each.name} is left out: it {error}")
        else:
            looks.append(Look(each.contains.encode(), expression, kind_of(each), address=each.by))
    return looks, left_out


def _started(unit: str) -> Look:
    name = re.escape(unit.removesuffix(".service"))
    expression = re.compile(
        auth.HEAD.encode() + rb"systemd\[\d+\]: Started (?P<unit>" + name.encode() + rb")(?:\.service)?\b"
    )
    return Look(b"Started ", expression, "started")
