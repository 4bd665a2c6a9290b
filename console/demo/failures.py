"""What fails in the month, and what people do about it: incidents, runs, problems, major incidents with their reviews."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from console.demo import words
from console.demo.house import PARTS, RESTARTED, Part
from core.desk import commands as incidents
from core.desk.major import commands as major
from core.desk.problems import commands as problems
from core.desk.queries import latest_of, one_incident
from core.desk.telling import tell_incident
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.improvement import commands as improvement
from core.improvement.checking import close_action, refute_action
from core.improvement.queries import one_action
from core.improvement.signs import figure_of
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.operations import reports
from core.operations.commands import begin_run
from core.operations.model import RunState, StepState
from core.operations.queries import steps_of
from core.operations.windows.queries import planned_for

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

STAFF = ("r.okafor", "j.silva", "s.cole", "m.ito")
LEAD = "m.ito"
BOX = Consent(Level.BOX)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
BY_ID = {part.id: part for part in PARTS}
GREAT = next(part.id for part in PARTS if part.lamp == "critical")
"""What has failed as the month ends."""


class Story(Protocol):
    """What a month offers to those who fill it."""

    rng: random.Random
    end: datetime

    def now(self) -> datetime:
        """Returns the instant of what happens."""
        ...

    def put(self, at: datetime, doing: Callable[[], object]) -> None:
        """Has something happen at an instant."""
        ...

    def later(self, mean_s: float, doing: Callable[[], object]) -> None:
        """Has something happen after about so long."""
        ...

    def write(self, who: str, command: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Carries out a command as somebody."""
        ...

    def read(self, question: Callable[..., Any], *args: Any) -> Any:
        """Asks the database."""
        ...


