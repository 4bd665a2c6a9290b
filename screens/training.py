"""Training: how everybody stands with what is asked of them, what is missing first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from core.gate.model import VERBS
from core.improvement.training.commands import (
    LONGEST,
    person_called,
    record_training,
    training_called,
    withdraw_training,
)
from core.improvement.training.model import TrainingState
from core.improvement.training.queries import Trained, trained
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_written
from screens.known import known_to
from screens.read_list import ReadList
from screens.several_doing import is_day
from screens.tones import Tone, tally
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.journal.model import Entry
    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

TONES = {
    TrainingState.MISSING: Tone.CRITICAL, TrainingState.EXPIRED: Tone.CRITICAL, TrainingState.EXPIRES_SOON: Tone.WARNING,
    TrainingState.VALID: Tone.OK,
}  # fmt: skip
_ORDER = tuple(TrainingState)
_READS_ANEW = frozenset({"training", "grant", "catalog", "reading"})
"""After entries about these somebody may stand otherwise."""


def _place(item: Trained) -> tuple[bool, int, str, str]:
    return (not item.why, _ORDER.index(item.standing.state), item.person, item.training)


def _brief(item: Trained) -> str:
    """Returns how somebody stands, as a cell has room for it."""
    soon = item.standing.state is TrainingState.EXPIRES_SOON
    return f"expires {item.standing.expires}" if soon else item.standing.words


COLUMNS: tuple[Column[Trained], ...] = (
    Column("who", "WHO", width=12, priority=10, sort=lambda e: e.person),
    Column("training", "TRAINING", share=2, min_width=16, priority=9, sort=lambda e: e.title),
    Column("state", "STATE", width=23, priority=8, sort=_place),
    Column("why", "ASKED BECAUSE", share=2, min_width=16, priority=6),
    Column("record", "RECORD", width=8, priority=5),
)


class TrainingView(ReadList[Trained]):
    """The worst first."""

    view_id: ClassVar[str] = "training"
    hangs_at = 10
    sorted_at_first = "state"
    empty_text = "No training is asked of anybody: write [[training]] in the catalog."

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Training",)

    def columns(self) -> Sequence[Column[Trained]]:
        """Returns the columns."""
        return COLUMNS

    async def read(self) -> dict[str, Trained] | None:
        """Returns how everybody stands today."""
        return {each.id: each for each in await self.floor.ask(trained, utc_now().date())}

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads anew soon, after whatever may change how somebody stands."""
        if patch.whole or any(entry.subject.kind in _READS_ANEW for entry in entries):
            self.read_soon()

    def cells(self, item: Trained, now: datetime) -> Mapping[str, Cell]:  # noqa: ARG002
        """Returns the cells of one."""
        by = item.standing.by
        return {
            "who": ((item.person, Tone.ACCENT),),
            "training": item.title,
            "state": ((_brief(item), TONES[item.standing.state] if item.why else Tone.MUTED),),
            "why": item.why or (("not asked", Tone.MUTED),),
            "record": by.label if by is not None else "",
        }

    def words_of(self, item: Trained) -> str:
        """Returns what the filter looks in."""
        return f"{item.person} {item.name} {item.training} {item.title} {item.standing.words} {item.why}"

    def label_of(self, id_: str) -> str:
        """Returns how people name a row: its record, or else whose and which."""
        item = self.items_of(self.picture).get(id_)
        return item.standing.by.label if item is not None and item.standing.by is not None else id_

    def heading_of(self, item: Trained) -> str:
        """Returns who, and what."""
        return f"{item.person}  {item.title}"

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how much is lacking, and how much will be."""
        found = [each.standing.state for each in self.items_of(self.picture).values() if each.why]
        good = found.count(TrainingState.VALID)
        return [
            (f" {good} of {len(found)} valid", Tone.TEXT),
            tally(found.count(TrainingState.MISSING), "missing", Tone.CRITICAL),
            tally(found.count(TrainingState.EXPIRED), "expired", Tone.CRITICAL),
            tally(found.count(TrainingState.EXPIRES_SOON), "within 30 days", Tone.WARNING),
        ]

    def detail_of(self, item: Trained, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns all of it."""
        by = item.standing.by
        rows = [
            ("who", f"{item.person}, {item.name}"), ("training", f"{item.title} ({item.training})"),
            ("state", item.standing.words), ("asked", item.why or "nobody asks for it"),
        ]  # fmt: skip
        if by is not None:
            rows += [
                ("record", f"{by.label}: completed on {by.on}, recorded by {by.recorded_by} {by.recorded_at:%Y-%m-%d %H:%M}Z"),
                ("evidence", by.evidence or "none was named"),
            ]  # fmt: skip
        return [[(f" {name:<9}", Tone.MUTED), (text, Tone.TEXT)] for name, text in rows]

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible now."""
        if action_id == "training.withdraw":
            if self.current is None:
                return "there is nobody under the cursor"
            if self.current.standing.by is None:
                return "nothing of it was recorded"
        return super().why_not(action_id)

    async def do_training_record(self) -> None:
        """Records that somebody completed one: by itself the one under the cursor, today."""
        item = self.current
        place = item.id if item is not None else "-"
        draft = Draft(self.floor, f"training.record:{place}")
        fields = [
            FormField("who", "who, by id, login or address", item.person if item else "", check=is_written),
            FormField("training", "which training, by id", item.training if item else "", check=is_written),
            FormField("on", "completed on", str(utc_now().date()), "2026-11-30", check=is_day),
            FormField("evidence", "what shows it", longest=LONGEST),
        ]
        asked = known_to(self.floor, {"who": person_called, "training": training_called})
        answer = await self.floor.box(FormBox("record training", fields, draft, asked))
        if answer is None:
            return
        on = date.fromisoformat(answer["on"].strip())
        made = await self.floor.command(
            record_training,
            answer["who"],
            answer["training"].strip(),
            on,
            evidence=answer["evidence"],
            draft=draft,
        )
        if made is not None:
            self.floor.say(f"{made.label}: {made.person} completed {made.training} on {made.on}")

    async def do_training_withdraw(self) -> None:
        """Withdraws what was recorded of the one under the cursor."""
        item = self.current
        by = item.standing.by if item is not None else None
        if item is None or by is None:
            return
        lines = [("who", f"{item.person}, {item.name}"), ("training", item.title), ("completed", str(by.on)),
                 ("then", "it never counted; what was recorded before it counts again")]  # fmt: skip
        question = Question(
            f"Withdraw {by.label}",
            lines,
            [by.label],
            VERBS["training.withdraw"].level,
            "Withdraw",
            asks_text="why:",
        )
        draft = Draft(self.floor, f"training.withdraw:{by.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                withdraw_training, by.id, answer.text, answer.consent, by.version, done=f"{by.label} withdrawn", draft=draft
            )  # fmt: skip
