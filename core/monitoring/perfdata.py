"""Performance data of the Nagios plugin API, read tolerantly: `'label'=value[UOM];warn;crit;min;max`.

What cannot be read is left out; what follows it is still read. Limits are kept as the text they are.
"""

from __future__ import annotations

import math
import re

from core.monitoring.model import Metric
from core.printable import printable

_ITEM = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^\s=']+(?:[^=\s]*)))=(\S*)")
_VALUE = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)([^\d\s;]*)\Z")
MOST = 200


def parse_perfdata(text: str) -> tuple[Metric, ...]:
    """Returns the metrics that `text` gives, at most MOST; a value of `U` (not known) or with a decimal comma is left out."""
    found: list[Metric] = []
    place = 0
    while place < len(text) and len(found) < MOST:
        item = _ITEM.match(text, place)
        if item is None:
            # Not an item: go on behind the next blank.
            blank = re.compile(r"\s").search(text, place + 1)
            if blank is None:
                break
            place = blank.end()
            continue
        place = item.end()
        metric = _metric(item)
        if metric is not None:
            found.append(metric)
    return tuple(found)


def _metric(item: re.Match[str]) -> Metric | None:
    label = item[1].replace("''", "'") if item[1] is not None else item[2]
    value, *limits = item[3].rstrip(",").split(";")
    number = _VALUE.match(value)
    if number is None or not label:
        return None
    limits += [""] * (4 - len(limits))
    figure = float(number[1])
    if not math.isfinite(figure):
        return None
    return Metric(
        printable(label, 100), figure, printable(number[2], 10), limits[0], limits[1], _number(limits[2]),
        _number(limits[3]),
    )  # fmt: skip


def _number(text: str) -> float | None:
    found = _VALUE.match(text)
    return float(found[1]) if found else None