class Failures:
    """Components that fail in a month, each incident with its life."""

    def __init__(self, story: Story) -> None:
        self._story, self._rng = story, story.rng

    def plan(self, many: int) -> None:
        """Puts what fails into the month: so many at any time, and those that are told of by name."""
        story, begin = self._story, self._story.now()
        span = story.end - begin
        for n in range(many):
            story.put(begin + (n + self._rng.random()) * span / many, self._fail_somewhere)
        # What comes again and again, and nobody has looked for the cause yet.
        for days in (5.2, 3.1, 0.9):
            story.put(story.end - timedelta(days=days), partial(self._fail, BY_ID["print-hub"]))
        # The writer fell before: so its error is known, and what helps is offered when it falls again.
        for days in (17.3, 11.6):
            story.put(story.end - timedelta(days=days), partial(self._fail, BY_ID[GREAT]))
        story.put(story.end - timedelta(days=11), self._look_behind)
        story.put(story.end - timedelta(days=8), self._solve_another)
        story.put(
            story.end - timedelta(days=13.4), partial(self._fail_greatly, "records-db", is_reviewed=True)
        )
        story.put(
            story.end - timedelta(days=4.3), partial(self._fail_greatly, "queue-broker", is_reviewed=False)
        )
        story.put(story.end - timedelta(minutes=94), self._fall_now)
        for part in PARTS:
            if part.lamp == "warning":
                ago = timedelta(minutes=20 + self._rng.random() * 300)
                story.put(
                    story.end - ago, partial(self.change, part, State.WARNING, "unsteady for some time")
                )

    def change(self, part: Part, state: State, summary: str) -> None:
        """Has the agent see a component in a state."""
        status = Status(part.id, 1, state, True, self._story.now(), summary)
        self._story.write("agent", record_changes, [Change(status, part.service, part.title, part.severity)])

    def _fail_somewhere(self) -> None:
        self._fail(self._rng.choice([part for part in PARTS if part.id != GREAT]))

    def _fail(self, part: Part) -> None:
        if self._story.read(planned_for, [part.id], self._story.now()):
            return  # it would have no incident, and people nothing to do
        self.change(part, State.CRITICAL, self._rng.choice(words.FAILURES).format(id=part.id))
        self._story.later(6 * MINUTE, lambda: self._look_at(part))
        if part.id in RESTARTED and self._rng.random() < 0.7:
            self._story.later(30 * MINUTE, lambda: self._restart(part))
        self._story.later(70 * MINUTE, lambda: self._recover(part))

    def _recover(self, part: Part) -> None:
        """Has a component come back; its incident is closed some hours later."""
        self.change(part, State.OK, "steady")
        who, number = self._rng.choice(STAFF), self._incident(part)
        self._story.later(3 * HOUR, lambda: self._close(who, number))

    def _incident(self, part: Part) -> int:
        return int(self._story.read(latest_of, part.id).id)

    def _look_at(self, part: Part) -> None:
        who, number = self._rng.choice(STAFF), self._incident(part)
        self._story.write(who, incidents.take_incident, number)
        self._story.later(10 * MINUTE, lambda: self._note(part, self._rng.choice(words.NOTED)))

    def _note(self, part: Part, text: str) -> None:
        self._story.write(self._rng.choice(STAFF), incidents.note_incident, self._incident(part), text)

    def _close(self, who: str, number: int) -> None:
        text = self._rng.choice(words.MENDED)
        self._story.write(who, incidents.close_incident, number, text, BOX)
        if self._rng.random() < 0.4:
            due = (self._story.now() + timedelta(days=self._rng.randint(3, 20))).date().isoformat()
            category, cause, whys = self._rng.choice(words.CAUSES)
            owner = self._rng.choice([each for each in STAFF if each != LEAD])
            fields = {
                "deviation": text, "containment": self._rng.choice(words.CONTAINED), "whys": whys, "category": category,
                "cause": cause, "owner": owner, "due": due,
            }  # fmt: skip
            incident = self._story.read(one_incident, number)
            action = self._story.write(
                who,
                improvement.draft_action,
                fields,
                about=incidents.subject(number),
                component=incident.component,
            ).id
            self._story.later(5 * DAY, lambda: self._carry_out(owner, action))

    def _carry_out(self, owner: str, number: int) -> None:
        story = self._story
        more = {
            "action": "An alarm, and a person for it.", "check_plan": "No such incident within four weeks.",
            "check_on": (story.now() + timedelta(days=self._rng.randint(3, 30))).date().isoformat(),
        }  # fmt: skip
        story.write(owner, improvement.revise_action, number, more)
        story.write(owner, improvement.add_evidence, number, self._rng.choice(words.EVIDENCE))
        story.write(owner, improvement.complete_action, number)
        if self._rng.random() < 0.5:
            story.later(4 * DAY, lambda: self._check(number))

    def _check(self, number: int) -> None:
        """Has it checked: what came back since is not effective."""
        found = self._story.read(figure_of, self._story.read(one_action, number))
        if found is not None and found.times:
            self._story.write(LEAD, refute_action, number, "It came back.", BOX)
        else:
            self._story.write(LEAD, close_action, number, "It did not come back.", BOX)

    # Runs

    def _restart(self, part: Part) -> None:
        """Carries a restart out, as its process would write it: most pass, some fail at the last look."""
        story, who = self._story, self._rng.choice(STAFF)
        story.write(who, unlock_operate, f"restart {part.id}")
        reason, number = f"{part.title} is down", self._incident(part)
        run = story.write(
            who, begin_run, f"{part.id}-restart", Consent(Level.BOX, reason=reason), reason=reason, incident=number
        ).id  # fmt: skip
        story.write(who, reports.take_up_run, run, "conductor:demo:1:month")
        steps = story.read(steps_of, run)
        fails = self._rng.random() < 0.25
        for step in steps:
            is_bad = fails and step is steps[-1]
            story.write(who, reports.report_step, run, step.n, StepState.RUNNING)
            state, code = (StepState.FAILED, 1) if is_bad else (StepState.PASSED, 0)
            story.write(who, reports.report_step, run, step.n, state, exit_code=code, by=who)
        ended = (RunState.FAILED, "the lamp is still dark") if fails else (RunState.DONE, "")
        story.write(who, reports.end_run, run, *ended)

    # Problems

    def _look_behind(self) -> None:
        """Has the cause of the writer's falls found: until it is mended there is a way round."""
        story, part = self._story, BY_ID[GREAT]
        fields = {"title": "The ledger writer falls while the log volume stalls", "owner": "r.okafor"}
        number = story.write("r.okafor", problems.open_problem, fields, [self._incident(part)]).id
        story.later(
            5 * HOUR, lambda: story.write("j.silva", problems.note_problem, number, "stalls at 02:10, each night")
        )  # fmt: skip
        story.put(
            story.now() + timedelta(days=1),
            lambda: story.write(
                "r.okafor", problems.make_known, number, words.WRITER_CAUSE, words.WRITER_ROUND
            ),
        )

    def _solve_another(self) -> None:
        """Leaves a solved problem and one that is looked into."""
        story = self._story
        fields = {
            "title": "Names take two seconds from the build farm", "component": "dns-2", "service": "network", "owner": "j.silva",
        }  # fmt: skip
        number = story.write("j.silva", problems.open_problem, fields).id
        story.later(
            2 * DAY,
            lambda: story.write(
                "j.silva", problems.solve_problem, number, "The farm asks both servers now.", BOX
            ),
        )
        other = {
            "title": "Mail of one broker lands in the spam folder",
            "component": "mail-filter",
            "service": "mail",
        }
        story.later(3 * DAY, lambda: story.write("s.cole", problems.open_problem, other))

    # Major incidents

    def _fail_greatly(self, component: str, *, is_reviewed: bool) -> None:
        """Has a major incident happen that is over by the end of the month; its review is held, or still owed."""
        story, part = self._story, BY_ID[component]
        self.change(part, State.CRITICAL, "no answer within 5 s")
        number = self._incident(part)
        story.later(4 * MINUTE, lambda: self._declare(number, LEAD))
        for n, text in enumerate(words.TOLD_TO_ALL):
            story.put(
                story.now() + timedelta(minutes=14 + 25 * n),
                partial(story.write, "s.cole", tell_incident, number, text),
            )
        story.put(story.now() + timedelta(minutes=95), lambda: self.change(part, State.OK, "steady"))
        story.put(
            story.now() + timedelta(minutes=130), partial(self._stand_down, number, is_reviewed=is_reviewed)
        )

    def _declare(self, number: int, commander: str) -> None:
        if not self._story.read(one_incident, number).is_major:
            self._story.write(
                commander, major.declare_major, number, BOX, roles={"communications": "s.cole", "scribe": "j.silva"},
                update_every_s=30 * MINUTE, text="Customers cannot work.",
            )  # fmt: skip

    def _stand_down(self, number: int, *, is_reviewed: bool) -> None:
        story = self._story
        due = (story.end - timedelta(days=1)).date() if not is_reviewed else None
        story.write(LEAD, major.stand_down, number, "All customers work again.", BOX, owner="r.okafor", due=max(due, story.now().date()) if due else None)  # fmt: skip
        story.later(
            2 * HOUR, lambda: story.write(LEAD, incidents.close_incident, number, words.MENDED[0], BOX)
        )
        if is_reviewed:
            action = {"action": words.AFTER_REVIEW, "due": (story.end + timedelta(days=6)).date().isoformat()}
            story.later(
                3 * DAY,
                lambda: story.write(
                    "r.okafor", major.close_review, number, words.REVIEWED, BOX, action=action
                ),
            )

    def _fall_now(self) -> None:
        """The major incident that is going on when the month ends."""
        story, part = self._story, BY_ID[GREAT]
        self.change(part, State.CRITICAL, "writes fail: no process holds the log")
        number = self._incident(part)
        begun = story.now()
        story.put(
            begun + timedelta(minutes=2), lambda: story.write("j.silva", incidents.take_incident, number)
        )
        story.put(begun + timedelta(minutes=3), lambda: story.write(LEAD, incidents.set_severity, number, 1))
        story.put(begun + timedelta(minutes=9), lambda: self._declare(number, LEAD))
        for n, text in enumerate(words.GREAT):
            story.put(begun + timedelta(minutes=12 + 17 * n), partial(self._note, part, text))
        for n, text in enumerate(words.TOLD_TO_ALL):
            story.put(
                begun + timedelta(minutes=15 + 26 * n),
                partial(story.write, "s.cole", tell_incident, number, text),
            )
