"""What people do with signals: judge one with a reason, or make an incident of it. Suppressing is `suppressing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.queries import declared_components
from core.counting import counted
from core.desk.commands import note_incident, open_incident
from core.desk.queries import one_incident
from core.errors import NotPossible
from core.gate.commands import admit
from core.printable import printable
from core.security.signals.about import refuse_own
from core.security.signals.model import SignalState, check_follows, kept_words
from core.security.signals.queries import to_signal
from core.security.signals.revising import revise_signal
from core.security.signals.tables import signal
from core.sentences import sentence_of
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.gate.model import Consent
    from core.security.signals.model import Signal
    from core.store.work import Work

_S = SignalState


def acknowledge_signal(work: Work, signal_id: int, reason: str, seen: int | None = None) -> Signal:
    """Says that it was looked into, and what it was. Level 1, undoable. Where it goes on and grows tenfold it is new again.

    Raises BadInput without a reason, and NotPermitted for one about the actor.
    """
    admit(work, "signal.acknowledge", [f"SG-{signal_id}"])
    row = row_of(work, signal, "signal", signal_id, seen)
    refuse_own(work, to_signal(row), "acknowledges", "another operator")
    why = sentence_of(reason, "what it was")
    check_follows(f"SG-{signal_id}", SignalState(row.state), _S.ACKNOWLEDGED)
    after = {
        "state": _S.ACKNOWLEDGED, "why": why, "judged_by": work.actor, "judged_at": to_micros(work.now), "told": row.count,
        "suppression": None,
    }  # fmt: skip
    return to_signal(revise_signal(work, row, "signal.acknowledged", after, note=why))


def make_incident(
    work: Work, signal_id: int, consent: Consent, seen: int | None = None, *, into: int | None = None
) -> Signal:
    """Makes an incident of it, with its evidence on the time line; `into` an incident that is worked on already. Level 2.

    The incident is about the log's component, as grave as the signal. Raises NotPossible where that incident is over.
    """
    admit(work, "signal.incident", [f"SG-{signal_id}"], consent)
    row = row_of(work, signal, "signal", signal_id, seen)
    check_follows(f"SG-{signal_id}", SignalState(row.state), _S.INCIDENT)
    found = to_signal(row)
    if into is None:
        declared = declared_components(work.connection).get(found.component)
        number = open_incident(
            work, declared.id if declared else "", declared.service if declared else "", title_of(found),
            found.severity.of_incident, consent,
        ).id  # fmt: skip
    else:
        incident = one_incident(work.connection, into)
        if not incident.state.is_unsolved:
            raise NotPossible(
                f"I-{into} is {incident.state}", next_step="Name one that is worked on, or open a new one"
            )
        number = into
    note_incident(work, number, evidence_of(found))
    cause = work.recorded[-1]
    after = {
        "state": _S.INCIDENT, "incident": number, "judged_by": work.actor, "judged_at": to_micros(work.now),
        "suppression": None,
    }  # fmt: skip
    return to_signal(revise_signal(work, row, "signal.made_incident", after, cause=cause))


def title_of(found: Signal) -> str:
    """Returns the title of an incident that is made of a signal."""
    about = f": {found.about}" if found.about else ""
    return printable(f"security: {found.title}{about} ({found.place})", 200)


def evidence_of(found: Signal) -> str:
    """Returns what a signal shows, as the note on an incident's time line: its figures, and the lines that are kept of it."""
    head = (
        f"{found.label} {found.severity}: {found.title}, {found.about or 'no one subject'}, in {found.place}\n"
        f"{counted(found.count, 'time')} from {found.first_at:%Y-%m-%d %H:%M:%S}Z to {found.last_at:%Y-%m-%d %H:%M:%S}Z, rule {found.rule}; {kept_words(found)}"
    )
    return "\n".join([head, *(f"  {line}" for line in found.samples)])
