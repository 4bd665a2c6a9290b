"""What can be done with a run, wherever it is shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from core.gate.model import VERBS
from core.operations import commands
from core.operations.model import RunState
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.view import View

if TYPE_CHECKING:
    from core.operations.queries import Run


class RunDoing(View):
    """Verbs over `run_shown()`."""

    @abstractmethod
    def run_shown(self) -> Run | None:
        """Returns the run the verbs act on."""

    def why_not(self, action_id: str) -> str | None:
        """Returns why a verb is not possible now."""
        if action_id == "run.about":
            run = self.run_shown()
            if run is None:
                return "there is no run under the cursor"
            return None if run.request or run.incident else f"{run.label} is for no request and no incident"
        if action_id in {"run.hold", "run.cancel"}:
            run = self.run_shown()
            if run is None:
                return "there is no run under the cursor"
            if not run.is_active:
                return f"{run.label} is {run.state}"
            if action_id == "run.hold" and run.state is RunState.HELD and not self.floor.operates:
                return "this console is in WATCH; press O to let it go on"
        return super().why_not(action_id)

    def do_run_about(self) -> None:
        """Goes to the request it was begun for, or else to its incident."""
        run = self.run_shown()
        if run is not None and run.request:
            self.floor.go_to("request", f"R-{run.request}")
        elif run is not None and run.incident:
            self.floor.go_to("incident", f"I-{run.incident}")

    async def do_run_hold(self) -> None:
        """Holds the run before its next step, or lets it go on."""
        run = self.run_shown()
        if run is None:
            return
        if run.state is RunState.HELD:
            await self.floor.command(commands.resume_run, run.id, done=f"{run.label} goes on")
        else:
            await self.floor.command(
                commands.hold_run, run.id, done=f"{run.label} stops before its next step"
            )

    async def do_run_cancel(self) -> None:
        """Ends the run."""
        run = self.run_shown()
        if run is None:
            return
        lines = [
            ("what", f"{run.title} on {run.component}"),
            ("effect", "the process under way is ended, the steps left are not done"),
            ("then", f"the probes say what is true of {run.component}"),
        ]
        question = Question(
            f"Cancel {run.label}",
            lines,
            [run.label],
            VERBS["run.cancel"].level,
            "End the run",
            asks_text="reason:",
        )
        draft = Draft(self.floor, f"run.cancel:{run.label}")
        answer = await self.floor.box(ConfirmBox(question, draft))
        if answer is not None:
            await self.floor.command(
                commands.cancel_run, run.id, answer.text, answer.consent, done=f"{run.label} is being ended",
                draft=draft,
            )  # fmt: skip
