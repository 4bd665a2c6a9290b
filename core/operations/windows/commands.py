"""What people do with maintenance windows: plan one, change it, end it, leave one time of it out, cancel it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.operations.windows.holding import advance, begin, end, settle, subject
from core.operations.windows.model import AHEAD, LONG, LONGEST, PAST, WindowState, is_for_a_lead
from core.operations.windows.queries import one_window, to_window
from core.operations.windows.recurrence import is_time_of_day, next_time, rule_of
from core.operations.windows.scope import checked_scope, covered_by
from core.operations.windows.tables import maintenance_window
from core.operations.windows.when import check_zone
from core.printable import printable
from core.security.findings.commands import check_owner
from core.sentences import line_written, reason_of
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from core.gate.model import Consent
    from core.operations.windows.model import Scope, Window
    from core.store.work import Work

UNCHANGED = "Nothing was changed"
AT_ONCE = 500
"""So many components are marked with the command itself; the agent marks the others within seconds."""
SOON = timedelta(seconds=1)
"""What is to begin within this begins at once: a server's clock and a console's are not the same one."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned: over what, from when up to when, and for whom. With `every` and `last_on` it recurs.

    `begins_at` and `ends_at` are the first time then, which the rule moves to its first day; `at` is the local time of it.
    """

    scope: Scope
    begins_at: datetime
    ends_at: datetime
    owner: str
    reason: str
    zone: str = "UTC"
    every: str = ""
    at: str = ""
    last_on: date | None = None

    @property
    def length(self) -> timedelta:
        """Returns how long it is each time."""
        return self.ends_at - self.begins_at

    @property
    def verb(self) -> str:
        """Returns the verb that planning this is: what is long or recurs is a lead's."""
        return "window.plan_long" if is_for_a_lead(self.length, self.every) else "window.plan"


def checked_plan(plan: Plan, now: datetime) -> Plan:
    """Returns the plan as it will be kept, a recurring one moved to its first time. Raises BadInput where it cannot hold. Pure."""
    check_zone(plan.zone)
    plan = replace(plan, reason=reason_of(plan.reason, "a window needs a reason"))
    _check_length(plan.length)
    if now - plan.begins_at > PAST:
        raise BadInput(
            f"it begins at {plan.begins_at:%Y-%m-%d %H:%M}Z, which is past", where="from",
            next_step=f"{UNCHANGED}. It can begin now at the earliest: it is {now:%Y-%m-%d %H:%M}Z",
        )  # fmt: skip
    if plan.begins_at - now > AHEAD:
        raise BadInput(
            "it begins more than a year ahead", where="from", next_step=f"{UNCHANGED}. Plan it later"
        )
    return (
        _first_time(plan, now)
        if plan.every
        else replace(plan, begins_at=now if plan.begins_at - now < SOON else plan.begins_at)
    )


def _check_length(length: timedelta) -> None:
    if length <= timedelta(0):
        raise BadInput("it ends before it begins", where="until", next_step=f"{UNCHANGED}. Say a later end")
    if length > LONGEST:
        raise BadInput(
            f"it lasts longer than {LONGEST.days} days", where="until",
            next_step=f"{UNCHANGED}. What is off for longer is stopped on purpose, or declared no longer",
        )  # fmt: skip


def _first_time(plan: Plan, now: datetime) -> Plan:
    rule = rule_of(plan.every)
    if plan.last_on is None:
        raise BadInput(
            "what recurs needs a last day", where="last", next_step=f"{UNCHANGED}. Say it as 2026-12-31"
        )
    if plan.last_on - now.date() > AHEAD:
        raise BadInput(
            "its last day is more than a year ahead",
            where="last",
            next_step=f"{UNCHANGED}. Plan it anew then",
        )
    most = min(LONG, rule.least_apart - _HOUR)
    if plan.length > most:
        raise BadInput(
            f"each time lasts longer than {most // _HOUR} h", where="until",
            next_step=f"{UNCHANGED}. One time of it must be over well before the next begins",
        )  # fmt: skip
    if not plan.at:
        raise BadInput(
            "what recurs begins at a time of day", where="from", next_step=f"{UNCHANGED}. Write it as 22:00 or 2026-11-27 22:00"
        )  # fmt: skip
    if not is_time_of_day(plan.at):
        raise BadInput(
            f"{printable(plan.at, 20)!r} is no time of day", where="from", next_step=f"{UNCHANGED}. Write it as 22:00"
        )  # fmt: skip
    first = next_time(
        rule, plan.at, plan.zone, plan.length, plan.last_on, plan.begins_at - timedelta(seconds=1)
    )
    if first is None:
        raise BadInput("it would never hold", where="last", next_step=f"{UNCHANGED}. Say a later last day")
    return replace(plan, every=rule.text, begins_at=first.begin, ends_at=first.end)


