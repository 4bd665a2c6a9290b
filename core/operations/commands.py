"""What people do with procedures: begin a run, hold it, let it go on, cancel it, tick a step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.catalog.queries import declared_component, declared_procedure
from core.desk import commands as desk
from core.desk.queries import one_incident
from core.desk.requests import commands as requests
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.gate.model import AT_ONCE, Consent, Level
from core.journal.model import Subject
from core.monitoring.commands import stop_on_purpose
from core.operations.gate import admit_run_alone, admit_run_for
from core.operations.model import Effect, RunState, StepState
from core.operations.procedure import parse_procedure
from core.operations.queries import Run, active_run_of, one_run, steps_of, to_run
from core.operations.tables import run, run_order, run_step
from core.sentences import line_written
from core.store.rows import new_number, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.catalog.model import Component
    from core.operations.model import Procedure
    from core.store.work import Work


LONGEST_ORDER = 1000
"""So many characters the reason of an order to a run may have."""


def subject(run_id: int) -> Subject:
    """Returns the journal's subject of a run."""
    return Subject("run", str(run_id))


def verb_of(procedure: Procedure) -> str:
    """Returns the verb that beginning this procedure is: stopping a component asks for more than the rest."""
    heavy = procedure.effect is Effect.STOP or procedure.level >= Level.NAME
    return "run.stop_component" if heavy else "run.begin"


def begin_run(
    work: Work,
    procedure_id: str,
    consent: Consent,
    *,
    reason: str = "",
    incident: int | None = None,
    request: int | None = None,
    seen: int | None = None,
) -> Run:
    """Begins a run of a procedure; a conductor takes it up. Level 2, or 3 where it stops a component; needs OPERATE.

    With `request` it is for that one, which was seen at version `seen` (None: any), and its agreement is asked. A stop or
    restart marks its component as stopped on purpose from now on, so that it raises nothing.
    Raises NotPossible while another run on the same component has not ended, NotFound for an unknown incident or request,
    and NotPermitted, which is recorded, where an agreement says no.
    """
    version, procedure, component = _declared(work, procedure_id)
    admit(work, verb_of(procedure), [component.id], consent)
    tied = one_incident(work.connection, incident) if incident is not None else None
    reason, despite = line_written(reason or consent.reason, "reason"), ""
    if request is not None:
        admit_run_for(work, request, procedure_id, component, seen)
    else:
        despite = admit_run_alone(work, procedure_id, component, reason, tied)
    _check_alone(work, component.id)
    values: dict[str, Any] = {
        "procedure": procedure_id, "procedure_version": version, "title": procedure.title,
        "component": procedure.component, "effect": procedure.effect, "incident": incident, "state": RunState.WAITING,
        "begun_by": work.actor, "reason": reason, "created_at": to_micros(work.now), "started_at": None,
        "ended_at": None, "text": "", "beat_at": None, "conductor": "", "request": request, "despite": despite,
    }  # fmt: skip
    number = _insert_run(work, values, procedure)
    entry = work.record(
        "run.begun", subject(number), {name: (None, value) for name, value in values.items()}, note=reason
    )
    begun = {"run": (None, number)}
    if incident is not None:
        work.record("incident.run_begun", desk.subject(incident), begun, note=procedure.title, cause=entry)
    if request is not None:
        work.record("request.run_begun", requests.subject(request), begun, note=procedure.title, cause=entry)
    if procedure.effect in {Effect.STOP, Effect.RESTART}:
        stop_on_purpose(work, procedure.component, reason or f"{procedure.title} (PR-{number})", cause=entry)
    return one_run(work.connection, number)


def _declared(work: Work, procedure_id: str) -> tuple[int, Procedure, Component]:
    """Returns a procedure with its version, and its component. Raises NotFound, and BadInput for one that has problems."""
    version, text = declared_procedure(work.connection, procedure_id)
    parsed = parse_procedure(text.text, path=text.path)
    if parsed.procedure is None:
        raise BadInput(f"the procedure has problems: {parsed.problems[0].what}", where=text.path)
    return version, parsed.procedure, declared_component(work.connection, parsed.procedure.component)


