"""What a step of a reading leaves a grant with: the columns that are set. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from core.security.grants.matching import What
from core.security.grants.model import Standing, found_now, gone_now, standing_of
from core.timekeeping import NEVER, from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from core.security.grants.matching import Of, Step
    from core.security.grants.sources.model import Line

USE_MOVED = timedelta(days=7)
"""A last use that is newer by less is told at a later reading: else every right that is used would change each day."""


class By(NamedTuple):
    """Who reads, when, and the people that are declared: their ids by every name they go by, in small letters."""

    now: datetime
    actor: str
    people: Mapping[str, str]


def effect(of: Of, step: Step, row: Any, by: By) -> dict[str, Any]:
    """Returns what is to be set of a grant, whose row as it stands is `row` (None: it is new); nothing where it stands so."""
    if step.known is None:
        assert step.line is not None
        return _new(of, step, step.line, by)
    wanted = _gone(step, by) if step.line is None else _listed(step, step.line, row, by)
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def _new(of: Of, step: Step, line: Line, by: By) -> dict[str, Any]:
    standing = standing_of(is_granted=of.is_granting, is_found=not of.is_granting)
    decided = {"decided_by": by.actor, "decided_at": to_micros(by.now)} if of.is_granting else {}
    return {
        "state": standing, "source": step.right.source, "principal": step.right.principal,
        "entitlement": step.right.entitlement, "thing": step.right.on, "is_granted": int(of.is_granting),
        "is_found": int(not of.is_granting), "found_at": None if of.is_granting else to_micros(by.now), "due": "", "why": "",
        "decided_by": "", "decided_at": None, "ended_at": None, "is_privileged": int(line.is_privileged),
        **_shown(line, by), **_granted(line), **decided,
    }  # fmt: skip


def _listed(step: Step, line: Line, row: Any, by: By) -> dict[str, Any]:
    if step.what is What.GRANT:
        standing = standing_of(is_granted=True, is_found=bool(row.is_found))
        told = {"is_privileged": int(row.is_privileged or line.is_privileged), **_granted(line)}
        wanted = {**told, "state": standing, "is_granted": 1, "due": "", "why": "", "ended_at": None}
        is_new = any(getattr(row, name) != value for name, value in wanted.items())
        return wanted | ({"decided_by": by.actor, "decided_at": to_micros(by.now)} if is_new else {})
    standing = found_now(Standing(row.state), is_granted=bool(row.is_granted))
    is_privileged = line.is_privileged or (row.is_granted and row.is_privileged)
    told = {"state": standing, "is_found": 1, "is_privileged": int(is_privileged), **_shown(line, by)}
    if line.last_used is None or not _is_newer(row.last_used, line.last_used):
        del told["last_used"]
    if row.found_at is None or step.what is What.BACK:
        told["found_at"] = to_micros(by.now)
    if standing is not Standing(row.state):
        told |= {"ended_at": None, "due": "", "why": ""}
    if not row.is_granted and standing is Standing.FOUND:
        told |= _granted(line) | {"owner": line.owner or row.owner}
    return told


def _gone(step: Step, by: By) -> dict[str, Any]:
    assert step.known is not None
    standing = gone_now(step.known.standing, is_granted=step.known.is_granted)
    ended = {"ended_at": to_micros(by.now), "due": ""} if standing is Standing.ENDED else {}
    return {"state": standing, "is_found": 0, **ended}


def _shown(line: Line, by: By) -> dict[str, Any]:
    """Returns what only a source knows."""
    return {
        "said": line.said, "last_used": None if line.last_used is None else to_micros(line.last_used),
        "person": person_of(line, by.people),
    }  # fmt: skip


def person_of(line: Line, people: Mapping[str, str]) -> str:
    """Returns the id of who a line is about, by whatever of its names is one of `people`; empty where none is."""
    names = (line.principal, *line.names, line.said)
    return next((people[name.lower()] for name in names if name and name.lower() in people), "")


def _granted(line: Line) -> dict[str, Any]:
    return {
        "owner": line.owner, "reason": line.reason, "granter": line.granter, "since": _day(line.since),
        "expires": _day(line.expires) or NEVER,
    }  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _is_newer(before: int | None, now: datetime) -> bool:
    return before is None or now - from_micros(before) >= USE_MOVED
