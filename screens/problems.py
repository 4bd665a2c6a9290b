"""Problems: what lies behind incidents that come again, and what helps until it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from core.desk.problems import commands
from core.desk.problems.model import EDITABLE, Problem, ProblemState, recurring_in
from core.desk.problems.queries import one_problem
from core.sentences import LONGEST, LONGEST_NOTE
from core.timekeeping import age, utc_now
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField, is_said
from screens.boxes.pick import Choice, PickBox
from screens.problem_forms import problem_fields
from screens.problem_linking import open_from
from screens.problem_told import ProblemTold, told_lines
from screens.tones import Tone, tally
from screens.widgets.columns import Column
from screens.written import Asked, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.desk.model import Incident
    from core.desk.problems.model import Recurring
    from core.journal.past import Sort
    from screens.picture import Patch, Picture
    from screens.widgets.cells import Cell
    from screens.widgets.glyphs import Glyphs
    from screens.widgets.lines import TextLine

BY_HAND = "by hand"
MOST_LINKED = 5
"""So many of its incidents stand with a problem; the others are in the list of incidents."""
_S = ProblemState
_ORDER = {_S.KNOWN_ERROR: 0, _S.OPEN: 1, _S.SOLVED: 2, _S.CLOSED: 3}
_TONES = {_S.OPEN: Tone.WARNING, _S.KNOWN_ERROR: Tone.ACCENT, _S.SOLVED: Tone.OK, _S.CLOSED: Tone.MUTED}
COLUMNS: tuple[Column[Problem], ...] = (
    Column("id", "ID", width=6, priority=10, sort=lambda p: -p.id),
    Column("state", "STATE", width=12, priority=9, sort=lambda p: (_ORDER[p.state], -p.id)),
    Column("age", "AGE", width=5, priority=4, align="right", sort=lambda p: -p.opened_at.timestamp()),
    Column("incidents", "INC", width=4, priority=6, align="right", sort=lambda p: -p.incidents),
    Column("component", "COMPONENT", share=1, min_width=14, priority=7, sort=lambda p: p.component),
    Column("title", "TITLE", share=4, min_width=20, priority=8),
    Column("owner", "OWNER", width=10, priority=5, sort=lambda p: p.owner),
)


def problem_words(item: Problem) -> str:
    """Returns the text a filter looks in."""
    return (
        f"{item.label} state:{item.state} {item.title} {item.component} {item.service} {item.owner} {item.cause}"
        f" {item.workaround} {item.solution}"
    )


def _texts(item: Problem) -> Mapping[str, str]:
    return {name: str(getattr(item, name)) for name in EDITABLE}


PROBLEM = Written("problem", one_problem, _texts, LONGEST)


class Problems(ProblemTold):
    """Known errors first, then what is looked into, what is solved, what is closed."""

    view_id: ClassVar[str] = "problems"
    sorted_at_first = "state"
    empty_text = "No problem yet. L on an incident opens one, n opens one by hand."
    empty_then = "No problem had been opened then."
    without_subject = frozenset({"problem.open"})
    has_then = True

    def columns(self) -> Sequence[Column[Problem]]:
        """Returns the columns."""
        return COLUMNS

    def cells(self, item: Problem, now: datetime) -> Mapping[str, Cell]:
        """Returns a problem's cells."""
        return {
            "id": ((item.label, Tone.ACCENT),),
            "state": ((str(item.state), _TONES[item.state]),),
            "age": ((age((now - item.opened_at).total_seconds()), Tone.MUTED),),
            "incidents": str(len(self._linked(item)) if self.is_then else item.incidents),
            "component": item.component or "-",
            "title": item.title,
            "owner": ((item.owner or "-", Tone.TEXT if item.owner else Tone.MUTED),),
        }

    def changes(self) -> Sequence[Sort]:
        """Returns the entries after which the list looks different."""
        from core.desk.problems.as_of import CHANGES_PROBLEMS

        return CHANGES_PROBLEMS

    def items_of(self, picture: Picture) -> Mapping[str, Problem]:
        """Returns every problem."""
        return picture.problems

    def changed_in(self, patch: Patch) -> Mapping[str, Problem]:
        """Returns the problems a patch names."""
        return patch.problems

    def words_of(self, item: Problem) -> str:
        """Returns what the filter looks in."""
        return problem_words(item)

    def take_patch(self, patch: Patch, entries: Sequence[Any]) -> None:
        """Takes in what changed, also of what suggests a problem."""
        super().take_patch(patch, entries)
        if patch.incidents:
            self.summary.show()

    def summary_lines(self, _width: int, _glyphs: Glyphs) -> TextLine:
        """Returns how many are where, and which component fails so often that one should be opened."""
        found = self.picture.problems.values()
        known = sum(1 for p in found if p.state is _S.KNOWN_ERROR)
        is_open = sum(1 for p in found if p.state is _S.OPEN)
        unowned = sum(1 for p in found if p.state.is_unsolved and not p.owner)
        line: TextLine = [
            (f" {is_open} open", Tone.TEXT), tally(known, "known errors", Tone.ACCENT), tally(unowned, "without owner", Tone.WARNING),
        ]  # fmt: skip
        suggested = self._suggested()
        if suggested:
            words = ", ".join(f"{each.component} ({len(each.incidents)})" for each in suggested[:3])
            line = [*line, (f"   suggested: {words}; n", Tone.WARNING)]
        return line

    def _suggested(self) -> list[Recurring]:
        picture = self.picture
        return recurring_in(picture.incidents.values(), picture.problems.values(), self.now_of(utc_now()))

    def detail_of(self, item: Problem, _width: int, glyphs: Glyphs) -> list[TextLine]:
        """Returns every field, the incidents that come from it, and what was told of it."""
        rows = (
            ("workaround", item.workaround), ("cause", item.cause), ("solution", item.solution), ("outcome", item.outcome),
            ("service", item.service),
        )  # fmt: skip
        lines: list[TextLine] = [
            [(f" {name:<11}", Tone.MUTED), (text, Tone.TEXT)]
            for name, text in rows
            if text or name in {"workaround", "cause"}
        ]
        opened = f"{item.opened_at:%Y-%m-%d %H:%M}Z by {item.opened_by}"
        lines.append([(f" {'opened':<11}", Tone.MUTED), (opened, Tone.TEXT)])
        if item.state is _S.OPEN and item.missing:
            lines.append(
                [(f" to be written before it is a known error: {', '.join(item.missing)}", Tone.WARNING)]
            )
        return [*lines, *self._linked_lines(item, glyphs), *told_lines(self.told_of(item), glyphs)]

    def _linked_lines(self, item: Problem, glyphs: Glyphs) -> list[TextLine]:
        linked = self._linked(item)
        lines: list[TextLine] = []
        for each in linked[:MOST_LINKED]:
            sign = f"{glyphs.major} MAJOR " if each.is_major else ""
            lines.append(
                [(f" {each.label:<7}", Tone.ACCENT), (f"{each.standing}: {sign}{each.title}", Tone.TEXT)]
            )
        if len(linked) > MOST_LINKED:
            lines.append([(f" and {len(linked) - MOST_LINKED} older ones", Tone.MUTED)])
        return lines

    def _linked(self, item: Problem) -> list[Incident]:
        found = [each for each in self.picture.incidents.values() if each.problem == item.id]
        return sorted(found, key=lambda each: -each.id)

    def on_grid_opened(self, message: Any) -> None:
        """Opens the newest incident that comes from it."""
        item = self.picture.problems.get(message.id)
        linked = self._linked(item) if item is not None else []
        if linked:
            self.floor.go_to("incident", linked[0].label)
        else:
            self.floor.say(f"no incident comes from {message.id} yet")

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible on the problem under the cursor."""
        item = self.current
        if item is not None:
            is_over = item.state is _S.CLOSED
            if is_over and action_id in {"problem.revise", "problem.solve", "problem.close"}:
                return f"{item.label} is closed; J opens it again"
            if action_id == "problem.known" and item.state is not _S.OPEN:
                return f"{item.label} is {item.state}"
            if action_id == "problem.reopen" and item.state.is_unsolved:
                return f"{item.label} is {item.state}"
        return super().why_not(action_id)

    async def do_problem_open(self) -> None:
        """Opens one by hand, or from the incidents of a component that fails again and again."""
        suggested = {each.component: each for each in self._suggested()}
        chosen = None
        if suggested:
            choices = [Choice(each.component, each.component, each.words) for each in suggested.values()]
            chosen = await self.floor.box(
                PickBox("new problem", [*choices, Choice(BY_HAND, "another", "opened by hand")])
            )
            if chosen is None:
                return
        numbers = suggested[chosen].incidents if chosen in suggested else ()
        known = self.floor.picture.incidents
        await open_from(self.floor, [known[f"I-{n}"] for n in numbers if f"I-{n}" in known])

    async def do_problem_revise(self) -> None:
        """Writes its fields."""
        item = self.current
        if item is None:
            return
        title, fields = f"{item.label} {item.title}", problem_fields(_texts(item))
        await PROBLEM.write_fields(self.floor, item, title, fields, commands.revise_problem)

    async def do_problem_known(self) -> None:
        """Says that its cause is known, and what helps."""
        item = self.current
        if item is None:
            return
        draft = Draft(self.floor, f"problem.known:{item.label}")
        fields = problem_fields({"cause": item.cause, "workaround": item.workaround}, ("cause", "workaround"))
        answer = await self.floor.box(FormBox(f"{item.label} is a known error", fields, draft))
        if answer is not None:
            await self.floor.command(
                commands.make_known, item.id, answer["cause"], answer["workaround"], item.version,
                done=f"{item.label} is a known error: its workaround is offered from now on", draft=draft,
            )  # fmt: skip

    async def do_problem_note(self) -> None:
        """Writes a line on its time line."""
        item = self.current
        if item is None:
            return
        draft = Draft(self.floor, f"note:{item.label}")
        note = FormField("text", "what you found", check=is_said, keeps_lines=True, longest=LONGEST_NOTE)
        answer = await self.floor.box(FormBox(f"{item.label} {item.title}", [note], draft))
        if answer is not None:
            await self.floor.command(
                commands.note_problem, item.id, answer["text"], done=f"noted on {item.label}", draft=draft
            )

    async def do_problem_solve(self) -> None:
        """Says how it was mended; one that is solved is closed."""
        item = self.current
        if item is not None and item.state is _S.SOLVED:
            await self.do_problem_close()
            return
        await self._ask_and_do("problem.solve", commands.solve_problem, "Solve", "how it was mended:")

    async def do_problem_close(self) -> None:
        """Closes it: with what was seen since it was solved, or with why it is given up."""
        item = self.current
        solved = item is not None and item.state is _S.SOLVED
        asks = "what was seen since it was solved:" if solved else "why it is given up:"
        await self._ask_and_do("problem.close", commands.close_problem, "Close", asks)

    async def do_problem_reopen(self) -> None:
        """Opens it again."""
        await self._ask_and_do("problem.reopen", commands.reopen_problem, "Reopen", "why it is opened again:")

    async def _ask_and_do(self, verb: str, command: Callable[..., Any], word: str, asks: str) -> None:
        item = self.current
        if item is None:
            return
        lines = [
            ("problem", item.title),
            ("workaround", item.workaround or "-"),
            ("incidents", str(item.incidents)),
        ]
        done = "reopened" if word == "Reopen" else f"{word.lower()}d"
        await PROBLEM.ask_and_do(self.floor, item, Asked(verb, word, asks, lines, done), command)
