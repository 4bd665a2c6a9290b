"""What can be done with components, wherever they are shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from core.catalog.queries import declared_component
from core.desk.commands import LONGEST_TITLE, open_incident
from core.gate.model import VERBS, Level
from core.monitoring.asking import ask_for_look
from core.operations.releasing import release_component
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.pick import PickBox
from screens.planning import plan
from screens.run_beginning import begin_procedure, procedure_choices
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_COMPONENT = frozenset(
    {
        "operate.component",
        "component.check",
        "component.incident",
        "component.dependencies",
        "component.release",
        "window.plan",
    }
)
OPERATES = frozenset({"operate.component", "run.begin", "component.release"})


class ComponentDoing(View):
    """Verbs over `component_id()`."""

    @abstractmethod
    def component_id(self) -> str | None:
        """Returns the component the verbs act on."""

    def incident_id(self) -> int | None:
        """Returns the incident a run would be started from: the component's own by default."""
        found = self.floor.picture.incident_of(self.component_id() or "")
        return found.id if found else None

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible now."""
        if action_id in OF_COMPONENT and self.component_id() is None:
            return "there is no component under the cursor"
        row = self.floor.picture.board.get(self.component_id() or "")
        if action_id == "operate.component" and row is not None and not row.procedures:
            return f"no procedure is declared for {self.component_id()}"
        if action_id == "component.release" and not self._is_stopped():
            return f"{self.component_id()} is not stopped on purpose"
        if action_id in OPERATES and not self.floor.operates:
            return "this console is in WATCH; press O and say why"
        if action_id == "component.incident" and self.picture.incident_of(self.component_id() or "") is None:
            return "it has no incident that is not closed"
        return super().why_not(action_id)

    async def do_operate_component(self) -> None:
        """Chooses one of the component's procedures and begins a run of it."""
        component_id = self.component_id()
        if component_id is None:
            return
        component = await self.floor.ask(declared_component, component_id)
        choices = await procedure_choices(self.floor, component.procedures)
        if not choices:
            self.floor.say(f"no procedure is declared for {component_id}", bad=True)
            return
        chosen = await self.floor.box(PickBox(f"procedures of {component_id}", choices))
        if chosen is not None:
            await self.begin(chosen)

    async def begin(self, procedure_id: str) -> None:
        """Confirms and begins a run."""
        await begin_procedure(self.floor, procedure_id)

    async def do_component_check(self) -> None:
        """Has its probes look now."""
        component_id = self.component_id()
        if component_id is not None:
            await self.floor.command(
                ask_for_look, component_id, done=f"asked the agent to look at {component_id}"
            )

    def _is_stopped(self) -> bool:
        row = self.floor.picture.board.get(self.component_id() or "")
        return row is not None and row.status.stopped is not None

    async def do_component_release(self) -> None:
        """Has a component watched again that was stopped on purpose."""
        name = self.component_id()
        row = self.floor.picture.board.get(name or "")
        if name is None or row is None or row.status.stopped is None:
            return
        stop = row.status.stopped
        lines = [
            ("stopped", f"by {stop.by} at {stop.at:%Y-%m-%d %H:%M}Z: {stop.reason}"),
            ("effect", f"{name} is watched again: what its probes find counts, nothing is started"),
        ]
        question = Question(
            f"Watch {name} again",
            lines,
            [name],
            VERBS["component.release"].level,
            "Watch it",
            asks_text="reason:",
        )
        draft = Draft(self.floor, f"component.release:{name}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                release_component,
                name,
                answer.text,
                answer.consent,
                done=f"{name} is watched again",
                draft=draft,
            )

    def to_maintain(self) -> Sequence[str]:
        """Returns the components a maintenance window is planned over: the one the verbs act on."""
        return [self.component_id() or ""]

    async def do_window_plan(self) -> None:
        """Plans a maintenance window."""
        await plan(self.floor, self.to_maintain())

    def do_component_incident(self) -> None:
        """Goes to its incident."""
        incident = self.picture.incident_of(self.component_id() or "")
        if incident is not None:
            self.floor.go_to("incident", incident.label)

    def do_component_dependencies(self) -> None:
        """Shows what it needs and what needs it."""
        self.floor.go_to("dependencies", self.component_id() or "")

    async def do_incident_open(self) -> None:
        """Opens an incident by hand."""
        component_id = self.component_id() or ""
        row = self.floor.picture.board.get(component_id)
        draft = Draft(self.floor, f"incident:new:{component_id}")
        fields = [
            FormField("title", "what is wrong, in one line", check=lambda t: None if t else "say it in one line", longest=LONGEST_TITLE),
            FormField("severity", "severity: 1 worst, 2, 3, 4", "2", check=lambda t: None if t in {"1", "2", "3", "4"} else "1, 2, 3 or 4"),
        ]  # fmt: skip
        answer = await self.floor.box(
            FormBox(f"new incident{f' on {component_id}' if component_id else ''}", fields, draft)
        )
        if answer is None:
            return
        from core.gate.model import Consent

        made = await self.floor.command(
            open_incident, component_id, row.service if row else "", answer["title"], int(answer["severity"]),
            Consent(Level.BOX), draft=draft,
        )  # fmt: skip
        if made is not None:
            self.floor.say(f"{made.label} opened")