def plan_window(work: Work, plan: Plan, consent: Consent) -> Window:
    """Plans a window; one that begins now holds with this. Level 2, or 3 over many components; a lead's where it is long or recurs.

    Raises NotFound for what is not declared, BadInput without an owner, a reason and an end that is near enough.
    """
    scope = checked_scope(work.connection, plan.scope.components, plan.scope.services, plan.scope.zones)
    names = list(covered_by(work.connection, [scope]))
    admit(work, plan.verb, names, consent)
    plan = checked_plan(plan, work.now)
    owner = plan.owner.strip() or work.actor
    if owner != work.actor:
        check_owner(work.connection, owner)
    values: dict[str, Any] = {
        "state": WindowState.COMING, "scope": json.dumps(asdict(scope)), "owner": owner,
        "reason": plan.reason, "zone": plan.zone, "every": plan.every,
        "at": plan.at if plan.every else "", "length_s": int(plan.length.total_seconds()) if plan.every else 0,
        "last_on": plan.last_on.isoformat() if plan.every and plan.last_on else "", "begins_at": to_micros(plan.begins_at),
        "ends_at": to_micros(plan.ends_at), "began_at": None, "made_at": to_micros(work.now), "made_by": work.actor,
        "ended_at": None, "ended_by": "",
    }  # fmt: skip
    number = new_number(work, maintenance_window)
    work.connection.execute(insert(maintenance_window).values(id=number, version=1, **values))
    work.record(
        "window.planned_long" if plan.verb == "window.plan_long" else "window.planned",
        subject(number),
        {name: (None, value) for name, value in values.items()},
        note=values["reason"],
    )
    if plan.begins_at <= work.now:
        begin(work, _row(work, number, None))
        settle(work, AT_ONCE)
    return one_window(work.connection, number)


def change_window(
    work: Work, window_id: int, ends_at: datetime, reason: str, consent: Consent, seen: int | None = None,
    *, begins_at: datetime | None = None,
) -> Window:  # fmt: skip
    """Gives a window another end, and one that is to come and comes once another begin. Level 2, or 3 over many components.

    A lead's where planning it is, as it stands or as it becomes, and it comes to hold when it did not: where it is long or
    recurs. Of one that recurs this time only is changed. Raises BadInput without a reason and for an end that is past (ending it is another verb), NotPossible for
    one that is over.
    """
    admit(work, "window.change", [f"W-{window_id}"], consent)
    row = _row(work, window_id, seen)
    found = to_window(row)
    begin_at = begins_at or found.begins_at
    verb = change_verb(found, begin_at, ends_at)
    admit(work, verb, list(covered_by(work.connection, [found.scope])), consent)
    _check_open(found)
    why = reason_of(reason)
    check_change(found, begin_at, ends_at, work.now)
    after = {"begins_at": to_micros(begin_at), "ends_at": to_micros(ends_at)}
    kind = "window.changed_long" if verb == "window.plan_long" else "window.changed"
    revise(work, maintenance_window, row, kind, after, subject=subject(window_id), note=why)
    settle(work, AT_ONCE)
    return one_window(work.connection, window_id)


