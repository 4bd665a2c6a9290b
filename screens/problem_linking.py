"""Which problem an incident comes from: chosen, opened from it, or taken away again."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from core.desk.problems.commands import link_incident, open_problem
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox
from screens.boxes.pick import Choice, PickBox
from screens.known import known_to
from screens.problem_forms import problem_fields
from screens.view import View
from screens.written import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.model import Incident
    from screens.floor import Floor

NEW, NONE = "new", "none"


class ProblemLinking(View):
    """The verb that ties the incidents of a view to a problem."""

    @abstractmethod
    def incidents(self) -> Sequence[Incident]:
        """Returns the incidents the verbs act on, as they were seen."""

    async def do_incident_problem(self) -> None:
        """Says which problem they come from, or opens one from them."""
        found = list(self.incidents())
        if not found:
            return
        names = ", ".join(each.label for each in found[:3]) + (" …" if len(found) > 3 else "")
        chosen = await self.floor.box(PickBox(f"the problem behind {names}", self._choices(found)))
        if chosen is None:
            return
        if chosen == NEW:
            await open_from(self.floor, found)
            return
        number = None if chosen == NONE else int(chosen.partition("-")[2])
        done = f"comes from {chosen}" if number is not None else "comes from no known problem"
        for each in found:
            if each.problem != number:
                await self.floor.command(
                    link_incident, each.id, number, each.version, done=f"{each.label} {done}"
                )

    def _choices(self, found: Sequence[Incident]) -> list[Choice]:
        components = {each.component for each in found if each.component}
        problems = [each for each in self.floor.picture.problems.values() if each.closed_at is None]
        problems.sort(key=lambda each: (each.component not in components, -each.id))
        choices = [
            Choice(each.label, each.label, f"{each.state}: {each.title} ({each.component or each.service or 'no component'})")
            for each in problems
        ]  # fmt: skip
        new = Choice(NEW, "a new one", "open a problem from this")
        own = [each for each in problems if each.component in components]
        choices = [*choices[: len(own)], new, *choices[len(own) :]]
        if any(each.problem is not None for each in found):
            choices.append(Choice(NONE, "none", "it comes from no known problem"))
        return choices


async def open_from(floor: Floor, incidents: Sequence[Incident]) -> None:
    """Opens the form of a new problem, begun from incidents where there are some."""
    newest = incidents[-1] if incidents else None
    begun = {
        "title": newest.title if newest else "", "component": newest.component if newest else "",
        "service": newest.service if newest else "", "owner": "",
    }  # fmt: skip
    draft = Draft(floor, f"problem:new:{newest.label if newest else ''}")
    title = f"new problem from {newest.label}" if newest else "new problem"
    answer = await floor.box(FormBox(title, problem_fields(begun), draft, known_to(floor, PEOPLE, begun)))
    if answer is None:
        return
    made = await floor.command(open_problem, answer, [each.id for each in incidents], draft=draft)
    if made is not None:
        floor.say(f"{made.label} opened; :problems shows it")
