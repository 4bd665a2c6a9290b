"""Escalation in the demonstration: the steps of policies at their own instants, and what they send as sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.desk.escalation.paging import DUTY, escalate_due
from core.desk.escalation.tables import escalation
from core.desk.messages import outbox
from core.desk.messages.queries import due_messages
from core.store.lease import give_up_lease, take_lease
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.store.store import Store

_HOLDER = "agent:demo:1:month"


class Paging:
    """The agent's two duties of telling staff, held for the month."""

    def __init__(self, store: Store, write: Callable[..., Any]) -> None:
        self._store, self._write = store, write
        self._tokens = {duty: write("agent", take_lease, duty, _HOLDER) for duty in (DUTY, outbox.DUTY)}

    def look(self, now: datetime) -> datetime | None:
        """Takes the steps that are due and sends what they say; returns when the next one is due, if one is."""
        while self._write("agent", escalate_due, self._tokens[DUTY]):
            pass
        token = self._tokens[outbox.DUTY]
        for numbers in self._store.read(due_messages, now).values():
            for number in numbers:
                self._write("agent", outbox.hand_over, token, number)
                self._write("agent", outbox.note_sent, token, number)
        return self.next_at()

    def next_at(self) -> datetime | None:
        """Returns when the next step is due; None where none is."""
        at = self._store.read(lambda c: c.scalar(select(func.min(escalation.c.next_at))))
        return None if at is None else from_micros(at)

    def end(self) -> None:
        """Leaves the duties to whoever comes."""
        for duty, token in self._tokens.items():
            self._write("agent", give_up_lease, duty, token)
