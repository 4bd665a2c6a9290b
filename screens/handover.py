"""Handover: what one shift tells the next, accepted line by line by who takes over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from core.desk.shifts import commands
from core.desk.shifts.commands import LONGEST_LINE
from core.desk.shifts.model import Handover, HandoverState, Line, Topic
from core.desk.shifts.queries import handovers
from core.gate.model import VERBS
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.read_list import ReadList
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from screens.picture import Patch
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

SHIFT = timedelta(hours=8)
_TONES = {
    Topic.MAJOR: Tone.CRITICAL, Topic.BROKEN: Tone.CRITICAL, Topic.AT_RISK: Tone.WARNING, Topic.DUE: Tone.WARNING,
    Topic.QUIET: Tone.STOPPED,
}  # fmt: skip
COLUMNS: tuple[Column[Line], ...] = (
    Column("n", "N", width=3, priority=8, align="right", sort=lambda line: line.number),
    Column("by", "ACCEPTED", width=10, priority=10),
    Column("topic", "TOPIC", width=14, priority=7),
    Column("about", "ABOUT", width=8, priority=9),
    Column("text", "WHAT", share=1, min_width=30, priority=10),
)


class HandoverView(ReadList[Line]):
    """The handover that is open, else the newest there was."""

    view_id: ClassVar[str] = "handover"
    sorted_at_first = "n"
    empty_text = "No shift was ever handed over. B computes what this one hands over."
    without_subject = frozenset({"handover.begin", "handover.add", "handover.withdraw"})
    handover: Handover | None = None

    @property
    def tab_of(self) -> str:
        """Returns the list it belongs to."""
        return "home"

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Handover", self.handover.label) if self.handover else ("Handover",)

    def columns(self) -> Sequence[Column[Line]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Line, now: datetime) -> Mapping[str, Cell]:  # noqa: ARG002
        """Returns the cells of a line."""
        return {
            "n": ((str(item.number), Tone.MUTED),),
            "by": ((item.accepted_by or "no", Tone.OK if item.accepted_by else Tone.WARNING),),
            "topic": ((item.topic, _TONES.get(item.topic, Tone.TEXT)),), "about": ((item.about or "-", Tone.ACCENT),),
            "text": item.text,
        }  # fmt: skip

    def words_of(self, item: Line) -> str:
        """Returns the text its filter looks in."""
        return f"{item.topic} {item.about} {item.text} {item.accepted_by or 'no'}"

    def concerns(self, patch: Patch) -> bool:  # noqa: ARG002
        """Every entry may be one about it; it is read at most once a second."""
        return True

    async def read(self) -> dict[str, Line]:
        """Returns its lines."""
        found = await self.floor.ask(handovers, 1)
        self.handover = found[0] if found else None
        return {str(line.number): line for line in self.handover.lines} if self.handover else {}

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns whose it is, and how much of it nobody has accepted."""
        handed = self.handover
        if handed is None:
            return [(" none yet", Tone.MUTED)]
        left = len(handed.open_lines)
        stands = (
            f"{left} of {len(handed.lines)} lines not accepted"
            if handed.state is HandoverState.OPEN
            else str(handed.state)
        )
        tone = Tone.WARNING if handed.state is HandoverState.OPEN else Tone.OK
        return [
            (f" {handed.label} of {handed.begun_by}", Tone.STRONG), (f"  {stands}", tone),
            (f"  {handed.begun_at:%a %H:%M}Z to {handed.until:%a %H:%M}Z", Tone.MUTED),
        ]  # fmt: skip

    def heading_of(self, item: Line) -> str:
        """Returns what the line is about."""
        return f"line {item.number}: {item.topic}"

    def detail_of(self, item: Line, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns the line whole, and who accepted it."""
        accepted = "not accepted by anybody"
        if item.accepted_at is not None:
            accepted = f"accepted by {item.accepted_by} {item.accepted_at:%a %d %b %H:%M}Z"
        by = [[(f" in the words of {item.by}", Tone.MUTED)]] if item.by else []
        text: TextLine = [(f" {item.about} " if item.about else " ", Tone.ACCENT), (item.text, Tone.TEXT)]
        return [text, *by, [(f" {accepted}", Tone.TEXT)]]

    def why_not(self, action_id: str) -> str | None:
        """Returns why nothing can be done about it now."""
        handed = self.handover
        is_open = handed is not None and handed.state is HandoverState.OPEN
        if action_id == "handover.begin":
            return f"{handed.label} is still open" if handed is not None and is_open else None
        if action_id.startswith("handover.") and not is_open:
            return "no handover is open; B begins one"
        if handed is not None and action_id == "handover.add" and handed.begun_by != self.floor.person:
            return f"{handed.begun_by} hands over, and adds the words"
        if handed is not None and action_id == "handover.accept":
            if handed.begun_by == self.floor.person:
                return "nobody takes over from themselves"
            if self.current is not None and self.current.accepted_by:
                return f"accepted by {self.current.accepted_by}"
        return super().why_not(action_id)

    async def do_handover_begin(self) -> None:
        """Computes what the last eight hours hand over to the next eight."""
        now = utc_now()
        lines = [
            ("this shift", f"since {now - SHIFT:%a %d %b %H:%M}Z"), ("the next", f"until {now + SHIFT:%a %d %b %H:%M}Z"),
            ("then", "who takes over accepts each line by itself"),
        ]  # fmt: skip
        question = Question("Hand over", lines, ["handover"], VERBS["handover.begin"].level, "Hand over")
        answer = await self.floor.box(ConfirmBox(question))
        if answer is not None:
            await self.floor.command(
                commands.begin_handover,
                now - SHIFT,
                now + SHIFT,
                answer.consent,
                done="what is handed over is computed",
            )
            self.read_anew()

    async def do_handover_add(self) -> None:
        """Adds a line in one's own words."""
        handed = self.handover
        if handed is None:
            return
        draft = Draft(self.floor, f"handover:{handed.label}")
        fields = [FormField("text", "what the next shift has to know", longest=LONGEST_LINE)]
        answer = await self.floor.box(FormBox(f"{handed.label}: a line more", fields, draft))
        if answer is not None:
            await self.floor.command(
                commands.add_line, handed.id, answer["text"], done="a line was added", draft=draft
            )
            self.read_anew()

    async def do_handover_accept(self) -> None:
        """Accepts the line under the cursor, and goes to the next that nobody has accepted."""
        handed, line = self.handover, self.current
        if handed is None or line is None:
            return
        taken = await self.floor.command(
            commands.accept_line, handed.id, line.number, done=f"line {line.number} accepted"
        )
        if taken is None:
            return
        if taken.state is HandoverState.TAKEN:
            self.floor.say(f"{taken.label} is taken: every line is accepted")
        await self._read()
        if taken.open_lines:
            later = [each for each in taken.open_lines if each.number > line.number]
            self.grid.go_to(str((later or taken.open_lines)[0].number))

    async def do_handover_withdraw(self) -> None:
        """Withdraws it, with the reason."""
        handed = self.handover
        if handed is None:
            return
        question = Question(
            f"Withdraw {handed.label}", [("lines", f"{len(handed.open_lines)} are not accepted")], [handed.label],
            VERBS["handover.withdraw"].level, "Withdraw", asks_text="why nobody is to take it:",
        )  # fmt: skip
        draft = Draft(self.floor, f"handover.withdraw:{handed.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                commands.withdraw_handover,
                handed.id,
                answer.text,
                answer.consent,
                done=f"{handed.label} withdrawn",
                draft=draft,
            )
            self.read_anew()

    def on_grid_opened(self, message: object) -> None:
        """Opens what the line is about."""
        line = self._rows.get(str(getattr(message, "id", "")))
        if line is None or not line.about:
            return
        views = {"R": "request", "I": "incident", "PR": "run"}
        self.floor.go_to(views.get(line.about.partition("-")[0], "component"), line.about)
