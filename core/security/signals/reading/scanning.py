"""From the bytes of whole lines to what was seen in them. Bytes are searched for first: most lines never meet an expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from core.printable import printable
from core.security.signals.reading import auth, postgresql, web
from core.security.signals.reading.looks import Look, Seen
from core.security.signals.reading.stamps import Stamps
from core.security.signals.rules import kind_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from core.catalog.logs import LogPattern, LogSource

OFF_US = 60_000_000
"""A live line whose stamp is farther from its arrival counts as written when it came."""
LONGEST_FIELD, LONGEST_SAMPLE = 200, 500
LOOKS: dict[str, tuple[Look, ...]] = {
    "auth": auth.LOOKS, "postgresql": postgresql.LOOKS, "web": web.LOOKS, "generic": (),
}  # fmt: skip
_NONE = "-"


class Sighting(NamedTuple):
    """Something that a line says. `at` counts (microseconds UTC); `written` is what the line says, None where it says nothing."""

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
    """Finds what one log's kind and its own patterns look for. Holds no line."""

    def __init__(self, source: LogSource) -> None:
        self._stamps = Stamps(source.time_zone)
        self._looks: dict[bytes, list[Look]] = {}
        looks = [*LOOKS[source.kind], *(_of_pattern(each) for each in source.patterns if each.contains)]
        for each in looks:
            self._looks.setdefault(each.needle, []).append(each)
        if source.unit:
            self._looks.setdefault(b"Started ", []).append(_started(source.unit))
        self._everywhere = [_of_pattern(each) for each in source.patterns if not each.contains]

    def scan(self, data: bytes, now: datetime, *, is_live: bool) -> Iterator[Sighting]:
        """Yields what is seen in `data` (whole lines), in its order. `is_live`: the lines have just been written."""
        now_us = to_micros(now)
        for begin, looks in self._hits(data):
            end = data.find(b"\n", begin)
            end = len(data) if end < 0 else end
            stop = end - 1 if end > begin and data[end - 1] == 13 else end
            seen_kinds: set[str] = set()
            for each in looks:
                found = each.expression.match(data, begin, stop)
                seen = None if found is None else _seen(each, found)
                if seen is None or seen.kind in seen_kinds:
                    continue
                seen_kinds.add(seen.kind)
                written = self._stamps.read(data, begin, stop, now)
                at = written
                if at is None or at > now_us + OFF_US or (is_live and at < now_us - OFF_US):
                    at = now_us
                yield Sighting(
                    seen.kind,
                    at,
                    written,
                    seen.fields,
                    seen.times,
                    data[begin : min(stop, begin + 4 * LONGEST_SAMPLE)],
                )

    def off_s(self, data: bytes, now: datetime) -> float | None:
        """Returns by how many seconds the last line's stamp is off, for lines that have just been written; None without a stamp."""
        end = len(data) - 1 if data.endswith(b"\n") else len(data)
        begin = data.rfind(b"\n", 0, end) + 1
        written = self._stamps.read(data, begin, end, now)
        return None if written is None else (from_micros(written) - now).total_seconds()

    def _hits(self, data: bytes) -> Iterator[tuple[int, list[Look]]]:
        """Yields the beginning of each line that holds one of the needles, in order, with what it is to be held against."""
        lines: dict[int, list[Look]] = {}
        for needle, looks in self._looks.items():
            place = data.find(needle)
            while place >= 0:
                begin = data.rfind(b"\n", 0, place) + 1
                lines[begin] = [*lines[begin], *looks] if begin in lines else looks
                end = data.find(b"\n", place)
                if end < 0:
                    break
                place = data.find(needle, end)
        if self._everywhere:
            begin = 0
            while begin < len(data):
                lines[begin] = [*lines.get(begin, ()), *self._everywhere]
                end = data.find(b"\n", begin)
                begin = len(data) if end < 0 else end + 1
        for begin in sorted(lines):
            yield begin, lines[begin]


def _seen(each: Look, found: re.Match[bytes]) -> Seen | None:
    groups = {name: _text(value) for name, value in found.groupdict().items() if value is not None}
    return each.refine(groups) if each.refine else Seen(each.kind, groups)


def _text(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return (
        text if len(text) < 64 and text.isascii() and text.isprintable() else printable(text, LONGEST_FIELD)
    )


def _of_pattern(pattern: LogPattern) -> Look:
    expression = re.compile(rb"[^\n]*?(?:" + pattern.match.encode() + rb")", re.MULTILINE)
    return Look(pattern.contains.encode(), expression, kind_of(pattern))


def _started(unit: str) -> Look:
    name = re.escape(unit.removesuffix(".service"))
    expression = re.compile(
        auth.HEAD.encode() + rb"systemd\[\d+\]: Started (?P<unit>" + name.encode() + rb")(?:\.service)?\b"
    )
    return Look(b"Started ", expression, "started")