def _check_alone(work: Work, component_id: str) -> None:
    """Raises NotPossible while another run on a component has not ended."""
    other = active_run_of(work.connection, component_id)
    if other is not None:
        raise NotPossible(
            f"{other.label} ({other.title}) is {other.state} on {component_id}",
            next_step="Wait for its end, or cancel it",
        )


def _insert_run(work: Work, values: dict[str, Any], procedure: Procedure) -> int:
    """Adds a run with its steps and returns its number."""
    number = new_number(work, run)
    work.connection.execute(insert(run).values(id=number, version=1, **values))
    work.connection.execute(
        insert(run_step),
        [
            {
                "run": number, "n": n, "kind": step.kind, "title": step.title,
                "commands": json.dumps(list(step.shown)), "state": StepState.WAITING, "exit_code": None,
                "started_at": None, "ended_at": None, "text": "", "by": "",
            }
            for n, step in enumerate(procedure.steps, 1)
        ],
    )  # fmt: skip
    return number


def hold_run(work: Work, run_id: int) -> None:
    """Has a run stop before its next step. Level 1; possible in WATCH too, for holding back is always allowed."""
    _order(work, "run.hold", "hold", run_id, AT_ONCE, allowed=(RunState.WAITING, RunState.RUNNING))


def resume_run(work: Work, run_id: int) -> None:
    """Lets a held run go on. Level 1; needs OPERATE."""
    _order(work, "run.resume", "resume", run_id, AT_ONCE, allowed=(RunState.HELD, RunState.RUNNING))


def cancel_run(work: Work, run_id: int, reason: str, consent: Consent) -> None:
    """Ends a run: the process of the step under way is ended, the rest is not done. Level 2."""
    allowed = (RunState.WAITING, RunState.RUNNING, RunState.HELD)
    _order(work, "run.cancel", "cancel", run_id, consent, note=reason, allowed=allowed)


def tick_step(work: Work, run_id: int, n: int, note: str = "") -> None:
    """Says that a manual step was done. Level 1; needs OPERATE. Raises NotPossible when it is not asked for now."""
    _order_step(work, "run.tick", "tick", run_id, n, AT_ONCE, note)


def skip_step(work: Work, run_id: int, n: int, reason: str, consent: Consent) -> None:
    """Leaves a manual step out, with the reason. Level 2; needs OPERATE."""
    if not reason.strip():
        raise BadInput("a reason is asked for", next_step="Say why the step is left out")
    _order_step(work, "run.skip", "skip", run_id, n, consent, reason)


def _order_step(work: Work, verb: str, kind: str, run_id: int, n: int, consent: Consent, note: str) -> None:
    step = next((s for s in steps_of(work.connection, run_id) if s.n == n), None)
    if step is None or step.state is not StepState.ASKED:
        state = step.state if step else "not there"
        raise NotPossible(
            f"step {n} of PR-{run_id} is {state}", next_step="Only a step that is asked for can be ticked"
        )
    _order(work, verb, kind, run_id, consent, n=n, note=note, allowed=(RunState.RUNNING, RunState.HELD))


def _order(
    work: Work,
    verb: str,
    kind: str,
    run_id: int,
    consent: Consent,
    *,
    allowed: tuple[RunState, ...],
    n: int = 0,
    note: str = "",
) -> None:
    admit(work, verb, [f"PR-{run_id}"], consent)
    row: Any = row_of(work, run, "run", run_id)
    found = to_run(row)
    if found.state not in allowed:
        raise NotPossible(f"{found.label} is {found.state}", next_step="Nothing was changed")
    note = line_written(note, "reason", LONGEST_ORDER)
    work.connection.execute(
        insert(run_order).values(run=run_id, kind=kind, n=n, by=work.actor, note=note, at=to_micros(work.now))
    )
    work.record(f"run.{kind}_ordered", subject(run_id), {"step": (None, n or None)}, note=note)
