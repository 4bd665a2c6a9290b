"""Takes a report in: what it does to every finding, in one transaction with the report itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select

from core.gate.commands import admit
from core.gate.model import Consent, Level
from core.journal.model import Subject
from core.security.findings.effects import By, effect
from core.security.findings.kept_list import hold_list, keep
from core.security.findings.matching import Step, What
from core.security.findings.model import BY_LIST, ON_LIST
from core.security.findings.preparing import MOST_KEPT, Asked, prepare
from core.security.findings.queries import one_scan
from core.security.findings.reports.model import Verdict
from core.security.findings.revising import beside, revise_finding, subject
from core.security.findings.tables import finding, scan
from core.store.rows import new_number, new_numbers
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.appending import Recorded
    from core.security.findings.kept_list import Change
    from core.security.findings.preparing import Prepared
    from core.security.findings.queries import Scan
    from core.security.findings.reports.reading import Opened
    from core.security.foreign import Refusal
    from core.store.work import Work

_AT_ONCE = 500
CLOSING = frozenset({What.CLOSE, What.NOT_AFFECTED})
REOPENING = frozenset({What.REOPEN, What.STILL_THERE, What.AFFECTED})
AS_ASKED = Asked()
_KINDS = {
    What.SEEN: "finding.seen", What.REOPEN: "finding.reopened", What.STILL_THERE: "finding.still_there",
    What.UNSEEN: "finding.unseen", What.CLOSE: "finding.verified", What.NOT_AFFECTED: "finding.not_affected",
    What.CORRECTED: "finding.corrected", What.CONFIRM: "finding.confirmed", What.AFFECTED: "finding.reopened",
    What.USED: "finding.seen",
}  # fmt: skip
_SAID = frozenset({What.NOT_AFFECTED, What.CORRECTED, What.CONFIRM, What.AFFECTED, What.USED})
Doing = tuple[Step, dict[str, Any]]
"""A step and what it sets of its finding."""


class Done(NamedTuple):
    """One thing that was done: what, to which finding (empty in a preview, for one that is new), and where its line stands."""

    what: What
    label: str
    vulnerability: str
    component: str
    package: str
    place: str


class Outcome(NamedTuple):
    """What an import came to; `scan` is None where nothing was written.

    `not_closed` are findings that it does not list and that stay open, for part of it was not read or not looked at;
    `by_list` those that are due by the list of exploited vulnerabilities, which it did not say. `listed` is what a report
    that is such a list changes of the one that is kept.
    """

    scan: Scan | None
    read: int
    matched: int
    created: int
    changed: int
    closed: int
    reopened: int
    not_closed: int
    done: tuple[Done, ...]
    refusals: tuple[Refusal, ...]
    by_list: tuple[Done, ...]
    listed: Change | None


def import_report(work: Work, opened: Opened, asked: Asked = AS_ASKED) -> Outcome:
    """Takes a report in, whole or not at all. A lead's where it states that findings do not affect. Raises BadInput."""
    admit(work, "finding.import", [opened.file])
    hold_list(work, changes=opened.report.is_of_all)
    prepared = prepare(work.connection, opened, asked, work.now)
    rows = _rows(work.connection, prepared, for_update=True)
    number = new_number(work, scan)
    doing = _doing(prepared, rows, By(work.now, work.actor, f"S-{number}"))
    if any(_says_not_affected(step) for step, _ in doing):
        admit(work, "finding.not_affected", [opened.file], Consent(Level.BOX))
    cause = _record_scan(work, prepared, number, doing)
    numbers = _create(work, prepared, doing, cause)
    for step, after in doing:
        if step.known is not None:
            note = _note(prepared, step, after)
            revise_finding(work, rows[step.known.id], _kind(step), after, note=note, cause=cause)
    if prepared.change is not None:
        keep(work, prepared.change, number)
    return _outcome(prepared, doing, numbers, one_scan(work.connection, number))


def preview(connection: Connection, opened: Opened, asked: Asked, now: datetime) -> Outcome:
    """Returns what an import would come to, and writes nothing. Raises BadInput as the import would."""
    prepared = prepare(connection, opened, asked, now)
    return _outcome(prepared, _doing(prepared, _rows(connection, prepared), By(now)), [], None)


def _doing(prepared: Prepared, rows: Mapping[int, Any], by: By) -> list[Doing]:
    """Returns the steps that change something."""
    planned = (
        (step, effect(prepared, step, rows[step.known.id] if step.known else None, by))
        for step in prepared.steps
    )
    return [(step, after) for step, after in planned if after]


