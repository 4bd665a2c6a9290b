"""What a plugin printed, taken apart: first line, long text, performance data. Monitoring Plugins guidelines, 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.monitoring.perfdata import read_perfdata
from core.printable import printable, printable_lines

if TYPE_CHECKING:
    from core.monitoring.model import Metric


@dataclass(frozen=True, slots=True)
class PluginOutput:
    """The summary (one printable line), the long text (printable lines), the metrics, and what of them could not be read."""

    summary: str
    detail: str
    metrics: tuple[Metric, ...]
    unread: tuple[str, ...] = ()


def parse_output(text: str) -> PluginOutput:
    """Returns the parts of `text`.

    Performance data stands behind the first `|` of the first line, and again behind a `|` in the long
    text: from there on, all of it.
    """
    first, _, rest = text.replace("\r\n", "\n").strip("\n").partition("\n")
    summary, _, data = first.partition("|")
    long_text, _, more = rest.partition("|")
    performance = read_perfdata(f"{data} {more}")
    return PluginOutput(
        printable(summary.strip(), 500), printable_lines(long_text.strip()), performance.metrics, performance.unread
    )  # fmt: skip