def check_change(found: Window, begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises BadInput for a begin or an end that a window cannot be given at an instant, NotPossible for one whose begin stays. Pure."""
    if begins_at != found.begins_at:
        _check_new_begin(found, begins_at, now)
    if ends_at <= now:
        raise BadInput(
            f"{ends_at:%Y-%m-%d %H:%M}Z is past",
            where="until",
            next_step=f"{UNCHANGED}. To end it now, end it",
        )
    _check_length(ends_at - begins_at)
    if found.recurs:
        _check_before_next(found, ends_at)


def change_verb(found: Window, begins_at: datetime, ends_at: datetime) -> str:
    """Returns the verb that changing a window so is. Pure.

    What is a lead's to plan, as it stands or as it becomes, is one's to change; but who may end a window may also have it
    hold for a part only of when it would. A shared database looks at the same.
    """
    if found.begins_at <= begins_at and ends_at <= found.ends_at:
        return "window.change"
    longest = max(found.ends_at - found.begins_at, ends_at - begins_at)
    return "window.plan_long" if is_for_a_lead(longest, found.every) else "window.change"


def _check_new_begin(found: Window, begins_at: datetime, now: datetime) -> None:
    if found.recurs or found.state is not WindowState.COMING:
        why = "recurs" if found.recurs else "has begun"
        raise NotPossible(
            f"{found.label} {why}: its begin stays", next_step=f"{UNCHANGED}. Its end can be changed"
        )
    if now - begins_at > PAST or begins_at - now > AHEAD:
        which = "past" if begins_at < now else "more than a year ahead"
        raise BadInput(f"{begins_at:%Y-%m-%d %H:%M}Z is {which}", where="from", next_step=UNCHANGED)


def _check_before_next(found: Window, ends_at: datetime) -> None:
    last = date.fromisoformat(found.last_on)
    coming = next_time(rule_of(found.every), found.at, found.zone, timedelta(0), last, found.begins_at)
    if coming is not None and ends_at > coming.begin:
        raise BadInput(
            f"it comes again at {coming.begin:%Y-%m-%d %H:%M}Z",
            where="until",
            next_step=f"{UNCHANGED}. End it before",
        )


def end_window(work: Work, window_id: int, reason: str, consent: Consent, seen: int | None = None) -> Window:
    """Ends a window that holds, before its time; one that recurs comes again. Level 2. What fails then is looked at anew."""
    admit(work, "window.end", [f"W-{window_id}"], consent)
    row = _row(work, window_id, seen)
    found = to_window(row)
    if found.state is not WindowState.RUNNING:
        raise NotPossible(
            f"{found.label} is {found.state}", next_step=f"{UNCHANGED}. Only one that holds can be ended"
        )
    end(work, row, note=line_written(reason, "reason"), by=work.actor)
    settle(work, AT_ONCE)
    return one_window(work.connection, window_id)


def skip_window(work: Work, window_id: int, reason: str, consent: Consent, seen: int | None = None) -> Window:
    """Leaves out the next time of a window that recurs. Level 2, with the reason."""
    admit(work, "window.skip", [f"W-{window_id}"], consent)
    row = _row(work, window_id, seen)
    found = to_window(row)
    if not found.recurs or found.state is not WindowState.COMING:
        raise NotPossible(
            f"{found.label} is {found.state}{'' if found.recurs else ', and comes once'}",
            next_step=f"{UNCHANGED}. The next time of one that recurs can be left out; anything else is cancelled",
        )
    advance(work, row, "window.skipped", reason_of(reason), by=work.actor)
    return one_window(work.connection, window_id)


def cancel_window(
    work: Work, window_id: int, reason: str, consent: Consent, seen: int | None = None
) -> Window:
    """Cancels a window for good, whether it is to come or holds now. Level 2, with the reason."""
    admit(work, "window.cancel", [f"W-{window_id}"], consent)
    row = _row(work, window_id, seen)
    _check_open(to_window(row))
    after = {"state": WindowState.CANCELLED, "ended_at": to_micros(work.now), "ended_by": work.actor}
    revise(
        work,
        maintenance_window,
        row,
        "window.cancelled",
        after,
        subject=subject(window_id),
        note=reason_of(reason),
    )
    settle(work, AT_ONCE)
    return one_window(work.connection, window_id)


def _check_open(found: Window) -> None:
    if not found.state.is_open:
        raise NotPossible(f"{found.label} is {found.state}", next_step=f"{UNCHANGED}. Plan another one")


def _row(work: Work, window_id: int, seen: int | None) -> Any:
    return row_of(work, maintenance_window, "window", window_id, seen)
