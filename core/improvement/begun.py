"""What a corrective action is begun from: the incident, review, finding, signal or request that it comes from, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.queries import one_incident
from core.desk.requests.queries import one_request
from core.errors import NotFound
from core.journal.queries import beginning_of
from core.journal.wording import is_number, label
from core.printable import printable
from core.security.findings.queries import one_finding
from core.security.reviews.queries import one_review
from core.security.signals.queries import one_signal
from core.sentences import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from core.journal.model import Subject


class Begun(NamedTuple):
    """What an action comes from: its subject, what went wrong there, and the component it is about; empty where it says none."""

    about: Subject
    deviation: str = ""
    component: str = ""

    @property
    def label(self) -> str:
        """Returns how people name what it comes from."""
        return label(*self.about)


def begun_from(connection: Connection, about: Subject) -> Begun:
    """Returns what an action from a subject is begun with; raises NotFound for what never was."""
    told = _TOLD.get(about.kind)
    if told is not None and is_number(about.id):
        deviation, component = told(connection, int(about.id))
        return Begun(about, printable(deviation, LONGEST), component)
    if beginning_of(connection, about) is None:
        raise NotFound(f"there is no {about.kind} {label(*about)}", next_step="Nothing was drafted")
    return Begun(about)


def _incident(connection: Connection, number: int) -> tuple[str, str]:
    found = one_incident(connection, number)
    return found.title, found.component


def _request(connection: Connection, number: int) -> tuple[str, str]:
    found = one_request(connection, number)
    return f"{found.label}: {found.title}", found.component


def _review(connection: Connection, number: int) -> tuple[str, str]:
    found = one_review(connection, number)
    return f"{found.label}: {found.name}", ""


def _finding(connection: Connection, number: int) -> tuple[str, str]:
    found = one_finding(connection, number)
    return f"{found.label}: {found.vulnerability} in {found.package} of {found.component}", found.component


def _signal(connection: Connection, number: int) -> tuple[str, str]:
    found = one_signal(connection, number)
    whose = f" of {found.about}" if found.about else ""
    return f"{found.label}: {found.title}{whose}", found.component


_TOLD: dict[str, Callable[[Connection, int], tuple[str, str]]] = {
    "incident": _incident, "request": _request, "review": _review, "finding": _finding, "signal": _signal,
}  # fmt: skip
