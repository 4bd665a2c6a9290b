"""What can be done with components, wherever they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_component, declared_procedure
from core.counting import counted
from core.desk.commands import open_incident
from core.errors import WatchfloorError
from core.gate.model import VERBS, Level
from core.monitoring.asking import ask_for_look
from core.operations.commands import begin_run, verb_of
from core.operations.procedure import parse_procedure
from core.operations.releasing import release_component
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.form import FormBox, FormField
from screens.boxes.pick import Choice, PickBox
from screens.planning import plan
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.desk.model import Incident
    from core.operations.model import Procedure

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


def _needing(count: int) -> str:
    return {0: "nothing needs it", 1: "1 needs it"}.get(count, f"{count} need it")


class ComponentDoing(View):
    """Verbs over `component_id()`."""

    def component_id(self) -> str | None:
        """Returns the component the verbs act on."""
        raise NotImplementedError

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
        choices = []
        for procedure_id in component.procedures:
            procedure = await self._procedure(procedure_id)
            if procedure is not None:
                choices.append(
                    Choice(
                        procedure_id,
                        procedure.title,
                        f"{procedure.effect}, {counted(len(procedure.steps), 'step')}",
                    )
                )
        if not choices:
            self.floor.say(f"no procedure is declared for {component_id}", bad=True)
            return
        chosen = await self.floor.box(PickBox(f"procedures of {component_id}", choices))
        if chosen is not None:
            await self.begin(chosen)

    async def _procedure(self, procedure_id: str) -> Procedure | None:
        try:
            _, text = await self.floor.ask(declared_procedure, procedure_id)
        except WatchfloorError as error:
            self.floor.say(str(error), bad=True)
            return None
        return parse_procedure(text.text, path=text.path).procedure

    async def begin(self, procedure_id: str) -> None:
        """Confirms and begins a run."""
        procedure = await self._procedure(procedure_id)
        if procedure is None:
            return
        verb = VERBS[verb_of(procedure)]
        board = self.floor.picture.board.get(procedure.component)
        incident = self._unsolved_of(procedure.component)
        commands = [command for step in procedure.steps for command in step.shown]
        standing = [f"on {procedure.component}"]
        if board is not None:
            behind = len(self.floor.picture.needed_by(procedure.component))
            standing += [f"now {board.status.state}", _needing(behind)]
        steps = "; ".join(step.title for step in procedure.steps)
        lines = [
            ("what", f"{counted(len(procedure.steps), 'step')}: {steps}"),
            ("runs", commands[0] + (f" … and {len(commands) - 1} more" if len(commands) > 1 else "")),
            ("effect", f"{procedure.effect}, {', '.join(standing)}"),
        ]
        if incident is not None:
            lines.append(("incident", f"{incident.label} {incident.title}"))
        question = Question(
            procedure.title, lines, [procedure.component], verb.level, "Begin",
            asks_text="" if verb.level >= Level.NAME else "reason:",
            incident=incident.label if incident else None,
        )  # fmt: skip
        draft = Draft(self.floor, f"run.begin:{procedure_id}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is None:
            return
        run = await self.floor.command(
            begin_run, procedure_id, answer.consent, reason=answer.text or answer.consent.reason,
            incident=answer.incident, draft=draft,
        )  # fmt: skip
        if run is not None:
            self.floor.start_run(run.id)
            self.floor.say(f"{run.label} begun: {run.title}")
            self.floor.picture.runs[run.label] = run
            self.floor.go_to("run", run.label)

    def _unsolved_of(self, component_id: str) -> Incident | None:
        """Returns the incident a run is tied to by itself: never one that is solved already."""
        found = self.floor.picture.incident_of(component_id)
        return found if found is not None and found.state.is_unsolved else None

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
            FormField("title", "what is wrong, in one line", check=lambda t: None if t else "say it in one line"),
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
