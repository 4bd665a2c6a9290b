"""Revising a threshold: what is judged by, what the last day came to by it, and what it would have come to by what is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widgets import Static

from core.counting import counted
from core.errors import BadInput
from core.monitoring.revisions.commands import LONGEST
from core.monitoring.revisions.model import NONE, check_end, ranges_in_words, revised, weakens
from core.monitoring.revisions.trying import figures, tried
from core.timekeeping import parse_future, utc_now
from screens.boxes.form import FormBox, FormField, is_said, needed
from screens.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from core.catalog.model import Threshold
    from core.monitoring.revisions.queries import Judged
    from core.monitoring.revisions.trying import Trial, Values
    from screens.boxes.draft import Draft
    from screens.boxes.form import Asks, Fault
    from screens.widgets.glyphs import Glyphs

USUAL_END = "4h"
SETTLES_S = 0.15
"""So long after the last key it is tried out what was typed."""
SPARK = 34
LEVELS = ("warning", "critical")


class ThresholdBox(FormBox):
    """Returns the ranges, end, owner and reason as they were typed; beside them stands what they would have come to."""

    begins_in_first: ClassVar[bool] = True

    def __init__(
        self, judged: Judged, values: Values, person: str, draft: Draft, glyphs: Glyphs,
        asked: Asks | None = None,
    ) -> None:  # fmt: skip
        self._judged, self._tried_on, self._glyphs = judged, values, glyphs
        now, own = judged.threshold, judged.revision
        fields = [
            FormField("warning", f"warning outside: 80, 10:, ~:5, 5:10, {NONE}", now.warning or NONE),
            FormField("critical", "critical outside", now.critical or NONE),
            FormField(
                "until", "until (UTC): 06:00, 2026-11-30 18:00 or 4h; empty: no end",
                f"{own.ends_at:%Y-%m-%d %H:%M}" if own and own.ends_at else USUAL_END, check=_fault_of_end,
            ),
            FormField("owner", "who answers for it", person, check=needed("name somebody")),
            FormField("reason", "why", check=is_said, longest=LONGEST),
        ]  # fmt: skip
        super().__init__(f"thresholds of {judged.name}", fields, draft, asked)
        self._with_old: Trial | None = None  # until it was tried out, beside the keys
        self._said = Static("", id="trial", markup=False)

    def above_fields(self) -> ComposeResult:
        """Lays out what is known, and what is tried."""
        yield self._said

    def on_mount(self) -> None:
        """Tries out what stands there."""
        self._try_soon()

    def on_input_changed(self, _: Any) -> None:
        """Tries out what is typed."""
        self._try_soon()

    def fault_of(self, values: dict[str, str]) -> Fault | None:
        """Returns what cannot be saved: a field by itself, or what two of them come to together."""
        fault = super().fault_of(values)
        if fault is not None:
            return fault
        try:
            after = revised(self._judged.threshold, said_in(values, self._judged))
        except BadInput as error:
            return ("critical" if error.where.startswith("critical") else "warning"), str(error)
        try:
            check_end(utc_now(), end_in(values["until"]), weaker=weakens(self._judged.declared, after))
        except BadInput as error:
            return "until", str(error)
        return None

    def _try_soon(self) -> None:
        work: Any = self._try_out  # made when it begins: the next key may come before
        self.run_worker(work, group="trial", exclusive=True, exit_on_error=False)

    async def _try_out(self) -> None:
        is_kept = self._tried_on.are_of(self._judged.name.metric)
        if is_kept and self._with_old is None:
            self._with_old = await asyncio.to_thread(tried, self._tried_on, self._judged.threshold)
        await asyncio.sleep(SETTLES_S)
        texts = self._values()
        try:
            after = revised(self._judged.threshold, said_in(texts, self._judged))
        except BadInput as error:
            where = f"{error.where}: " if error.where else ""
            self._show(f"as typed   {where}{error.what}")
            return
        with_new: Trial | None = None
        if self._with_old is not None:
            with_new = await asyncio.to_thread(tried, self._tried_on, after)
        way = "widens" if weakens(self._judged.declared, after) else "widens nothing"
        self._show(f"as typed   {_came_to(with_new)}{way}")

    def _show(self, last: str) -> None:
        self._said.update("\n".join([*self._known(), last]))
        self.fit_soon()

    def _known(self) -> list[str]:
        own, values = self._judged.revision, self._tried_on
        lines = [f"judged by  {ranges_in_words(self._judged.threshold)}"]
        if own is not None:
            lines += [
                f"           {self._judged.way} {own.until} by {own.owner}; catalog: {ranges_in_words(self._judged.declared)}"
            ]
        known = figures(values)
        if self._with_old is None or known is None:
            kept = f": only {values.metric} is" if values.metric else ""
            return [*lines, f"values     none of {self._judged.name.metric} are kept{kept}"]
        spark = sparkline([point[1] for point in values.points], SPARK, self._glyphs)
        unit = f" {values.unit}" if values.unit else ""
        return [
            *lines,
            f"{f'last {values.span}':<11}{spark} {known.lowest:.4g} / {known.middle:.4g} / {known.highest:.4g}{unit}",
            f"came to    {_came_to(self._with_old)}of {counted(known.number, 'value')}",
        ]


def _came_to(trial: Trial | None) -> str:
    if trial is None:
        return ""
    return (
        f"warning {trial.share(trial.warning):.1%}, critical {trial.share(trial.critical):.1%}, "
        f"{counted(trial.criticals_confirmed, 'incident')}; "
    )


def said_in(values: dict[str, str], judged: Judged) -> dict[str, str]:
    """Returns the ranges that were typed otherwise than they are judged by."""
    now: Threshold = judged.threshold
    return {
        level: values[level] or NONE
        for level in LEVELS
        if (values[level] or NONE) != (getattr(now, level) or NONE)
    }


def end_in(text: str) -> datetime | None:
    """Returns the end that was typed; None where none was. Raises BadInput."""
    return parse_future(text, utc_now()) if text.strip() else None


def _fault_of_end(text: str) -> str | None:
    try:
        end_in(text)
    except BadInput as error:
        return str(error)
    return None
