"""What is declared of improvement, as frozen values: the categories of causes, and the rules of corrective actions."""

from __future__ import annotations

from dataclasses import dataclass

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Cause:
    """A category of causes, so that causes can be counted."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Improvement:
    """The rules of corrective actions; spans in seconds.

    `approve` names the origins whose actions a lead approves before they are carried out (`by hand`, `incident`,
    `review`, `finding`, `signal`, `low score`, `missed target`). With `missed_targets` a broken promise opens one.
    `check_after_s` is when the check is due that nobody set a day for, `watch_s` how long what was seen to work is
    watched on, `due_after_s` by when one is due that opens by itself.
    """

    id: str
    approve: tuple[str, ...] = ()
    missed_targets: bool = False
    due_after_s: float = 14 * DAY_S
    check_after_s: float = 30 * DAY_S
    watch_s: float = 90 * DAY_S


USUAL_RULES = Improvement("usual")
USUAL_CAUSES = (
    Cause("access", "Rights, secrets or certificates"),
    Cause("capacity", "Too little of something: room, memory, people"),
    Cause("change", "A change that went wrong"),
    Cause("configuration", "A setting that was wrong"),
    Cause("data", "Data that was wrong, missing or too much"),
    Cause("design", "Built so that it must fail so"),
    Cause("external", "Power, weather, attack: nothing of the house"),
    Cause("hardware", "A machine or a line that broke"),
    Cause("knowledge", "Somebody did not know, or could not"),
    Cause("monitoring", "Seen too late, or not at all"),
    Cause("procedure", "A procedure that is missing, wrong or not followed"),
    Cause("software", "A fault in a program"),
    Cause("supplier", "Something from outside that was promised"),
)
"""The categories where a catalog declares none."""
