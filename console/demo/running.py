"""Procedures of the month that are begun for a request: one that was carried out, one that can be, and one that was refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from console.demo.failures import BOX, LEAD
from core.desk.requests import commands as requests
from core.desk.requests.approvals import approve_request
from core.desk.requests.model import Asked
from core.errors import NotPermitted
from core.gate.commands import unlock_operate
from core.operations import reports
from core.operations.commands import begin_run
from core.operations.model import RunState, StepState
from core.operations.queries import steps_of

if TYPE_CHECKING:
    from console.demo.failures import Story

LIMITS = "payments-api-limits"
WHO = "j.silva"
_ASKED = (
    ("Raise the limit of the salary run", "Ines Prado", "Once, for the salaries of December. Approved by our board."),
    ("Raise the limit of the harbour dues", "Omar Haddad", "For this quarter. Approved by our board."),
)  # fmt: skip
ASKED_FOR = len(_ASKED)
"""So many requests of the month are these."""


class Running:
    """Another limit, set by a procedure that its agreement has begun for requests only."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def plan(self) -> None:
        """Puts what happens into the month."""
        for hours, doing in ((27, self._without), (26, self._whole), (4, self._half)):
            self._story.put(self._story.end - timedelta(hours=hours), doing)

    def _without(self) -> None:
        """Somebody begins it without a request, and is told the clause."""
        self._story.write(WHO, unlock_operate, "the bank rang")
        with suppress(NotPermitted):
            self._story.write(WHO, begin_run, LIMITS, BOX, reason="the bank rang")

    def _whole(self) -> None:
        number = self._ask(0)
        self._story.write(WHO, requests.take_request, number)
        self._story.write(WHO, unlock_operate, "the limit of the salary run")
        run = self._story.write(WHO, begin_run, LIMITS, BOX, reason="the salaries", request=number).id
        self._story.write(WHO, reports.take_up_run, run, "conductor:demo:1:month")
        for step in self._story.read(steps_of, run):
            self._story.write(WHO, reports.report_step, run, step.n, StepState.RUNNING)
            self._story.write(WHO, reports.report_step, run, step.n, StepState.PASSED, exit_code=0, by=WHO)
        self._story.write(WHO, reports.end_run, run, RunState.DONE)
        self._story.write(WHO, requests.deliver_request, number, "The limit is raised until the 31st.", BOX)

    def _half(self) -> None:
        """Leaves one approved, for which the procedure can be begun."""
        self._story.write(WHO, requests.take_request, self._ask(1))

    def _ask(self, which: int) -> int:
        title, name, text = _ASKED[which]
        address = f"{name.lower().replace(' ', '.')}@harbour-bank.example"
        asked = Asked(
            title, "payments", address, type="limit", text=text, requester_name=name, component="payments-api", source="mail"
        )  # fmt: skip
        number = int(self._story.write("agent", requests.record_request, asked).id)
        self._story.write(LEAD, approve_request, number, "", BOX)
        return number
