"""Which way of taking bytes apart belongs to a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.security.signals.reading.csv_records import cut_entries
from core.security.signals.reading.files import cut_lines
from core.security.signals.reading.journal_export import cut_records

if TYPE_CHECKING:
    from core.catalog.logs import LogSource
    from core.security.signals.reading.files import Cutting


def cutting_of(source: LogSource) -> Cutting:
    """Returns what takes the bytes of a log apart into lines."""
    if source.format == "journal":
        return cut_records
    return cut_entries if source.kind == "postgresql" else cut_lines
