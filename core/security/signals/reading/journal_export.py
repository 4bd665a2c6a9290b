"""What journald exports, as the lines that syslog would write: so one set of expressions reads both.

Two forms: one JSON object a line (`journalctl -o json`), and the Journal Export Format (`journalctl -o export`), whose
records end with an empty line and whose fields may hold bytes of any kind.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.security.signals.reading.files import AT_ONCE, LONGEST_LINE, Cut, Within, cut_lines
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Mapping

_WANTED = frozenset({
    b"__REALTIME_TIMESTAMP", b"_SOURCE_REALTIME_TIMESTAMP", b"_HOSTNAME", b"SYSLOG_IDENTIFIER", b"_COMM", b"_PID",
    b"SYSLOG_PID", b"MESSAGE",
})  # fmt: skip
_LENGTH = 8


def cut_records(data: bytes, *, in_long: int, is_whole: bool = False) -> Cut:
    """Returns the whole records of `data` as lines, and the rest as `cut_lines` does."""
    if not in_long and data.lstrip()[:1] == b"{":
        return _of_json(data, is_whole=is_whole)
    begin = 0
    if in_long:
        end = data.find(b"\n\n")
        if end < 0:
            return Cut(b"", max(len(data) - 1, 0), 0, Within.LINE)
        begin = end + 2
    lines, used = _of_export(data, begin, is_whole=is_whole)
    if used == begin and len(data) >= AT_ONCE:  # one record is longer than all that is read at a time
        return Cut(b"".join(lines), len(data) - 1, 1, Within.LINE)
    return Cut(b"".join(lines), used, 0, Within.NOTHING)


def _of_json(data: bytes, *, is_whole: bool) -> Cut:
    found = cut_lines(data, in_long=Within.NOTHING, is_whole=is_whole)
    lines: list[bytes] = []
    for line in found.lines.splitlines():
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            lines.append(line + b"\n")  # garbage is read as what it is
            continue
        if isinstance(fields, dict):
            lines.append(_line({_bytes(name): _bytes(value) for name, value in fields.items()}))
    return found._replace(lines=b"".join(lines))


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="replace")  # half of a pair of surrogates is no text
    if isinstance(value, list) and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        return bytes(value)
    return b""


def _of_export(data: bytes, begin: int, *, is_whole: bool) -> tuple[list[bytes], int]:
    """Returns the records from `begin` on as lines, and where the last whole one ends."""
    lines: list[bytes] = []
    used = place = begin
    fields: dict[bytes, bytes] = {}
    while True:
        end = data.find(b"\n", place)
        if end < 0:
            break
        if end == place:
            if fields:
                lines.append(_line(fields))
                fields = {}
            used = place = end + 1
            continue
        equals = data.find(b"=", place, end)
        if equals >= 0:
            name, value, place = data[place:equals], data[equals + 1 : end], end + 1
        else:
            begin_value = end + 1 + _LENGTH
            size = int.from_bytes(data[end + 1 : begin_value], "little")
            if begin_value + size >= len(data):
                break
            name, value, place = (
                data[place:end],
                data[begin_value : begin_value + size],
                begin_value + size + 1,
            )
        if name in _WANTED:
            fields[name] = value
    if is_whole and fields:
        lines.append(_line(fields))
        used = len(data)
    return lines, used


def _line(fields: Mapping[bytes, bytes]) -> bytes:
    stamp = fields.get(b"_SOURCE_REALTIME_TIMESTAMP") or fields.get(b"__REALTIME_TIMESTAMP") or b"0"
    at = from_micros(int(stamp) if stamp.isdigit() and len(stamp) < 18 else 0)
    name = fields.get(b"SYSLOG_IDENTIFIER") or fields.get(b"_COMM") or b"-"
    number = fields.get(b"SYSLOG_PID") or fields.get(b"_PID") or b"0"
    host = fields.get(b"_HOSTNAME") or b"-"
    message = fields.get(b"MESSAGE", b"")[:LONGEST_LINE].replace(b"\n", b" ").replace(b"\0", b"")
    head = b"%b %b %b[%b]" % (at.isoformat(timespec="microseconds").encode(), host, name, number)
    return b"%b: %b\n" % (head.replace(b"\n", b" "), message)
