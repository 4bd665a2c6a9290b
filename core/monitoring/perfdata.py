"""Performance data of the Nagios plugin API, read tolerantly: `'label'=value[UOM];warn;crit;min;max`.

Source: Monitoring Plugins development guidelines, "Performance data". What cannot be read is told, and
what follows it is still read. Limits are kept as the text they are.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.monitoring.model import Metric
from core.printable import printable

MOST = 200
MOST_UNREAD = 10
_BLANKS = " \t\r\n\v\f"
_VALUE = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)([^0-9\s;,]*)\Z")


@dataclass(frozen=True, slots=True)
class PerformanceData:
    """The metrics of a text, the first few parts of it that could not be read (printable), and the text itself."""

    metrics: tuple[Metric, ...]
    unread: tuple[str, ...]
    raw: str


def read_perfdata(text: str) -> PerformanceData:
    """Returns what `text` gives, at most MOST metrics.

    A value of `U` (not known) is neither a metric nor a mistake; one with a decimal comma is unread.
    """
    metrics: list[Metric] = []
    unread: list[str] = []
    for label, value in _items(text):
        if len(metrics) >= MOST:
            unread.append(f"more than {MOST} figures")
            break
        metric = _metric(label, value)
        if metric is not None:
            metrics.append(metric)
        elif label is None or value.partition(";")[0] != "U":
            unread.append(printable(value if label is None else f"{label}={value}", 80))
    return PerformanceData(tuple(metrics), tuple(unread[:MOST_UNREAD]), text)


def parse_perfdata(text: str) -> tuple[Metric, ...]:
    """Returns the metrics that `text` gives."""
    return read_perfdata(text).metrics


def _items(text: str) -> list[tuple[str | None, str]]:
    """Returns label and value of each item; a part without a label or value has the label None.

    One pass over the text, however it is made: a plugin must not keep the agent busy.
    """
    found: list[tuple[str | None, str]] = []
    place, end = 0, len(text)
    has_quotes = True
    while place < end and len(found) <= MOST + MOST_UNREAD:
        if text[place] in _BLANKS:
            place += 1
            continue
        label: str | None = None
        begin = place
        if text[place] == "'" and has_quotes:
            closed = _closing_quote(text, place + 1)
            has_quotes = closed >= 0
            if has_quotes and text[closed + 1 : closed + 2] == "=":
                label, place = text[place + 1 : closed].replace("''", "'"), closed + 2
        word_end = _word_end(text, place)
        if label is None and "=" in (word := text[place:word_end]):
            name, _, _ = word.partition("=")
            label, place = name, place + len(name) + 1
        value = text[place:word_end]
        found.append((label, value) if label else (None, text[begin:word_end]))
        place = word_end
    return found


def _closing_quote(text: str, place: int) -> int:
    """Returns where the quote that is open at `place` ends, -1 if nowhere; two quotes are one that does not end it."""
    while (place := text.find("'", place)) >= 0:
        if text[place + 1 : place + 2] != "'":
            return place
        place += 2
    return -1


def _word_end(text: str, place: int) -> int:
    found = _BLANK.search(text, place)
    return found.start() if found else len(text)


_BLANK = re.compile(r"[ \t\r\n\v\f]")


def _metric(label: str | None, text: str) -> Metric | None:
    value, *limits = text.rstrip(",").split(";")
    number = _VALUE.match(value)
    if number is None or label is None:
        return None
    figure = float(number[1])
    if not math.isfinite(figure):
        return None
    limits = [printable(limit, 100) for limit in [*limits, "", "", "", ""][:4]]
    return Metric(
        printable(label, 100), figure, printable(number[2], 10), limits[0], limits[1], _number(limits[2]),
        _number(limits[3]),
    )  # fmt: skip


def _number(text: str) -> float | None:
    found = _VALUE.match(text)
    return float(found[1]) if found and math.isfinite(float(found[1])) else None
