"""Whether two failures are of one kind: the same thing fails in the same way, whatever the figures are now. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

from core.monitoring.model import State

if TYPE_CHECKING:
    from core.monitoring.model import Reading
    from core.monitoring.thresholds import Judgement

_BESIDE = re.compile(r" \(and \d+ more\)\Z")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")


def failure_of(summary: str) -> str:
    """Returns a component's summary without its figures and without how many probes fail beside the one that speaks.

    Two summaries of the same probe failing in the same way come to the same text.
    """
    return _FIGURES.sub("#", _BESIDE.sub("", summary))


def kind_of(reading: Reading, judged: Judgement) -> int:
    """Returns a number for the way in which a bad reading is bad: a checksum, never 0.

    It is what the probe itself said, where it failed, without figures, and which metrics are at which level.
    What a probe quotes although it found nothing wrong by itself (the line of a log) is no part of it.
    """
    said = "" if reading.verdict is State.OK else _FIGURES.sub("#", reading.summary)
    raised = sorted(f"{name} {level}" for name, level in judged.levels.items() if level is not State.OK)
    return crc32("\n".join([said, *raised]).encode()) or 1
