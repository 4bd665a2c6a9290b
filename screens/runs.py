"""Procedures and their runs: what can be carried out, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from core.catalog.as_of import procedures_at
from core.catalog.queries import declared_procedures
from core.counting import counted
from core.journal.past import Sort
from core.operations.as_of import CHANGES_RUNS
from core.operations.model import Procedure, RunState
from core.operations.procedure import parse_procedure
from core.operations.queries import needing_a_person
from core.timekeeping import age, utc_now
from screens.component_doing import ComponentDoing
from screens.list_view import ListView
from screens.reading import Reading
from screens.run_doing import RunDoing
from screens.tones import Tone
from screens.widgets.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.operations.queries import Run
    from screens.moment import Moment
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell, Span
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine


@lru_cache(maxsize=500)
def _procedure(text: str, path: str) -> Procedure | None:
    return parse_procedure(text, path=path).procedure


@dataclass(frozen=True, slots=True)
class Line:
    """Either a run or a procedure that can be run."""

    id: str
    run: Run | None = None
    procedure: Procedure | None = None
    needs_person: bool = False


RUN_TONES = {
    RunState.WAITING: Tone.PENDING, RunState.RUNNING: Tone.ACCENT, RunState.HELD: Tone.WARNING, RunState.DONE: Tone.OK,
    RunState.FAILED: Tone.CRITICAL, RunState.CANCELLED: Tone.MUTED, RunState.LOST: Tone.CRITICAL,
}  # fmt: skip


def _place(line: Line) -> tuple[int, int, str]:
    if line.run is None:
        return (2, 0, line.id)
    return (0 if line.needs_person else 1 if line.run.is_active else 3, -line.run.id, "")


def run_state(run: Run) -> Span:
    """Returns how a run stands, in one word: one that waits for a person says so."""
    return ("asks", Tone.WARNING) if run.asks and run.is_active else (str(run.state), RUN_TONES[run.state])


def _component(line: Line) -> str:
    return line.run.component if line.run else line.procedure.component if line.procedure else ""


def run_words(run: Run) -> str:
    """Returns the text a filter looks in."""
    about = f"R-{run.request}" if run.request else ""
    return f"{run.label} {run.title} {run.component} state:{run.state} {run.begun_by} {about}"


def _what_for(run: Run) -> str:
    return f"for R-{run.request}{': ' * bool(run.text)}{run.text}" if run.request else run.text


COLUMNS: tuple[Column[Line], ...] = (
    Column("id", "ID", width=22, priority=9, sort=_place),
    Column("state", "STATE", width=9, priority=10),
    Column("component", "COMPONENT", width=16, priority=7, sort=_component),
    Column("title", "TITLE", share=3, min_width=16, priority=8),
    Column("age", "AGE", width=5, priority=6, align="right"),
    Column("by", "BY", width=10, priority=5),
    Column("text", "WHAT", share=2, min_width=18, priority=2),
)


class Runs(RunDoing, ComponentDoing, Reading[Mapping[str, "Procedure"]], ListView[Line]):
    """Runs that need a person first, then those under way, then what can be run, then what was."""

    view_id: ClassVar[str] = "runs"
    sorted_at_first = "id"
    is_whole_at_first = False
    empty_text = "No procedure is declared: write one as procedures/NAME.md in the catalog."
    empty_then = "No procedure was declared then, and none had been carried out."
    has_then = True

    def __init__(self) -> None:
        super().__init__()
        self._procedures: Mapping[str, Procedure] = {}
        self._needing: set[int] = set()
        self._asked_for = ""  # a procedure to stand on as soon as it was read

    def crumbs(self) -> Sequence[str]:
        """Returns where this is."""
        return ("Procedures",)

    def columns(self) -> Sequence[Column[Line]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Line, now: datetime) -> Mapping[str, Cell]:
        """Returns the cells of a run or a procedure."""
        if item.run is not None:
            run = item.run
            return {
                "id": ((run.label, Tone.ACCENT),), "state": (run_state(run),),
                "component": run.component, "title": run.title,
                "age": ((age((now - run.created_at).total_seconds()), Tone.MUTED),), "by": run.begun_by, "text": _what_for(run),
            }  # fmt: skip
        assert item.procedure is not None
        procedure = item.procedure
        return {
            "id": item.id, "state": (("procedure", Tone.MUTED),), "component": procedure.component,
            "title": procedure.title, "text": ((f"{procedure.effect}, {counted(len(procedure.steps), 'step')}", Tone.MUTED),),
        }  # fmt: skip

    def items_of(self, picture: Picture) -> Mapping[str, Line]:
        """Returns everything."""
        found = {name: Line(name, procedure=p) for name, p in self._procedures.items()}
        return found | self._lines(picture)

    def _lines(self, picture: Picture) -> dict[str, Line]:
        self._needing = needing = needing_a_person(picture.runs.values(), self.now_of(utc_now()))
        return {label: Line(label, run=r, needs_person=r.id in needing) for label, r in picture.runs.items()}

    def changed_in(self, patch: Patch) -> Mapping[str, Line]:
        """Returns the runs a patch names, and those it leaves without need of a person."""
        if not patch.runs:
            return {}
        before = self._needing
        lines = self._lines(self.picture)
        turned = before ^ self._needing
        return {
            label: line for label, line in lines.items()
            if label in patch.runs or (line.run is not None and line.run.id in turned)
        }  # fmt: skip

    def take_patch(self, patch: Patch, entries: Sequence[Any]) -> None:
        """Takes in runs; a catalog that was loaded may have other procedures."""
        super().take_patch(patch, entries)
        if any(entry.kind == "catalog.loaded" for entry in entries) and self._is_loaded and not self.is_then:
            self.read_soon()

    def shown(self, argument: str) -> None:
        """Shows the list; procedures are read the first time."""
        first = not self._is_loaded
        super().shown(argument)
        if first:
            self._asked_for = argument
            self.read_asked(self._read_and_take, "reading")

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        return (*CHANGES_RUNS, Sort("catalog", ("catalog.loaded",)))

    async def read(self, then: Moment | None) -> Mapping[str, Procedure]:
        """Returns every procedure that can be carried out, by id."""
        if then is None:
            texts = await self.floor.ask(declared_procedures)
        else:
            texts = await self.floor.ask(procedures_at, then.seq)
        parsed = {text.id: _procedure(text.text, text.path) for text in texts}
        return {name: p for name, p in parsed.items() if p is not None}

    def take(self, read: Mapping[str, Procedure] | None) -> None:
        """Lists the procedures among the runs."""
        self._procedures = read or {}
        if not self._is_loaded or read is None:
            return
        self.grid.load(self.items_of(self.picture))
        self.mark_waiting(is_all=True)
        self.grid.merge_held()  # they belong to the list that was asked for, and are no news that could wait
        asked_for, self._asked_for = self._asked_for, ""
        if asked_for in self._procedures:
            self.grid.go_to(asked_for)
        self.summary.show()

    def is_problem(self, item: Line) -> bool:
        """Tells whether it is a run that failed or was lost."""
        return item.run is not None and item.run.state in {RunState.FAILED, RunState.LOST}

    def words_of(self, item: Line) -> str:
        """Returns what the filter looks in."""
        if item.run is not None:
            return run_words(item.run)
        return (
            f"{item.id} {item.procedure.title if item.procedure else ''} {_component(item)} state:procedure"
        )

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many are under way."""
        runs = self.picture.runs.values()
        active = sum(1 for r in runs if r.is_active)
        waiting = len(needing_a_person(runs, self.now_of(utc_now())))
        lost = sum(1 for r in runs if r.state is RunState.LOST)
        return [
            *([(f" {waiting} {'needs' if waiting == 1 else 'need'} a person  ", Tone.WARNING)] if waiting else []),
            (f" {active} under way", Tone.ACCENT if active else Tone.TEXT), (f"   {len(self._procedures)} {'procedure' if len(self._procedures) == 1 else 'procedures'}", Tone.TEXT),
            (f"   {lost} lost", Tone.CRITICAL if lost else Tone.MUTED),
        ]  # fmt: skip

    def detail_of(self, item: Line, _width: int, _glyphs: Glyphs) -> list[TextLine]:
        """Returns the steps of a procedure, or how a run stands."""
        if item.run is not None:
            run = item.run
            return [
                [(f" {run.title}", Tone.STRONG), (f"   {run.state}", RUN_TONES[run.state])],
                [
                    (
                        f" begun {run.created_at:%Y-%m-%d %H:%M:%S}Z by {run.begun_by}: {run.reason or '-'}",
                        Tone.MUTED,
                    )
                ],
                [(f" {_what_for(run)}", Tone.TEXT)],
                *([[(f" despite {run.despite}", Tone.WARNING)]] if run.despite else ()),
            ]
        assert item.procedure is not None
        lines: list[TextLine] = [[(f" {item.procedure.title}", Tone.STRONG)]]
        for n, step in enumerate(item.procedure.steps, 1):
            lines.append(
                [
                    (f" {n}  {step.kind:<6} ", Tone.MUTED),
                    (f"{step.title}: {'; '.join(step.shown)}", Tone.TEXT),
                ]
            )
        return lines

    def run_shown(self) -> Run | None:
        """Returns the run under the cursor."""
        return self.current.run if self.current else None

    def component_id(self) -> str | None:
        """Returns the component of the line under the cursor."""
        return _component(self.current) or None if self.current else None

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the line under the cursor."""
        if action_id == "run.begin" and (self.current is None or self.current.procedure is None):
            return "this is a run; choose a procedure"
        return super().why_not(action_id)

    async def do_run_begin(self) -> None:
        """Carries out the procedure under the cursor."""
        if self.current is not None and self.current.procedure is not None:
            await self.begin(self.current.id)

    def on_grid_opened(self, message: Any) -> None:
        """Opens a run; on a procedure, says what begins it."""
        item = self.grid.model.item(message.id)
        if item.run is not None:
            self.floor.go_to("run", item.run.label)
        else:
            self.floor.say(f"X carries out {item.id}")
