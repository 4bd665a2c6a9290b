"""One run: its steps as they go, and its output as it comes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from core.gate.model import VERBS
from core.journal.past import Sort
from core.operations import commands
from core.operations.as_of import steps_at
from core.operations.model import StepState
from core.operations.queries import OutputLine, Run, RunStep, output_of, steps_of
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.page_of_one import PageOfOne
from screens.run_doing import RunDoing
from screens.runs import RUN_TONES
from screens.tones import Tone
from screens.who import rule_with_who, who_has_it_open
from screens.widgets.cells import cut, folded, folded_spans, width_of
from screens.widgets.lines import Lines, TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from core.journal.model import Entry
    from screens.moment import Moment
    from screens.picture import Patch
    from screens.widgets.glyphs import Glyphs

_STEP_TONES = {
    StepState.WAITING: Tone.MUTED, StepState.RUNNING: Tone.ACCENT, StepState.ASKED: Tone.WARNING, StepState.PASSED: Tone.OK,
    StepState.FAILED: Tone.CRITICAL, StepState.SKIPPED: Tone.MUTED, StepState.CANCELLED: Tone.MUTED, StepState.LOST: Tone.CRITICAL,
    StepState.NOT_BEGUN: Tone.MUTED,
}  # fmt: skip
_SIGNS = {
    StepState.WAITING: "○", StepState.RUNNING: "▸", StepState.ASKED: "?", StepState.PASSED: "●", StepState.FAILED: "■",
    StepState.SKIPPED: "-", StepState.CANCELLED: "-", StepState.LOST: "×", StepState.NOT_BEGUN: "○",
}  # fmt: skip
_PLAIN_SIGNS = {
    StepState.WAITING: "o", StepState.RUNNING: ">", StepState.ASKED: "?", StepState.PASSED: ".", StepState.FAILED: "X",
    StepState.SKIPPED: "-", StepState.CANCELLED: "-", StepState.LOST: "x", StepState.NOT_BEGUN: "o",
}  # fmt: skip
_STREAM_TONES = {"err": Tone.WARNING, "note": Tone.MUTED}
KEPT_LINES = 5000


BESIDE_TITLE = 40
"""What stands beside the title of a step: sign, number, state, time, and a short word of how it ended."""
LEAST_TITLE = 20


def step_lines(steps: Sequence[RunStep], now: datetime, glyphs: Glyphs, width: int) -> list[TextLine]:
    """Returns one line a step: sign, number, title, state, how long it took or takes, its exit."""
    signs = _PLAIN_SIGNS if glyphs.name == "ascii" else _SIGNS
    longest = max((width_of(step.title) for step in steps), default=0)
    room = max(min(longest, width - BESIDE_TITLE), LEAST_TITLE)
    lines: list[TextLine] = []
    for step in steps:
        tone = _STEP_TONES[step.state]
        took = ""
        if step.started_at is not None:
            seconds = ((step.ended_at or now) - step.started_at).total_seconds()
            took = f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)}:{int(seconds % 60):02}"
        by = f"by {step.by}" if step.by else ""
        words = step.text if step.text.endswith(by) else f"{step.text} {by}"
        title = cut(step.title, room, glyphs.ellipsis)
        lines.append(
            [
                (f" {signs[step.state]} {step.n}  ", tone), (title + " " * (room - width_of(title) + 1), Tone.TEXT),
                (f"{step.state:<9} ", tone), (f"{took:>7}  ", Tone.MUTED), (words, Tone.TEXT),
            ]
        )  # fmt: skip
        if step.state in {StepState.RUNNING, StepState.ASKED, StepState.FAILED}:
            lines += [[(f"       {command}", Tone.ACCENT)] for command in step.commands]
    return lines


@lru_cache(maxsize=KEPT_LINES)
def output_rows(line: OutputLine, width: int) -> tuple[TextLine, ...]:
    """Returns a line of output as rows of at most `width` cells: what is too long goes on in the next, nothing is cut."""
    tone = _STREAM_TONES.get(line.stream, Tone.TEXT)
    when = f" {line.at:%H:%M:%S}Z {line.n:>2}  "
    first, *more = folded(line.text, max(width - len(when), 20))
    return (
        [(when, Tone.MUTED), (first, tone)],
        *([(" " * len(when), Tone.MUTED), (text, tone)] for text in more),
    )


Progress = tuple[list[RunStep], list[OutputLine]]
"""The steps of a run, and its output."""


class RunView(RunDoing, PageOfOne[Progress], can_focus=True):
    """Follows the run; its output is kept and can be scrolled."""

    view_id: ClassVar[str] = "run"
    of_list = "runs"
    list_name = "Procedures"

    def __init__(self) -> None:
        super().__init__(Lines(self._output_lines))
        self._steps: list[RunStep] = []
        self._output: list[OutputLine] = []
        self._head = Lines(self._head_lines, classes="run-head")
        self._titles = Lines(self._title, classes="one")

    def compose(self) -> ComposeResult:
        """Lays out steps and output."""
        yield self.slider
        yield self._head
        yield self._titles
        yield self._text

    def run_shown(self) -> Run | None:
        """Returns the run shown."""
        return self.picture.runs.get(self._label)

    def shown(self, argument: str) -> None:
        """Shows a run."""
        if argument and argument != self._label:
            self._label, self._steps, self._output, self._is_read = argument, [], [], False
            self._text.follow_end()
        self.focus()
        self.read_soon()

    def take_patch(self, patch: Patch, entries: Sequence[Entry]) -> None:
        """Reads again what changed of it."""
        number = self._label.partition("-")[2]
        if self.is_then:
            return
        if (
            any(e.subject.kind == "run" and e.subject.id == number for e in entries)
            or self._label in patch.runs
        ):
            self.read_soon()
            self.floor.footer_changed()

    def tick(self, now: datetime) -> None:  # noqa: ARG002
        """Reads new output while it goes on; has times counted on."""
        run = self.run_shown()
        if run is not None and run.is_active and not self.is_then:
            self.read_soon()
        self._head.show()

    def others_changed(self) -> None:
        """Says who has it open."""
        self._titles.show()

    def changes(self) -> Sequence[Sort]:
        """Returns its own entries."""
        return (Sort("run", id=self._label.partition("-")[2]),)

    async def read(self, then: Moment | None) -> Progress:
        """Returns its steps and its output; of now, only what is new of that is read."""
        if not self._label:
            return [], []
        number = int(self._label.partition("-")[2])
        if then is not None:
            steps = await self.floor.ask(steps_at, number, then.seq)
            return steps, await self.floor.ask(output_of, number, until=then.instant)
        steps, known = await self.floor.ask(steps_of, number), self._output
        last = known[-1].id if known else 0
        fresh = await self.floor.ask(output_of, number, after=last)
        return steps, [*known, *fresh][-KEPT_LINES:]

    def take(self, read: Progress | None) -> None:
        """Shows its steps and its output."""
        self._steps, self._output = read or ([], [])
        self._is_read = read is not None
        self._fit_head()
        self._head.show()
        self._text.show()
        self.floor.footer_changed()

    def _fit_head(self) -> None:
        wanted = len(self._head_lines(self.size.width, self.size.height, self.floor.glyphs))
        self._head.styles.height = max(3, min(wanted, self.size.height * 2 // 3))

    def on_resize(self) -> None:
        """Gives the steps their share of another size; what is read before the first size is known needs it too."""
        self._fit_head()
        self._head.show()

    def do_follow(self) -> None:
        """Goes on with what is newest."""
        self._text.follow_end()

    def _asked(self) -> RunStep | None:
        return next((s for s in self._steps if s.state is StepState.ASKED), None)

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible now."""
        if action_id in {"run.tick", "run.skip"}:
            if self._asked() is None:
                return "no manual step waits"
            if not self.floor.operates:
                return "this console is in WATCH; press O and say why"
        return super().why_not(action_id)

    async def do_run_tick(self) -> None:
        """Says that the manual step is done."""
        step = self._asked()
        if step is not None:
            await self.floor.command(
                commands.tick_step, int(self._label.partition("-")[2]), step.n, done=f"step {step.n} done"
            )

    async def do_run_skip(self) -> None:
        """Leaves the manual step out."""
        step = self._asked()
        if step is None:
            return
        question = Question(
            f"Skip step {step.n} of {self._label}", [step.title, *step.commands], [self._label],
            VERBS["run.skip"].level, "Skip it", asks_text="why it is left out:",
        )  # fmt: skip
        draft = Draft(self.floor, f"run.skip/{step.n}:{self._label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                commands.skip_step, int(self._label.partition("-")[2]), step.n, answer.text, answer.consent,
                done=f"step {step.n} skipped", draft=draft,
            )  # fmt: skip

    def _head_lines(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        run = self.run_shown()
        if run is None:
            words = f"{self._label} was not begun yet" if self.is_then else f"there is no {self._label}"
            return [[(f" {words}", Tone.CRITICAL)]]
        named = [f"I-{run.incident}" if run.incident else "", f"R-{run.request}" if run.request else ""]
        about = ", ".join(each for each in named if each)
        incident = f"   for {about}" if about else ""
        reason = f": {run.reason}" if run.reason else ""
        head: list[TextLine] = [
            [(f" {run.state}", RUN_TONES[run.state]), (f"   {run.title}", Tone.STRONG)],
            [(f" on {run.component}{incident}   begun {run.created_at:%H:%M:%S}Z by {run.begun_by}{reason}", Tone.MUTED)],
        ]  # fmt: skip
        if run.despite:
            head.append([(f" despite {run.despite}", Tone.WARNING)])
        if run.text:
            head.append([(f" {run.text}", Tone.CRITICAL)])
        folded_head = [part for line in head for part in folded_spans(line, width)]
        return folded_head + step_lines(self._steps, self.now_of(utc_now()), glyphs, width)

    def _title(self, width: int, _height: int, glyphs: Glyphs) -> list[TextLine]:
        words = f"{glyphs.rule}{glyphs.rule} output {'' if self._text.follows else '(F follows) '}"
        who = who_has_it_open(self.others, self._label, self.floor.person, glyphs, width - len(words) - 3)
        return [rule_with_who([(words, Tone.HEADER)], who, width, glyphs)]

    def _output_lines(self, width: int, _height: int, _glyphs: Glyphs) -> list[TextLine]:
        rows = [row for line in self._output for row in output_rows(line, width)]
        return rows or [[(" no output yet" if self._is_read else " reading …", Tone.MUTED)]]
