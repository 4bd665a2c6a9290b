"""Beginning a run of a procedure, wherever one is chosen: of a component, of the list, for a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_component, declared_procedure
from core.counting import counted
from core.errors import WatchfloorError
from core.gate.model import VERBS, Level
from core.operations.commands import begin_run, verb_of
from core.operations.gate import clause_without_request
from core.operations.procedure import parse_procedure
from core.timekeeping import utc_now
from screens.boxes.confirm import ConfirmBox, Question
from screens.boxes.draft import Draft
from screens.boxes.pick import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.desk.model import Incident
    from core.desk.requests.model import Request
    from core.operations.model import Procedure
    from screens.floor import Floor


def _needing(count: int) -> str:
    return {0: "nothing needs it", 1: "1 needs it"}.get(count, f"{count} need it")


async def procedure_called(floor: Floor, procedure_id: str) -> Procedure | None:
    """Returns a procedure of the catalog; None where it is not to be had, which is said."""
    try:
        _, text = await floor.ask(declared_procedure, procedure_id)
    except WatchfloorError as error:
        floor.say(str(error), bad=True)
        return None
    return parse_procedure(text.text, path=text.path).procedure


async def procedure_choices(floor: Floor, names: Iterable[str], *, on: bool = False) -> list[Choice]:
    """Returns procedures to choose from; with `on` each says its component."""
    choices = []
    for name in names:
        procedure = await procedure_called(floor, name)
        if procedure is not None:
            place = f" on {procedure.component}" if on else ""
            note = f"{procedure.effect}{place}, {counted(len(procedure.steps), 'step')}"
            choices.append(Choice(name, procedure.title, note))
    return choices


async def begin_procedure(floor: Floor, procedure_id: str, request: Request | None = None) -> None:
    """Confirms and begins a run; of a request, for it."""
    procedure = await procedure_called(floor, procedure_id)
    if procedure is None:
        return
    verb = VERBS[verb_of(procedure)]
    incident = _unsolved_of(floor, procedure.component)
    lines = _what_it_means(floor, procedure)
    if request is not None:
        lines.append(("for", f"{request.label} {request.title}"))
    else:
        lines += await _against(floor, procedure_id, procedure.component)
    if incident is not None:
        lines.append(("incident", f"{incident.label} {incident.title}"))
    question = Question(
        procedure.title, lines, [procedure.component], verb.level, "Begin",
        asks_text="" if verb.level >= Level.NAME else "reason:",
        incident=incident.label if incident else None,
    )  # fmt: skip
    draft = Draft(floor, f"run.begin:{procedure_id}")
    answer = await floor.box(ConfirmBox(question, draft))
    if answer is None:
        return
    run = await floor.command(
        begin_run, procedure_id, answer.consent, reason=answer.text or answer.consent.reason, incident=answer.incident,
        request=request.id if request is not None else None, seen=request.version if request is not None else None, draft=draft,
    )  # fmt: skip
    if run is not None:
        floor.start_run(run.id)
        floor.say(f"{run.label} begun: {run.title}")
        floor.picture.runs[run.label] = run
        floor.go_to("run", run.label)


def _what_it_means(floor: Floor, procedure: Procedure) -> list[tuple[str, str]]:
    board = floor.picture.board.get(procedure.component)
    commands = [command for step in procedure.steps for command in step.shown]
    standing = [f"on {procedure.component}"]
    if board is not None:
        behind = len(floor.picture.needed_by(procedure.component))
        standing += [f"now {board.status.state}", _needing(behind)]
    steps = "; ".join(step.title for step in procedure.steps)
    return [
        ("what", f"{counted(len(procedure.steps), 'step')}: {steps}"),
        ("runs", commands[0] + (f" … and {len(commands) - 1} more" if len(commands) > 1 else "")),
        ("effect", f"{procedure.effect}, {', '.join(standing)}"),
    ]


async def _against(floor: Floor, procedure_id: str, component_id: str) -> list[tuple[str, str]]:
    """Returns the clause that a start without a request goes against, before anything is typed; core decides all the same."""
    try:
        component = await floor.ask(declared_component, component_id)
        clause = await floor.ask(clause_without_request, procedure_id, component, utc_now())
    except WatchfloorError:
        return []
    return [("gate", f"{clause}; X on the request begins it")] if clause else []


def _unsolved_of(floor: Floor, component_id: str) -> Incident | None:
    """Returns the incident a run is tied to by itself: never one that is solved already."""
    found = floor.picture.incident_of(component_id)
    return found if found is not None and found.state.is_unsolved else None
