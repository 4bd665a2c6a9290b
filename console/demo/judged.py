"""A threshold of the month that is widened as it ends: a backup that is larger than usual until Friday."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import LEAD
from core.monitoring.revisions.commands import revise_threshold
from core.monitoring.revisions.model import Name

if TYPE_CHECKING:
    from console.demo.failures import Story

LARGER = Name("records-backup", "lamp", "size_bytes")
WHY = "the old archive is taken over, so the backup is larger than usual"


class Judged:
    """By what a component is judged for a while."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def plan(self) -> None:
        """Has a lead widen one threshold, until some days after the month."""
        self._story.put(self._story.end - timedelta(days=1.2), self._widen)

    def _widen(self) -> None:
        until = self._story.end + timedelta(days=3)
        self._story.write(LEAD, revise_threshold, LARGER, {"warning": "40"}, until, "r.okafor", WHY)