def _rows(connection: Connection, prepared: Prepared, *, for_update: bool = False) -> dict[int, Any]:
    """Returns the rows of the findings that are known, by number; `for_update` holds them until the transaction ends."""
    ids = sorted(step.known.id for step in prepared.steps if step.known is not None)
    rows: dict[int, Any] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(finding).where(finding.c.id.in_(ids[start : start + _AT_ONCE])).order_by(finding.c.id)
        rows |= {
            row.id: row for row in connection.execute(query.with_for_update() if for_update else query).all()
        }
    return rows


def _says_not_affected(step: Step) -> bool:
    is_new = step.what is What.CREATE and step.line is not None and step.line.verdict is Verdict.NOT_AFFECTED
    return is_new or step.what is What.NOT_AFFECTED


def _is_by_list(step: Step, after: Mapping[str, Any]) -> bool:
    """Tells whether a finding comes to be due by the list that is kept, which the report itself does not say."""
    if "due" not in after or step.line is None or step.what is What.USED:
        return False
    rule = after.get("due_rule", step.known.due_rule if step.known else "")
    return rule == BY_LIST and not step.line.exploited.is_listed


def _note(prepared: Prepared, step: Step, after: Mapping[str, Any]) -> str:
    """Returns what is said beside a step: what its line says of it, or that the list makes it be due so."""
    if step.line is not None and step.what in _SAID and step.line.said:
        return step.line.said
    if _is_by_list(step, after) and prepared.kept.newest is not None:
        return f"{ON_LIST} ({prepared.kept.newest.label})"
    return ""


def _kind(step: Step) -> str:
    if step.what is What.CLOSE and step.known is not None and not step.known.state.is_open:
        return "finding.gone"
    return _KINDS[step.what]


def _record_scan(work: Work, prepared: Prepared, number: int, doing: Sequence[Doing]) -> Recorded:
    report = prepared.opened.report
    values: dict[str, Any] = {
        "kind": report.kind, "source": prepared.source, "scope": prepared.scope,
        "components": json.dumps(list(prepared.components)), "file": prepared.opened.file, "digest": prepared.opened.digest,
        "scanned_at": to_micros(prepared.scanned_at), "imported_at": to_micros(work.now), "imported_by": work.actor,
        "lines": report.read, "matched": prepared.matched, **_counts(doing), "refused": len(prepared.refusals),
        "refusals": json.dumps([list(each) for each in prepared.refusals[:MOST_KEPT]]),
    }  # fmt: skip
    work.connection.execute(insert(scan).values(id=number, **values))
    if prepared.change is not None:
        values |= {f"list_{name}": len(rows) for name, rows in prepared.change.parts().items()}
    changes = {name: (None, value) for name, value in values.items()}
    return work.record("scan.imported", Subject("scan", str(number)), changes)


def _create(work: Work, prepared: Prepared, doing: Sequence[Doing], cause: Recorded) -> list[int]:
    """Creates what is new, and returns the numbers in the order of the steps."""
    created = [(step, after) for step, after in doing if step.known is None]
    numbers = new_numbers(work, finding, len(created)) if created else []
    for number, (step, after) in zip(numbers, created, strict=True):
        changes = {name: (None, value) for name, value in after.items()}
        note = _note(prepared, step, after)
        work.record("finding.created", subject(number), changes, note=note, cause=cause)
    if created:
        rows = zip(numbers, created, strict=True)
        written = [
            {"id": number, "version": 1, **after, **beside(number, after)} for number, (_, after) in rows
        ]
        work.connection.execute(insert(finding), written)
    return numbers


def _counts(doing: Sequence[Doing]) -> dict[str, int]:
    whats = [step.what for step, _ in doing]
    created = sum(1 for what in whats if what is What.CREATE)
    closed, reopened = (sum(1 for what in whats if what in some) for some in (CLOSING, REOPENING))
    return {
        "created": created, "changed": len(whats) - created - closed - reopened, "closed": closed, "reopened": reopened,
    }  # fmt: skip


def _outcome(
    prepared: Prepared, doing: Sequence[Doing], numbers: Sequence[int], imported: Scan | None
) -> Outcome:
    new = (f"F-{number}" for number in numbers)
    done = tuple(
        Done(
            step.what, step.known.label if step.known else next(new, ""), step.key.vulnerability,
            step.key.component, step.key.package, step.line.place if step.line else "",
        )
        for step, _ in doing
    )  # fmt: skip
    counts = _counts(doing)
    return Outcome(
        imported, prepared.opened.report.read, prepared.matched, counts["created"], counts["changed"],
        counts["closed"], counts["reopened"], prepared.not_closed, done, prepared.refusals,
        tuple(each for each, (step, after) in zip(done, doing, strict=True) if _is_by_list(step, after)), prepared.change,
    )  # fmt: skip
